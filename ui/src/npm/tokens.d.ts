// What tokens.js and tokens.en.js export, and what their elements take and tell.

/** A token, as the server tells it; times are ISO 8601 in UTC. */
export interface Token {
  id: number
  name: string
  abilities: string[]
  created_at: string | null
  expires_at: string | null
  last_used_at: string | null
  last_used_from?: string | null
  /** How its text ends, where that is known. */
  hint?: string | null
}

/** What a form for a new token holds when it is opened; `expires` is `30d`, `2030-01-31` or `never`. */
export interface Prefill {
  name?: string
  abilities?: string[]
  expires?: string
}

/** A form in which a new token is handed over; `{token}`, `{url}` and `{NAME}` in its text are filled in. */
export interface Form {
  name: string
  text: string
}

/** Sentences by key; where a number decides the form of a word, by the names of `Intl.PluralRules`. */
export interface Sentences {
  codes?: Record<string, string>
  [key: string]: string | Record<string, string> | undefined
}

/** The languages there are, by their code: `texts.fr = { ...texts.en, create: 'Créer un jeton' }`. */
export const texts: Record<string, Sentences>

/** What a link asks a form to hold: `?name=CI&abilities=orders:read&expires=30d`. */
export function prefill(query: URLSearchParams): Prefill

/** An attribute that is there or is not. Vue writes `false` as a text: say `on || undefined`. */
export type Flag = true | ''

/** Attributes of all elements. */
export interface SanctumAttributes {
  api?: string
  'csrf-cookie'?: string
  'tokens-path'?: string
  'abilities-path'?: string
  'sessions-path'?: string
  'login-path'?: string
  'confirm-path'?: string
  'password-path'?: string
  'csrf-path'?: string
  'sign-in-href'?: string
  density?: 'compact'
  theme?: 'light' | 'dark' | 'auto'
  lang?: string
}

/** Attributes of `<sanctum-tokens>`. */
export interface SanctumTokensAttributes extends SanctumAttributes {
  example?: string
  'mcp-endpoint'?: string
  request?: Flag
  'keep-in-address'?: Flag
  'secret-in-events'?: Flag
  'no-keys'?: Flag
}

/** Asks the page to sign somebody in, or to have them prove again who they are, where it prevents the event's default. */
export interface Rescue {
  /** Takes a promise; once it is kept, the request is sent again. Kept with `false`, somebody else has signed in: what would change something is not sent. */
  until(done: Promise<unknown>): void
}

/** What the elements tell. All of it bubbles out of them. */
export interface SanctumEvents {
  'sanctum-loaded': CustomEvent<{ count: number; more: boolean }>
  /** With the plain text, `token`, only where the element has `secret-in-events`. */
  'sanctum-created': CustomEvent<Token & { token?: string }>
  'sanctum-rotated': CustomEvent<Token & { token?: string }>
  /** Which token is shown by itself, null for all of them. */
  'sanctum-opened': CustomEvent<{ id: number | null }>
  'sanctum-copied': CustomEvent<{ name: string }>
  /** `except`: of which number all others were revoked, null for all. */
  'sanctum-revoked': CustomEvent<{ id: number } | { except: number | null }>
  /** Somebody has pressed what an element in the slot `row-action` has become in the row of a token; `action` is its `value`. */
  'sanctum-action': CustomEvent<{ action: string | null; id: number; name: string }>
  /** `status` is 0 where there was no answer. */
  'sanctum-failed': CustomEvent<{ status: number; code: string }>
  'sanctum-signed-in': CustomEvent<null>
  'sanctum-signed-out': CustomEvent<Rescue>
  'sanctum-unconfirmed': CustomEvent<Rescue>
}

/** What all elements have in common. */
export interface SanctumElement extends HTMLElement {
  /** Sentences of this element that differ from those of its language. */
  texts: Sentences
}

/** `<sanctum-tokens>`: somebody's tokens, and what can be done with them. */
export interface SanctumTokens extends SanctumElement {}
export class SanctumTokens extends HTMLElement {
  /** In place of the forms that the element knows. */
  forms?: Form[] | undefined
  /** Asks the server anew. */
  reload(): Promise<void>
  /** Opens the form for a new token. */
  create(from?: Prefill): void
  /** Shows one token by itself, or all of them. */
  open(id?: number): void
}

/** `<sanctum-sessions>`: where somebody is signed in. */
export interface SanctumSessions extends SanctumElement {}
export class SanctumSessions extends HTMLElement {
  /** Asks the server anew. */
  reload(): Promise<void>
}

/** `<sanctum-password>`: changes the password. */
export interface SanctumPassword extends SanctumElement {}
export class SanctumPassword extends HTMLElement {}

/** `<sanctum-approve>`: answers a program that asks for a token. */
export interface SanctumApprove extends SanctumElement {}
export class SanctumApprove extends HTMLElement {}

/** `<sanctum-requests>`: what people ask for, and the answers of administrators. */
export interface SanctumRequests extends SanctumElement {}
export class SanctumRequests extends HTMLElement {
  /** Asks the server anew. */
  reload(): Promise<void>
}

declare global {
  interface HTMLElementTagNameMap {
    'sanctum-tokens': SanctumTokens
    'sanctum-sessions': SanctumSessions
    'sanctum-password': SanctumPassword
    'sanctum-approve': SanctumApprove
    'sanctum-requests': SanctumRequests
  }
  interface GlobalEventHandlersEventMap extends SanctumEvents {}
}
