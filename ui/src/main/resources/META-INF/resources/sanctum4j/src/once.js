// @ts-check
// A token that is made once, though its answer may be lost: the form sends a key, and with the same key again it hears what came of it.

import { Problem } from './api.js'

/** @typedef {import('./api.js').Api} Api */
/** @typedef {{ name: string, abilities: string[], expires_at?: string }} Wanted */
/** @typedef {import('./token.js').Token & { token?: string }} Issued a token with its text; without it, if the answer with the text was lost */

/** How often an answer is asked for before somebody is told that it was lost. */
const TRIES = 2

/** What nobody can guess, where there is no `crypto.randomUUID`, too: that is for https. */
function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether the server may have made the token: it has not answered, or is still about to. A page that it refuses was not heard. @param {Problem} problem */
const isOpen = ({ status, code }) => (status === 0 && code !== 'cors') || code === 'unreadable' || code === 'idempotency-key-running'

/** How far apart two ends of "in 90 days" may be: as long as keys are kept. */
const NEAR = 600_000

/** Whether a form is as it was, whose days count from when it is sent. @param {Wanted} one @param {Wanted} other */
function isSame(one, other) {
  const [ends, end] = [one.expires_at, other.expires_at]
  const near = ends && end ? Math.abs(Date.parse(ends) - Date.parse(end)) < NEAR : ends === end
  return near && one.name === other.name && one.abilities.join(' ') === other.abilities.join(' ')
}

/**
 * How a form issues its token. As long as nobody knows whether there is one, the same form sends the same key.
 *
 * @param {Api} server
 * @returns {(wanted: Wanted) => Promise<Issued>}
 */
export function issuing(server) {
  /** What nobody knows the end of. @type {{ wanted: Wanted, key: string } | undefined} */
  let open

  /** @param {Wanted} wanted @param {string} [key] @returns {Promise<Issued>} */
  const send = async (wanted, key) => {
    const made = await server.call('POST', '/api/tokens', wanted, key)
    if (typeof made?.id !== 'number') throw new Problem(200, { code: 'unreadable' })
    return made
  }

  return async (wanted) => {
    const asked = open && isSame(open.wanted, wanted) ? open : { wanted, key: freshKey() }
    open = asked
    for (let left = TRIES; ; left--) {
      try {
        const made = await send(asked.wanted, asked.key)
        open = undefined
        return made
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem
        if (problem.code === 'idempotency-key-unsupported') return send(wanted)
        if (!isOpen(problem)) {
          open = undefined
          throw problem
        }
        if (left === 1) throw new Problem(0, { code: 'lost' })
        await new Promise((go) => setTimeout(go, (problem.wait || 1) * 1_000))
      }
    }
  }
}
