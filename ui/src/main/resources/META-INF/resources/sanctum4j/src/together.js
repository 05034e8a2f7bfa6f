// @ts-check
// Ending several tokens at once, after all of them have been named.

import { confirmation } from './dialog.js'
import { h, quoted } from './dom.js'
import { times } from './token.js'

/** @typedef {import('./token.js').Token} Token */

/**
 * Asks before several tokens are ended, one after the other: who ends is seen, and of those that are named none has ended yet.
 *
 * @param {import('./element.js').SanctumElement} host @param {Token[]} tokens
 * @param {{ end: (token: Token) => Promise<void>, stopped: () => Promise<void>, done: () => Promise<void> }} ending `stopped` if not all have
 *     ended
 */
export function endTogether(host, tokens, { end, stopped, done }) {
  const left = new Map(tokens.map((token) => [token, h('li', null, h('div', null, h('h3', null, quoted(token.name)), h('p', { class: 'meta' }, times(host, token).slice(0, 2).map((said) => said && h('span', null, said)))))]))
  return confirmation(host, {
    title: [host.t('revokeChosenTitle', { count: tokens.length })],
    text: [host.t('revokeAllText', { count: tokens.length })],
    list: h('ul', { class: 'list card', 'aria-label': host.t('tokens') }, [...left.values()]),
    submit: host.t('revokeAllSubmit', { count: tokens.length }),
    send: async () => {
      try {
        for (const [token, row] of left) {
          await end(token)
          row.remove()
          left.delete(token)
        }
      } catch (problem) {
        await stopped()
        throw problem
      }
      await done()
    },
  })
}
