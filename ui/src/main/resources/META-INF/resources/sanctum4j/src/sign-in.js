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

/** @param {SanctumElement} host @param {() => void} done @param {(() => void)} [cancel] */
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
      rememberEmail(email.value.trim())
      password.value = ''
      done()
    },
  })
}

/**
 * @param {SanctumElement} host
 * @param {string} title
 * @param {string} text
 * @param {(done: () => void, cancel: () => void) => HTMLElement} content
 * @returns {Promise<void>} rejected if somebody turns away
 */
async function asked(host, title, text, content) {
  const dialog = new Dialog(host, [title], [])
  let done = false
  const made = content(
    () => {
      done = true
      dialog.close()
    },
    () => dialog.close(),
  )
  dialog.body.append(h('p', { class: 'soft' }, text), made)
  const first = /** @type {HTMLElement | null} */ (made.querySelector('[data-first]') ?? made.querySelector('input'))
  first?.focus()
  await dialog.closed
  if (!done) throw new Error('turned away')
}

/** Asks to sign in again in the middle of something. @param {SanctumElement} host */
export function askToSignIn(host) {
  return asked(host, host.t('signInAgain'), host.t('signInAgainText'), (done, cancel) => signInForm(host, done, cancel))
}

/** Asks for the password again, before something important. @param {SanctumElement} host */
export function askForPassword(host) {
  const password = input('password', { type: 'password', autocomplete: 'current-password', 'data-first': true })
  return asked(host, host.t('confirmTitle'), host.t('confirmText'), (done, cancel) =>
    form(host, {
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
    }),
  )
}
