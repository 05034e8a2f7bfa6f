// @ts-check
// <sanctum-tokens>: the list of somebody's tokens, and everything that can be done with them.

import { Api, Problem, list } from './api.js'
import { Dialog, confirmation, input } from './dialog.js'
import { h, icon, isolated, quoted } from './dom.js'
import { LoadedElement, define } from './element.js'
import { actionButton } from './grant.js'
import { more, soon } from './later.js'
import { ownRequests } from './requests.js'
import { secretIn } from './secret.js'
import { about, isEndless, isIdle, isMighty, isOver, isSoon, revocation } from './token.js'

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
 * @property {string} [roles_as_of] when the roles that they carry were told
 * @property {string[]} [on_request] what takes an administrator's yes
 * @property {Preset[]} [presets]
 * @property {false} [last_used] where nobody writes down when tokens are used
 */

/** Abilities that are ticked together. @typedef {{ name: string, abilities: string[] }} Preset */

/** @typedef {{ abilities: Ability[], policy: Policy }} Rules */
/** What a form begins with; `own` if that is from nobody else. @typedef {{ name?: string, abilities?: string[], expires?: string, own?: boolean }} Prefill */

const PAGE = 25
const KEPT = 'keep-in-address'

/** How many tokens the server is asked for at once, and how many are looked for without a click. */
const PART = 100
const FIRST = 1_000

/** How long the list is good for, in milliseconds, before it is read again for somebody who comes back to the page. */
const FRESH = 10_000

/** @type {Record<string, (token: Token) => boolean>} */
const SHOWN = {
  showAll: () => true,
  showActive: (token) => !isOver(token),
  showExpiring: isSoon,
  showExpired: isOver,
  showUnused: (token) => token.last_used_at === null,
  showIdle: isIdle,
  showMighty: isMighty,
  showEndless: isEndless,
}

/** What is worth a look, and how it is told. @type {[shown: string, told: import('./element.js').TextKey][]} */
const HEALTH = [
  ['showExpiring', 'healthExpiring'],
  ['showIdle', 'healthIdle'],
  ['showMighty', 'healthMighty'],
  ['showEndless', 'healthEndless'],
]

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
 * `secret-in-events`; `no-keys`: single keys do nothing.
 */
export class SanctumTokens extends LoadedElement {
  static observedAttributes = [...LoadedElement.observedAttributes, 'request', 'no-keys']

  /** The forms in which a new token is handed over, in place of ours: `{ name, text }` with `{token}`, `{url}`, `{NAME}`. @type {import('./hand-over.js').Recipe[] | undefined} */
  forms = Object.getOwnPropertyDescriptor(this, 'forms')?.value // what was set before this class was known

  /** @type {Token[]} */
  #tokens = []
  /** @type {import('./requests.js').Own[]} */
  #requests = []
  /** Whether the server has older ones. */
  #more = false
  /** @type {Partial<Policy>} */
  #policy = {}
  /** What is being chosen to be ended together, and what is shown alone meanwhile. @type {{ ids: Set<number>, only: Set<number> | undefined } | undefined} */
  #selection
  /** The one that is shown by itself. @type {number | undefined} */
  #one
  /** When they were read, by this machine's clock. */
  #read = 0
  /** Reads it again, by a server that asks nobody for anything. @type {(server: Api) => Promise<void>} */
  #look = async () => {}
  /** Whether single keys do something. */
  #keys = true
  #page = 0
  #create = h('button')
  /** Never seen: for each element that a page puts in it, each row has a button. */
  #actions = h('slot', { name: 'row-action', hidden: true, onslotchange: () => this.#tokens.length && this.content.replaceChildren(...this.#show()) })
  #filter = { text: '', shown: 'showAll', sorted: 'sortNewest' }

