// @ts-check
// Which token a text is that somebody has found.

import { Problem } from './api.js'
import { Dialog, bar } from './dialog.js'
import { h, icon } from './dom.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */
/** @typedef {import('./token.js').Token} Token */

/**
 * Asks, and shows the token. The text goes to the server in the body of this one request, and is kept nowhere.
 *
 * @param {SanctumElement} host @param {string} text
 * @param {(token: Token) => HTMLElement} row how a token is shown, with what can be done about it
 * @returns the number of the token, once the dialog is closed
 */
export async function showFound(host, text, row) {
  const place = h('div', { class: 'form' }, host.skeleton(1))
  const done = h('button', { class: 'button primary', type: 'button', part: 'button primary-button', onclick: () => dialog.close() }, host.t('done'))
  const dialog = new Dialog(host, [host.t('foundTitle')], [h('div', { class: 'form' }, place, bar(h('div', { class: 'actions' }, done)))], { wide: true })
  done.focus()
  /** @param {string} symbol @param {string} words */
  const say = (symbol, words) => h('p', { class: 'notice', role: 'status' }, icon(symbol), words)
  const answer = await host.server.call('POST', '/api/tokens/identify', { token: text }).catch((/** @type {unknown} */ problem) => problem)
  if (answer?.token) {
    const list = h('ul', { class: 'list card found', part: 'list' }, row(answer.token))
    // What is done to it has dialogs of its own, which come in place of this one.
    list.addEventListener('click', (event) => event.target instanceof Element && event.target.closest('a, button') && dialog.close(), true)
    place.replaceChildren(say('warning', host.t('foundOwn')), list)
  } else if (answer?.token === null) {
    place.replaceChildren(say('search', host.t('foundNone')))
  } else {
    const problem = answer instanceof Problem ? answer : new Problem(-1)
    host.failed(problem)
    const { symbol, title, hint } = host.explain(problem)
    place.replaceChildren(say(symbol, `${title}. ${hint}`))
  }
  await dialog.closed
  return answer?.token?.id
}
