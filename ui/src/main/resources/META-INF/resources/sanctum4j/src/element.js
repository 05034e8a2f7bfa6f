// @ts-check
// What our elements have in common: texts, times, states, messages, and dialogs for signing in again.

import { Api, PATHS, Problem, usualCode } from './api.js'
import { askToConfirm, askToSignIn } from './sign-in.js'
import { h, icon, isolated, present } from './dom.js'
import { lasting, moment, refresh } from './times.js'
import { sheet } from './style.js'
import { fill, plural, spoken, texts } from './texts.js'

/** @typedef {import('./texts.js').Texts} Texts */
/** @typedef {import('./dom.js').Child} Child */
/** @typedef {Exclude<keyof Texts, 'codes'>} TextKey */

const TICK = 30_000
const TOAST = 5_000

/** @typedef {[title: TextKey, hint: TextKey, symbol: string]} Explanation */

/** What problems are called and what to do about them, by code. @type {Map<string, Explanation>} */
const PROBLEMS = new Map([
  ['offline', ['offline', 'offlineHint', 'offline']],
  ['unreachable', ['unreachable', 'unreachableHint', 'offline']],
  ['timed-out', ['timedOut', 'timedOutHint', 'clock']],
  ['lost', ['unreachable', 'lostHint', 'offline']],
  ['forgotten', ['forgotten', 'forgottenHint', 'clock']],
  ['replaced', ['unreachable', 'replacedHint', 'offline']],
  ['idempotency-key-running', ['timedOut', 'timedOutHint', 'clock']],
  ['cors', ['pageRefused', 'pageRefusedHint', 'lock']],
  ['unreadable', ['unreadable', 'unreadableHint', 'warning']],
  ['unauthenticated', ['signedOut', 'signedOutHint', 'lock']],
  ['confirmation-required', ['confirmTitle', 'confirmHint', 'lock']],
  ['forbidden', ['forbidden', 'forbiddenHint', 'lock']],
  ['not-found', ['gone', 'goneHint', 'warning']],
  ['csrf-mismatch', ['expiredPage', 'expiredPageHint', 'clock']],
  ['other-version', ['expiredPage', 'expiredPageHint', 'clock']],
  ['too-many-attempts', ['tooMany', 'tooManyHint', 'clock']],
  ['internal-error', ['answered', 'failedHint', 'warning']],
  ['unavailable', ['unavailable', 'unavailableHint', 'clock']],
  ['request-unknown', ['codeUnknown', 'codeUnknownHint', 'warning']],
  ['request-answered', ['codeAnswered', 'codeAnsweredHint', 'warning']],
  ['account-changed', ['accountChanged', 'accountChangedHint', 'warning']],
])

/** @type {Explanation} */
const FAILED = ['failed', 'failedHint', 'warning']

/** What elements extend: nothing where there is no browser, so that an application that renders on a server can import them. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {})

/** @param {Record<string, CustomElementConstructor>} elements by their names */
export function define(elements) {
  for (const [name, element] of Object.entries(elements)) {
    if (globalThis.customElements && !customElements.get(name)) customElements.define(name, element)
  }
}

/**
 * The base of our elements. Attributes: `api` (where the API is; that of the application which serves this script unless set),
 * `csrf-cookie` (its name), `sign-in-href` (where people sign in, if not by a password in a dialog of ours), `tokens-path` and the other paths of {@link PATHS}, `theme`, `lang`.
 */
export class SanctumElement extends Base {
  static observedAttributes = ['lang', 'api', 'csrf-cookie', 'example', ...PATHS.keys()]

  /** @type {Partial<Texts>} */
  #own = {}
  #ticking = 0
  #fading = 0
  #toast = h('div', { class: 'toast', role: 'status', part: 'toast', popover: 'manual' })
  #leaving = new AbortController()

  root = this.attachShadow({ mode: 'open' })
  server = new Api()

  constructor() {
    super()
    this.root.adoptedStyleSheets = [sheet]
  }

  connectedCallback() {
    if (Object.hasOwn(this, 'texts')) { // set before this class was known
      const { texts: early } = this
      Reflect.deleteProperty(this, 'texts')
      this.texts = early
    }
    this.#leaving = new AbortController()
    this.#ticking = window.setInterval(() => refresh(this.root, this.language, this.t('justNow')), TICK)
    this.#connect()
    this.render()
  }