  render() {
    this.#create = h('button', { class: 'button primary', type: 'button', part: 'button primary-button', 'aria-keyshortcuts': this.hasAttribute('no-keys') ? null : 'n', onclick: () => this.create() }, icon('plus'), this.t('create'))
    this.show(this.heading(this.t('tokens'), this.t('tokensIntro'), this.#create), this.content, this.#actions)
    this.reload()
  }

  connectedCallback() {
    if (this.hasAttribute(KEPT)) this.#recall(new URLSearchParams(location.search))
    super.connectedCallback()
    document.addEventListener('keydown', (event) => this.#key(event), { signal: this.leaving })
    window.addEventListener('popstate', () => this.hasAttribute(KEPT) && this.#returned(), { signal: this.leaving })
    document.addEventListener('visibilitychange', () => this.#back(), { signal: this.leaving })
  }

  /** A key of ours: by itself, and while nobody types or is asked something. @param {KeyboardEvent} event */
  #key(event) {
    const { key, ctrlKey, altKey, metaKey, repeat, isComposing, defaultPrevented } = event
    const at = event.composedPath()[0]
    const typing = at instanceof HTMLElement && (at.matches('input:not([type="checkbox"]), select, textarea') || at.isContentEditable)
    /** @type {Record<string, () => void>} */
    const acts = { '/': () => this.root.querySelector('input')?.focus(), n: () => this.#create.hidden || this.create(), '?': () => this.#tellKeys() }
    const act = Object.hasOwn(acts, key) && acts[key]
    if (!act || !this.#keys || this.hasAttribute('no-keys') || typing || ctrlKey || altKey || metaKey || repeat || isComposing || defaultPrevented) return
    if (!this.checkVisibility() || document.querySelector('dialog:modal') || this.root.querySelector('dialog')) return
    event.preventDefault()
    act()
  }

  #tellKeys() {
    more().then(
      ({ tellKeys }) => tellKeys(this, this.#keys, (on) => (this.#keys = on)),
      (problem) => this.announce(problem),
    )
  }

  /** Looks for what has changed while nobody was looking. What is shown stays if that is nothing, and if the server says no. */
  async #back() {
    if (document.hidden || this.root.querySelector('dialog')) return
    const { base, cookie, paths } = this.server
    const server = new Api(base, cookie, paths)
    if (this.#one !== undefined) return this.#look(server)
    if (Date.now() - this.#read < FRESH) return
    const known = () => JSON.stringify([this.#tokens, this.#policy, this.#requests])
    const before = known()
    const shown = await this.load(server).catch(() => null)
    if (shown && before !== known()) this.#redraw(this.content, shown)
  }

  /** Shows something anew, with the keyboard where it was. @param {Element} place @param {Node[]} shown */
  #redraw(place, shown) {
    const at = this.root.activeElement
    const told = (/** @type {Element} */ one) => one.tagName + (one.getAttribute('aria-label') ?? one.textContent)
    const row = (/** @type {Element} */ one) => one.closest('[data-id]')?.getAttribute('data-id')
    const within = at !== null && place.contains(at)
    place.replaceChildren(...shown)
    if (!within) return
    const same = [...place.querySelectorAll(at.tagName)].find((one) => told(one) === told(at) && row(one) === row(at))
    const next = /** @type {HTMLElement | null} */ (same ?? place.querySelector('[tabindex="-1"]'))
    this.focusOn(next)
    if (next instanceof HTMLInputElement && at instanceof HTMLInputElement && next.type === 'search') next.setSelectionRange(at.selectionStart, at.selectionEnd)
  }

  /** What the address says of how the list was left. @param {URLSearchParams} kept */
  #recall(kept) {
    const shown = kept.get('show') ?? ''
    const sorted = kept.get('sort') ?? ''
    if (Object.hasOwn(SHOWN, shown)) this.#filter.shown = shown
    if (Object.hasOwn(SORTED, sorted)) this.#filter.sorted = sorted
    this.#page = Math.max(0, (Number.parseInt(kept.get('page') ?? '', 10) || 1) - 1)
    const one = kept.get('token') ?? ''
    this.#one = /^[1-9]\d{0,15}$/.test(one) ? Number(one) : undefined
  }

  /** Somebody goes back or forth. */
  #returned() {
    this.#filter = { ...this.#filter, shown: 'showAll', sorted: 'sortNewest' }
    this.#recall(new URLSearchParams(location.search))
    this.#again('h2')
    if (this.#one === undefined) this.#back()
  }

  /** Shows one token by itself, or all of them. @param {number} [id] */
  open(id) {
    if (this.hasAttribute(KEPT)) history.pushState(null, '', this.#address(id))
    this.#one = id
    this.#again('h2')
  }

  /** From the page of a token that has ended to another, or to all of them, once the list is read anew. @param {number} [id] */
  #instead(id) {
    if (this.hasAttribute(KEPT)) history.replaceState(history.state, '', this.#address(id))
    this.#one = id
  }

  /** @param {number | undefined} id */
  #address(id) {
    const url = new URL(location.href)
    if (id === undefined) url.searchParams.delete('token')
    else url.searchParams.set('token', String(id))
    return url.href
  }

  /** One token by itself, as it is now. @param {number} id */
  #alone(id) {
    const place = h('div', null, this.skeleton(3))
    const leave = () => (this.open(), this.#back())
    const back = h('button', { class: 'button quiet way-back', type: 'button', part: 'button', onclick: leave }, icon('back'), this.t('allTokens'))
    let known = ''
    let read = Date.now()
    const load = async (server = this.server) => {
      try {
        const [{ tokenPage }, token] = await Promise.all([more(), server.call('GET', `/api/tokens/${id}`)])
        const before = known
        if (!place.isConnected || before === (known = JSON.stringify(token))) return
        const like = () => this.create({ name: token.name, abilities: token.abilities, own: true })
        this.#redraw(place, [tokenPage(this, token, [['edit', () => this.#edit(token)], ['extend', () => this.#extend(token)], ['another', like], ['rotate', () => this.#rotate(token)], ['revokeSubmit', () => this.#revoke(token)]])])
        const title = place.querySelector('h3')
        if (before) this.tell('opened', { id }) // what a page shows of it may be another, too
        else if (this.root.activeElement?.matches('h2, header')) title?.focus() // who has come here hears where that is
      } catch (problem) {
        if (server !== this.server && !(problem instanceof Problem && problem.status === 404)) return
        known = ''
        this.#redraw(place, [this.trouble(problem, () => load())])
      }
    }
    this.#look = async (server) => {
      if (Date.now() - read < FRESH) return
      read = Date.now()
      await load(server)
    }
    load()
    return [back, place]
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

  async load(server = this.server) {
    this.#read = Date.now()
    const known = Math.max(FIRST, this.#tokens.length)
    /** @type {Token[]} */
    const tokens = []
    let more
    do {
      const part = await this.#part(server, tokens.at(-1)).catch((problem) => {
        this.#create.hidden = problem.status === 403 // who may not see any may not make one
        throw problem
      })
      tokens.push(...part.tokens)
      more = part.more
    } while (more && tokens.length <= known)
    this.#create.hidden = false
    this.#tokens = tokens
    this.#more = more
    // Without an answer it is not known whether anybody writes down when tokens are used.
    if (this.#tokens.length) this.#policy = await server.call('GET', '/api/tokens/policy').catch(() => ({ last_used: false }))
    if (this.hasAttribute('request')) {
      this.#requests = await server.call('GET', '/api/requests').then(list).catch((/** @type {unknown} */ problem) => {
        if (problem instanceof Problem && problem.status === 404) return [] // nobody answers here
        throw problem
      })
    }
    soon()
    const there = new Set(this.#tokens.map(({ id }) => id))
    for (const id of this.#selection?.ids ?? []) if (!there.has(id)) this.#selection?.ids.delete(id)
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
        const made = await this.#requested(request, 'POST', '/claim')
        this.#told('created', made)
        await this.#shown(made)
      },
      withdraw: async (request) => {
        await this.#requested(request, 'DELETE')
        await this.reload()
        this.#focus()
      },
    })
  }

  /** Reads a part: somebody may have very many tokens. The first is as large as the server likes. @param {Api} server @param {Token} [last] of the part before */
  async #part(server, last) {
    const part = await server.call('GET', `/api/tokens${last ? `?limit=${PART}&after=${last.id}` : ''}`)
    if (!Array.isArray(part) || !part.every((one) => typeof one?.id === 'number' && Array.isArray(one.abilities))) throw new Problem(200, { code: 'unreadable' })
    return { tokens: part.filter((/** @type {Token} */ token) => !last || token.id < last.id), more: part.length === (last ? PART : PART / 2) }
  }

  async #older() {
    const { tokens, more } = await this.#part(this.server, this.#tokens.at(-1))
    this.#tokens = [...this.#tokens, ...tokens]
    this.#more = more
  }

  #show() {
    this.tell('opened', { id: this.#one ?? null })
    if (this.#one !== undefined) return this.#alone(this.#one)
    if (!this.#tokens.length) {
      const empty = h('div', { class: 'empty', part: 'empty' }, icon('key'), h('h3', null, this.t('noTokens')), h('p', null, this.t('noTokensHint')))
      return [...this.#asked(), h('slot', { name: 'empty' }, empty)]
    }
    const list = h('div', null)
    this.#list(list)
    const told = [this.#line('rolesAsOf', this.#policy.roles_as_of), this.#line('asleepFrom', this.#policy.asleep_from)]
    return [...told.flat(), ...this.#asked(), ...this.#health(), this.#filters(list), list]
  }

  /** What is said of all of them. @param {import('./element.js').TextKey} key @param {string | undefined} time */
  #line(key, time) {
    return time ? [h('p', { class: 'soft' }, this.sentence(key, { time: this.moment(time) }))] : []
  }

  /** Shows what is known already, in another way; the keyboard goes on at what is found by a selector. @param {string} place */
  #again(place) {
    this.content.replaceChildren(...this.#show())
    this.focusOn(/** @type {HTMLElement | null} */ (this.root.querySelector(place)))
  }

  /** Whether it is left over: it has ended by itself, or nothing has used it for long. @param {Token} token */
  #isLeft(token) {
    return isOver(token) || (this.#policy.last_used !== false && isIdle(token))
  }

  /** How the tokens are, as far as they are loaded: each a filter. Nothing if there is nothing to say. */
  #health() {
    const told = HEALTH.filter(([shown]) => shown !== 'showIdle' || this.#policy.last_used !== false).map(([shown, text]) => {
      const count = this.#tokens.filter(SHOWN[shown] ?? isOver).length
      const show = () => {
        this.#filter.shown = this.#filter.shown === shown ? 'showAll' : shown
        this.#page = 0
        this.#again(`[data-show="${shown}"]`)
      }
      return count > 0 && h('button', { class: 'button', type: 'button', part: 'button', 'data-show': shown, 'aria-pressed': String(this.#filter.shown === shown), onclick: show }, this.t(text, { count }))
    })
    const left = this.#tokens.filter((token) => this.#isLeft(token)).map(({ id }) => id)
    const tidy = () => this.#select(new Set(left), new Set(left))
    if (left.length) told.push(h('button', { class: 'button quiet', type: 'button', part: 'button', onclick: tidy }, this.t('tidy', { count: left.length })))
    if (!told.some(Boolean)) return []
    const newest = this.#more && h('span', { class: 'soft' }, this.t('healthOf', { count: this.#tokens.length }))
    return [h('div', { class: 'pills', role: 'group', part: 'health', 'aria-label': this.t('health') }, newest, told)]
  }

  /** Lets somebody choose what to end together, or no more. @param {Set<number>} [ids] @param {Set<number>} [only] what is shown alone */
  #select(ids, only) {
    this.#selection = ids && { ids, only }
    if (only) this.#filter = { ...this.#filter, text: '', shown: 'showAll' }
    this.#page = 0
    this.#again(ids ? 'li input' : '[data-select]')
  }

  /** How many are chosen, and what to do with them. @param {Set<number>} ids @param {Token[]} found @param {HTMLElement} list */
  #chosen(ids, found, list) {
    const problem = h('p', { class: 'error problem', role: 'alert' })
    const count = h('span', { role: 'status' })
    const end = actionButton(this, 'revoke', problem, () => this.#revokeChosen(ids))
    end.classList.add('danger')
    const tell = () => {
      count.textContent = this.t('chosen', { count: ids.size })
      end.textContent = this.t('revokeAllSubmit', { count: ids.size })
      end.disabled = !ids.size
    }
    tell()
    list.onchange = ({ target }) => {
      if (!(target instanceof HTMLInputElement)) return
      if (target.checked) ids.add(Number(target.value))
      else ids.delete(Number(target.value))
      tell()
    }
    const all = () => {
      for (const { id } of found) ids.add(id)
      this.#again('[data-all]')
    }
    return [
      problem,
      h('div', { class: 'actions chosen' }, count, found.length > 0 && h('button', { class: 'button quiet', type: 'button', part: 'button', 'data-all': '', onclick: all }, this.t('chooseAll', { count: found.length })), h('button', { class: 'button', type: 'button', part: 'button', onclick: () => this.#select() }, this.t('cancel')), end),
    ]
  }

  /** Ends what may have ended already. That is believed of one's own: nobody else's list has another that was here. @param {number} id */
  async #end(id) {
    const here = new Set(this.#tokens.map((token) => token.id))
    await this.server.call('DELETE', `/api/tokens/${id}`).catch(async (problem) => {
      if (problem.status === 404) await this.load()
      if (problem.status !== 404 || !this.#tokens.some((token) => here.has(token.id))) throw problem
    })
    this.tell('revoked', { id })
  }

  /** @param {Set<number>} ids */
  async #revokeChosen(ids) {
    const { endTogether } = await more()
    endTogether(this, this.#tokens.filter(({ id }) => ids.has(id)), {
      end: async ({ id }) => {
        await this.#end(id)
        ids.delete(id)
      },
      stopped: () => this.reload(),
      done: async () => {
        this.#selection = undefined
        await this.reload()
        this.announce('revokedAll')
        this.#focus()
      },
    })
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
      'aria-keyshortcuts': this.hasAttribute('no-keys') ? null : '/',
      oninput: () => {
        const secret = secretIn(search.value)
        if (secret) {
          search.value = ''
          this.#identify(secret)
        }
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
    const only = this.#selection?.only
    return this.#tokens
      .filter((token) => {
        if (only && !only.has(token.id)) return false
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
    for (const one of this.root.querySelectorAll('[data-show]')) one.setAttribute('aria-pressed', String(one.getAttribute('data-show') === this.#filter.shown))
    const start = this.#page * PAGE
    const shown = found.slice(start, start + PAGE)
    const chosen = this.#selection ? this.#chosen(this.#selection.ids, found, list) : []
    if (!found.length) {
      const clear = () => {
        this.#filter = { ...this.#filter, text: '', shown: 'showAll' }
        this.#again('input')
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
        ...chosen,
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
      ...chosen,
      h(
        'div',
        { class: 'foot' },
        !this.#selection &&
          h(
            'div',
            { class: 'row-actions' },
            h('button', { class: 'button quiet bad', type: 'button', onclick: () => this.#revokeMany() }, this.#more ? this.t('revokeAll') : this.t('revokeAllOf', { count: this.#tokens.length })),
            this.#tokens.length > 1 && h('button', { class: 'button quiet', type: 'button', 'data-select': '', onclick: () => this.#select(new Set()) }, this.t('choose')),
          ),
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

  /** @param {Token} token @param {Set<number> | null} [chosen] where several are being chosen */
  #row(token, chosen = this.#selection?.ids) {
    if (chosen) {
      const box = h('input', { type: 'checkbox', value: token.id, checked: chosen.has(token.id), 'aria-label': this.t('chooseNamed', { name: token.name }) })
      return h('li', { class: isOver(token) ? 'over choice' : 'choice', part: 'token' }, box, about(this, token))
    }
    return h(
      'li',
      { class: isOver(token) ? 'over stacks' : 'stacks', part: 'token', 'data-id': token.id },
      about(this, token, this.#lead(token)),
      h(
        'div',
        { class: 'row-actions' },
        this.#actions.assignedElements().map((action) => this.#action(token, action)),
        h('button', { class: 'button quiet', type: 'button', part: 'button', 'aria-label': this.t('editNamed', { name: token.name }), onclick: () => this.#edit(token) }, this.t('edit')),
        h('button', { class: 'button quiet bad', type: 'button', part: 'button', 'aria-label': this.t('revokeNamed', { name: token.name }), onclick: () => this.#revoke(token) }, this.t('revoke')),
      ),
    )
  }

  /** The name of a token, which leads to its page. @param {Token} token */
  #lead({ id, name }) {
    const text = quoted(name, { part: 'token-name' })
    const open = (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return // in another tab
      event.preventDefault()
      this.open(id)
    }
    return this.hasAttribute(KEPT) ? h('a', { class: 'lead', href: this.#address(id), onclick: open }, text) : h('button', { class: 'lead', type: 'button', onclick: open }, text)
  }

  /** A button for what a page does with tokens: the element that it is made of, which nobody sees, is told. @param {Token} token @param {Element} action */
  #action({ id, name }, action) {
    const text = action.textContent?.trim() ?? ''
    const detail = { action: action.getAttribute('value'), id, name }
    const onclick = () => action.dispatchEvent(new CustomEvent('sanctum-action', { bubbles: true, composed: true, detail }))
    return h('button', { class: 'button quiet', type: 'button', part: 'button row-action', 'aria-label': `${text}: ${isolated(name)}`, onclick }, text)
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
    return this.#withRules([this.t('createTitle')], (dialog, rules, { createForm, issuing }) => {
      const issue = issuing(this.server)
      let unsure = false
      dialog.closed.then(() => (unsure ? this.reload() : undefined))
      return createForm(this, rules, from, {
        cancel: () => dialog.close(),
        issue: async (body) => {
          const issued = await issue(body).catch(async (problem) => {
            unsure = true
            if (problem.code === 'forgotten') await this.reload()
            throw problem
          })
          unsure = false
          dialog.close()
          await this.#issued(issued, () => issue(body))
        },
        request: async (body) => {
          await this.server.call('POST', '/api/requests', body)
          dialog.close()
          await this.reload()
          this.announce('requested')
          this.#focus()
        },
      })
    })
  }

  /** Shows a new token. @param {import('./once.js').Issued} made @param {() => Promise<import('./once.js').Issued>} another makes one like it */
  async #issued({ token, ...made }, another) {
    if (token !== undefined) {
      this.#told('created', { ...made, token })
      return this.#shown({ ...made, token })
    }
    await this.reload()
    confirmation(this, {
      title: this.sentence('lostTitle', { name: quoted(made.name) }),
      text: [this.t('lostText')],
      submit: this.t('lostSubmit'),
      send: async () => {
        await this.#end(made.id)
        const next = await another()
        setTimeout(() => this.#issued(next, another)) // when this dialog is closed
      },
    })
  }

  /** Shows which token a text is that stood where one searches. @param {string} secret */
  async #identify(secret) {
    const rest = await more().catch((/** @type {Problem} */ problem) => problem)
    if (rest instanceof Problem) return this.announce(rest)
    const id = await rest.showFound(this, secret, (token) => this.#row(token, null))
    if (id) this.#focus(id)
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
      id: made.id,
    })
    made.token = ''
    const listed = this.reload()
    const used = await shown.closed
    await (used ? this.reload() : listed) // or its rows would take the place of the one that has the focus
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

  /** Another end, and another secret with it. @param {Token} token */
  #extend(token) {
    this.#withRules(this.sentence('extendTitle', { name: quoted(token.name) }), (dialog, rules, { extendForm, replacing }) => {
      const replace = replacing(this.server, token.id, () => this.reload())
      return extendForm(this, rules, {
        cancel: () => dialog.close(),
        send: async (end) => {
          const made = await replace(end)
          dialog.close()
          this.#rotated(token, made)
        },
      })
    })
  }

  /** @param {Token} old @param {Token & { token: string }} made */
  #rotated(old, made) {
    if (this.#one === old.id) this.#instead(made.id)
    this.#told('rotated', made)
    this.#shown(made)
  }

  /** @param {Token} token */
  #rotate(token) {
    /** @type {ReturnType<import('./later.js').More['replacing']> | undefined} */
    let replace
    confirmation(this, {
      title: this.sentence('rotateTitle', { name: quoted(token.name) }),
      text: [this.t('rotateText')],
      submit: this.t('rotateSubmit'),
      danger: false,
      send: async () => {
        replace ??= (await more()).replacing(this.server, token.id, () => this.reload())
        this.#rotated(token, await replace())
      },
    })
  }

  /** @param {Token} token */
  #revoke(token) {
    revocation(this, token, async () => {
      await this.server.call('DELETE', `/api/tokens/${token.id}`)
      this.tell('revoked', { id: token.id })
      if (this.#one === token.id) this.#instead()
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
    this.moveFocus(/** @type {HTMLElement | null} */ (id === undefined ? null : this.root.querySelector(`li[data-id="${id}"] button:not([part~=row-action])`)))
  }
}

define({ 'sanctum-tokens': SanctumTokens })
