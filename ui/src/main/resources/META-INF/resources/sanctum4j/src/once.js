// @ts-check
// A token that is made once, though its answer may be lost: the form sends a key, and with the same key again it hears what came of it.
// And what can be known of one whose secret was to be replaced.

import { Problem } from './api.js'

/** @typedef {import('./api.js').Api} Api */
/** @typedef {{ name: string, abilities: string[], expires_at?: string }} Wanted */
/** @typedef {import('./token.js').Token & { token?: string }} Issued a token with its text; without it, if the answer with the text was lost */

/** How often an answer is asked for before somebody is told that it was lost, and how long is waited between, in seconds, whatever an answer says. */
const TRIES = 2
const PAUSE = 5

/** What nobody can guess, where there is no `crypto.randomUUID`, too: that is for https. */
function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Whether the server may have done it: it has not answered, or is still about to, or it is a proxy that says so. A page that it refuses
 * was not heard.
 *
 * @param {Problem} problem
 */
const isOpen = ({ status, code }) => (status === 0 && code !== 'cors') || status >= 500 || code === 'unreadable' || code === 'idempotency-key-running'

/** What tells of a request that was sent before. Any other refusal is of this one, and says nothing of that. */
const TOLD = ['idempotency-key-ended', 'idempotency-key-reused']

/** What nobody knows, and the answer, or want of one, that leaves it open. @param {string} code @param {Problem} cause */
const unknown = (code, cause) => Object.assign(new Problem(cause.status, { code }), { cause })

/** How long a key is asked by, in milliseconds from when it was made up: servers forget it after ten minutes. */
const KNOWN = 540_000

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
  /** What was sent, and since when nobody knows what came of it. @type {{ wanted: Wanted, key: string, made: number, unknown: boolean } | undefined} */
  let open

  /** @param {Wanted} wanted @param {string} [key] @returns {Promise<Issued>} */
  const send = async (wanted, key) => {
    const made = await server.call('POST', '/api/tokens', wanted, key)
    if (typeof made?.id !== 'number') throw new Problem(200, { code: 'unreadable' })
    return made
  }

  return async (wanted) => {
    const asked = open && isSame(open.wanted, wanted) ? open : { wanted, key: freshKey(), made: Date.now(), unknown: false }
    open = asked
    if (asked.unknown && Date.now() - asked.made > KNOWN) {
      open = undefined // whoever goes on has been told
      throw new Problem(0, { code: 'forgotten' })
    }
    for (let left = TRIES; ; left--) {
      try {
        const made = await send(asked.wanted, asked.key)
        open = undefined
        return made
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem
        if (problem.code === 'idempotency-key-unsupported') return send(wanted)
        if (!isOpen(problem)) {
          if (!asked.unknown || TOLD.includes(problem.code)) open = undefined
          throw problem
        }
        asked.unknown = true
        if (left === 1) throw unknown('lost', problem)
        await new Promise((go) => setTimeout(go, Math.min(problem.wait || 1, PAUSE) * 1_000))
      }
    }
  }
}

/**
 * How the secret of a token is replaced. A second time there is no such token, if the first was done and its answer lost.
 *
 * @param {Api} server @param {number} id @param {() => Promise<void>} look at what there is now
 * @returns {(end?: { expires_at?: string }) => Promise<import('./token.js').Token & { token: string }>}
 */
export function replacing(server, id, look) {
  let open = false
  return async (end) => {
    try {
      const made = await server.call('POST', `/api/tokens/${id}/rotate`, end)
      if (typeof made?.token !== 'string') throw new Problem(200, { code: 'unreadable' })
      return made
    } catch (problem) {
      if (!(problem instanceof Problem) || !(isOpen(problem) || (open && problem.status === 404))) throw problem
      open = true
      await look()
      throw unknown('replaced', problem)
    }
  }
}
