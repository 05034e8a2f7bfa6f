// @ts-check
// The plain text of a token, shown once. It is in this dialog and nowhere else: not in storage, not in the address, not in
// an attribute, and gone from the page when the dialog is.

import { Api } from './api.js'
import { Dialog, bar } from './dialog.js'
import { freshId, h, icon, quoted } from './dom.js'
import { forms } from './hand-over.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */

/** How often it is asked whether a token has been used, and for how long, in milliseconds. */
const EVERY = 3_000
const LISTENING = 5 * 60_000

/**
 * @param {SanctumElement} host
 * @param {string} name
 * @param {string} plainText
 * @param {{ url: string, mcp: string | null, own: import('./hand-over.js').Recipe[] | undefined, id: number }} use what the ready forms call, and which token it is
 * @returns {{ closed: Promise<boolean> }} settles when it is no longer shown: whether the token was used meanwhile
 */
export function showOnce(host, name, plainText, use) {
  let copied = false
  let used = false
  /** What was copied counts if the token is in it. @param {string} text */
  const copy = (text) => {
    if (!text.includes(plainText)) return
    if (!copied) listen()
    copied = true
    host.tell('copied', { name })
  }
  const leaving = new AbortController()
  const said = h('p', { class: 'hidden', role: 'status' })

  const works = h('p', { class: 'sum', role: 'status' })
  /** Waits for the first use while somebody may be looking: by the session, which is not asked to sign in again for it. */
  async function listen() {
    const { base, cookie, paths } = host.server
    const server = new Api(base, cookie, paths)
    works.textContent = host.t('waiting')
    for (let left = LISTENING; left > 0; left -= EVERY) {
      await pause(EVERY, leaving.signal)
      if (leaving.signal.aborted) return
      if (document.hidden) continue
      const answer = await server.call('GET', `/api/tokens/${use.id}`).catch((/** @type {unknown} */ problem) => problem)
      if (answer?.status >= 400 && answer.status < 429) break // signed out, or revoked
      if (!answer?.last_used_at) continue
      const { last_used_at: at, last_used_from: from } = answer
      const words = from ? host.sentence('worksFrom', { time: host.moment(at), address: quoted(host.address(from)) }) : host.sentence('works', { time: host.moment(at) })
      works.replaceChildren(icon('check'), h('span', null, words))
      works.classList.add('works')
      used = true
      return
    }
    works.textContent = ''
  }

  /** @param {HTMLElement} place @param {string} label */
  function copier(place, label) {
    const words = h('span', null, host.t('copy'))
    const button = h('button', { class: 'button', type: 'button', part: 'button', 'aria-label': label }, icon('copy'), words)
    button.addEventListener('click', async () => {
      const done = await write(place, copy)
      if (!done) select(place)
      said.textContent = words.textContent = host.t(done ? 'copied' : 'copyFailed')
      button.firstElementChild?.replaceWith(icon(done ? 'check' : 'copy'))
      button.classList.toggle('done', done)
    })
    return button
  }

  const token = h('code', { part: 'plain-text', dir: 'ltr', tabindex: '0', 'aria-label': host.t('token', { name }) }, plainText)
  const label = freshId('use')
  const command = h('code', { dir: 'ltr', tabindex: '0', 'aria-labelledby': label })
  const choice = h('select', { id: freshId('form'), 'aria-label': host.t('handOver'), part: 'input', onchange: () => show() })
  /** @type {{ name: string, text: string }[]} */
  let known = []
  const show = () => (command.textContent = known[choice.selectedIndex]?.text ?? '')
  forms({ name, token: plainText, ...use }).then((all) => {
    if (leaving.signal.aborted) return
    known = all
    choice.replaceChildren(...all.map((one) => h('option', null, one.name)))
    show()
  })
  const done = h('button', { class: 'button primary', type: 'button', part: 'button primary-button', onclick: () => dialog.ask() }, host.t('done'))
  const content = h(
    'div',
    { class: 'form', oncopy: () => copy(String(getSelection())) },
    h('p', { class: 'notice' }, icon('warning'), host.t('shownHint')),
    h('div', { class: 'secret' }, h('p', { class: 'label' }, host.sentence('token', { name: quoted(name) })), h('div', { class: 'text' }, token, copier(token, host.t('copyToken')))),
    h('div', { class: 'secret' }, h('p', { class: 'label', id: label }, host.t('handOver')), choice, h('div', { class: 'text' }, command, copier(command, host.t('copyForm')))),
    said,
    works,
    bar(h('div', { class: 'actions' }, done)),
  )

  const dialog = new Dialog(host, [host.t('shownTitle')], [content], { wide: true })
  const first = /** @type {HTMLElement | null} */ (content.querySelector('.secret button'))
  first?.focus()

  const back = h('button', { class: 'button primary', type: 'button' }, host.t('back'))
  const warning = h(
    'div',
    { class: 'form', role: 'alert' },
    h('p', { class: 'notice' }, icon('warning'), host.t('uncopied')),
    bar(h('div', { class: 'actions' }, h('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, host.t('closeUncopied')), back)),
  )
  back.addEventListener('click', () => {
    dialog.body.replaceChildren(content)
    first?.focus()
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
    known = []
  })
  return { closed: dialog.closed.then(() => used) }
}

/**
 * Copies; pages that came over plain http have no clipboard, but may copy what is selected, as if somebody had pressed the keys.
 *
 * @param {HTMLElement} place @param {(text: string) => void} copied
 */
async function write(place, copied) {
  const written = await navigator.clipboard?.writeText(place.textContent).then(() => true, () => false)
  if (written) copied(place.textContent)
  return written || (select(place), document.execCommand('copy'))
}

/** @param {number} time @param {AbortSignal} end which it does not wait beyond */
function pause(time, end) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time)
    end.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve(undefined)
    }, { once: true })
  })
}

/** @param {HTMLElement} place */
function select(place) {
  getSelection()?.selectAllChildren(place)
}