  disconnectedCallback() {
    clearInterval(this.#ticking)
    this.#leaving.abort()
  }

  #connect() {
    const paths = new Map([...PATHS].map(([name, usual]) => [usual, this.getAttribute(name) ?? usual]))
    this.server = new Api(this.getAttribute('api') ?? undefined, this.getAttribute('csrf-cookie') ?? undefined, paths, {
      signIn: async () => {
        const same = await this.#rescue('sanctum-signed-out', () => askToSignIn(this))
        this.tell('signed-in')
        return same !== false
      },
      confirm: (ways) => this.#rescue('sanctum-unconfirmed', () => askToConfirm(this, ways)),
    })
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.isConnected) return
    if (name !== 'lang') this.#connect()
    this.#again()
  }

  /** Tells the page what has come about, by an event `sanctum-…`. @param {string} what @param {object} [detail] */
  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(`sanctum-${what}`, { bubbles: true, composed: true, detail }))
  }

  #again() {
    if (this.isConnected && this.root.hasChildNodes()) this.render()
  }

  /** Whatever the element listens to outside of itself ends with it. */
  get leaving() {
    return this.#leaving.signal
  }

  /** Shows everything anew; subclasses do. */
  render() {}

  /** Shows this, and leaves open dialogs alone: somebody types in them, and something waits for the answer. @param {...Node} shown */
  show(...shown) {
    for (const child of [...this.root.children]) if (!child.matches('dialog')) child.remove()
    this.root.prepend(...shown)
  }

  /** A page that signs people in itself prevents the event's default and gives a promise. @param {string} event @param {() => Promise<unknown>} ask @returns {Promise<unknown>} what they say */
  #rescue(event, ask) {
    /** @type {Promise<unknown> | undefined} */
    let other
    const detail = { until: (/** @type {Promise<unknown>} */ promise) => (other = promise) }
    const ours = this.dispatchEvent(new CustomEvent(event, { bubbles: true, composed: true, cancelable: true, detail }))
    return ours ? ask() : (other ?? Promise.reject(new Problem(401)))
  }

  // ---- texts

  /** Sentences of this element that differ from those of its language. */
  get texts() {
    return this.#own
  }

  set texts(own) {
    const same = JSON.stringify(own ?? {}) === JSON.stringify(this.#own) // frameworks set what has not changed
    this.#own = own ?? {}
    if (!same) this.#again()
  }

  get language() {
    const nearest = this.closest('[lang]')?.getAttribute('lang')
    return spoken(nearest ? [nearest] : navigator.languages)
  }

  /** The language for numbers and dates, with its region. */
  get locale() {
    return navigator.languages.find((tag) => tag.startsWith(this.language)) ?? this.language
  }

  /** @param {TextKey} key @param {Record<string, string | number>} [values] */
  t(key, values = {}) {
    const forms = this.#own[key] ?? texts[this.language]?.[key] ?? texts['en']?.[key] ?? key
    const said = typeof forms === 'string' ? forms : (forms[this.#form(values['count'])] ?? forms.other)
    const numbers = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? value.toLocaleString(this.locale) : isolated(value),
    ])
    return fill(said, Object.fromEntries(numbers))
  }

  /** The form that words take beside a number. @param {string | number | undefined} count */
  #form(count) {
    return typeof count === 'number' ? plural(this.language).select(count) : 'other'
  }

  /** A sentence with elements in it. @param {TextKey} key @param {Record<string, Node>} values @returns {Child[]} */
  sentence(key, values) {
    const parts = this.t(key).split(/(\{\w+\})/)
    return parts.map((part) => (part.startsWith('{') && values[part.slice(1, -1)]) || part)
  }

  /** @param {string} iso */
  moment(iso) {
    return moment(iso, this.locale, this.t('justNow'))
  }

  /** An address in its short form. @param {string} text */
  address(text) {
    return URL.canParse(`http://[${text}]`) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text
  }

  /** What a country is called, by its two letters. @param {string} code */
  country(code) {
    return new Intl.DisplayNames(this.locale, { type: 'region' }).of(code) ?? code
  }

  /** How long to wait: to the second near its end. @param {number} seconds */
  duration(seconds) {
    return lasting(seconds < 90 ? seconds : Math.ceil(seconds / 60) * 60, this.locale)
  }

  /**
   * What is wrong with each field: in the words of the page where it knows the code, else in those of the server.
   *
   * @param {Problem} problem @returns {import('./api.js').FieldErrors}
   */
  fieldErrors({ errors, codes }) {
    const known = new Map(Object.entries({ ...texts['en']?.codes, ...texts[this.language]?.codes, ...this.#own.codes }))
    const said = (/** @type {string} */ field) => errors[field]?.map((sentence, i) => known.get(codes[field]?.[i] ?? '') ?? sentence)
    return Object.fromEntries(Object.keys(errors).map((field) => [field, [...new Set(said(field))]]))
  }

  // ---- messages and problems

  /** Says something once, to eyes and to screen readers: over an open dialog, and in it, since all else is inert. @param {TextKey | Problem} what */
  announce(what) {
    clearTimeout(this.#fading)
    // First, whatever dialog has sent something closes.
    setTimeout(() => {
      const dialogs = this.root.querySelectorAll('dialog[open]')
      const place = dialogs[dialogs.length - 1] ?? this.root
      place.append(this.#toast)
      this.#toast.showPopover()
    })
    // Screen readers notice changes of what has been there for a moment.
    setTimeout(() => {
      this.#toast.textContent = what instanceof Problem ? this.told(what) : this.t(what)
      this.#toast.classList.add('seen')
    }, 50)
    this.#fading = window.setTimeout(() => this.#toast.classList.remove('seen'), TOAST)
  }

  /**
   * What a problem is called and what to do about it; where the page does not know its code, as its status usually is. What another
   * has left open is called as that one is.
   *
   * @param {unknown} problem @returns {{ symbol: string, title: string, hint: string }}
   */
  explain(problem) {
    const { status, code, named, wait, cause } = problem instanceof Problem ? problem : new Problem(-1)
    const unreached = navigator.onLine ? 'unreachable' : 'offline'
    const [title, hint, symbol] = PROBLEMS.get(status === 0 && !named ? unreached : code) ?? PROBLEMS.get(usualCode(status)) ?? FAILED
    const called = cause ? this.explain(cause) : { symbol, title: this.t(title, { status }) }
    return { ...called, hint: this.t(hint, { wait: this.duration(wait || 1), origin: globalThis.location.origin }) }
  }

  /** The same in one line. @param {unknown} problem */
  told(problem) {
    const { title, hint } = this.explain(problem)
    return `${title}${title.endsWith('?') ? '' : '.'} ${hint}`
  }

  /** A panel in place of what could not be loaded; tries again by itself where that makes sense. @param {unknown} problem @param {() => void} retry */
  trouble(problem, retry) {
    this.failed(problem)
    const { symbol, title, hint } = this.explain(problem)
    const button = h('button', { class: 'button', type: 'button', part: 'button', onclick: retry }, this.t('retry'))
    const waits = problem instanceof Problem && problem.status === 429
    const text = h('p', { role: waits ? 'timer' : null }, hint) // heard once, and not each second
    const panel = h('div', { class: 'empty', role: 'alert', part: 'trouble' }, icon(symbol), h('h3', null, title), text, button)
    const again = () => panel.isConnected && retry()
    if (problem instanceof Problem && problem.status === 0) {
      window.addEventListener('online', again, { once: true, signal: this.leaving })
    }
    if (waits) {
      button.disabled = true
      this.countDown(problem.wait, (left) => (text.textContent = this.t('tooManyHint', { wait: this.duration(left) })), again)
    }
    return panel
  }

  /** Tells the page that the answer was no, or none (status 0). @param {unknown} problem */
  failed(problem) {
    const { status, code } = problem instanceof Problem ? problem : new Problem(-1)
    this.tell('failed', { status, code })
  }

  /** @param {number} seconds @param {(left: number) => void} each @param {() => void} end */
  countDown(seconds, each, end) {
    let left = Math.max(1, seconds)
    each(left)
    const timer = setInterval(() => {
      left -= 1
      if (left > 0) return each(left)
      clearInterval(timer)
      end()
    }, 1_000)
    this.leaving.addEventListener('abort', () => clearInterval(timer))
  }

  /** @param {string} title @param {string} intro @param {...Child} beside */
  heading(title, intro, ...beside) {
    return h(
      'header',
      { class: 'heading', part: 'heading', tabindex: '-1' },
      h('div', null, h('slot', { name: 'header' }, h('h2', { part: 'title', tabindex: '-1' }, title), h('p', { class: 'soft' }, intro))),
      ...present(beside),
    )
  }

  /** Where the keyboard goes on once what it was on is gone: there, on the title, or on what a page has put in its place. @param {HTMLElement | null} [place] */
  focusOn(place) {
    const title = this.root.querySelector('h2')
    const next = place ?? title
    next?.focus()
    if (this.root.activeElement !== next) title?.closest('header')?.focus()
  }

  /** The same once whatever dialog has sent something is closed, beside which nothing takes the focus. @param {HTMLElement | null} [place] */
  moveFocus(place) {
    setTimeout(() => this.focusOn(place))
  }

  /** Grey bars where lines will be. @param {number} count */
  skeleton(count) {
    const lines = Array.from({ length: count }, () => h('div', { class: 'bone' }, h('i', null), h('i', null)))
    return h('div', { class: 'skeleton', role: 'status', 'aria-label': this.t('loading') }, lines)
  }
}

/** An element whose content the server has: shown once it is there, and anew whenever something has changed. */
export class LoadedElement extends SanctumElement {
  content = h('div', { class: 'content', part: 'content' })
  #asked = 0

  /** What is to be shown; subclasses ask for it. @returns {Promise<Node[]>} */
  async load() {
    return []
  }

  /** Asks anew. Of several answers, the one that was asked for last counts. */
  async reload() {
    const asked = ++this.#asked
    if (!this.content.hasChildNodes()) this.content.replaceChildren(this.skeleton(3))
    const shown = await this.load().catch((why) => {
      const problem = why instanceof TypeError ? new Problem(200, { code: 'unreadable' }) : why // of another shape
      return [this.trouble(problem, () => this.reload())]
    })
    if (asked === this.#asked) this.content.replaceChildren(...shown)
  }
}
