// @ts-check
// The server's own account pages: the frame around our elements, and the page to sign in on.

import { Api, Problem } from '../../sanctum4j/src/api.js'
import { h, icon, present, quoted } from '../../sanctum4j/src/dom.js'
import { askToSignInAt, rememberEmail, signInForm } from '../../sanctum4j/src/sign-in.js'
import { SanctumElement } from '../../sanctum4j/src/element.js'
import { spoken } from '../../sanctum4j/src/texts.js'
import { prefill, SanctumTokens } from '../../sanctum4j/src/tokens.js'
import '../../sanctum4j/src/account.js'
import '../../sanctum4j/src/approve.js'
import '../../sanctum4j/src/requests.js'
import './activity.js'
import { choosesDensity } from './density.js'
import './diagnosis.js'
import { ServerElement } from './element.js'
import './people.js'

const HOME = '/settings/tokens'
const LOGIN = '/login'

/** @type {[path: string, text: import('./texts.js').TextKey, element: string][]} */
const PAGES = [
  [HOME, 'tokensShort', 'sanctum-tokens'],
  ['/settings/sessions', 'sessions', 'sanctum-sessions'],
  ['/settings/password', 'passwordTitle', 'sanctum-password'],
  ['/settings/activity', 'activity', 'sanctum-activity'],
]

/** Where somebody answers a program, which tells the way; nobody else looks for it. @type {typeof PAGES[number]} */
const CONNECT = ['/connect', 'approve', 'sanctum-approve']

/** What an operator has set, which the page tells. @param {string} name */
const told = (name) => /** @type {HTMLMetaElement | null} */ (document.querySelector(`meta[name="${name}"]`))

const SERVER = told('application-name')?.content ?? 'Sanctum4j'

/** @param {string} page */
const titled = (page) => (document.title = `${page} · ${SERVER}`)

/** Where the provider is, by which people sign in here; null if there is none. */
const provider = (() => {
  const meta = told('sanctum-provider')
  return meta && { name: meta.content, passwords: meta.dataset['passwords'] === 'true' }
})()
const DOOR = '/oauth2/authorization/oidc'

/** Why nobody was signed in, by the code that the server gives. @type {Record<string, import('./texts.js').TextKey>} */
const PROBLEMS = {
  denied: 'providerDenied',
  disabled: 'providerDisabled',
  over: 'providerOver',
  'not-allowed': 'providerNotAllowed',
  'address-taken': 'providerAddressTaken',
  'connected-elsewhere': 'providerConnectedElsewhere',
}

/** What may stand close together. */
const LISTS = ['sanctum-tokens', 'sanctum-sessions', 'sanctum-activity', 'sanctum-people', 'sanctum-requests']

/** What administrators see besides. @type {typeof PAGES} */
const MORE = [
  ['/settings/people', 'people', 'sanctum-people'],
  ['/settings/requests', 'requests', 'sanctum-requests'],
  ['/diagnosis', 'diagnosis', 'sanctum-diagnosis'],
]

/**
 * Where to go after signing in: a page of ours, never another site. A path may come out of a URL as `//evil.example` (from
 * `/.//evil.example`), which alone would be a host.
 *
 * @param {string | null} wanted
 */
export function destination(wanted) {
  const url = new URL(wanted?.startsWith('/') && URL.canParse(wanted, location.origin) ? wanted : HOME, location.origin)
  const ours = url.origin === location.origin && !url.pathname.startsWith('//') && url.pathname !== LOGIN
  return ours ? url.pathname + url.search : HOME
}

