// @ts-check
// How pages talk to the server: cookies, CSRF, and what to do when the answer is no.

/** @typedef {{ [field: string]: string[] }} FieldErrors */

/** @type {Record<number, string>} */
const USUAL = {
  401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 419: 'csrf-mismatch',
  422: 'invalid', 423: 'confirmation-required', 429: 'too-many-attempts', 503: 'unavailable',
}

/** The code of an answer that has none that we know: it may come from a proxy, or from an application. @param {number} status */
export function usualCode(status) {
  return USUAL[status] ?? ''
}

/** An answer that is no success, or no answer at all (status 0). What kind it is, its code tells, never a sentence. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, message?: string, errors?: FieldErrors, codes?: FieldErrors } | null} [body] the sentences of
   *     `errors` and their `codes` are in the same order
   * @param {number} [wait] seconds until it makes sense to try again, if the server said so
   */
  constructor(status, body, wait = 0) {
    super(body?.message ?? '')
    this.name = 'Problem'
    this.status = status
    this.code = body?.code ?? usualCode(status)
    this.errors = body?.errors ?? {}
    this.codes = body?.codes ?? {}
    this.wait = wait
  }

  /** @param {Response} answer */
  static async of(answer) {
    const body = await answer.json().catch(() => null)
    const wait = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10)
    return new Problem(answer.status, body, Number.isNaN(wait) ? 0 : wait)
  }
}

/**
 * What somebody can do about a refusal: sign in again, or give the password again.
 *
 * @typedef {{ signIn(): Promise<void>, confirm(): Promise<void> }} Rescue
 */

/** Questions to people that are being asked, so that two requests, or two elements, do not ask twice. */
const asking = /** @type {Map<string, Promise<void>>} */ (new Map())

/** @param {string} what @param {() => Promise<void>} ask */
function once(what, ask) {
  const running = asking.get(what) ?? ask().finally(() => asking.delete(what))
  asking.set(what, running)
  return running
}

/** How far the clock of this machine is behind the server's, in milliseconds. */
let skew = 0

/** The server's time, as well as we know it. */
export function now() {
  return Date.now() + skew
}

/** A client of the API with the session of this browser. */
export class Api {
  #prepared = false

  /**
   * @param {string} base where the API is; empty for the page's own origin
   * @param {string} cookie the name of the CSRF cookie
   * @param {Rescue} [rescue] without it, 401 and 423 are problems as others are
   */
  constructor(base = '', cookie = 'XSRF-TOKEN', rescue = undefined) {
    this.base = base.replace(/\/$/, '')
    this.cookie = cookie
    this.rescue = rescue
  }

  /** The address of a path, as programs elsewhere would call it. @param {string} path */
  url(path) {
    return new URL(this.base + path, location.href).href
  }

  /**
   * The answer's JSON, after whatever had to be done to get it.
   *
   * @param {string} method @param {string} path @param {object} [body]
   * @returns {Promise<any>}
   * @throws {Problem}
   */
  async call(method, path, body) {
    const recovered = new Set()
    for (;;) {
      if (method !== 'GET' && !this.#prepared && !this.#xsrf()) await this.#prepare()
      const answer = await this.#send(method, path, body)
      if (answer.ok) return answer.headers.get('Content-Type')?.includes('json') ? answer.json() : null
      const recover = this.#recovery(answer.status)
      if (!recover || recovered.has(answer.status)) throw await Problem.of(answer)
      recovered.add(answer.status)
      if (!(await recover().then(() => true, () => false))) throw await Problem.of(answer)
    }
  }

  /** @param {number} status @returns {(() => Promise<void>) | undefined} */
  #recovery(status) {
    const rescue = this.rescue
    if (status === 419) return () => this.#prepare()
    if (status === 401 && rescue) return () => once('sign-in', () => rescue.signIn())
    if (status === 423 && rescue) return () => once('confirm', () => rescue.confirm())
    return undefined
  }

  async #prepare() {
    await this.#send('GET', '/sanctum/csrf-cookie')
    this.#prepared = true
  }

  #xsrf() {
    const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${this.cookie}=`))
    return found ? decodeURIComponent(found.slice(this.cookie.length + 1)) : ''
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #send(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' }
    if (body) headers['Content-Type'] = 'application/json'
    if (method !== 'GET') headers['X-XSRF-TOKEN'] = this.#xsrf()
    const answer = await fetch(this.base + path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
      credentials: this.base ? 'include' : 'same-origin',
      cache: 'no-store',
    }).catch(() => {
      throw new Problem(0)
    })
    const date = Date.parse(answer.headers.get('Date') ?? '')
    if (date && Math.abs(date - Date.now()) > 5_000) skew = date - Date.now()
    return answer
  }
}
