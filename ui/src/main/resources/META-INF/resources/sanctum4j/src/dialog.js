// @ts-check
// Dialogs and forms: native <dialog>, so that focus stays inside and comes back; errors at their fields.

import { Problem } from './api.js'
import { freshId, h, icon } from './dom.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */
/** @typedef {import('./dom.js').Child} Child */

/**
 * A labelled control with a place for what is wrong with it. The control's `name` is the server's name of the field.
 *
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
export function field(label, control, hint) {
  const id = freshId('field')
  control.id = id
  control.setAttribute('aria-describedby', `${id}-hint ${id}-error`)
  return h(
    'div',
    { class: 'field', 'data-field': control.getAttribute('name') ?? '' },
    h('label', { for: id }, label),
    control,
    h('p', { class: 'hint', id: `${id}-hint` }, hint ?? ''),
    h('p', { class: 'error', id: `${id}-error` }),
  )
}

/** @param {string} name @param {Record<string, any>} [more] */
export function input(name, more = {}) {
  return h('input', { name, type: 'text', autocomplete: 'off', part: 'input', ...more })
}

/** @param {string} name @param {string} label @param {boolean} [checked] */
export function checkbox(name, label, checked = false) {
  return h('label', { class: 'check' }, h('input', { type: 'checkbox', name, checked }), h('span', null, label))
}

/** The end of a form: in a dialog, it is seen wherever one has scrolled to. @param {...Child} children */
export function bar(...children) {
  return h('div', { class: 'bar' }, children)
}

/** What nobody else has said. @type {Set<string>} */
const OURS = new Set()

/** Sentences in a place; those of the server in the language that it speaks. @param {Element} place @param {string[]} sentences @param {Set<string>} theirs @param {string} language */
function say(place, sentences, theirs = OURS, language = '') {
  place.replaceChildren(...sentences.flatMap((one, i) => [i ? ' ' : '', theirs.has(one) ? h('span', { lang: language }, one) : one]))
}

/** Says what is wrong at a field, or nothing any more. @param {Element} box @param {(place: Element) => void} [tell] */
function setError(box, tell) {
  const place = box.querySelector(':scope > .error')
  const shown = '.field:not([hidden]) > input, input:checked, input, select, textarea'.split(', ')
  const control = shown.map((one) => /** @type {HTMLElement | null} */ (box.querySelector(`:scope ${one}`))).find(Boolean)
  place?.replaceChildren()
  if (place) tell?.(place)
  for (const one of box.querySelectorAll('[aria-invalid]')) one.removeAttribute('aria-invalid') // another may have been at fault
  if (tell) control?.setAttribute('aria-invalid', 'true')
  return control
}

/**
 * Shows what is wrong, each at its field, and goes to the first.
 *
 * @param {HTMLElement} form @param {import('./api.js').FieldErrors} errors @param {Set<string>} [theirs] what the server has said @param {string} [language]
 * @returns {boolean} whether every error found its field
 */
export function showErrors(form, errors, theirs, language) {
  let first = /** @type {HTMLElement | null} */ (null)
  const left = new Set(Object.keys(errors))
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[data-field]'))) {
    const name = box.dataset['field'] ?? ''
    const said = errors[name]
    const control = setError(box, said?.length ? (place) => say(place, said, theirs, language) : undefined)
    if (said?.length) first ??= control ?? null
    left.delete(name)
  }
  first?.focus()
  return left.size === 0
}

/**
 * @typedef {object} FormOptions
 * @property {Child[]} body
 * @property {string} submit the name of the button
 * @property {boolean} [danger]
 * @property {Child[]} [more] buttons at the other end
 * @property {Child} [summary] what stands over the buttons
 * @property {(() => void) | undefined} [cancel]
 * @property {() => import('./api.js').FieldErrors} [check] what is wrong before the server is asked
 * @property {() => Promise<void>} send
 * @property {'tooMany' | 'lockedOut'} [wait] how a 429 is called
 */

/**
 * A form that sends itself, once at a time, and shows every refusal where it belongs.
 *
 * @param {SanctumElement} host @param {FormOptions} options
 */
