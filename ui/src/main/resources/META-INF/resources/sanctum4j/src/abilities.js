// @ts-check
// Choosing abilities: grouped by what they are about, searchable, none ticked but what a link may tick.

import { field, input } from './dialog.js'
import { freshId, h, icon } from './dom.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */
/** @typedef {import('./tokens.js').Ability} Ability */

export const ALL = '*'
export const MANAGE = 'tokens:manage'
export const DELEGATE = 'tokens:delegate'

/** Whether `*` does not hold it: it has to be permitted, and given, by itself. @param {string} name */
export const isReserved = (name) => name.startsWith('tokens:')

/** What is ticked at once: all that reads, or all that reads and writes; nothing else. @type {Record<string, RegExp>} */
const ACCESS = { accessNone: /^$/, accessRead: /:read$/, accessWrite: /:(read|write)$/ }

/** How many are told as chips before the rest is a number. */
const CHIPS = 12

/** Whether somebody may give an ability. @param {string[]} most what the policy allows @param {string} name */
const mayGive = (most, name) => most.includes(name) || (most.includes(ALL) && !isReserved(name))

/**
 * What a link asks for, by what becomes of it: ticked, to be ticked by hand since it is strong or unknown, and not to be had.
 *
 * @param {string[]} wanted @param {Ability[]} abilities @param {string[]} most @param {string[]} never what is not to be had all the same
 */
export function wanted(wanted, abilities, most, never) {
  const harmless = new Set(abilities.filter(({ name, strong }) => !strong && !isReserved(name)).map(({ name }) => name))
  const asked = [...new Set(wanted)]
  const given = asked.filter((name) => mayGive(most, name) && !never.includes(name))
  return {
    ticked: given.filter((name) => harmless.has(name)),
    byHand: given.filter((name) => !harmless.has(name)),
    refused: asked.filter((name) => !given.includes(name)),
  }
}

/**
 * What there is to choose from.
 *
 * @param {SanctumElement} host
 * @param {Options} options
 * @returns {Ability[]}
 */
function offered(host, { abilities, most, chosen, byHand = [], within, never = [] }) {
  const other = host.t('otherAbilities')
  const thing = (/** @type {string} */ name) => name.slice(0, Math.max(0, name.lastIndexOf(':')))
  const things = Map.groupBy(abilities.filter(({ group }) => !group), ({ name }) => thing(name))
  const grouped = (/** @type {Ability} */ { name, group }) => group || ((things.get(thing(name))?.length ?? 0) > 1 && thing(name)) || other
  const known = new Map(abilities.map((one) => [one.name, { ...one, group: grouped(one) }]))
  if (most.includes(MANAGE) || chosen.includes(MANAGE)) {
    known.set(MANAGE, { name: MANAGE, description: known.get(MANAGE)?.description || host.t('manageHint'), group: other })
  }
  // What the catalogue does not know is shown all the same, so that nobody gives it unseen.
  for (const name of [...chosen, ...byHand]) if (!known.has(name)) known.set(name, { name, description: '', group: other })
  if ((most.includes(ALL) && !never.includes(ALL)) || chosen.includes(ALL)) {
    known.set(ALL, { name: ALL, description: host.t('everythingHint'), group: other })
  }
  for (const name of byHand) {
    const one = known.get(name)
    known.delete(name) // to stand first
    if (one) known.set(name, { ...one, group: host.t('askedByLink') })
  }
  const all = [...known.values()].sort((a, b) => Number(byHand.includes(b.name)) - Number(byHand.includes(a.name)))
  if (!within) return all.filter((one) => chosen.includes(one.name) || mayGive(most, one.name))
  return within.includes(ALL) ? all : all.filter((one) => within.includes(one.name))
}

/**
 * @typedef {object} Options
 * @property {Ability[]} abilities the catalogue
 * @property {string[]} most what the policy allows
 * @property {string[]} chosen
 * @property {string[]} [byHand] what a link asks for besides, and somebody has to tick
 * @property {string[]} [within] what may only be narrowed
 * @property {string[]} [never] what is not offered although the policy holds it
 * @property {import('./tokens.js').Preset[]} [presets] what is ticked together
 */

/** @typedef {{ one: Ability, box: HTMLInputElement, row: HTMLElement, text: string }} Row */

/**
 * Abilities under one heading, which ticks all of them, or all that reads or writes. It ticks nothing that is not seen, and nothing
 * that has to be given by itself.
 *
 * @param {SanctumElement} host @param {string} name @param {Row[]} members @param {string} byHand the name of the group that is ticked by hand
 */
