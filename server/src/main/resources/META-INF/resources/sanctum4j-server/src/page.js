// @ts-check
// The server's own account pages: the frame around our elements, and the page to sign in on.

import { Api, Problem } from '../../sanctum4j/src/api.js'
import { h, icon, quoted } from '../../sanctum4j/src/dom.js'
import { rememberEmail, signInForm } from '../../sanctum4j/src/sign-in.js'
import { spoken } from '../../sanctum4j/src/texts.js'
import { prefill, SanctumTokens } from '../../sanctum4j/src/tokens.js'
import '../../sanctum4j/src/account.js'
import '../../sanctum4j/src/approve.js'
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

/** What administrators see besides. @type {typeof PAGES} */
const MORE = [
  ['/settings/people', 'people', 'sanctum-people'],
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

/** The form to sign in, in the middle of a page of its own. */
class SignInPage extends ServerElement {
  render() {
    const done = () => location.replace(destination(new URLSearchParams(location.search).get('next')))
    document.title = `${this.t('signIn')} · Sanctum4j`
    this.root.replaceChildren(
      h('p', { class: 'brand' }, icon('key'), 'Sanctum4j'),
      h('div', { class: 'card narrow' }, h('h1', null, this.t('signIn')), signInForm(this, done)),
    )
    this.root.querySelector('input')?.focus()
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

  /** @param {{ name: string, email: string, role?: string }} user */
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
    const out = h('button', { type: 'button', class: 'link' }, this.t('signOut'))
    out.addEventListener('click', async () => {
      out.disabled = true
      await new Api().call('POST', '/logout').catch(() => null)
      location.replace(LOGIN)
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
      h('main', { id: 'content', tabindex: '-1' }, h('h1', { class: 'hidden' }, this.t('account')), content),
    )
    document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }) // on a phone
    if (content instanceof SanctumTokens && location.pathname === `${HOME}/new`) {
      const dialog = content.create(location.search ? prefill(new URLSearchParams(location.search)) : undefined)
      dialog.closed.then(() => history.replaceState(null, '', HOME))
    }
  }
}

customElements.define('sanctum-sign-in-page', SignInPage)
customElements.define('sanctum-frame', Frame)

document.documentElement.lang = spoken(navigator.languages)
document.querySelector('main')?.append(document.createElement(location.pathname === LOGIN ? 'sanctum-sign-in-page' : 'sanctum-frame'))