/** The form to sign in, in the middle of a page of its own; and the way to the provider, if there is one. */
class SignInPage extends ServerElement {
  render() {
    const query = new URLSearchParams(location.search)
    const done = () => location.replace(destination(query.get('next')))
    const problem = query.get('problem')
    const invitation = new URLSearchParams(location.hash.slice(1)).get('invitation')
    const forgotten = told('sanctum-forgotten-password')?.content
    const byPassword = !provider || provider.passwords
    titled(this.t('signIn'))
    const card = h(
      'div',
      { class: 'card narrow' },
      h('h1', null, this.t('signIn')),
      problem !== null && h('p', { class: 'notice', role: 'alert' }, icon('warning'), this.t(PROBLEMS[problem] ?? 'providerFailed', { name: provider?.name ?? '' })),
      provider && h('a', { class: 'button primary wide', href: `${DOOR}?to=${encodeURIComponent(destination(query.get('next')))}` }, this.t('providerSignIn', { name: provider.name })),
      provider?.passwords && h('p', { class: 'or' }, this.t('or')),
      byPassword && signInForm(this, done),
      byPassword && forgotten && h('a', { class: 'soft', href: forgotten }, this.t('forgottenPassword')),
    )
    this.root.replaceChildren(card)
    this.root.querySelector('input')?.focus()
    if (provider && invitation) this.#invited(card, invitation)
    else if (problem === null) this.#goOn(done)
  }

  /** Whoever is signed in has no business here. @param {() => void} done */
  async #goOn(done) {
    const user = await new Api().call('GET', '/api/user').catch(() => null)
    if (user && this.isConnected) done()
  }

  /** Somebody comes with an invitation: whose account it is about is asked before anything is done. @param {HTMLElement} card @param {string} code */
  async #invited(card, code) {
    history.replaceState(null, '', LOGIN)
    try {
      const { name, email, location: door } = await new Api().call('POST', '/login/invitation', { code })
      card.replaceChildren(
        h('h1', null, this.t('invitation')),
        h('p', null, this.sentence('invitationText', { name: quoted(name), email: quoted(email) })),
        h('a', { class: 'button primary wide', href: door }, this.t('providerSignIn', { name: provider?.name ?? '' })),
      )
    } catch {
      card.querySelector('h1')?.after(h('p', { class: 'notice', role: 'alert' }, icon('warning'), this.t('providerOver')))
    }
  }
}

/** Whether the provider signs in to this account, and how it comes to do so. */
class Connection extends ServerElement {
  connected = false

  render() {
    const name = provider?.name ?? ''
    const button = h('button', { class: 'button', type: 'button' }, this.t('providerConnect', { name }))
    button.addEventListener('click', async () => {
      button.disabled = true
      try {
        const { location: door } = await this.server.call('POST', '/user/identity')
        location.assign(door)
      } catch (problem) {
        button.replaceWith(this.trouble(problem, () => this.render()))
      }
    })
    this.root.replaceChildren(
      this.heading(this.t('providerTitle', { name }), this.t(this.connected ? 'providerConnected' : 'providerConnectHint', { name })),
      ...(this.connected ? [] : [button]),
    )
  }
}

