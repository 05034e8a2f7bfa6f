// @ts-check
// Elements without innerHTML: whatever a name contains, it is text.

/** @typedef {Node | string | null | undefined | false} Child */

const SVG = 'http://www.w3.org/2000/svg'

/** What is set as a property, because the attribute is only its first value. */
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'selected', 'noValidate', 'ariaInvalid'])

/** @type {Record<string, string>} */
const ICONS = {
  key: 'M13.5 8.5a5 5 0 1 0-10 0 5 5 0 1 0 10 0M12 12l8.5 8.5M16.5 16.5L19 14',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warning: 'M12 4L2.5 20h19zM12 10v4.5M12 17.2v.1',
  offline: 'M3 3l18 18M8.5 16a5 5 0 0 1 7 0M5 12.5a10 10 0 0 1 5-2.7M19 12.5a10 10 0 0 0-3-2M12 19.5v.1',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  device: 'M4 5h16v11H4zM2.5 19.5h19',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M14.5 5.5L8 12l6.5 6.5',
}

/**
 * Makes an element. Keys that begin with `on` are listeners; false, null and undefined are left out.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any> | null} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, properties, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value)
    else if (PROPERTIES.has(name)) Object.assign(made, { [name]: value })
    else made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...present(children.flat()))
  return made
}

/** @param {Child[]} children @returns {(Node | string)[]} */
export function present(children) {
  return /** @type {(Node | string)[]} */ (children.filter((child) => child || child === ''))
}

/** @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', ICONS[name] ?? '')
  svg.append(path)
  return svg
}

/**
 * Text of people: isolated, so that right-to-left marks in it cannot turn round what stands beside it.
 *
 * @param {string} text @param {Record<string, any>} [properties]
 */
export function quoted(text, properties) {
  return h('bdi', properties ?? null, inside(text))
}

/** The same within an attribute, which can hold no element. @param {string} text */
export function isolated(text) {
  return LEFTWARD.test(text) ? `\u2068${inside(text)}\u2069` : text
}

/** What an older row may hold to end the isolation from within. @param {string} text */
const inside = (text) => text.replace(/[\u2066-\u2069]/g, '')

const LEFTWARD = /[\p{Cf}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

let numbers = 0

/** @param {string} of */
export function freshId(of) {
  return `${of}-${++numbers}`
}
