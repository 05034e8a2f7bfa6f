// @ts-check
// Signing in: a form for a page of its own, and dialogs for when the server asks in the middle of something.

import { Api } from './api.js'
import { Dialog, checkbox, field, form, input } from './dialog.js'
import { h } from './dom.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */

/** Who was signed in here last, so that signing in again takes a password only. */
let lastEmail = ''

/** @param {string} email */
export function rememberEmail(email) {
  lastEmail = email
}

/** Whose password a form is about, for password managers. @param {string} [email] */
export function username(email = lastEmail) {
  return h('input', { type: 'text', name: 'username', autocomplete: 'username', value: email, hidden: true })
}

/** A client that asks nobody: signing in is what it is for. @param {SanctumElement} host */
function plain(host) {
  return new Api(host.server.base, host.server.cookie, host.server.paths)
}

/** @param {SanctumElement} host @param {(same: boolean) => void} done told whether it is known to be who was signed in before @param {(() => void)} [cancel] */
export function signInForm(host, done, cancel) {
  const email = input('email', { type: 'email', autocomplete: 'username', value: lastEmail, 'data-first': !lastEmail })
  const password = input('password', { type: 'password', autocomplete: 'current-password', 'data-first': !!lastEmail })
  const remember = checkbox('remember', host.t('remember'))
  return form(host, {
    body: [field(host.t('email'), email), field(host.t('password'), password), remember],
    submit: host.t('signIn'),
    cancel,
    wait: 'lockedOut',
    check: () => ({
      ...(email.value.trim() ? {} : { email: [host.t('emailMissing')] }),
      ...(password.value ? {} : { password: [host.t('passwordMissing')] }),
    }),
    send: async () => {
      await plain(host).call('POST', '/login', {
        email: email.value.trim(),
        password: password.value,
        remember: remember.querySelector('input')?.checked ?? false,
      })
      const before = lastEmail.toLowerCase()
      rememberEmail(email.value.trim())
      password.value = ''
      done(before === lastEmail.toLowerCase())
    },
  })
}

/**
 * @param {SanctumElement} host
 * @param {string} title
 * @param {string} text
 * @param {(done: (how?: unknown) => void, cancel: () => void) => HTMLElement} content
 * @returns {Promise<unknown>} how it was done; rejected if somebody turns away
 */
async function asked(host, title, text, content) {
  const dialog = new Dialog(host, [title], [])
  let done = false
  /** @type {unknown} */
  let answer
  const made = content(
    (how) => {
      done = true
      answer = how
      dialog.close()
    },
    () => dialog.close(),
  )
  dialog.body.append(...(text ? [h('p', { class: 'soft' }, text)] : []), made)
  const first = /** @type {HTMLElement | null} */ (made.matches('[data-first]') ? made : (made.querySelector('[data-first]') ?? made.querySelector('input, button')))
  first?.focus()
  await dialog.closed
  if (!done) throw new Error('turned away')
  return answer
}

/**
 * A link that leaves this page open behind it, with all that was typed. Nothing is sent by itself when somebody comes back: it may be
 * somebody else.
 *
 * @param {string} href @param {string} text @param {() => void} left
 */
function away(href, text, left) {
  return h('a', { class: 'button', part: 'button', href, target: '_blank', rel: 'noopener', 'data-first': true, onclick: left }, text)
}

/** Asks to sign in again in the middle of something. @param {SanctumElement} host */
export function askToSignIn(host) {
  const href = host.getAttribute('sign-in-href')
  return href ? askToSignInAt(host, href) : asked(host, host.t('signInAgain'), host.t('signInAgainText'), (done, cancel) => signInForm(host, done, cancel))
}

/** Asks the same of somebody who has no password here: what was refused stays as it is until they try again. @param {SanctumElement} host @param {string} href */
export function askToSignInAt(host, href) {
  return asked(host, host.t('signInAgain'), host.t('signInElsewhere'), (_, cancel) => away(href, host.t('signIn'), cancel))
}

/** @param {SanctumElement} host @param {() => void} done @param {() => void} cancel */
function passwordForm(host, done, cancel) {
  const password = input('password', { type: 'password', autocomplete: 'current-password', 'data-first': true })
  return form(host, {
    body: [username(), field(host.t('password'), password)],
    submit: host.t('confirm'),
    cancel,
    wait: 'lockedOut',
    check: () => (password.value ? {} : { password: [host.t('passwordMissing')] }),
    send: async () => {
      await plain(host).call('POST', '/user/confirm-password', { password: password.value })
      password.value = ''
      done()
    },
  })
}

/** Somebody's passkey, as Spring Security asks for it. @param {SanctumElement} host @param {() => void} cancel */
function passkeyForm(host, cancel) {
  return form(host, {
    body: [],
    submit: host.t('confirmByPasskey'),
    send: async () => {
      const asked = await plain(host).call('POST', '/webauthn/authenticate/options')
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked)
      const given = await navigator.credentials.get({ publicKey }).catch(() => null)
      if (!(given instanceof PublicKeyCredential)) return
      await plain(host).call('POST', '/login/webauthn', given.toJSON())
      cancel()
      host.announce('confirmed')
    },
  })
}

/** @param {SanctumElement} host @param {import('./api.js').Way} way @param {() => void} cancel */
function otherWay(host, { method, name, href }, cancel) {
  const api = new URL(host.server.url('/'))
  const there = new URL(href, api)
  if (method === 'passkey') return 'parseRequestOptionsFromJSON' in (window.PublicKeyCredential ?? {}) && passkeyForm(host, cancel)
  if (method !== 'provider' || there.origin !== api.origin) return false
  if (api.origin === location.origin) there.searchParams.set('to', location.pathname + location.search)
  return away(there.href, host.t('confirmAt', { name: name ?? '' }), cancel)
}

/** Asks who it is, before something important, in the ways that there are. @param {SanctumElement} host @param {import('./api.js').Way[]} [ways] */
export function askToConfirm(host, ways) {
  const byPassword = !ways || ways.some(({ method }) => method === 'password')
  const elsewhere = host.getAttribute('sign-in-href')
  return asked(host, host.t('confirmTitle'), '', (done, cancel) => {
    const others = (ways ?? []).map((way) => otherWay(host, way, cancel)).filter(Boolean)
    if (!byPassword && !others.length && elsewhere) others.push(away(elsewhere, host.t('signInAgain'), cancel))
    const text = byPassword ? 'confirmText' : others.length ? 'confirmOtherwise' : 'confirmNever'
    return h('div', { class: 'form' }, h('p', { class: 'soft' }, host.t(text)), byPassword && passwordForm(host, done, cancel), others)
  })
}
