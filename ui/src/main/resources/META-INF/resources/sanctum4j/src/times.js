// @ts-check
// Times as people say them: "2 hours ago", and the exact one on hover.

import { now } from './api.js'
import { h } from './dom.js'

const SECOND = 1_000
export const DAY = 86_400 * SECOND

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['year', 365 * DAY],
  ['month', 30.44 * DAY],
  ['day', DAY],
  ['hour', 3_600 * SECOND],
  ['minute', 60 * SECOND],
]

/** Formatters are slow to make, and a page shows many times. @type {Map<string, any>} */
const made = new Map()

/** @template T @param {string} what @param {string} lang @param {() => T} make @returns {T} */
function once(what, lang, make) {
  const key = `${what} ${lang}`
  if (!made.has(key)) made.set(key, make())
  return made.get(key)
}

/** @param {number} time @param {string} lang @param {string} justNow */
export function relative(time, lang, justNow) {
  const distance = time - now()
  const words = once('relative', lang, () => new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }))
  for (const [unit, length] of UNITS) {
    // 60 days are told in days: "in 2 months" would hide a month
    const least = unit === 'month' ? 100 * DAY : unit === 'year' ? 2 * length : length
    if (Math.abs(distance) >= least - length / 120) return words.format(Math.round(distance / length), unit)
  }
  return justNow
}

/** @param {number} time @param {string} lang */
export function exactly(time, lang) {
  return once('exactly', lang, () => new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeStyle: 'short' })).format(time)
}

/** @param {number} time @param {string} lang */
export function day(time, lang) {
  return once('day', lang, () => new Intl.DateTimeFormat(lang, { dateStyle: 'long' })).format(time)
}

/** @type {[string, number][]} */
const LENGTHS = [
  ['day', DAY],
  ['hour', 3_600 * SECOND],
  ['minute', 60 * SECOND],
  ['second', SECOND],
]

/** A length of time in words: "2 hours", "1 minute, 15 seconds". @param {number} seconds @param {string} lang */
export function lasting(seconds, lang) {
  let left = seconds * SECOND
  const parts = LENGTHS.map(([unit, length]) => {
    const count = Math.floor(left / length)
    left -= count * length
    return count ? once(`count ${unit}`, lang, () => new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' })).format(count) : ''
  })
  return once('list', lang, () => new Intl.ListFormat(lang, { type: 'unit' })).format(parts.filter(Boolean))
}

/** A moment that stays true while the page is open. @param {string} iso @param {string} lang @param {string} justNow */
export function moment(iso, lang, justNow) {
  const time = Date.parse(iso)
  return h('time', { datetime: iso, title: exactly(time, lang) }, relative(time, lang, justNow))
}

/** Tells the moments below a node anew. @param {ParentNode} root @param {string} lang @param {string} justNow */
export function refresh(root, lang, justNow) {
  for (const time of root.querySelectorAll('time')) {
    const text = relative(Date.parse(time.dateTime), lang, justNow)
    if (time.textContent !== text) time.textContent = text
  }
}
