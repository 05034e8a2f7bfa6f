// @ts-check
// One plain sentence about what a token will be, before it is made.

import { ALL, DELEGATE, MANAGE, isReserved } from './abilities.js'
import { day } from './times.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */

/** How many abilities a sentence names; of more, it names one fewer and counts the others. */
const NAMED = 3

/**
 * @param {SanctumElement} host
 * @param {string[]} names the abilities
 * @param {number | null} end when it expires; null for never, NaN if that is not known yet
 */
export function summary(host, names, end) {
  if (!names.length) return ''
  const lists = new Intl.ListFormat(host.locale)
  const plain = names.filter((name) => name !== ALL && !isReserved(name))
  const told = plain.length > NAMED ? [...plain.slice(0, NAMED - 1), host.t('sumMore', { count: plain.length - NAMED + 1 })] : plain
  const parts = [
    names.includes(ALL) ? host.t('sumAll') : told.length > 0 && host.t('sumSome', { names: lists.format(told) }),
    names.includes(MANAGE) && host.t('sumManage'),
    names.includes(DELEGATE) && host.t('sumDelegate'),
    end === null ? host.t('sumNever') : !Number.isNaN(end) && host.t('sumEnds', { date: day(end, host.locale) }),
  ]
  return host.t('sum', { parts: parts.filter((part) => part !== false).join(', ') })
}