export function form(host, options) {
  const problem = h('p', { class: 'error problem', role: 'alert' })
  const submit = h(
    'button',
    { class: options.danger ? 'button danger' : 'button primary', part: 'button primary-button' },
    options.submit,
  )
  const cancel = options.cancel
    ? h('button', { class: 'button', type: 'button', part: 'button', onclick: options.cancel }, host.t('cancel'))
    : null
  const made = h(
    'form',
    { noValidate: true, part: 'form', class: 'form' },
    options.body.filter(Boolean),
    bar(problem, options.summary, h('div', { class: 'actions' }, h('div', { class: 'more' }, options.more ?? []), cancel, submit)),
  )

  /** @param {unknown} why */
  function refused(why) {
    if (!(why instanceof Problem)) reportError(why)
    const caught = why instanceof Problem ? why : new Problem(-1)
    host.failed(caught)
    const errors = host.fieldErrors(caught)
    const said = Object.values(errors).flat()
    const theirs = new Set([...Object.values(caught.errors).flat(), caught.message])
    if (showErrors(made, errors, theirs, caught.language) && said.length) return
    if (caught.status === 429) {
      const say = (/** @type {number} */ seconds) => host.t(options.wait === 'lockedOut' ? 'lockedOut' : 'tooManyHint', { wait: host.duration(seconds) })
      const left = h('span', { role: 'timer' }) // heard once, and not each second
      problem.replaceChildren(left)
      submit.disabled = true
      host.countDown(
        caught.wait,
        (seconds) => (left.textContent = say(seconds)),
        () => {
          problem.textContent = ''
          submit.disabled = false
        },
      )
      return
    }
    const told = [(caught.status === 422 && caught.message) || host.told(caught)]
    say(problem, said.length ? said : told, theirs, caught.language)
  }

  made.addEventListener('input', ({ target }) => {
    const box = target instanceof Element ? target.closest('[data-field]') : null
    if (box) setError(box)
  })
  made.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (submit.disabled) return
    problem.textContent = ''
    const wrong = options.check?.() ?? {}
    showErrors(made, wrong)
    if (Object.keys(wrong).length) return
    submit.disabled = true
    made.setAttribute('aria-busy', 'true')
    try {
      await options.send()
      submit.disabled = false
    } catch (caught) {
      submit.disabled = false
      refused(caught)
    } finally {
      made.removeAttribute('aria-busy')
    }
  })
  return made
}

/** A modal dialog. Escape and the cross ask `mayClose` first. */
export class Dialog {
  #element
  #end = () => {}

  /** Called before it closes by Escape or the cross. @type {() => boolean} */
  mayClose = () => true

  /** Settles when the dialog is closed. @type {Promise<void>} */
  closed = new Promise((resolve) => (this.#end = resolve))

  /**
   * @param {SanctumElement} host
   * @param {Child[]} title
   * @param {Child[]} body
   * @param {{ wide?: boolean }} [options]
   */
  constructor(host, title, body, options = {}) {
    const id = freshId('dialog')
    const cross = h(
      'button',
      { class: 'icon cross', type: 'button', 'aria-label': host.t('close'), onclick: () => this.ask() },
      icon('close'),
    )
    this.body = h('div', { class: 'dialog-body' }, body)
    this.#element = h(
      'dialog',
      { 'aria-labelledby': id, part: 'dialog', class: options.wide ? 'wide' : null },
      h('header', null, h('h2', { id, part: 'dialog-title' }, title), cross),
      this.body,
    )
    this.#element.addEventListener('cancel', (event) => {
      event.preventDefault()
      this.ask()
    })
    // Browsers close a dialog on the second Escape whatever `cancel` says.
    this.#element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      this.ask()
    })
    this.#element.addEventListener('close', () => this.#end()) // whatever else has closed it
    host.root.append(this.#element)
    this.#element.showModal()
    const first = /** @type {HTMLElement | null} */ (this.body.querySelector('[data-first]') ?? this.body.querySelector('input, button'))
    first?.focus()
  }

  /** Closes, unless there is something to be said first. */
  ask() {
    if (this.mayClose()) this.close()
  }

  close() {
    this.#element.close()
    this.#element.remove() // at once, as it is told: the event comes with the next picture, when another dialog may be open
    this.#end()
  }
}

/**
 * Asks before something that cannot be undone: what is safe has the focus.
 *
 * @param {SanctumElement} host
 * @param {{ title: Child[], text: Child[], list?: Child, submit: string, danger?: boolean, typed?: string, send: () => Promise<void> }} question
 */
export function confirmation(host, question) {
  const typed = question.typed
    ? input('typed', { inputmode: 'numeric', 'data-first': true })
    : null
  const dialog = new Dialog(host, question.title, [])
  const body = form(host, {
    body: [
      h('p', null, question.text),
      question.list,
      typed && field(host.t('typeCount', { count: question.typed ?? '' }), typed),
    ],
    submit: question.submit,
    danger: question.danger ?? true,
    cancel: () => dialog.close(),
    check: () =>
      typed && typed.value.trim() !== question.typed
        ? { typed: [host.t('typeCountWrong', { count: question.typed ?? '' })] }
        : {},
    send: async () => {
      await question.send()
      dialog.close()
    },
  })
  dialog.body.append(body)
  const safe = /** @type {HTMLElement | null} */ (typed ?? body.querySelector('.actions > .button'))
  safe?.focus()
  return dialog
}
