// @ts-check
// What the first sight of a page does not need, loaded once somebody does, or once the browser has nothing to do. A bundle has no
// second copy of what both need, for there are things of which there may be one only (texts, the server's clock): it is handed over.

import * as api from './api.js'
import * as dialog from './dialog.js'
import * as dom from './dom.js'
import * as style from './style.js'
import * as texts from './texts.js'
import * as times from './times.js'
import * as token from './token.js'

/** What is handed over, by the names by which modules know each other. @type {Record<string, object>} */
const SHARED = {
  './api.js': api,
  './dialog.js': dialog,
  './dom.js': dom,
  './style.js': style,
  './texts.js': texts,
  './times.js': times,
  './token.js': token,
}

/** @typedef {typeof import('./more.js')} More */

/**
 * Which rest a bundle was made with, as that says of itself, for caches may have another under its name; the modules have no versions.
 *
 * @type {string | undefined}
 */
const version = /** @type {any} */ (import.meta).version

/** @type {Promise<More> | undefined} */
let loaded

/**
 * The rest of our modules: as they are, or beside a bundle as a function of what they share with it.
 *
 * @returns {Promise<More>} refused as a request is that nobody has answered, or as that of a page which is too old
 */
export function more() {
  loaded ??= import(/** @type {any} */ (import.meta).version ? './more.js?v=' + /** @type {any} */ (import.meta).version : './more.js')
    .then((/** @type {More & { version?: string, default?: (shared: (name: string) => object | undefined) => More }} */ module) => {
      if (module.version !== version) throw new api.Problem(0, { code: 'other-version' })
      return module.default?.((name) => SHARED[name]) ?? module
    })
    .catch((why) => {
      loaded = undefined
      throw why instanceof api.Problem ? why : new api.Problem(0)
    })
  return loaded
}

/** Loads it while nobody waits. */
export function soon() {
  const idle = globalThis.requestIdleCallback ?? setTimeout // not every browser knows of idleness
  idle(() => more().catch(() => {})) // whoever needs it asks again, and is told
}
