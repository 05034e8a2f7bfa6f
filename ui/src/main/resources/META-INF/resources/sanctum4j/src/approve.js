// @ts-check
// <sanctum-approve>: a program has asked for a token, and somebody says yes or no.

import { field, form, input } from './dialog.js'
import { freshId, h, icon, quoted } from './dom.js'
import { SanctumElement } from './element.js'

/** @typedef {import('./tokens.js').Ability & { permitted: boolean }} Asked */

/**
 * What waits for an answer. Names are what the program says of itself.
 *
 * @typedef {object} Request
 * @property {string} user_code
 * @property {string} client_name
 * @property {string} asked_at
 * @property {string} address
 * @property {string | null} country its two letters, where the application knows it
 * @property {boolean} same_network whether that is the network of this browser
 * @property {string} account
 * @property {number} lifetime the most, in seconds
 * @property {Asked[]} abilities
 */

/** Shorter lifetimes to choose from, in seconds: an hour, a day, a week, a month. */
const SHORTER = [3_600, 86_400, 7 * 86_400, 30 * 86_400]

/** Letters of codes, so that what a link brings is shown only if it can be one. */
const LINKED = /^[BCDFGHJKLMNPQRSTVWXZ]{4}-?[BCDFGHJKLMNPQRSTVWXZ]{4}$/i

/** Where somebody answers a program. A code in the address of the page (`?code=`) is never enough: it is compared first. */
export class SanctumApprove extends SanctumElement {
  #place = h('div', { class: 'content', part: 'content' })

  render() {
    this.root.replaceChildren(this.heading(this.t('approve'), this.t('approveIntro')), this.#place)
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
    const yes = this.#button('compareYes', problem, () => this.#look(code))
    const no = this.#button('compareNo', problem, async () => this.#end('warning', 'stopTitle', 'stopHint'))
    this.#show(
      h(
        'div',
        { class: 'form' },
        this.#title(this.t('compareTitle')),
        h('p', { class: 'mono code' }, code),
        h('p', { class: 'soft' }, this.t('compareText')),
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
    const { user_code, client_name, asked_at, address, country, same_network, account, lifetime, abilities } = request
    const label = freshId('abilities')
    const error = h('p', { class: 'error', role: 'alert' })
    const problem = h('p', { class: 'error problem', role: 'alert' })
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
          !permitted && h('span', { class: 'hint' }, this.t('mayNotGive')),
        ),
      ),
    )
    const lengths = [...SHORTER.filter((seconds) => seconds < lifetime), lifetime]
    const length = h(
      'select',
      { name: 'lifetime', part: 'input' },
      lengths.map((seconds) => h('option', { value: seconds, selected: seconds === lifetime }, this.duration(seconds))),
    )
    const allow = this.#button('allow', problem, async () => {
      const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value)
      error.textContent = chosen.length ? '' : this.t('abilitiesMissing')
      if (!chosen.length) return
      await this.server.call('POST', '/api/approval/allow', { user_code, abilities: chosen, lifetime: Number(length.value) })
      this.#end('check', 'allowedTitle', 'allowedHint')
    })
    const deny = this.#button('deny', problem, async () => {
      await this.server.call('POST', '/api/approval/deny', { user_code })
      this.#end('close', 'deniedTitle', 'deniedHint')
    })
    this.#show(
      h(
        'div',
        { class: 'form' },
        this.#title(this.t('asksTitle')),
        h('p', null, this.sentence('claims', { name: quoted(client_name) })),
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
        same_network
          ? h('p', { class: 'soft' }, this.t('sameNetwork'))
          : h('div', { class: 'notice' }, icon('warning'), h('p', null, this.t('otherNetwork'))),
        h(
          'div',
          { class: 'picker', role: 'group', 'aria-labelledby': label },
          h('p', { class: 'label', id: label }, this.t('askedAbilities')),
          h('div', { class: 'box' }, h('div', { class: 'groups' }, rows)),
          error,
        ),
        field(this.t('askedLifetime'), length),
        problem,
        h('div', { class: 'actions' }, deny, allow),
      ),
    )
  }

  /** Buttons of an answer look alike: neither is the usual one. @param {import('./element.js').TextKey} text @param {HTMLElement} problem @param {() => Promise<void>} send */
  #button(text, problem, send) {
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
            const { title, hint } = this.explain(caught)
            problem.textContent = `${title}. ${hint}`
          }
          made.disabled = false
        },
      },
      this.t(text),
    )
    return made
  }

  /** @param {string} symbol @param {import('./element.js').TextKey} title @param {import('./element.js').TextKey} hint */
  #end(symbol, title, hint) {
    const heading = this.#title(this.t(title))
    this.#place.replaceChildren(h('div', { class: 'empty', role: 'status' }, icon(symbol), heading, h('p', null, this.t(hint))))
    heading.focus()
  }
}

if (!customElements.get('sanctum-approve')) customElements.define('sanctum-approve', SanctumApprove)