function group(host, name, members, byHand) {
  const meant = () => members.filter(({ one, row }) => !row.hidden && one.name !== ALL && !isReserved(one.name))
  /** @param {RegExp} which */
  const tick = (which) => () => meant().forEach(({ one, box }) => (box.checked = which.test(one.name)))
  const whole = h('input', { type: 'checkbox', 'aria-label': host.t('groupAll', { name }), oninput: () => tick(whole.checked ? /./ : /^$/)() })
  const readable = [/:read$/, /:write$/].every((which) => meant().some(({ one }) => which.test(one.name)))
  const some = h('option', { value: '', disabled: true }, host.t('accessSome'))
  const levels = Object.entries(ACCESS).map(([key, which]) => ({ which, option: h('option', { value: key }, host.t(/** @type {any} */ (key))) }))
  const access = h(
    'select',
    { 'aria-label': host.t('accessTo', { name }), part: 'input', oninput: () => tick(ACCESS[access.value] ?? /^$/)() },
    levels.map(({ option }) => option),
    some,
  )
  const plain = meant().length < 2 || name === byHand
  return {
    members,
    element: h(
      'fieldset',
      { class: 'group', 'aria-label': name },
      h('legend', null, plain ? name : [h('label', { class: 'check' }, whole, h('span', null, name)), readable && access]),
      members.map(({ row }) => row),
    ),
    update: () => {
      const seen = meant()
      const ticked = seen.filter(({ box }) => box.checked)
      whole.checked = ticked.length > 0 && ticked.length === seen.length
      whole.indeterminate = ticked.length > 0 && !whole.checked
      const level = levels.find(({ which }) => seen.every(({ one, box }) => box.checked === which.test(one.name)))
      ;(level?.option ?? some).selected = true
    },
  }
}

/** @param {SanctumElement} host @param {Options} options */
export function abilityPicker(host, options) {
  const { within, chosen } = options
  const choices = offered(host, options)
  const free = !options.abilities.length && !within ? input('abilities', { value: '' }) : null
  const count = h('span', { class: 'hint', role: 'status' })
  const chips = h('div', { class: 'chips' })
  const none = h('p', { class: 'none', hidden: true }, host.t('abilitiesNone'))

  const rows = choices.map((one) => {
    const box = h('input', { type: 'checkbox', name: 'abilities', value: one.name, checked: chosen.includes(one.name) })
    const name = one.name === ALL ? h('span', null, host.t('everything'), ' ', h('code', { class: 'soft' }, ALL)) : h('code', null, h('bdi', null, one.name))
    const row = h('label', { class: 'check' }, box, h('span', null, name, one.description && h('span', { class: 'hint' }, one.description)))
    return { one, box, row, text: `${one.name} ${one.description} ${one.group}`.toLocaleLowerCase() }
  })
  const groups = [...Map.groupBy(rows, ({ one }) => one.group)].map(([name, members]) => group(host, name, members, host.t('askedByLink')))

  const search = input('find', {
    type: 'search',
    placeholder: host.t('abilitiesSearch'),
    'aria-label': host.t('abilitiesSearch'),
    oninput: () => {
      const words = search.value.toLocaleLowerCase().split(/\s+/)
      for (const { row, text } of rows) row.hidden = !words.every((word) => text.includes(word))
      for (const { element, members } of groups) element.hidden = members.every(({ row }) => row.hidden)
      none.hidden = groups.some(({ element }) => !element.hidden)
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === 'Enter' && event.preventDefault(),
  })

  const ready = (options.presets ?? [])
    .filter((preset) => preset.abilities.every((name) => rows.some(({ one }) => one.name === name)))
    .map(({ name, abilities }) => {
      const meant = new Set(abilities)
      const button = h('button', { class: 'button', type: 'button', part: 'button' }, h('bdi', null, name))
      button.addEventListener('click', () => {
        for (const { one, box } of rows) box.checked = meant.has(one.name)
        button.dispatchEvent(new Event('input', { bubbles: true }))
      })
      return { button, update: () => button.setAttribute('aria-pressed', String(rows.every(({ one, box }) => box.checked === meant.has(one.name)))) }
    })

  const named = () => rows.filter(({ box }) => box.checked).map(({ one }) => one.name)
  const all = () => [...new Set([...named(), ...(free?.value.split(/[\s,]+/).filter(Boolean) ?? [])])]
  const strength = new Map(choices.map(({ name, strong }) => [name, name === ALL || isReserved(name) ? 2 : Number(strong ?? false)]))
  /** What is chosen, the strongest first: of many, only the first are named. */
  const told = () => all().sort((a, b) => (strength.get(b) ?? 0) - (strength.get(a) ?? 0))
  const update = () => {
    for (const one of [...groups, ...ready]) one.update()
    const names = told()
    count.textContent = host.t('abilitiesChosen', { count: names.length })
    chips.replaceChildren(
      ...names.slice(0, CHIPS).map((name) => h('bdi', { class: 'chip' }, name === ALL ? host.t('everything') : name)),
      ...(names.length > CHIPS ? [h('span', { class: 'chip plain' }, host.t('moreAbilities', { count: names.length - CHIPS }))] : []),
    )
  }
  update()

  const label = freshId('abilities')
  const hint = freshId('hint')
  const error = freshId('error')
  const element = h(
    'div',
    { class: 'picker', role: 'group', 'aria-labelledby': label, 'aria-describedby': `${hint} ${error}`, 'data-field': 'abilities', onchange: update, oninput: update },
    h('div', { class: 'top' }, h('span', { class: 'label', id: label }, host.t('abilities')), count),
    h('p', { class: 'hint', id: hint }, host.t(within ? 'narrowHint' : 'abilitiesHint')),
    ready.length > 0 && h('div', { class: 'pills', role: 'group', 'aria-label': host.t('presets') }, ready.map(({ button }) => button)),
    chips,
    rows.length > 0 &&
      h(
        'div',
        { class: 'box' },
        rows.length > 7 && h('div', { class: 'search' }, icon('search'), search),
        h('div', { class: 'groups' }, groups.map((group) => group.element), none),
      ),
    free && field(host.t('abilitiesFree'), free, host.t('abilitiesFreeHint')),
    h('p', { class: 'error', id: error }),
  )
  return { element, chosen: all, told }
}
