// @ts-check
// <sanctum-diagnosis>: what is wrong with the server's settings and why it refused requests, for administrators.

import { h, icon } from '../../sanctum4j/src/dom.js'
import { lasting } from '../../sanctum4j/src/times.js'
import { ServerElement } from './element.js'

/** @typedef {{ rule: string, change: string }} Finding */
/** @typedef {Finding & { at: string, status: number, method: string, path: string }} Refusal */
/** @typedef {{ stateful: string[], csrf: string, cookie_domain: string | null, cookie_same_site: string, session_lifetime: number }} Settings */

/** Tells why requests are refused, and what to change. */
export class SanctumDiagnosis extends ServerElement {
  render() {
    const again = h('button', { class: 'button', type: 'button', part: 'button' }, this.t('diagnosisAgain'))
    again.addEventListener('click', async () => {
      again.disabled = true
      await this.reload()
      again.disabled = false
      again.focus()
    })
    this.root.replaceChildren(this.heading(this.t('diagnosis'), this.t('diagnosisIntro'), again), this.content)
    this.reload()
  }

  async load() {
    const { explaining, settings, findings, refusals } = await this.server.call('GET', '/api/doctor')
    return [
      h('section', null, h('h3', null, this.t('diagnosisSettings')), this.#settings(settings), this.#findings(findings)),
      h('section', null, h('h3', null, this.t('diagnosisRefusals')), this.#refusals(explaining, refusals)),
    ]
  }

  /** @param {Settings} settings */
  #settings(settings) {
    /** @type {[import('./texts.js').TextKey, string][]} */
    const lines = [
      ['diagnosisStateful', settings.stateful.join(', ')],
      ['diagnosisCsrf', settings.csrf],
      ['diagnosisCookieDomain', settings.cookie_domain ?? ''],
      ['diagnosisSameSite', settings.cookie_same_site],
      ['diagnosisLifetime', lasting(settings.session_lifetime, this.locale)],
    ]
    return h(
      'dl',
      { class: 'facts card', part: 'settings' },
      lines.flatMap(([name, value]) => [h('dt', null, this.t(name)), h('dd', null, value || this.t('diagnosisThisHost'))]),
    )
  }

  /** @param {Finding[]} findings */
  #findings(findings) {
    if (!findings.length) return h('p', { class: 'fine' }, icon('check'), this.t('diagnosisFine'))
    return h(
      'ul',
      { part: 'list', 'aria-label': this.t('diagnosisSettings') },
      findings.map((finding) => h('li', { class: 'notice', part: 'finding' }, icon('warning'), h('div', null, this.#advice(finding)))),
    )
  }

  /** @param {boolean} explaining @param {Refusal[]} refusals newest first */
  #refusals(explaining, refusals) {
    if (!explaining) return h('p', { class: 'notice' }, icon('warning'), this.t('diagnosisSilent'))
    if (!refusals.length) return h('div', { class: 'empty' }, icon('check'), h('p', null, this.t('diagnosisNone')))
    return h(
      'ol',
      { class: 'list card', part: 'list', 'aria-label': this.t('diagnosisRefusals') },
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

customElements.define('sanctum-diagnosis', SanctumDiagnosis)
customElements.define('sanctum-doctor', class extends SanctumDiagnosis {}) // as it was called before
