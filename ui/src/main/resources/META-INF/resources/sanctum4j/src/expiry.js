// @ts-check
// Choosing when a token expires, within what the policy allows.

import { now } from './api.js'
import { field, input } from './dialog.js'
import { freshId, h } from './dom.js'
import { DAY, day, lasting } from './times.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */

const USUAL = [7 * DAY, 30 * DAY, 90 * DAY]

/** What can be asked for at most, in seconds. */
const LONGEST = (90 * DAY) / 1_000

/** A day in the form of date inputs, here and now. @param {number} time */
function isoDay(time) {
  const date = new Date(time)
  return new Date(time - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

/** The last second of a day. @param {string} date */
function endOf(date) {
  return new Date(`${date}T23:59:59`).getTime()
}

/**
 * @param {SanctumElement} host
 * @param {import('./tokens.js').Policy} policy
 * @param {{ wanted?: string | undefined, endless?: boolean }} options `wanted`: what a link asks for, `30d`, `2030-01-31` or `never`, of which
 *     what the policy forbids is left out; `endless`: whether never is offered, if the policy allows it
 */
export function expiryChoice(host, policy, { wanted = '', endless = true }) {
  const longest = policy.max_lifetime === null ? Infinity : policy.max_lifetime * 1_000
  const usual = policy.default_lifetime === null ? 30 * DAY : policy.default_lifetime * 1_000
  const never = endless && policy.max_lifetime === null && policy.default_lifetime === null
  const asked = Number(/^(\d{1,4})d$/.exec(wanted)?.[1] ?? NaN) * DAY

  const fitting = [...new Set([...USUAL, usual, ...(asked > 0 ? [asked] : [])])].filter((length) => length <= longest).sort((a, b) => a - b)
  const lengths = fitting.length ? fitting : [longest] // the policy may be one of hours

  const tomorrow = isoDay(now() + DAY)
  const last = longest === Infinity ? '' : isoDay(now() + longest - DAY)
  const dated = !last || last >= tomorrow
  const askedDate = /^\d{4}-\d\d-\d\d$/.test(wanted) && wanted >= tomorrow && (!last || wanted <= last) ? wanted : ''
  const first = askedDate ? 'date' : String(lengths.includes(asked) ? asked : lengths.includes(usual) ? usual : lengths.at(-1))
  const date = input('expires_at', { type: 'date', value: askedDate || isoDay(now() + Math.max(DAY, Math.min(usual, lengths.at(-1) ?? usual))), min: tomorrow, max: last || null, required: true })
  const error = freshId('error')
  const dateField = field(host.t('date'), date)
  dateField.removeAttribute('data-field') // what is wrong stands below all of them
  date.setAttribute('aria-describedby', error)
  const said = h('p', { class: 'hint', role: 'status' })

  const group = freshId('expiry')
  /** @param {string} value @param {string} label */
  const option = (value, label) => h('label', null, h('input', { type: 'radio', name: group, value, checked: value === first }), h('span', null, label))

  const element = h(
    'fieldset',
    { class: 'field', 'data-field': 'expires_at', onchange: () => update(), oninput: () => update() },
    h('legend', null, host.t('expiry')),
    h(
      'div',
      { class: 'segments' },
      lengths.map((length) => option(String(length), length % DAY ? lasting(length / 1_000, host.locale) : host.t('days', { count: length / DAY }))),
      dated && option('date', host.t('onDate')),
      never && option('never', host.t('never')),
    ),
    dateField,
    wanted === 'never' && never && h('p', { class: 'hint' }, host.t('neverByLink')),
    said,
    h('p', { class: 'error', id: error }),
  )

  const value = () => /** @type {HTMLInputElement | null} */ (element.querySelector(`input[name="${group}"]:checked`))?.value ?? first

  /** When it expires; null for never, NaN if that is not known yet. */
  function moment() {
    const chosen = value()
    if (chosen === 'never') return null
    if (chosen === 'date') return endOf(date.value)
    const length = Number(chosen)
    return now() + (length === longest ? length - Math.min(60_000, length / 10) : length) // our clock may be a little ahead of the server's
  }

  function update() {
    dateField.hidden = value() !== 'date'
    const time = moment()
    said.textContent = time === null ? host.t('expiryNever') : Number.isNaN(time) ? '' : host.t('expiryOn', { date: day(time, host.locale) })
  }
  update()

  return {
    element,
    moment,
    /** Whether it is a time to come; one that is too late, the server refuses by that name. */
    valid: () => {
      const time = moment()
      return value() !== 'date' || (time !== null && time > now() && !date.validity.rangeUnderflow)
    },
    /** How long from now on, in seconds; as long as there is for never. */
    seconds: () => {
      const time = moment()
      return time === null ? LONGEST : Math.max(1, Math.round((time - now()) / 1_000))
    },
    body: () => {
      const time = moment()
      return time === null ? {} : { expires_at: new Date(time).toISOString() }
    },
  }
}
