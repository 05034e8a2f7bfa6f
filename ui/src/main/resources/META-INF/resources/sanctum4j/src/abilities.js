// @ts-check
// Choosing abilities: grouped, searchable, none ticked.

import { field, input } from './dialog.js'
import { freshId, h, icon } from './dom.js'

/** @typedef {import('./element.js').SanctumElement} SanctumElement */
/** @typedef {import('./tokens.js').Ability} Ability */

const ALL = '*'
const MANAGE = 'tokens:manage'

/**
 * What there is to choose from.
 *
 * @param {SanctumElement} host
 * @param {{ abilities: Ability[], most: string[], chosen: string[], within?: string[] }} options
 * @returns {Ability[]}
 */
function offered(host, { abilities, most, chosen, within }) {
  const other = host.t('otherAbilities')
  const known = new Map(abilities.map((one) => [one.name, { ...one, group: one.group || other }]))
  if (most.includes(MANAGE) || chosen.includes(MANAGE)) {
    known.set(MANAGE, { name: MANAGE, description: known.get(MANAGE)?.description || host.t('manageHint'), group: other })
  }
  // A link may name what the catalogue does not; it is shown, so that nobody gives it unseen.
  for (const name of chosen) if (!known.has(name)) known.set(name, { name, description: '', group: other })
  if (most.includes(ALL) || chosen.includes(ALL)) {
    known.set(ALL, { name: ALL, description: host.t('everythingHint'), group: other })
  }
  const all = [...known.values()]
  return within && !within.includes(ALL) ? all.filter((one) => within.includes(one.name)) : all
}

/**
 * @param {SanctumElement} host
 * @param {{ abilities: Ability[], most: string[], chosen: string[], within?: string[] }} options `most` is what the policy
 *     allows, `within` what may only be narrowed
 */
export function abilityPicker(host, options) {
  const { within, chosen } = options
  const choices = offered(host, options)
  const free = !options.abilities.length && !within ? input('abilities', { value: '' }) : null
  const count = h('span', { class: 'hint', role: 'status' })
  const none = h('p', { class: 'none', hidden: true }, host.t('abilitiesNone'))

  const rows = choices.map((one) => {
    const box = h('input', { type: 'checkbox', name: 'abilities', value: one.name, checked: chosen.includes(one.name) })
    const name = one.name === ALL ? h('span', null, host.t('everything'), ' ', h('code', { class: 'soft' }, ALL)) : h('code', null, h('bdi', null, one.name))
    const row = h('label', { class: 'check' }, box, h('span', null, name, one.description && h('span', { class: 'hint' }, one.description)))
    return { one, box, row, text: `${one.name} ${one.description} ${one.group}`.toLocaleLowerCase() }
  })
  const groups = [...Map.groupBy(rows, ({ one }) => one.group)].map(([name, members]) => ({
    members,
    element: h('fieldset', { class: 'group' }, h('legend', null, name), members.map(({ row }) => row)),
  }))

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

  const named = () => rows.filter(({ box }) => box.checked).map(({ one }) => one.name)
  const all = () => [...new Set([...named(), ...(free?.value.split(/[\s,]+/).filter(Boolean) ?? [])])]
  const update = () => (count.textContent = host.t('abilitiesChosen', { count: all().length }))
  update()

  const label = freshId('abilities')
  const hint = freshId('hint')
  const error = freshId('error')
  const element = h(
    'div',
    { class: 'picker', role: 'group', 'aria-labelledby': label, 'aria-describedby': `${hint} ${error}`, 'data-field': 'abilities', onchange: update, oninput: update },
    h('div', { class: 'top' }, h('span', { class: 'label', id: label }, host.t('abilities')), count),
    h('p', { class: 'hint', id: hint }, host.t(within ? 'narrowHint' : 'abilitiesHint')),
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
  return { element, chosen: all }
}
