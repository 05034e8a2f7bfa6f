// @ts-check
// The plain text of a token, shown once. It is in this dialog and nowhere else: not in storage, not in the address, not in
// an attribute, and gone from the page when the dialog is.

import { Dialog } from './dialog.js'
import { h, icon, quoted } from './dom.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */

/**
 * @param {SanctumElement} host
 * @param {string} name
 * @param {string} plainText
 * @param {string} url what the ready command calls
 */
export function showOnce(host, name, plainText, url) {
  let copied = false
  const leaving = new AbortController()
  const said = h('p', { class: 'hidden', role: 'status' })

  /** @param {HTMLElement} place @param {string} label */
  function copier(place, label) {
    const words = h('span', null, host.t('copy'))
    const button = h('button', { class: 'button', type: 'button', part: 'button', 'aria-label': label }, icon('copy'), words)
    button.addEventListener('click', async () => {
      const done = await navigator.clipboard.writeText(place.textContent).then(
        () => true,
        () => select(place) && document.execCommand('copy'),
      )
      copied ||= done
      if (!done) select(place)
      said.textContent = words.textContent = host.t(done ? 'copied' : 'copyFailed')
      button.firstElementChild?.replaceWith(icon(done ? 'check' : 'copy'))
      button.classList.toggle('done', done)
    })
    return button
  }

  const token = h('code', { part: 'plain-text', dir: 'ltr', tabindex: '0', 'aria-label': host.t('token', { name }) }, plainText)
  const command = h('code', { dir: 'ltr', tabindex: '0', 'aria-label': host.t('tryIt') }, curl(plainText, url))
  const done = h('button', { class: 'button primary', type: 'button', part: 'button primary-button', onclick: () => dialog.ask() }, host.t('done'))
  const content = h(
    'div',
    { class: 'form', oncopy: () => (copied = true) },
    h('p', { class: 'notice' }, icon('warning'), host.t('shownHint')),
    h('div', { class: 'secret' }, h('p', { class: 'label' }, host.sentence('token', { name: quoted(name) })), h('div', { class: 'text' }, token, copier(token, host.t('copyToken')))),
    h('div', { class: 'secret' }, h('p', { class: 'label' }, host.t('tryIt')), h('div', { class: 'text' }, command, copier(command, host.t('copyCurl')))),
    said,
    h('div', { class: 'actions' }, done),
  )

  const dialog = new Dialog(host, [host.t('shownTitle')], [content], { wide: true })
  const copy = /** @type {HTMLElement | null} */ (content.querySelector('.secret button'))
  copy?.focus()

  const back = h('button', { class: 'button primary', type: 'button' }, host.t('back'))
  const warning = h(
    'div',
    { class: 'form', role: 'alert' },
    h('p', { class: 'notice' }, icon('warning'), host.t('uncopied')),
    h('div', { class: 'actions' }, h('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, host.t('closeUncopied')), back),
  )
  back.addEventListener('click', () => {
    dialog.body.replaceChildren(content)
    copy?.focus()
  })
  dialog.mayClose = () => {
    if (copied || warning.isConnected) return copied
    dialog.body.replaceChildren(warning)
    back.focus()
    return false
  }
  window.addEventListener('beforeunload', (event) => copied || event.preventDefault(), { signal: leaving.signal })
  dialog.closed.then(() => {
    leaving.abort()
    token.textContent = command.textContent = ''
  })
  return dialog
}

/** A command that works as it stands, in any shell of Unix and in PowerShell. @param {string} token @param {string} url */
function curl(token, url) {
  return `curl -H 'Authorization: Bearer ${token}' '${url}'`
}

/** @param {HTMLElement} place */
function select(place) {
  getSelection()?.selectAllChildren(place)
  return true
}
