// @ts-check
// The forms by which a token is made, and changed.

import { abilityPicker, wanted } from './abilities.js'
import { field, form, input } from './dialog.js'
import { h, icon, quoted } from './dom.js'
import { expiryChoice } from './expiry.js'
import { summary } from './summary.js'
import { exactly } from './times.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */
/** @typedef {import('./tokens.js').Ability} Ability */
/** @typedef {import('./tokens.js').Rules} Rules */
/** @typedef {import('./token.js').Token} Token */

/**
 * What is done with a filled form. Each may be refused with a Problem, which the form shows.
 *
 * @typedef {object} Making
 * @property {() => void} cancel
 * @property {(body: { name: string, abilities: string[], expires_at?: string }) => Promise<void>} issue
 * @property {(body: { name: string, abilities: string[], lifetime: number }) => Promise<void>} request of an administrator
 */

/**
 * The form for a new token.
 *
 * @param {SanctumElement} host @param {Rules} rules @param {import('./tokens.js').Prefill | undefined} from what a link has asked for
 * @param {Making} making
 */
export function createForm(host, { abilities, policy }, from, making) {
  const name = input('name', { value: from?.name ?? '', 'data-first': true })
  const held = policy.on_request ?? []
  const asking = host.hasAttribute('request')
  const offered = offer(host, abilities, held)
  const most = asking ? [...policy.abilities, ...held] : policy.abilities
  const never = held.length ? ['*', ...(asking ? [] : held)] : [] // `*` holds what is held back
  const { ticked, byHand, refused } = wanted(from?.abilities ?? [], offered, most, never)
  const linked = from && !from.own
  const picker = abilityPicker(host, { abilities: offered, most, never, ...(linked ? { chosen: ticked, byHand } : { chosen: [...ticked, ...byHand] }), presets: policy.presets ?? [] })
  const expiry = expiryChoice(host, policy, { wanted: from?.expires })
  const asks = () => picker.chosen().some((one) => held.includes(one))
  const sentence = h('p', { class: 'sum', role: 'status' })
  const sum = () => {
    sentence.textContent = summary(host, picker.told(), expiry.moment())
    const submit = made.querySelector('.actions > .primary')
    if (submit) submit.textContent = host.t(asks() ? 'requestSubmit' : 'createSubmit')
  }
  const made = form(host, {
    body: [
      linked && h('p', { class: 'notice' }, icon('warning'), host.t('prefilled')),
      linked && refused.length > 0 && h('p', { class: 'notice' }, icon('lock'), host.t('refusedByLink', { names: refused.join(', ') })),
      field(host.t('name'), name, host.t('nameHint')),
      picker.element,
      expiry.element,
    ],
    submit: host.t('createSubmit'),
    summary: sentence,
    cancel: making.cancel,
    check: () => ({
      ...(name.value.trim() ? {} : { name: [host.t('nameMissing')] }),
      ...(picker.chosen().length ? {} : { abilities: [host.t('abilitiesMissing')] }),
      ...(expiry.valid() ? {} : { expires_at: [host.t('dateMissing')] }),
    }),
    send: () => {
      const body = { name: name.value.trim(), abilities: picker.chosen() }
      return asks() ? making.request({ ...body, lifetime: expiry.seconds() }) : making.issue({ ...body, ...expiry.body() })
    },
  })
  made.addEventListener('input', sum)
  made.addEventListener('change', sum)
  sum()
  return made
}

/** Abilities to choose from; of those that are held back, only where they can be asked for. @param {SanctumElement} host @param {Ability[]} abilities @param {string[]} held */
function offer(host, abilities, held) {
  const free = abilities.filter(({ name }) => !held.includes(name))
  if (!host.hasAttribute('request')) return free
  const asked = abilities.filter(({ name }) => held.includes(name))
  return [...free, ...asked.map((one) => ({ ...one, description: [one.description, host.t('onRequest')].filter(Boolean).join(' ') }))]
}

/**
 * The form to rename a token and to take abilities away.
 *
 * @param {SanctumElement} host @param {Rules} rules @param {Token} token
 * @param {{ more: import('./dom.js').Child[], cancel: () => void, save: (change: { name: string, abilities?: string[] }) => Promise<void> }} editing
 *     with what else can be done
 */
export function editForm(host, { abilities, policy }, token, editing) {
  const name = input('name', { value: token.name, 'data-first': true })
  const picker = abilityPicker(host, { abilities, most: policy.abilities, chosen: token.abilities, within: token.abilities })
  return form(host, {
    body: [field(host.t('name'), name), picker.element, facts(host, token)],
    submit: host.t('save'),
    more: editing.more,
    cancel: editing.cancel,
    check: () => ({
      ...(name.value.trim() ? {} : { name: [host.t('nameMissing')] }),
      ...(picker.chosen().length ? {} : { abilities: [host.t('abilitiesMissing')] }),
    }),
    send: () => {
      const chosen = picker.chosen()
      const same = chosen.length === token.abilities.length && chosen.every((one) => token.abilities.includes(one))
      return editing.save({ name: name.value.trim(), ...(same ? {} : { abilities: chosen }) })
    },
  })
}

/**
 * The form for another end of a token.
 *
 * @param {SanctumElement} host @param {Rules} rules
 * @param {{ cancel: () => void, send: (end: { expires_at?: string }) => Promise<void> }} extending
 */
export function extendForm(host, { policy }, extending) {
  const expiry = expiryChoice(host, policy, { endless: false })
  return form(host, {
    body: [h('p', null, host.t('extendHint')), expiry.element],
    submit: host.t('extend'),
    cancel: extending.cancel,
    check: () => (expiry.valid() ? {} : { expires_at: [host.t('dateMissing')] }),
    send: () => extending.send(expiry.body()),
  })
}

/** The exact times, for those who cannot hover. @param {SanctumElement} host @param {Token} token */
export function facts(host, token) {
  /** @type {[import('./element.js').TextKey, string | null][]} */
  const times = [
    ['factCreated', token.created_at],
    ['factExpires', token.expires_at],
    ['factUsed', token.last_used_at],
  ]
  return h(
    'dl',
    { class: 'facts' },
    h('dt', null, host.t('factNumber')),
    h('dd', null, String(token.id)),
    times.map(([name, time]) => [h('dt', null, host.t(name)), h('dd', null, time === null ? host.t('never') : exactly(Date.parse(time), host.locale))]).flat(),
    token.last_used_from && [h('dt', null, host.t('factFrom')), h('dd', null, quoted(host.address(token.last_used_from)))],
  )
}
