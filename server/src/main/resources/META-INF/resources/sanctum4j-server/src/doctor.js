// @ts-check
// <sanctum-doctor>: what is wrong with the server's settings and why it refused requests, for administrators.

import { h, icon } from '../../sanctum4j/src/dom.js'
import { lasting } from '../../sanctum4j/src/times.js'
import { ServerElement } from './element.js'

/** @typedef {{ rule: string, change: string }} Finding */
/** @typedef {Finding & { at: string, status: number, method: string, path: string }} Refusal */
/** @typedef {{ stateful: string[], csrf: string, cookie_domain: string | null, cookie_same_site: string, session_lifetime: number }} Settings */

/** Tells why requests are refused, and what to change. */
export class SanctumDoctor extends ServerElement {
  render() {
    const again = h('button', { class: 'button', type: 'button', part: 'button' }, this.t('doctorAgain'))
    again.addEventListener('click', async () => {
      again.disabled = true
      await this.reload()
      again.disabled = false
      again.focus()
    })
    this.root.replaceChildren(this.heading(this.t('doctor'), this.t('doctorIntro'), again), this.content)
    this.reload()
  }

  async load() {
    const { explaining, settings, findings, refusals } = await this.server.call('GET', '/api/doctor')
    return [
      h('section', null, h('h3', null, this.t('doctorSettings')), this.#settings(settings), this.#findings(findings)),
      h('section', null, h('h3', null, this.t('doctorRefusals')), this.#refusals(explaining, refusals)),
    ]
  }

  /** @param {Settings} settings */
  #settings(settings) {
    /** @type {[import('./texts.js').TextKey, string][]} */
    const lines = [
      ['doctorStateful', settings.stateful.join(', ')],
      ['doctorCsrf', settings.csrf],
      ['doctorCookieDomain', settings.cookie_domain ?? ''],
      ['doctorSameSite', settings.cookie_same_site],
      ['doctorLifetime', lasting(settings.session_lifetime, this.locale)],
    ]
    return h(
      'dl',
      { class: 'facts card', part: 'settings' },
      lines.flatMap(([name, value]) => [h('dt', null, this.t(name)), h('dd', null, value || this.t('doctorThisHost'))]),
    )
  }

  /** @param {Finding[]} findings */
  #findings(findings) {
    if (!findings.length) return h('p', { class: 'fine' }, icon('check'), this.t('doctorFine'))
    return h(
      'ul',
      { part: 'list', 'aria-label': this.t('doctorSettings') },
      findings.map((finding) => h('li', { class: 'notice', part: 'finding' }, icon('warning'), h('div', null, this.#advice(finding)))),
    )
  }

  /** @param {boolean} explaining @param {Refusal[]} refusals newest first */
  #refusals(explaining, refusals) {
    if (!explaining) return h('p', { class: 'notice' }, icon('warning'), this.t('doctorSilent'))
    if (!refusals.length) return h('div', { class: 'empty' }, icon('check'), h('p', null, this.t('doctorNone')))
    return h(
      'ol',
      { class: 'list card', part: 'list', 'aria-label': this.t('doctorRefusals') },
      refusals.map((refusal) =>
        h(
          'li',
          { part: 'refusal' },
          h(
            'div',
            null,
            h('p', { class: 'request' }, h('span', { class: 'mark bad' }, String(refusal.status)), h('code', null, `${refusal.method} ${refusal.path}`)),
            this.#advice(refusal),
          ),
          h('p', { class: 'when' }, this.moment(refusal.at)),
        ),
      ),
    )
  }

  /** In the words of the server, which are English. @param {Finding} finding */
  #advice({ rule, change }) {
    return [h('h4', { lang: 'en' }, rule), h('p', { class: 'change', lang: 'en' }, change)]
  }
}

customElements.define('sanctum-doctor', SanctumDoctor)
