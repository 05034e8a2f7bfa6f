// @ts-check
// <sanctum-activity>: what has happened in the account lately.

import { list } from '../../sanctum4j/src/api.js'
import { h, icon, quoted } from '../../sanctum4j/src/dom.js'
import { ServerElement } from './element.js'

/** @typedef {{ at: string, event: string, token_id: number | null, address: string | null, detail: string | null, times: number }} Entry */

/** What has happened in the account lately; by the attribute `token`, with one token. */
export class SanctumActivity extends ServerElement {
  render() {
    this.root.replaceChildren(this.heading(this.t('activity'), this.t('activityIntro')), this.content)
    this.reload()
  }

  async load() {
    const token = this.getAttribute('token')
    /** @type {Entry[]} */
    const entries = list(await this.server.call('GET', `/api/activity${token === null ? '' : `?token=${encodeURIComponent(token)}`}`))
    if (!entries.length) return [h('div', { class: 'empty' }, icon('clock'), h('p', null, this.t('noActivity')))]
    return [h('ol', { class: 'list card', part: 'list', 'aria-label': this.t('activity') }, entries.map((entry) => this.#row(entry)))]
  }

  /** @param {Entry} entry */
  #row(entry) {
    return h(
      'li',
      { class: 'brief', part: 'entry' },
      h(
        'div',
        null,
        h('h3', null, this.#name(entry.event) + (entry.times > 1 ? ` × ${entry.times}` : '')),
        h(
          'p',
          { class: 'meta' },
          entry.detail && quoted(entry.detail),
          entry.token_id !== null && h('span', null, this.t('tokenNumber', { id: String(entry.token_id) })),
          h('span', null, entry.address === null ? this.t('system') : quoted(this.address(entry.address))),
        ),
      ),
      h('p', { class: 'when' }, this.moment(entry.at)),
    )
  }

  /** @param {string} event as the audit log names it */
  #name(event) {
    const said = this.t(/** @type {import('./texts.js').TextKey} */ (`event_${event}`))
    return said.startsWith('event_') ? event.replaceAll('_', ' ') : said
  }
}

customElements.define('sanctum-activity', SanctumActivity)
