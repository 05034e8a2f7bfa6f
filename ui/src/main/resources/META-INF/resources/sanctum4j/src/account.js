// @ts-check
// <sanctum-sessions>, <sanctum-password>: the rest of an account.

import { list } from './api.js'
import { checkbox, confirmation, field, form, input } from './dialog.js'
import { h, quoted } from './dom.js'
import { LoadedElement, SanctumElement, define } from './element.js'
import { username } from './sign-in.js'

/** @typedef {{ id: string, device: string | null, address: string | null, created_at: string, last_seen_at: string, current: boolean }} Session */

/** What user agents say, most telling first. @type {[RegExp, string][]} */
const BROWSERS = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\/|\bHeadlessChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/\biPhone\b|\biPad\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** Where somebody is signed in. */
export class SanctumSessions extends LoadedElement {
  render() {
    this.show(this.heading(this.t('sessions'), this.t('sessionsIntro')), this.content)
    this.reload()
  }

  /** @param {Session} session */
  #name({ device }) {
    const browser = BROWSERS.find(([pattern]) => pattern.test(device ?? ''))?.[1]
    const system = SYSTEMS.find(([pattern]) => pattern.test(device ?? ''))?.[1]
    if (browser && system) return this.t('on', { browser, system })
    return browser ?? system ?? (device?.slice(0, 60) || this.t('unknownDevice'))
  }

  async load() {
    /** @type {Session[]} */
    const sessions = list(await this.server.call('GET', '/api/sessions'))
    const sorted = sessions.toSorted((a, b) => Number(b.current) - Number(a.current))
    const names = sorted.map((session) => this.#name(session))
    const named = names.map((name, i) => (names.indexOf(name) === i ? name : `${name} (${names.slice(0, i + 1).filter((one) => one === name).length})`))
    const others = sorted.length - 1
    return [
      h('ul', { class: 'list card', part: 'list', 'aria-label': this.t('sessions') }, sorted.map((session, i) => this.#row(session, named[i] ?? ''))),
      h(
        'div',
        { class: 'foot' },
        others > 0
          ? h('button', { class: 'button quiet bad', type: 'button', onclick: () => this.#endOthers() }, this.t('endOthers'))
          : h('p', { class: 'soft' }, this.t('noOthers')),
      ),
    ]
  }

  /** @param {Session} session @param {string} name unlike that of any other in the list */
  #row(session, name) {
    const end = h(
      'button',
      { class: 'button quiet bad', type: 'button', 'aria-label': this.t('endNamed', { name }), onclick: () => this.#end(session, name) },
      this.t('endSession'),
    )
    return h(
      'li',
      { part: 'session' },
      h(
        'div',
        null,
        h('h3', { title: session.device }, quoted(name), session.current && h('span', { class: 'mark good' }, this.t('thisDevice'))),
        h(
          'p',
          { class: 'meta stacked' },
          h('span', null, this.sentence('lastSeen', { time: this.moment(session.last_seen_at) })),
          h('span', null, this.sentence('signedInAt', { time: this.moment(session.created_at) })),
          session.address && quoted(this.address(session.address)),
        ),
      ),
      h('div', { class: 'row-actions' }, !session.current && end),
    )
  }

  /** @param {Session} session @param {string} name */
  #end(session, name) {
    confirmation(this, {
      title: this.sentence('endTitle', { name: quoted(name) }),
      text: [this.t('endText')],
      submit: this.t('endSession'),
      send: async () => {
        await this.server.call('DELETE', `/api/sessions/${session.id}`)
        await this.reload()
        this.announce('sessionEnded')
        this.moveFocus()
      },
    })
  }

  #endOthers() {
    confirmation(this, {
      title: [this.t('endOthersTitle')],
      text: [this.t('endOthersText')],
      submit: this.t('endOthers'),
      send: async () => {
        await this.server.call('DELETE', '/api/sessions')
        await this.reload()
        this.announce('sessionEnded')
        this.moveFocus()
      },
    })
  }
}

/** Changing one's password. */
export class SanctumPassword extends SanctumElement {
  render() {
    const current = input('current_password', { type: 'password', autocomplete: 'current-password' })
    const fresh = input('password', { type: 'password', autocomplete: 'new-password' })
    const again = input('password_confirmation', { type: 'password', autocomplete: 'new-password' })
    const all = [current, fresh, again]
    const seen = checkbox('seen', this.t('showPassword'))
    seen.addEventListener('change', () => {
      for (const one of all) one.type = seen.querySelector('input')?.checked ? 'text' : 'password'
    })
    const revoke = checkbox('revoke_tokens', this.t('revokeTokens'))
    const made = form(this, {
      body: [
        username(),
        field(this.t('currentPassword'), current),
        field(this.t('newPassword'), fresh, this.t('newPasswordHint')),
        field(this.t('repeatPassword'), again),
        seen,
        revoke,
      ],
      submit: this.t('changePassword'),
      check: () => ({
        ...(current.value ? {} : { current_password: [this.t('passwordMissing')] }),
        ...(fresh.value ? {} : { password: [this.t('passwordMissing')] }),
        ...(fresh.value === again.value ? {} : { password_confirmation: [this.t('passwordsDiffer')] }),
      }),
      send: async () => {
        await this.server.call('PUT', '/user/password', {
          current_password: current.value,
          password: fresh.value,
          password_confirmation: again.value,
          revoke_tokens: revoke.querySelector('input')?.checked ?? false,
        })
        this.render()
        this.announce('passwordChanged')
        this.moveFocus()
      },
    })
    this.show(
      this.heading(this.t('passwordTitle'), this.t('passwordIntro')),
      h('div', { class: 'card narrow' }, made),
    )
  }
}

define({ 'sanctum-sessions': SanctumSessions, 'sanctum-password': SanctumPassword })
