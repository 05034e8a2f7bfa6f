// @ts-check
// Which keys do what, and whether they do.

import { Dialog, checkbox } from './dialog.js'
import { h } from './dom.js'

/** @type {[key: string, does: import('./element.js').TextKey][]} */
const KEYS = [
  ['/', 'search'],
  ['n', 'createTitle'],
  ['?', 'keysTitle'],
]

/** Tells the keys, and lets somebody turn them off while the page is open. @param {import('./element.js').SanctumElement} host @param {boolean} on @param {(on: boolean) => void} turn */
export function tellKeys(host, on, turn) {
  const toggle = checkbox('keys', host.t('keysOn'), on)
  toggle.addEventListener('change', () => turn(toggle.querySelector('input')?.checked ?? true))
  return new Dialog(host, [host.t('keysTitle')], [
    h('dl', { class: 'facts' }, KEYS.map(([key, does]) => [h('dt', null, h('kbd', { class: 'chip' }, key)), h('dd', null, host.t(does))]).flat()),
    toggle,
  ])
}
