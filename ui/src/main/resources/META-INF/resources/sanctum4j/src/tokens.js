// @ts-check
// <sanctum-tokens>: the list of somebody's tokens, and everything that can be done with them.

import { Problem } from './api.js'
import { Dialog, confirmation, input } from './dialog.js'
import { h, icon, quoted } from './dom.js'
import { LoadedElement, define } from './element.js'
import { more, soon } from './later.js'
import { ownRequests } from './requests.js'
import { about, isOver, isSoon, revocation } from './token.js'

/** @typedef {import('./token.js').Token} Token */
/** @typedef {{ name: string, description: string, group: string, strong?: boolean }} Ability */

/**
 * What tokens may be; lifetimes are in seconds.
 *
 * @typedef {object} Policy
 * @property {number | null} default_lifetime
 * @property {number | null} max_lifetime
 * @property {string[]} abilities
 * @property {string} [asleep_from] until when they wait for nobody
 * @property {string[]} [on_request] what takes an administrator's yes
 */

/** @typedef {{ abilities: Ability[], policy: Policy }} Rules */
/** @typedef {{ name?: string, abilities?: string[], expires?: string }} Prefill */

const PAGE = 25
const KEPT = 'keep-in-address'

/** How many tokens the server is asked for at once, and how many are looked for without a click. */
const PART = 100
const FIRST = 1_000

/** @type {Record<string, (token: Token) => boolean>} */
const SHOWN = {
  showAll: () => true,
  showActive: (token) => !isOver(token),
  showExpiring: isSoon,
  showExpired: isOver,
  showUnused: (token) => token.last_used_at === null,
}

/** @param {string | null} time @param {number} absent */
const at = (time, absent) => (time === null ? absent : Date.parse(time))

/** "Job 2" before "job 10". */
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** @type {Record<string, (a: Token, b: Token) => number>} */
const SORTED = {
  sortNewest: (a, b) => at(b.created_at, 0) - at(a.created_at, 0) || b.id - a.id,
  sortName: (a, b) => names.compare(a.name, b.name),
  sortUsed: (a, b) => at(b.last_used_at, 0) - at(a.last_used_at, 0),
  sortExpires: (a, b) => at(a.expires_at, Number.MAX_VALUE) - at(b.expires_at, Number.MAX_VALUE),
}

/** What a link asks a form to hold: `?name=CI&abilities=orders:read&expires=30d`. @param {URLSearchParams} query @returns {Prefill} */
export function prefill(query) {
  const list = query.getAll('abilities').flatMap((value) => value.split(/[ ,]+/)).filter(Boolean)
  return { name: query.get('name') ?? '', abilities: list, expires: query.get('expires') ?? '' }
}

/**
 * The list of the tokens of whoever is signed in. Attributes, besides those of all our elements: `example`, the path that the
 * ready forms call (`/api/tokens/current` unless set); `mcp-endpoint`: where tools are, for clients of MCP; `request`, by which what
 * the policy holds back can be asked for; `keep-in-address`: what is shown and how it is sorted stand in the address of the page;
 * `secret-in-events`.
 */
export class SanctumTokens extends LoadedElement {
  /** The forms in which a new token is handed over, in place of ours: `{ name, text }` with `{token}`, `{url}`, `{NAME}`. @type {import('./hand-over.js').Recipe[] | undefined} */
  forms

  /** @type {Token[]} */
  #tokens = []
  /** @type {import('./requests.js').Own[]} */
  #requests = []
  /** Whether the server has older ones. */
  #more = false
  /** Until when the tokens are good though their owner does not sign in at the provider again. @type {string | undefined} */
  #asleep
  #page = 0
  #filter = { text: '', shown: 'showAll', sorted: 'sortNewest' }

  render() {
    this.root.replaceChildren(
      this.heading(
        this.t('tokens'),
        this.t('tokensIntro'),
        h('button', { class: 'button primary', type: 'button', part: 'button primary-button', onclick: () => this.create() }, icon('plus'), this.t('create')),
      ),
      this.content,
    )
    this.reload()
  }

  connectedCallback() {
    if (this.hasAttribute(KEPT)) this.#recall(new URLSearchParams(location.search))
    super.connectedCallback()
  }

