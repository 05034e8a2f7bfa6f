// @ts-check
// How pages talk to the server: where it is, cookies, CSRF, and what to do when the answer is no.

/** Before the scripts of ours in an address: the context path and the servlet path of the application that serves them. */
const SCRIPTS = '/sanctum4j/'

/** Where our files are that are no modules. */
export const place = import.meta.url.replace(/src\/[^/]*$/, '')

/** Below which path the application is that serves this script; none if it is not the page's own, or a bundle of another. */
const here = (() => {
  const { origin, pathname } = new URL(import.meta.url)
  return origin === globalThis.location?.origin ? pathname.slice(0, Math.max(0, pathname.lastIndexOf(SCRIPTS))) : ''
})()

/** A tag in which an application of Spring tells its pages about CSRF: `_csrf`, `_csrf_header`. @param {string} name */
const tag = (name) => document.querySelector(`meta[name="${name}"]`)

/** @param {string} name */
const told = (name) => tag(name)?.getAttribute('content') ?? ''

/** What such a tag says in the text of a page, which is not parsed. @param {string} page @param {string} name */
function toldIn(page, name) {
  const tags = page.match(/<meta\b[^>]*>/gi) ?? []
  const one = tags.find((text) => new RegExp(`\\bname=["']?${name}(?=["'\\s/>])`).test(text))
  return one?.match(/\bcontent=["']?([^"'\s>]+)/)?.[1] ?? ''
}

/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 30_000

/** What is below it is Spring Security's, wherever an application has its own way to sign in. */
const LOGIN = '/login'

/** The attributes that tell where a thing is, and where it usually is. */
export const PATHS = new Map([
  ['tokens-path', '/api/tokens'],
  ['abilities-path', '/api/abilities'],
  ['sessions-path', '/api/sessions'],
  ['login-path', LOGIN],
  ['confirm-path', '/user/confirm-password'],
  ['password-path', '/user/password'],
  ['csrf-path', '/sanctum/csrf-cookie'],
])

/** @typedef {{ [field: string]: string[] }} FieldErrors */

/** @type {Record<number, string>} */
const USUAL = {
  401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 419: 'csrf-mismatch',
  422: 'invalid', 423: 'confirmation-required', 429: 'too-many-attempts', 503: 'unavailable',
}

/** The code of an answer that has none that we know: it may come from a proxy, or from an application. @param {number} status */
export function usualCode(status) {
  return USUAL[status] ?? (status >= 500 ? 'internal-error' : '')
}

/** How somebody can prove again who it is. @typedef {{ method: string, name?: string, href: string }} Way */

/** An answer that is no success, or no answer at all (status 0). What kind it is, its code tells, never a sentence. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, message?: string, errors?: FieldErrors, codes?: FieldErrors, confirm?: Way[] } | null} [body] the sentences of
   *     `errors` and their `codes` are in the same order
   * @param {number} [wait] seconds until it makes sense to try again, if the server said so
   * @param {string} [language] of the sentences
   */
  constructor(status, body, wait = 0, language = 'en') {
    super(body?.message ?? '')
    this.name = 'Problem'
    this.status = status
    this.named = body?.code !== undefined // and not guessed from the status
    this.code = body?.code ?? usualCode(status)
    this.errors = body?.errors ?? {}
    this.codes = body?.codes ?? {}
    this.ways = body?.confirm // an older server tells none
    this.wait = wait
    this.language = language
  }

  /** @param {Response} answer */
  static async of(answer) {
    const body = await answer.json().catch(() => null)
    const wait = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10)
    return new Problem(answer.status, body, Number.isNaN(wait) ? 0 : wait, answer.headers.get('Content-Language') ?? undefined)
  }
}

/** The page is too old to send anything, and has to be loaded again. */
class Expired extends Problem {
  constructor() {
    super(419)
  }
}

/**
 * What somebody can do about a refusal: sign in again, or prove again who it is.
 *
 * @typedef {{ signIn(): Promise<boolean>, confirm(ways?: Way[]): Promise<unknown> }} Rescue `signIn` tells whether it is the same person
 */

/** Questions to people that are being asked, so that two requests, or two elements, do not ask twice. */
const asking = /** @type {Map<string, Promise<unknown>>} */ (new Map())

/** @param {string} what @param {() => Promise<unknown>} ask */
function once(what, ask) {
  const running = asking.get(what) ?? ask().finally(() => asking.delete(what))
  asking.set(what, running)
  return running
}

/** Counts how often somebody has signed in who may be another. */
let others = 0

/** How far the clock of this machine is behind the server's, in milliseconds. */
let skew = 0

/** The server's time, as well as we know it. */
export function now() {
  return Date.now() + skew
}

/** Hosts that are the machine of whoever looks at the page. */
const LOCAL = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/

/** @param {unknown} why */
const isTimeout = (why) => why instanceof DOMException && why.name === 'TimeoutError'

/** No answer, or not all of it. @param {unknown} why */
const unanswered = (why) => new Problem(0, isTimeout(why) ? { code: 'timed-out' } : null)

/** What an answer says, if that is JSON. @param {Response} answer @returns {Promise<any>} */
async function json(answer) {
  if (!answer.headers.get('Content-Type')?.includes('json')) return null
  return answer.json().catch((why) => {
    throw why instanceof SyntaxError ? new Problem(answer.status, { code: 'unreadable' }) : unanswered(why)
  })
}

