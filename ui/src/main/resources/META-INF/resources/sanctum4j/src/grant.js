// @ts-check
// What is given of what somebody asks for, and the buttons to say so.

import { field } from './dialog.js'
import { freshId, h } from './dom.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */
/** @typedef {import('./tokens.js').Ability & { permitted: boolean }} Asked */

/** Shorter lifetimes to choose from, in seconds: an hour, a day, a week, a month. */
const SHORTER = [3_600, 86_400, 7 * 86_400, 30 * 86_400]

/**
 * A tick for each ability, and the lifetime to shorten.
 *
 * @param {SanctumElement} host @param {Asked[]} abilities @param {number} lifetime the most, in seconds
 */
export function grantChoice(host, abilities, lifetime) {
  const label = freshId('abilities')
  const error = h('p', { class: 'error', role: 'alert' })
  const boxes = abilities.map(({ name, permitted }) =>
    h('input', { type: 'checkbox', name: 'abilities', value: name, checked: permitted, disabled: !permitted }),
  )
  const rows = abilities.map(({ name, description, permitted }, i) =>
    h(
      'label',
      { class: permitted ? 'check' : 'check soft' },
      boxes[i],
      h(
        'span',
        null,
        h('code', null, h('bdi', null, name)),
        description && h('span', { class: 'hint' }, description),
        !permitted && h('span', { class: 'hint' }, host.t('mayNotGive')),
      ),
    ),
  )
  const lengths = [...SHORTER.filter((seconds) => seconds < lifetime), lifetime]
  const length = h(
    'select',
    { name: 'lifetime', part: 'input' },
    lengths.map((seconds) => h('option', { value: seconds, selected: seconds === lifetime }, host.duration(seconds))),
  )
  return {
    elements: [
      h(
        'div',
        { class: 'picker', role: 'group', 'aria-labelledby': label },
        h('p', { class: 'label', id: label }, host.t('askedAbilities')),
        h('div', { class: 'box' }, h('div', { class: 'groups' }, rows)),
        error,
      ),
      field(host.t('askedLifetime'), length, host.t('askedLifetimeHint')),
    ],
    /** What is to be given; null, and an error is shown, if that is nothing. */
    chosen: () => {
      const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value)
      error.textContent = chosen.length ? '' : host.t('abilitiesMissing')
      return chosen.length ? { abilities: chosen, lifetime: Number(length.value) } : null
    },
  }
}

/**
 * Buttons of an answer look alike: neither is the usual one.
 *
 * @param {SanctumElement} host @param {import('./element.js').TextKey} text @param {HTMLElement} problem where to say what went wrong
 * @param {() => Promise<void>} send
 */
export function actionButton(host, text, problem, send) {
  const made = h(
    'button',
    {
      class: 'button',
      type: 'button',
      part: 'button',
      onclick: async () => {
        made.disabled = true
        problem.textContent = ''
        try {
          await send()
        } catch (caught) {
          host.failed(caught)
          problem.textContent = host.told(caught)
        }
        made.disabled = false
      },
    },
    host.t(text),
  )
  return made
}