/** What is around every page: where one is, who one is, and the way out. */
class Frame extends ServerElement {
  async show() {
    try {
      const user = await new Api().call('GET', '/api/user')
      rememberEmail(user.email)
      this.#page(user)
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 401) {
        location.replace(`${LOGIN}?next=${encodeURIComponent(location.pathname + location.search)}`)
      } else {
        waiting?.remove()
        this.root.replaceChildren(this.trouble(problem, () => this.show()))
      }
    }
  }

  /** What the page came with stands until there is something else to show. */
  render() {
    this.show()
  }

  /**
   * What stands above the content, which the page came with; a page of an older server came with nothing.
   *
   * @param {(Node | string)[]} who @returns {Element} the navigation
   */
  #top(who) {
    if (!document.querySelector('.top')) {
      document.body.prepend(
        h('a', { class: 'skip', href: '#content' }),
        h('header', { class: 'top' }, h('a', { class: 'brand', href: HOME }, icon('key'), SERVER), h('div', { class: 'who' }), h('nav', null)),
      )
      Object.assign(main, { id: 'content', tabIndex: -1 })
      main.prepend(h('h1', { class: 'hidden' }))
    }
    const part = (/** @type {string} */ name) => /** @type {Element} */ (document.querySelector(name))
    part('.skip').textContent = this.t('skip')
    part('main h1').textContent = this.t('account')
    part('.who').replaceChildren(...who)
    part('.top nav').setAttribute('aria-label', this.t('account'))
    return part('.top nav')
  }

  /** @param {{ connected?: boolean }} user */
  #connection({ connected = false }) {
    const element = new Connection()
    element.connected = connected
    return element
  }

  /** @param {{ name: string, email: string, role?: string, has_password?: boolean, connected?: boolean }} user */
  #page(user) {
    // Somebody else may have signed in again: nothing of the first is to stay.
    document.addEventListener('sanctum-signed-in', async () => {
      const other = await new Api().call('GET', '/api/user').catch(() => user)
      if (other.email !== user.email) location.reload()
    })
    if (user.has_password === false) { // the form would ask for one
      document.addEventListener('sanctum-signed-out', (event) => {
        const { detail, target } = /** @type {CustomEvent<{ until: (signing: Promise<unknown>) => void }>} */ (event)
        if (!(target instanceof SanctumElement)) return
        event.preventDefault()
        detail.until(askToSignInAt(target, `${DOOR}?to=${encodeURIComponent(location.pathname + location.search)}`))
      })
    }
    const admin = user.role === 'admin'
    const pages = admin ? [...PAGES, ...MORE] : PAGES
    const here = [...pages, CONNECT].find(([path]) => location.pathname.startsWith(path)) ?? pages[0]
    if (!here) return
    const [, title, name] = here
    titled(this.t(title))
    const content = document.createElement(name)
    const shown = name === 'sanctum-password' && provider ? [user.has_password !== false && content, this.#connection(user)] : [content]
    content.toggleAttribute('request', content instanceof SanctumTokens)
    content.toggleAttribute('keep-in-address', content instanceof SanctumTokens)
    const out = h('button', { type: 'button', class: 'link' }, this.t('signOut'))
    out.addEventListener('click', async () => {
      out.disabled = true
      try {
        const left = await new Api().call('POST', '/logout')
        location.replace(left?.location ?? LOGIN) // the provider may want to know
      } catch (problem) {
        if (problem instanceof Problem && problem.status === 401) return location.replace(LOGIN)
        out.disabled = false
        shown.find((one) => one instanceof SanctumElement)?.announce(problem instanceof Problem ? problem : 'failed')
      }
    })
    const density = LISTS.includes(name) && choosesDensity(content, h('button', { type: 'button', class: 'link density' }, this.t('compact')))
    const nav = this.#top(present([h('span', { title: user.email }, quoted(user.name)), density, out]))
    for (const [path, text] of pages) {
      const link = nav.querySelector(`[href="${path}"]`) ?? nav.appendChild(h('a', { href: path }))
      link.textContent = this.t(text)
      link.removeAttribute('aria-current')
      if (path === here[0]) link.setAttribute('aria-current', 'page')
    }
    waiting?.remove()
    this.replaceWith(...present(shown))
    document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }) // on a phone
    content.addEventListener('sanctum-opened', (event) => {
      const { id } = /** @type {CustomEvent<{ id: number | null }>} */ (event).detail
      const activity = document.createElement('sanctum-activity')
      activity.slot = 'token'
      activity.setAttribute('token', String(id))
      content.replaceChildren(...(id === null ? [] : [activity]))
    })
    if (content instanceof SanctumTokens && location.pathname === `${HOME}/new`) {
      const dialog = content.create(location.search ? prefill(new URLSearchParams(location.search)) : undefined)
      dialog.closed.then(() => history.replaceState(null, '', HOME))
    }
  }
}

customElements.define('sanctum-connection', Connection)
customElements.define('sanctum-sign-in-page', SignInPage)
customElements.define('sanctum-frame', Frame)

document.documentElement.lang = spoken(navigator.languages)
const main = /** @type {HTMLElement} */ (document.querySelector('main'))
const content = document.createElement(location.pathname === LOGIN ? 'sanctum-sign-in-page' : 'sanctum-frame')
/** What is shown until there is something to show. */
const waiting = location.pathname === LOGIN ? null : main.querySelector('.waiting')
main.querySelector('.unloaded')?.remove()
if (waiting) waiting.before(content)
else (main.querySelector('.waiting') ?? main.appendChild(h('div', null))).replaceWith(content)
