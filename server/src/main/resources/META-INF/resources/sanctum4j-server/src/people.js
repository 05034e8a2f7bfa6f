// @ts-check
// <sanctum-people>: the people of the server, for administrators.

import { Dialog, checkbox, confirmation, field, form, input } from '../../sanctum4j/src/dialog.js'
import { h, icon, quoted } from '../../sanctum4j/src/dom.js'
import { isToken } from '../../sanctum4j/src/secret.js'
import { username } from '../../sanctum4j/src/sign-in.js'
import { about, isOver, revocation } from '../../sanctum4j/src/token.js'
import { ServerElement } from './element.js'

/** @typedef {{ id: number, name: string, email: string, role: 'user' | 'admin', disabled_at: string | null, created_at: string | null, has_password?: boolean, seen_at?: string }} Person */

const PATH = '/api/admin/people'
const TYPING = 250

/** How many tokens of somebody are read at a time, and how many are seen at once without a search. */
const PART = 50
const FEW = 7

/** Creates and disables people, sets passwords, shows and revokes their tokens. */
export class SanctumPeople extends ServerElement {
  #search = ''
  #typing = 0

  /** A line that is empty until there is something to say. */
  #line() {
    return h('p', { class: 'soft', role: 'status' })
  }

  /** Takes a token out of a field, unseen and unsent, and says where to go with it. @param {HTMLInputElement} search @param {HTMLElement} line */
  #refuse(search, line) {
    const token = isToken(search.value)
    if (token) search.value = ''
    line.textContent = token ? this.t('tokenNotSent') : ''
    return token
  }

  render() {
    const line = this.#line()
    const search = input('search', {
      type: 'search',
      value: this.#search,
      placeholder: this.t('peopleSearch'),
      'aria-label': this.t('peopleSearch'),
      oninput: () => {
        this.#refuse(search, line)
        this.#search = search.value
        clearTimeout(this.#typing)
        this.#typing = window.setTimeout(() => this.reload(), TYPING)
      },
    })
    this.root.replaceChildren(
      this.heading(
        this.t('people'),
        this.t('peopleIntro'),
        h('button', { class: 'button primary', type: 'button', part: 'button primary-button', onclick: () => this.#create() }, icon('plus'), this.t('peopleCreate')),
      ),
      h('div', { class: 'filters', role: 'search' }, h('div', { class: 'search' }, icon('search'), search)),
      line,
      this.content,
    )
    this.reload()
  }

  /** @param {number | null} [after] */
  #page(after) {
    const query = new URLSearchParams({ search: this.#search, ...(after ? { after: String(after) } : {}) })
    return this.server.call('GET', `${PATH}?${query}`)
  }

  async load() {
    const list = h('ul', { class: 'list card', part: 'list', 'aria-label': this.t('people') })
    const foot = h('div', { class: 'foot' })
    const show = (/** @type {{ data: Person[], next: number | null }} */ { data, next }) => {
      list.append(...data.map((person) => this.#row(person)))
      const more = h('button', { class: 'button', type: 'button' }, this.t('more'))
      more.addEventListener('click', async () => {
        more.disabled = true
        await this.#page(next).then(show, (problem) => foot.replaceChildren(this.trouble(problem, () => this.reload())))
      })
      foot.replaceChildren(...(next === null ? [] : [more]))
    }
    show(await this.#page())
    if (list.hasChildNodes()) return [list, foot]
    return [h('div', { class: 'empty', role: 'status' }, icon('search'), h('h3', null, this.t('peopleNone')))]
  }

  /** @param {Person} person */
  #row(person) {
    return h(
      'li',
      { part: 'person', class: person.disabled_at === null ? null : 'over' },
      h(
        'div',
        null,
        h(
          'h3',
          null,
          quoted(person.name),
          person.role === 'admin' && h('span', { class: 'mark good' }, this.t('administrator')),
          person.disabled_at !== null && h('span', { class: 'mark bad' }, this.t('disabled')),
        ),
        h('p', { class: 'meta stacked' }, quoted(person.email), person.created_at !== null && h('span', null, this.sentence('created', { time: this.moment(person.created_at) })), person.seen_at !== undefined && h('span', null, this.sentence('seenByProvider', { time: this.moment(person.seen_at) }))),
      ),
      h(
        'div',
        { class: 'row-actions' },
        h('button', { class: 'button quiet', type: 'button', 'aria-label': this.t('manageNamed', { name: person.name }), onclick: () => this.#manage(person) }, this.t('manage')),
      ),
    )
  }

  #create() {
    const name = input('name', { 'data-first': true })
    const email = input('email', { type: 'email', autocomplete: 'username' })
    const password = input('password', { type: 'password', autocomplete: 'new-password' })
    const admin = checkbox('role', this.t('administratorHint'))
    const dialog = new Dialog(this, [this.t('peopleCreate')], [])
    dialog.body.append(
      form(this, {
        body: [field(this.t('name'), name), field(this.t('email'), email), field(this.t('password'), password, this.t('newPasswordHint')), admin],
        submit: this.t('peopleCreate'),
        cancel: () => dialog.close(),
        check: () => ({
          ...(name.value.trim() ? {} : { name: [this.t('personNameMissing')] }),
          ...(email.value.trim() ? {} : { email: [this.t('emailMissing')] }),
          ...(password.value ? {} : { password: [this.t('passwordMissing')] }),
        }),
        send: async () => {
          await this.server.call('POST', PATH, {
            name: name.value.trim(),
            email: email.value.trim(),
            password: password.value,
            role: admin.querySelector('input')?.checked ? 'admin' : 'user',
          })
          dialog.close()
          await this.#done()
        },
      }),
    )
    name.focus()
  }

  /** One person: tokens, password, and whether they are let in. @param {Person} person */
  #manage(person) {
    const tokens = h('div', { class: 'content' }, this.skeleton(1))
    const off = person.disabled_at === null
    const dialog = new Dialog(this, [quoted(person.name)], [], { wide: true })
    /** @param {() => void} act */
    const instead = (act) => () => (dialog.close(), act())
    dialog.body.append(
      h('p', { class: 'soft below' }, quoted(person.email)),
      h('h3', null, this.t('tokens')),
      tokens,
      h(
        'div',
        { class: 'actions' },
        h('button', { class: 'button', type: 'button', onclick: instead(() => this.#setPassword(person)) }, this.t('setPassword')),
        person.has_password !== undefined && h('button', { class: 'button', type: 'button', onclick: instead(() => this.#invite(person)) }, this.t('invite')),
        person.seen_at !== undefined && h('button', { class: 'button', type: 'button', onclick: instead(() => this.#disconnect(person)) }, this.t('disconnect')),
        h('button', { class: off ? 'button danger' : 'button primary', type: 'button', onclick: instead(() => this.#letIn(person, !off)) }, this.t(off ? 'disable' : 'enable')),
      ),
    )
    this.#tokens(person, tokens)
  }

  /** @param {Person} person @param {HTMLElement} place */
  async #tokens(person, place) {
    const again = () => this.#tokens(person, place)
    /** @param {string} path @param {'revoked' | 'revokedAll'} said */
    const revoke = (path, said) => async () => {
      await this.server.call('DELETE', path)
      await again()
      this.announce(said)
    }
    /** @type {{ row: HTMLElement, text: string }[]} */
    const rows = []
    const list = h('ul', { class: 'list card', 'aria-label': this.t('tokens') })
    const search = input('search', { type: 'search', placeholder: this.t('personTokensHint'), 'aria-label': this.t('search'), oninput: () => find(!this.#refuse(search, line)) })
    const line = this.#line()
    let older = false
    const find = (tell = true) => {
      const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean)
      for (const { row, text } of rows) row.hidden = !words.every((word) => text.includes(word))
      const found = rows.filter(({ row }) => !row.hidden).length
      if (tell) line.textContent = !words.length ? '' : older ? this.t('foundOf', { found, count: rows.length }) : found ? '' : this.t('noneFound')
    }
    const filters = h('div', { class: 'filters', role: 'search', 'aria-label': this.t('search') }, h('div', { class: 'search' }, icon('search'), search))
    const foot = h('div', { class: 'foot' })
    const page = async (/** @type {number | null} */ after) => {
      const { data, next } = await this.server.call('GET', `${PATH}/${person.id}/tokens?limit=${PART}${after === null ? '' : `&after=${after}`}`)
      for (const token of data) {
        const row = this.#token(token, () => revocation(this, token, revoke(`/api/admin/tokens/${token.id}`, 'revoked')))
        rows.push({ row, text: `${token.name} ${token.abilities.join(' ')}`.toLocaleLowerCase() })
        list.append(row)
      }
      older = next !== null
      find()
      const more = h('button', { class: 'button quiet', type: 'button' }, this.t('more'))
      more.addEventListener('click', () => {
        more.disabled = true
        page(next).then(
          () => rows.at(-1)?.row.querySelector('button')?.focus(),
          (problem) => more.replaceWith(this.trouble(problem, again)),
        )
      })
      filters.hidden = rows.length <= FEW && next === null
      foot.replaceChildren(h('button', { class: 'button quiet bad', type: 'button', onclick: () => this.#revokeAll(person, next === null ? rows.length : undefined, revoke(`${PATH}/${person.id}/tokens`, 'revokedAll')) }, next === null ? this.t('revokeAllOf', { count: rows.length }) : this.t('revokeAll')), ...(next === null ? [] : [more]))
    }
    try {
      await page(null)
      place.replaceChildren(...(rows.length ? [filters, line, list, foot] : [h('p', { class: 'soft' }, this.t('noTokens'))]))
    } catch (problem) {
      place.replaceChildren(this.trouble(problem, again))
    }
  }

  /** @param {import('../../sanctum4j/src/token.js').Token} token @param {() => void} end */
  #token(token, end) {
    return h(
      'li',
      { class: isOver(token) ? 'over stacks' : 'stacks' },
      about(this, token),
      h('div', { class: 'row-actions' }, h('button', { class: 'button quiet bad', type: 'button', 'aria-label': this.t('revokeNamed', { name: token.name }), onclick: end }, this.t('revoke'))),
    )
  }

  /** @param {Person} person @param {number | undefined} count if all are shown @param {() => Promise<void>} send */
  #revokeAll(person, count, send) {
    confirmation(this, {
      title: this.sentence('revokeAllOfTitle', { name: quoted(person.name) }),
      text: [count === undefined ? this.t('revokeText') : this.t('revokeAllText', { count })],
      submit: count === undefined ? this.t('revokeAll') : this.t('revokeAllSubmit', { count }),
      ...(count === undefined ? {} : { typed: String(count) }),
      send,
    })
  }

  /** @param {Person} person */
  #setPassword(person) {
    const password = input('password', { type: 'password', autocomplete: 'new-password', 'data-first': true })
    const revoke = checkbox('revoke_tokens', this.t('revokeTheirTokens'))
    const dialog = new Dialog(this, [this.t('setPassword')], [h('p', null, quoted(person.name))])
    dialog.body.append(
      form(this, {
        body: [username(person.email), field(this.t('newPassword'), password, this.t('newPasswordHint')), revoke],
        submit: this.t('setPassword'),
        cancel: () => dialog.close(),
        check: () => (password.value ? {} : { password: [this.t('passwordMissing')] }),
        send: async () => {
          await this.server.call('PUT', `${PATH}/${person.id}/password`, { password: password.value, revoke_tokens: revoke.querySelector('input')?.checked ?? false })
          dialog.close()
          await this.#done()
        },
      }),
    )
    password.focus()
  }

  /** Shows a link, once. @param {Person} person */
  async #invite(person) {
    const dialog = new Dialog(this, [this.t('invite')], [h('p', null, quoted(person.name)), this.skeleton(1)])
    try {
      const { code } = await this.server.call('POST', `${PATH}/${person.id}/invitation`)
      dialog.body.replaceChildren(h('p', null, quoted(person.name)), h('p', { class: 'soft' }, this.t('inviteText')), h('p', null, h('code', { class: 'invitation' }, `${location.origin}/login#invitation=${code}`)))
    } catch (problem) {
      dialog.body.replaceChildren(this.trouble(problem, () => (dialog.close(), this.#invite(person))))
    }
  }

  /** @param {Person} person */
  #disconnect(person) {
    confirmation(this, {
      title: this.sentence('disconnectTitle', { name: quoted(person.name) }),
      text: [this.t('disconnectText')],
      submit: this.t('disconnect'),
      send: async () => {
        await this.server.call('DELETE', `${PATH}/${person.id}/identity`)
        await this.#done()
      },
    })
  }

  /** @param {Person} person @param {boolean} letIn */
  #letIn(person, letIn) {
    confirmation(this, {
      title: this.sentence(letIn ? 'enableTitle' : 'disableTitle', { name: quoted(person.name) }),
      text: [this.t(letIn ? 'enableText' : 'disableText')],
      submit: this.t(letIn ? 'enable' : 'disable'),
      danger: !letIn,
      send: async () => {
        await this.server.call('PATCH', `${PATH}/${person.id}`, { disabled: !letIn })
        await this.#done()
      },
    })
  }

  async #done() {
    await this.reload()
    this.announce('saved')
    this.root.querySelector('h2')?.focus()
  }
}

customElements.define('sanctum-people', SanctumPeople)