  /** What the address says of how the list was left. @param {URLSearchParams} kept */
  #recall(kept) {
    const shown = kept.get('show') ?? ''
    const sorted = kept.get('sort') ?? ''
    if (Object.hasOwn(SHOWN, shown)) this.#filter.shown = shown
    if (Object.hasOwn(SORTED, sorted)) this.#filter.sorted = sorted
    this.#page = Math.max(0, (Number.parseInt(kept.get('page') ?? '', 10) || 1) - 1)
  }

  /** Keeps in the address how the list is left: never what was searched for, which may be a token that somebody has found. */
  #keep() {
    if (!this.hasAttribute(KEPT)) return
    const url = new URL(location.href)
    const { shown, sorted } = this.#filter
    const kept = { show: shown === 'showAll' ? '' : shown, sort: sorted === 'sortNewest' ? '' : sorted, page: this.#page ? String(this.#page + 1) : '' }
    for (const [name, value] of Object.entries(kept)) {
      if (value) url.searchParams.set(name, value)
      else url.searchParams.delete(name)
    }
    if (url.href !== location.href) history.replaceState(history.state, '', url)
  }

  async load() {
    const known = Math.max(FIRST, this.#tokens.length)
    this.#tokens = []
    do await this.#older()
    while (this.#more && this.#tokens.length <= known)
    if (this.#tokens.length) this.#asleep = (await this.server.call('GET', '/api/tokens/policy').catch(() => ({}))).asleep_from
    if (this.hasAttribute('request')) {
      this.#requests = await this.server.call('GET', '/api/requests').catch((/** @type {unknown} */ problem) => {
        if (problem instanceof Problem && problem.status === 404) return [] // nobody answers here
        throw problem
      })
    }
    soon()
    this.tell('loaded', { count: this.#tokens.length, more: this.#more })
    return this.#show()
  }

  /** @param {import('./requests.js').Own} request @param {string} method @param {string} [what] */
  #requested({ id }, method, what = '') {
    return this.server.call(method, `/api/requests/${id}${what}`)
  }

  #asked() {
    return ownRequests(this, this.#requests, {
      claim: async (request) => {
        await more()
        await this.#shown(await this.#requested(request, 'POST', '/claim'))
      },
      withdraw: async (request) => {
        await this.#requested(request, 'DELETE')
        await this.reload()
        this.#focus()
      },
    })
  }

  /** Reads the next part: somebody may have very many tokens. The first is as large as the server likes. */
  async #older() {
    const last = this.#tokens[this.#tokens.length - 1]
    const part = await this.server.call('GET', `/api/tokens${last ? `?limit=${PART}&after=${last.id}` : ''}`)
    if (!Array.isArray(part)) throw new Problem(-1)
    this.#tokens = [...this.#tokens, ...part.filter((/** @type {Token} */ token) => !last || token.id < last.id)]
    this.#more = part.length === (last ? PART : PART / 2)
  }

  #show() {
    if (!this.#tokens.length) {
      return [...this.#asked(), h('div', { class: 'empty', part: 'empty' }, icon('key'), h('h3', null, this.t('noTokens')), h('p', null, this.t('noTokensHint')))]
    }
    const list = h('div', null)
    this.#list(list)
    const asleep = this.#asleep && h('p', { class: 'soft' }, this.sentence('asleepFrom', { time: this.moment(this.#asleep) }))
    return [...(asleep ? [asleep] : []), ...this.#asked(), this.#filters(list), list]
  }

  /** @param {HTMLElement} list */
  #filters(list) {
    const changed = () => {
      this.#page = 0
      this.#list(list)
    }
    const search = input('search', {
      type: 'search',
      value: this.#filter.text,
      placeholder: this.t('searchHint'),
      'aria-label': this.t('search'),
      oninput: () => {
        this.#filter.text = search.value
        changed()
      },
    })
    /** @param {'show' | 'sort'} label @param {'shown' | 'sorted'} of @param {string[]} keys */
    const choice = (label, of, keys) => {
      const select = h(
        'select',
        {
          'aria-label': this.t(label),
          part: 'input',
          onchange: () => {
            this.#filter[of] = select.value
            changed()
          },
        },
        keys.map((key) => h('option', { value: key, selected: this.#filter[of] === key }, this.t(/** @type {any} */ (key)))),
      )
      return select
    }
    return h(
      'div',
      { class: 'filters', role: 'search', part: 'filters' },
      h('div', { class: 'search' }, icon('search'), search),
      choice('show', 'shown', Object.keys(SHOWN)),
      choice('sort', 'sorted', Object.keys(SORTED)),
    )
  }

  #found() {
    const words = this.#filter.text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    const wanted = SHOWN[this.#filter.shown] ?? SHOWN['showAll']
    return this.#tokens
      .filter((token) => {
        const text = `${token.name} ${token.abilities.join(' ')} ${token.last_used_from ?? ''}`.toLocaleLowerCase()
        return wanted?.(token) && words.every((word) => text.includes(word))
      })
      .sort(SORTED[this.#filter.sorted])
  }

  /** @param {HTMLElement} list */
  #list(list) {
    const found = this.#found()
    const pages = Math.max(1, Math.ceil(found.length / PAGE))
    this.#page = Math.min(this.#page, pages - 1)
    this.#keep()
    const start = this.#page * PAGE
    const shown = found.slice(start, start + PAGE)
    if (!found.length) {
      const clear = () => {
        this.#filter = { ...this.#filter, text: '', shown: 'showAll' }
        this.content.replaceChildren(...this.#show())
        this.root.querySelector('input')?.focus()
      }
      list.replaceChildren(
        h(
          'div',
          { class: 'empty', role: 'status' },
          icon('search'),
          h('h3', null, this.t('noneFound')),
          h('p', null, this.t('noneFoundHint')),
          h('button', { class: 'button', type: 'button', onclick: clear }, this.t('clear')),
          this.#more && this.#olderButton(list),
        ),
      )
      return
    }
    const older = this.#more && this.#olderButton(list)
    /** @param {number} by */
    const turn = (by) => () => {
      this.#page += by
      this.#list(list)
      const rows = /** @type {HTMLElement | null} */ (list.querySelector('ul'))
      rows?.focus()
      rows?.scrollIntoView({ block: 'nearest' })
    }
    /** @param {'previous' | 'next'} name @param {number} by @param {boolean} off */
    const turner = (name, by, off) =>
      h('button', { class: by > 0 ? 'icon forward' : 'icon', type: 'button', disabled: off, 'aria-label': this.t(name), onclick: turn(by) }, icon('back'))
    list.replaceChildren(
      h('ul', { class: 'list card', part: 'list', tabindex: '-1', 'aria-label': this.t('tokens') }, shown.map((token) => this.#row(token))),
      h(
        'div',
        { class: 'foot' },
        h('button', { class: 'button quiet bad', type: 'button', onclick: () => this.#revokeMany() }, this.#more ? this.t('revokeAll') : this.t('revokeAllOf', { count: this.#tokens.length })),
        h(
          'div',
          { class: 'pager' },
          h('span', { role: 'status' }, this.t(this.#more ? 'rangeSoFar' : 'range', { from: start + 1, to: start + shown.length, total: found.length })),
          pages > 1 && turner('previous', -1, this.#page === 0),
          pages > 1 && turner('next', 1, this.#page === pages - 1),
          older,
        ),
      ),
    )
  }

  /** @param {HTMLElement} list */
  #olderButton(list) {
    const load = async () => {
      button.disabled = true
      const failed = await this.#older().then(() => undefined, (problem) => problem)
      if (failed) list.replaceChildren(this.trouble(failed, load))
      else this.#list(list)
      const rows = /** @type {HTMLElement | null} */ (list.querySelector('ul'))
      rows?.focus()
    }
    const button = h('button', { class: 'button quiet', type: 'button', part: 'button', onclick: load }, this.t('older'))
    return button
  }

  /** @param {Token} token */
  #row(token) {
    return h(
      'li',
      { class: isOver(token) ? 'over stacks' : 'stacks', part: 'token', 'data-id': token.id },
      about(this, token),
      h(
        'div',
        { class: 'row-actions' },
        h('button', { class: 'button quiet', type: 'button', part: 'button', 'aria-label': this.t('editNamed', { name: token.name }), onclick: () => this.#edit(token) }, this.t('edit')),
        h('button', { class: 'button quiet bad', type: 'button', part: 'button', 'aria-label': this.t('revokeNamed', { name: token.name }), onclick: () => this.#revoke(token) }, this.t('revoke')),
      ),
    )
  }

  // ---- what can be done

  /** What a form needs to know; asked when it is opened, so that it is true. @returns {Promise<Rules>} */
  async #rules() {
    const [abilities, policy] = await Promise.all([this.server.call('GET', '/api/abilities'), this.server.call('GET', '/api/tokens/policy')])
    return { abilities, policy }
  }

  /**
   * A dialog whose form needs the rules first, and its own modules.
   *
   * @param {import('./dom.js').Child[]} title
   * @param {(dialog: Dialog, rules: Rules, more: import('./later.js').More) => HTMLElement} content
   */
  #withRules(title, content) {
    const dialog = new Dialog(this, title, [this.skeleton(3)], { wide: true })
    const load = async () => {
      try {
        const [rules, rest] = await Promise.all([this.#rules(), more()])
        const made = content(dialog, rules, rest)
        dialog.body.replaceChildren(made)
        made.querySelector('input')?.focus()
      } catch (problem) {
        dialog.body.replaceChildren(this.trouble(problem, load))
      }
    }
    load()
    return dialog
  }

  /** Opens the form for a new token. @param {Prefill} [from] what a link has asked for */
  create(from) {
    return this.#withRules([this.t('createTitle')], (dialog, rules, { createForm }) =>
      createForm(this, rules, from, {
        cancel: () => dialog.close(),
        issue: async (body) => {
          const issued = await this.server.call('POST', '/api/tokens', body)
          dialog.close()
          this.#told('created', issued)
          await this.#shown(issued)
        },
        request: async (body) => {
          await this.server.call('POST', '/api/requests', body)
          dialog.close()
          await this.reload()
          this.announce('requested')
          this.#focus()
        },
      }),
    )
  }

  /** Tells the page of a token; of its plain text only a page that has asked by `secret-in-events`. @param {string} what @param {Token & { token: string }} made */
  #told(what, { token, ...about }) {
    this.tell(what, this.hasAttribute('secret-in-events') ? { ...about, token } : about)
  }

  /** Shows the plain text of a token; by modules that are there before anything is made, for it is there but once. @param {Token & { token: string }} made */
  async #shown(made) {
    const { showOnce } = await more()
    const shown = showOnce(this, made.name, made.token, {
      url: this.server.url(this.getAttribute('example') ?? '/api/tokens/current'),
      mcp: this.getAttribute('mcp-endpoint'),
      own: this.forms,
    })
    made.token = ''
    const listed = this.reload()
    await shown.closed
    await listed // or its rows would take the place of the one that has the focus
    this.#focus(made.id)
  }

  /** @param {Token} token */
  #edit(token) {
    this.#withRules([this.t('editTitle')], (dialog, rules, { editForm }) => {
      /** @param {'rotate' | 'revokeOthers'} what @param {() => void} act */
      const other = (what, act) => h('button', { class: 'button quiet', type: 'button', onclick: () => (dialog.close(), act()) }, this.t(what))
      return editForm(this, rules, token, {
        more: [other('rotate', () => this.#rotate(token)), this.#tokens.length > 1 && other('revokeOthers', () => this.#revokeMany(token))],
        cancel: () => dialog.close(),
        save: async (change) => {
          await this.server.call('PATCH', `/api/tokens/${token.id}`, change)
          dialog.close()
          await this.reload()
          this.announce('saved')
          this.#focus(token.id)
        },
      })
    })
  }

  /** @param {Token} token */
  #rotate(token) {
    confirmation(this, {
      title: this.sentence('rotateTitle', { name: quoted(token.name) }),
      text: [this.t('rotateText')],
      submit: this.t('rotateSubmit'),
      danger: false,
      send: async () => {
        const made = await this.server.call('POST', `/api/tokens/${token.id}/rotate`)
        this.#told('rotated', made)
        this.#shown(made)
      },
    })
  }

  /** @param {Token} token */
  #revoke(token) {
    revocation(this, token, async () => {
      await this.server.call('DELETE', `/api/tokens/${token.id}`)
      this.tell('revoked', { id: token.id })
      await this.reload()
      this.announce('revoked')
      this.#focus()
    })
  }

  /** Revokes all tokens, or all but one. @param {Token} [kept] */
  #revokeMany(kept) {
    const count = this.#tokens.length - (kept ? 1 : 0)
    confirmation(this, {
      title: kept ? this.sentence('revokeOthersTitle', { name: quoted(kept.name) }) : [this.t('revokeAllTitle')],
      text: [this.t('revokeAllText', { count }), this.#more && ` ${this.t('revokeMore')}`],
      submit: this.t('revokeAllSubmit', { count }),
      typed: String(count),
      send: async () => {
        await this.server.call('DELETE', kept ? `/api/tokens?except=${kept.id}` : '/api/tokens')
        this.tell('revoked', { except: kept?.id ?? null })
        await this.reload()
        this.announce('revokedAll')
        this.#focus(kept?.id)
      },
    })
  }

  /** Where the keyboard goes on once what it was on is gone. @param {number} [id] */
  #focus(id) {
    const row = id === undefined ? null : this.root.querySelector(`li[data-id="${id}"] button`)
    const place = /** @type {HTMLElement | null} */ (row ?? this.root.querySelector('h2'))
    place?.focus()
  }
}

define({ 'sanctum-tokens': SanctumTokens })
