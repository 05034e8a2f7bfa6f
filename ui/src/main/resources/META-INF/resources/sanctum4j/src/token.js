// @ts-check
// A token, and how it is told wherever there are some: name, marks, abilities, times.

import { now } from './api.js'
import { confirmation } from './dialog.js'
import { h, quoted } from './dom.js'
import { DAY } from './times.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */

/**
 * A token as the server tells it.
 *
 * @typedef {object} Token
 * @property {number} id
 * @property {string} name
 * @property {string[]} abilities
 * @property {string | null} created_at
 * @property {string | null} expires_at
 * @property {string | null} last_used_at
 * @property {string | null} [last_used_from]
 * @property {string} [hint] how its text ends, if that is known
 */

const CHIPS = 5
const SOON = 7 * DAY
const LONG = 90 * DAY

/** @param {Token} token */
export const isOver = (token) => token.expires_at !== null && Date.parse(token.expires_at) <= now()
/** @param {Token} token */
export const isSoon = (token) => token.expires_at !== null && !isOver(token) && Date.parse(token.expires_at) - now() < SOON

/** Whether nothing has used it for long; not known of one that does not say when it was made. @param {Token} token */
export const isIdle = (token) => !isOver(token) && now() - Date.parse(token.last_used_at ?? token.created_at ?? '') >= LONG
/** Whether it may do everything. @param {Token} token */
export const isMighty = (token) => !isOver(token) && token.abilities.includes('*')
/** @param {Token} token */
export const isEndless = (token) => token.expires_at === null

/** @param {SanctumElement} host @param {Token} token @param {Node} name what leads on, or the name alone */
export function about(host, token, name = quoted(token.name, { part: 'token-name' })) {
  const mark = isOver(token)
    ? h('span', { class: 'mark bad' }, host.t('markExpired'))
    : isSoon(token) && h('span', { class: 'mark warn' }, host.t('markExpiring'))
  const unused = token.last_used_at === null && h('span', { class: 'mark soft' }, host.t('neverUsed'))
  return h(
    'div',
    null,
    h('h3', null, name, mark, unused),
    chips(host, token.abilities),
    h('p', { class: 'meta stacked' }, times(host, token).map((sentence) => sentence && h('span', null, sentence))),
  )
}

/** @param {SanctumElement} host @param {string[]} abilities */
export function chips(host, abilities) {
  const names = abilities.map((name) => (name === '*' ? host.t('everything') : name))
  return h(
    'div',
    { class: 'chips' },
    names.slice(0, CHIPS).map((name) => h('bdi', { class: 'chip' }, name)),
    names.length > CHIPS && h('span', { class: 'chip plain', title: names.slice(CHIPS).join('\n') }, host.t('moreAbilities', { count: names.length - CHIPS })),
    !names.length && h('span', { class: 'chip plain' }, host.t('noAbilities')),
  )
}

/** When it ends, was used, was made; false for what is not known. @param {SanctumElement} host @param {Token} token */
export function times(host, token) {
  const { created_at: created, expires_at: expires, last_used_at: used, last_used_from: from, hint } = token
  return [
    expires === null ? [host.t('expiresNever')] : host.sentence(isOver(token) ? 'expiredAt' : 'expires', { time: host.moment(expires) }),
    used !== null &&
      (from
        ? host.sentence('lastUsedFrom', { time: host.moment(used), address: quoted(host.address(from)) })
        : host.sentence('lastUsed', { time: host.moment(used) })),
    created !== null && host.sentence('created', { time: host.moment(created) }),
    hint !== undefined && host.sentence('endsIn', { hint: h('bdi', { class: 'end', dir: 'ltr' }, hint) }),
  ]
}

/**
 * Asks before a token is revoked.
 *
 * @param {SanctumElement} host @param {Token} token @param {() => Promise<void>} send
 */
export function revocation(host, token, send) {
  const { last_used_at: used } = token
  return confirmation(host, {
    title: host.sentence('revokeTitle', { name: quoted(token.name) }),
    text: [
      used !== null && h('span', null, host.sentence('lastUsed', { time: host.moment(used) }), '. '),
      host.t('revokeText'),
      ['tokens:manage', 'tokens:delegate'].some((one) => token.abilities.includes(one)) && ` ${host.t('revokeIssued')}`,
    ],
    submit: host.t('revokeSubmit'),
    send,
  })
}
