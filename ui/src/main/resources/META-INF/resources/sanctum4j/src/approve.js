// @ts-check
// <sanctum-approve>: a program has asked for a token, and somebody says yes or no.

import { field, form, input } from './dialog.js'
import { h, icon, quoted } from './dom.js'
import { SanctumElement, define } from './element.js'
import { actionButton, grantChoice } from './grant.js'

/** @typedef {import('./grant.js').Asked} Asked */

/**
 * What waits for an answer. Names are what the program says of itself.
 *
 * @typedef {object} Request
 * @property {string} user_code
 * @property {string} client_name
 * @property {string} asked_at
 * @property {string} address
 * @property {string | null} country its two letters, where the application knows it
 * @property {boolean} other_network whether that is certainly not the network of this browser
 * @property {string} account
 * @property {number} lifetime the most, in seconds
 * @property {Asked[]} abilities
 */

/** Letters of codes, so that what a link brings is shown only if it can be one. */
const LINKED = /^[BCDFGHJKLMNPQRSTVWXZ]{4}-?[BCDFGHJKLMNPQRSTVWXZ]{4}$/i

/** Where somebody answers a program. A code in the address of the page (`?code=`) is never enough: it is compared first. */
export class SanctumApprove extends SanctumElement {
  #place = h('div', { class: 'content', part: 'content' })

  render() {
    this.show(this.heading(this.t('approve'), this.t('approveIntro')), this.#place)
    const linked = new URLSearchParams(location.search).get('code')?.trim() ?? ''
    if (LINKED.test(linked)) this.#compare(linked.toUpperCase().replace(/^(.{4})-?/, '$1-'))
    else this.#ask()
  }

  /** @param {...Node} shown */
  #show(...shown) {
    this.#place.replaceChildren(h('div', { class: 'card narrow' }, shown))
    const title = /** @type {HTMLElement | null} */ (this.#place.querySelector('h3'))
    title?.focus()
  }

  /** @param {string} text */
  #title(text) {
    return h('h3', { tabindex: '-1' }, text)
  }

  /** The code, typed by whoever sees it. */
  #ask() {
    const code = input('user_code', { autocapitalize: 'characters', spellcheck: 'false', class: 'mono', maxlength: '64' })
    this.#show(
      form(this, {
        body: [field(this.t('code'), code, this.t('codeHint'))],
        submit: this.t('confirm'),
        check: () => (code.value.trim() ? {} : { user_code: [this.t('codeMissing')] }),
        send: () => this.#look(code.value),
      }),
    )
  }

  /** A link may come from anybody, so that its code has to be compared with what a program shows (RFC 8628 §3.3.1). @param {string} code */
  #compare(code) {
    const problem = h('p', { class: 'error problem', role: 'alert' })
    const yes = actionButton(this, 'compareYes', problem, () => this.#look(code))
    const no = actionButton(this, 'compareNo', problem, async () => this.#end('warning', 'stopTitle', 'stopHint'))
    this.#show(
      h(
        'div',
        { class: 'form' },
        this.#title(this.t('compareTitle')),
        h('p', { class: 'mono code' }, code),
        h('p', null, this.t('compareText')),
        problem,
        h('div', { class: 'actions' }, no, yes),
      ),
    )
  }

  /** @param {string} code */
  async #look(code) {
    this.#decide(await this.server.call('POST', '/api/approval', { user_code: code }))
  }

  /** @param {Request} request */
  #decide(request) {
    const { user_code, client_name, asked_at, address, country, other_network, account, lifetime, abilities } = request
    const problem = h('p', { class: 'error problem', role: 'alert' })
    const grant = grantChoice(this, abilities, lifetime)
    const wrong = h('p', { class: 'error problem', role: 'alert' })
    const refuse = async () => {
      await this.server.call('POST', '/api/approval/deny', { user_code })
      this.#end('close', 'deniedTitle', 'deniedHint')
    }
    const allow = actionButton(this, 'allow', problem, async () => {
      const given = grant.chosen()
      if (!given) return
      await this.server.call('POST', '/api/approval/allow', { user_code, account, ...given })
      this.#end('check', 'allowedTitle', 'allowedHint', [wrong, actionButton(this, 'takeBack', wrong, refuse)])
    })
    const deny = actionButton(this, 'deny', problem, refuse)
    this.#show(
      h(
        'div',
        { class: 'form' },
        this.#title(this.t('asksTitle')),
        h('p', null, this.t('claims')),
        h('p', { class: 'claim', part: 'claim' }, quoted(client_name)),
        h(
          'dl',
          { class: 'facts' },
          h('dt', null, this.t('code')),
          h('dd', { class: 'mono' }, user_code),
          h('dt', null, this.t('factAccount')),
          h('dd', null, quoted(account)),
          h('dt', null, this.t('factAsked')),
          h('dd', null, this.sentence('askedFrom', { time: this.moment(asked_at), address: quoted(this.address(address)) }), country && ` (${this.country(country)})`),
        ),
        grant.elements,
        h('div', { class: 'notice' }, icon('warning'), h('p', null, other_network && `${this.t('otherNetwork')} `, this.t('startedYourself'))),
        problem,
        h('div', { class: 'actions' }, deny, allow),
      ),
    )
  }

  /** @param {string} symbol @param {import('./element.js').TextKey} title @param {import('./element.js').TextKey} hint @param {Node[]} [more] */
  #end(symbol, title, hint, more = []) {
    const heading = this.#title(this.t(title))
    this.#place.replaceChildren(h('div', { class: 'empty', role: 'status' }, icon(symbol), heading, h('p', null, this.t(hint)), more))
    heading.focus()
  }
}

define({ 'sanctum-approve': SanctumApprove })
