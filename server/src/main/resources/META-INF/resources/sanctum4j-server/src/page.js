// @ts-check
// The server's own account pages: the frame around our elements, and the page to sign in on.

import { Api, Problem } from '../../sanctum4j/src/api.js'
import { h, icon, quoted } from '../../sanctum4j/src/dom.js'
import { rememberEmail, signInForm } from '../../sanctum4j/src/sign-in.js'
import { spoken } from '../../sanctum4j/src/texts.js'
import { prefill, SanctumTokens } from '../../sanctum4j/src/tokens.js'
import '../../sanctum4j/src/account.js'
import '../../sanctum4j/src/approve.js'
import '../../sanctum4j/src/requests.js'
import './activity.js'
import './doctor.js'
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

/** Where the provider is, by which people sign in here; null if there is none. */
const provider = (() => {
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="sanctum-provider"]'))
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

/** What administrators see besides. @type {typeof PAGES} */
const MORE = [
  ['/settings/people', 'people', 'sanctum-people'],
  ['/settings/requests', 'requests', 'sanctum-requests'],
  ['/doctor', 'doctor', 'sanctum-doctor'],
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
    document.title = `${this.t('signIn')} · Sanctum4j`
    const card = h(
      'div',
      { class: 'card narrow' },
      h('h1', null, this.t('signIn')),
      problem !== null && h('p', { class: 'notice', role: 'alert' }, icon('warning'), this.t(PROBLEMS[problem] ?? 'providerFailed', { name: provider?.name ?? '' })),
      provider && h('a', { class: 'button primary wide', href: `${DOOR}?to=${encodeURIComponent(destination(query.get('next')))}` }, this.t('providerSignIn', { name: provider.name })),
      provider?.passwords && h('p', { class: 'or' }, this.t('or')),
      (!provider || provider.passwords) && signInForm(this, done),
    )
    this.root.replaceChildren(h('p', { class: 'brand' }, icon('key'), 'Sanctum4j'), card)
    this.root.querySelector('input')?.focus()
    if (provider && invitation) this.#invited(card, invitation)
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
        this.root.replaceChildren(this.trouble(problem, () => this.show()))
      }
    }
  }

  render() {
    this.root.replaceChildren(this.skeleton(3))
    this.show()
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
    const admin = user.role === 'admin'
    const pages = admin ? [...PAGES, ...MORE] : PAGES
    const here = [...pages, CONNECT].find(([path]) => location.pathname.startsWith(path)) ?? pages[0]
    if (!here) return
    const [, title, name] = here
    document.title = `${this.t(title)} · Sanctum4j`
    const content = document.createElement(name)
    const shown = name === 'sanctum-password' && provider ? [user.has_password !== false && content, this.#connection(user)] : [content]
    content.toggleAttribute('request', content instanceof SanctumTokens)
    content.toggleAttribute('keep-in-address', content instanceof SanctumTokens)
    const out = h('button', { type: 'button', class: 'link' }, this.t('signOut'))
    out.addEventListener('click', async () => {
      out.disabled = true
      const left = await new Api().call('POST', '/logout').catch(() => null)
      location.replace(left?.location ?? LOGIN) // the provider may want to know
    })
    document.body.replaceChildren(
      h('a', { class: 'skip', href: '#content' }, this.t('skip')),
      h(
        'header',
        { class: 'top' },
        h('a', { class: 'brand', href: HOME }, icon('key'), 'Sanctum4j'),
        h('div', { class: 'who' }, h('span', { title: user.email }, quoted(user.name)), out),
        h(
          'nav',
          { 'aria-label': this.t('account') },
          pages.map(([path, text]) => h('a', { href: path, 'aria-current': path === here[0] ? 'page' : null }, this.t(text))),
        ),
      ),
      h('main', { id: 'content', tabindex: '-1' }, h('h1', { class: 'hidden' }, this.t('account')), shown),
    )
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
document.querySelector('main')?.replaceChildren(document.createElement(location.pathname === LOGIN ? 'sanctum-sign-in-page' : 'sanctum-frame'))
