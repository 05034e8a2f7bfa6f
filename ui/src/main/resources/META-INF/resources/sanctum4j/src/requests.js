// @ts-check
// <sanctum-requests>: what people ask administrators for, and the answers. And one's own requests, above one's tokens.

import { list } from './api.js'
import { Dialog } from './dialog.js'
import { h, icon, quoted } from './dom.js'
import { LoadedElement, define } from './element.js'
import { actionButton, grantChoice } from './grant.js'
import { chips } from './token.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */

/**
 * A request of one's own.
 *
 * @typedef {{ id: number, name: string, abilities: string[], asked_at: string, state: 'asked' | 'allowed' | 'denied', allowed_abilities?: string[] }} Own
 */

/** How many are read at a time. */
const PART = 100

/** @type {Record<Own['state'], import('./element.js').TextKey>} */
const STATES = { asked: 'factAsked', allowed: 'allowedTitle', denied: 'deniedTitle' }

/**
 * One that waits for an administrator.
 *
 * @typedef {object} Open
 * @property {number} id
 * @property {string} name
 * @property {string} account
 * @property {string} asked_at
 * @property {string} address
 * @property {string | null} country
 * @property {number} lifetime the most, in seconds
 * @property {import('./grant.js').Asked[]} abilities
 */

/**
 * One's own requests; nothing if there are none.
 *
 * @param {SanctumElement} host @param {Own[]} requests
 * @param {{ claim: (request: Own) => Promise<void>, withdraw: (request: Own) => Promise<void> }} actions
 */
export function ownRequests(host, requests, actions) {
  if (!requests.length) return []
  const problem = h('p', { class: 'error problem', role: 'alert' })
  const rows = requests.map((request) => {
    const { name, abilities, allowed_abilities, asked_at, state } = request
    return h(
      'li',
      { class: 'stacks', part: 'request' },
      h(
        'div',
        null,
        h('h3', null, quoted(name), h('span', { class: state === 'denied' ? 'mark bad' : state === 'asked' ? 'mark soft' : 'mark' }, host.t(STATES[state]))),
        chips(host, allowed_abilities ?? abilities),
        h('p', { class: 'meta' }, host.moment(asked_at)),
      ),
      h(
        'div',
        { class: 'row-actions' },
        state === 'allowed' && actionButton(host, 'requestClaim', problem, () => actions.claim(request)),
        state === 'asked' && actionButton(host, 'requestWithdraw', problem, () => actions.withdraw(request)),
      ),
    )
  })
  return [h('section', { class: 'requests' }, h('h3', null, host.t('ownRequests')), problem, h('ul', { class: 'list card', part: 'list', 'aria-label': host.t('ownRequests') }, rows))]
}

/** What waits for an administrator's answer. Attributes are those of all our elements. */
export class SanctumRequests extends LoadedElement {
  render() {
    this.show(this.heading(this.t('requests'), this.t('requestsIntro')), this.content)
    this.reload()
  }

  async load() {
    /** @type {Open[]} */
    const open = []
    /** @type {Open[]} */
    let part
    do {
      const last = open[open.length - 1]
      part = list(await this.server.call('GET', `/api/requests/open?limit=${PART}${last ? `&after=${last.id}` : ''}`))
      open.push(...part)
    } while (part.length === PART)
    if (!open.length) return [h('div', { class: 'empty', role: 'status' }, icon('check'), h('h3', null, this.t('noRequests')))]
    return [h('ul', { class: 'list card', part: 'list', 'aria-label': this.t('requests') }, open.map((request) => this.#row(request)))]
  }

  /** @param {Open} request */
  #title({ account, name }) {
    return this.sentence('requestOf', { account: quoted(account), name: quoted(name) })
  }

  /** @param {Open} request */
  #from({ asked_at, address, country }) {
    return [...this.sentence('askedFrom', { time: this.moment(asked_at), address: quoted(this.address(address)) }), country && ` (${this.country(country)})`]
  }

  /** @param {Open} request */
  #row(request) {
    return h(
      'li',
      { class: 'stacks', part: 'request' },
      h(
        'div',
        null,
        h('h3', null, this.#title(request)),
        chips(this, request.abilities.map(({ name }) => name)),
        h('p', { class: 'meta' }, this.#from(request)),
      ),
      h('div', { class: 'row-actions' }, h('button', { class: 'button', type: 'button', part: 'button', 'aria-label': `${this.t('answer')}: ${request.name}`, onclick: () => this.#answer(request) }, this.t('answer'))),
    )
  }

  /** @param {Open} request */
  #answer(request) {
    const { id, abilities, lifetime } = request
    const problem = h('p', { class: 'error problem', role: 'alert' })
    const grant = grantChoice(this, abilities, lifetime)
    const path = `/api/requests/${id}`
    /** @param {import('./element.js').TextKey} said */
    const done = async (said) => {
      dialog.close()
      await this.reload()
      this.announce(said)
      this.moveFocus()
    }
    const deny = actionButton(this, 'deny', problem, async () => {
      await this.server.call('POST', `${path}/deny`)
      await done('deniedTitle')
    })
    const allow = actionButton(this, 'allow', problem, async () => {
      const given = grant.chosen()
      if (!given) return
      await this.server.call('POST', `${path}/allow`, given)
      await done('allowedTitle')
    })
    const dialog = new Dialog(this, this.#title(request), [h('div', { class: 'form' }, h('p', { class: 'soft' }, this.#from(request)), h('p', null, this.t('answerText')), grant.elements, problem, h('div', { class: 'actions' }, deny, allow))], { wide: true })
  }
}

define({ 'sanctum-requests': SanctumRequests })
