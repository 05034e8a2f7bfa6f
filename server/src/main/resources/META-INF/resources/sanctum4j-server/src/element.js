// @ts-check
// What the elements of the server's own pages have in common, beyond those that any page may use.

import { LoadedElement } from '../../sanctum4j/src/element.js'
import './texts.js'

/** @typedef {import('./texts.js').TextKey} TextKey */

const sheet = new CSSStyleSheet()

sheet.replaceSync(`
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; letter-spacing: -0.02em; font-weight: 650; }
:host(sanctum-sign-in-page) .actions .button { flex: 1; min-height: 2.6rem; }

.button.wide { display: flex; justify-content: center; min-height: 2.6rem; margin-top: 1.25rem; text-decoration: none; overflow-wrap: anywhere; }
a.soft { display: block; margin-top: 1rem; text-align: center; }
.or { margin: 1rem 0 0.75rem; color: var(--soft); text-align: center; }
:host(sanctum-connection) { display: block; margin-top: 2.25rem; }
.invitation { overflow-wrap: anywhere; user-select: all; }

.list .brief { padding-block: 0.75rem; }
.list .brief .meta { margin-top: 0.1rem; }
.list .when { color: var(--soft); font-size: 0.9rem; text-align: end; }
.dialog-body .below { margin-top: -0.9rem; overflow-wrap: anywhere; }

/* the diagnosis */
section + section { margin-top: 2.25rem; }
section > h3 { margin-bottom: 0.7rem; }
.facts.card { padding: 1rem 1.25rem; gap: 0.3rem 1.5rem; }
.facts dd { overflow-wrap: anywhere; }
.facts ~ ul .notice { margin-top: 0.75rem; }
.fine { display: flex; align-items: center; gap: 0.5rem; margin-top: 0.75rem; color: var(--good); font-weight: 500; }
.request { display: flex; align-items: baseline; gap: 0.6rem; margin-bottom: 0.35rem; color: var(--soft); }
.request code { overflow-wrap: anywhere; }
h4 { overflow-wrap: anywhere; }
.change { margin-top: 0.15rem; color: var(--soft); overflow-wrap: anywhere; }

@container (max-width: 34rem) {
  .facts.card { padding: 1rem; }
  .list > :has(> .when) { grid-template-columns: minmax(0, 1fr); }
  .list .when { text-align: start; order: -1; }
}
`)

/** An element that also says what the server alone has to say. */
export class ServerElement extends LoadedElement {
  constructor() {
    super()
    this.root.adoptedStyleSheets.push(sheet)
  }

  /** @override @param {TextKey} key @param {Record<string, string | number>} [values] */
  t(key, values) {
    return super.t(/** @type {import('../../sanctum4j/src/element.js').TextKey} */ (key), values)
  }

  /** @override @param {TextKey} key @param {Record<string, Node>} values */
  sentence(key, values) {
    return super.sentence(/** @type {import('../../sanctum4j/src/element.js').TextKey} */ (key), values)
  }
}
