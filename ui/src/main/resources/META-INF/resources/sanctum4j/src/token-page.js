// @ts-check
// One token by itself: what is known of it, what can be done with it, and room for what an application knows besides.

import { h, quoted } from './dom.js'
import { facts } from './token-form.js'
import { isOver } from './token.js'

/** @typedef {import('./token.js').Token} Token */

/**
 * @param {import('./element.js').SanctumElement} host @param {Token} token
 * @param {[import('./element.js').TextKey, () => void][]} actions what can be done; the last ends it
 */
export function tokenPage(host, token, actions) {
  const names = token.abilities.map((name) => (name === '*' ? host.t('everything') : name))
  return h(
    'article',
    { class: 'card token-page', part: 'token-page' },
    h('h3', { tabindex: '-1' }, quoted(token.name), isOver(token) && h('span', { class: 'mark bad' }, host.t('markExpired'))),
    h('p', { class: 'label' }, host.t('abilities')),
    h('ul', { class: 'chips' }, names.map((name) => h('li', { class: 'chip' }, h('bdi', null, name))), !names.length && h('li', { class: 'chip plain' }, host.t('noAbilities'))),
    facts(host, token),
    h('div', { class: 'actions' }, actions.map(([text, act], i) => h('button', { class: i < actions.length - 1 ? 'button' : 'button danger', type: 'button', part: 'button', onclick: act }, host.t(text)))),
    h('slot', { name: 'token' }),
  )
}