/** What has to be a list. @param {any} answer @returns {any[]} @throws {Problem} */
export function list(answer) {
  if (Array.isArray(answer)) return answer
  throw new Problem(200, { code: 'unreadable' })
}

/** A client of the API with the session of this browser. */
export class Api {
  #prepared = false

  /**
   * @param {string} base where the API is; that of the application which serves this script unless given
   * @param {string} cookie the name of the CSRF cookie
   * @param {Map<string, string>} paths where things are, by where they usually are
   * @param {Rescue} [rescue] without it, 401 and 423 are problems as others are
   */
  constructor(base = here, cookie = 'XSRF-TOKEN', paths = new Map(), rescue = undefined) {
    this.base = base.replace(/\/$/, '')
    this.cookie = cookie
    this.paths = paths
    this.rescue = rescue
  }

  /** The address of a path, as programs elsewhere would call it. @param {string} path */
  url(path) {
    return new URL(this.base + this.#placed(path), location.href).href
  }

  /** @param {string} path */
  #placed(path) {
    const usual = [...this.paths.keys()].find((one) => path === one || path.startsWith(`${one}?`) || (one !== LOGIN && path.startsWith(`${one}/`)))
    return usual ? this.paths.get(usual) + path.slice(usual.length) : path
  }

  /**
   * The answer's JSON, after whatever had to be done to get it. What changes something is not done as somebody else.
   *
   * @param {string} method @param {string} path @param {object} [body] @param {string} [key] under which it is done once
   * @returns {Promise<any>}
   * @throws {Problem}
   */
  async call(method, path, body, key) {
    const recovered = new Set()
    const before = others
    for (;;) {
      if (method !== 'GET' && !this.#prepared && !this.#csrf()[1]) await this.#prepare()
      const answer = await this.#send(method, path, body, key)
      if (answer.ok) return json(answer)
      const problem = await Problem.of(answer)
      const recover = this.#recovery(problem, method)
      if (!recover || recovered.has(problem.status)) throw problem
      recovered.add(problem.status)
      const failed = await recover().then(() => null, (why) => (why instanceof Expired ? why : problem))
      if (failed) throw failed
      if (method !== 'GET' && before !== others) throw new Problem(409, { code: 'account-changed' })
    }
  }

  /** @param {Problem} problem @param {string} method @returns {(() => Promise<unknown>) | undefined} */
  #recovery({ status, named, ways }, method) {
    const rescue = this.rescue
    // Spring's own refusal of a request without its CSRF token is a 403 that says nothing else
    if (status === 419 || (status === 403 && !named && method !== 'GET')) return () => this.#renew()
    if (status === 401 && rescue) return () => once('sign-in', async () => (await rescue.signIn()) || others++)
    if (status === 423 && rescue) return () => once('confirm', () => rescue.confirm(ways))
    return undefined
  }

  /** Gets another CSRF token: in a page that tells of one, by reading the page once more. @throws {Expired} if it tells of none */
  async #renew() {
    if (!this.#isTold()) return this.#prepare()
    const page = await fetch(location.href, { credentials: 'same-origin', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
      .then((answer) => (answer.ok ? answer.text() : ''))
      .catch(() => '')
    const fresh = toldIn(page, '_csrf')
    if (!fresh) throw new Expired()
    tag('_csrf')?.setAttribute('content', fresh)
  }

  /** Whether the page tells of the token that this API wants. */
  #isTold() {
    return new URL(this.url('/')).origin === location.origin && told('_csrf') !== '' && told('_csrf_header') !== ''
  }

  /** The header that proves whose page this is, and its value. @returns {[string, string]} */
  #csrf() {
    return this.#isTold() ? [told('_csrf_header'), told('_csrf')] : ['X-XSRF-TOKEN', this.#xsrf()]
  }

  async #prepare() {
    await this.#send('GET', '/sanctum/csrf-cookie')
    this.#prepared = true
  }

  #xsrf() {
    const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${this.cookie}=`))
    return found ? decodeURIComponent(found.slice(this.cookie.length + 1)) : ''
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {string} [key] */
  async #send(method, path, body, key) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' }
    if (body) headers['Content-Type'] = 'application/json'
    if (key) headers['Idempotency-Key'] = key
    if (method !== 'GET') {
      const [header, value] = this.#csrf()
      headers[header] = value
    }
    const answer = await fetch(this.base + this.#placed(path), {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      credentials: this.base ? 'include' : 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
    }).catch(async (why) => {
      throw (await this.#refuses(why)) ? new Problem(0, { code: 'cors' }) : unanswered(why)
    })
    const date = Date.parse(answer.headers.get('Date') ?? '')
    if (date && Math.abs(date - Date.now()) > 5_000) skew = date - Date.now()
    return answer
  }

  /**
   * Whether the server answers, but not to this page. Browsers do not tell, so it takes another request: of a page on the machine
   * of whoever develops it.
   *
   * @param {unknown} why
   */
  async #refuses(why) {
    const there = this.url('/')
    if (isTimeout(why) || new URL(there).origin === location.origin || !LOCAL.test(location.hostname)) return false
    return fetch(there, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(3_000) }).then(
      () => true,
      () => false,
    )
  }
}
