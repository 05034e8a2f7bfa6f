// @ts-check
// What is said, in English; more-texts.js has what is said after a click; another language is a module beside this one (de.js). A page adds its own:
// `texts.fr = { ...texts.en, create: 'Créer' }`, or changes single sentences of one element: `element.texts = { create: 'New key' }`.

const en = {
  // tokens
  tokens: 'Access tokens',
  tokensIntro: 'Tokens let scripts, phones and other programs use your account, within the abilities you give them.',
  create: 'New token',
  search: 'Search tokens',
  searchHint: 'Name, ability, address; or a token you found',
  show: 'Show',
  showAll: 'All tokens',
  showActive: 'Active',
  showExpiring: 'Expiring soon',
  showExpired: 'Expired',
  showUnused: 'Never used',
  showIdle: 'Unused for 90 days',
  showMighty: 'May do everything',
  showEndless: 'Never end',
  sort: 'Sort by',
  sortNewest: 'Newest first',
  sortName: 'Name',
  sortUsed: 'Last used',
  sortExpires: 'Expires first',
  created: 'Created {time}',
  expires: 'Expires {time}',
  expiredAt: 'Expired {time}',
  expiresNever: 'Never expires',
  lastUsed: 'Last used {time}',
  lastUsedFrom: 'Last used {time} from {address}',
  neverUsed: 'Never used',
  endsIn: 'Ends in {hint}',
  markExpiring: 'Expiring soon',
  markExpired: 'Expired',
  everything: 'Everything',
  moreAbilities: { other: '+{count} more' },
  noAbilities: 'No abilities',
  edit: 'Edit',
  editNamed: 'Edit token {name}',
  revoke: 'Revoke',
  revokeNamed: 'Revoke token {name}',
  noTokens: 'No tokens yet',
  asleepFrom: 'They fall asleep {time} unless you sign in at the provider again, and wake when you do.',
  rolesAsOf: 'They carry your roles as of {time}.',
  noTokensHint: 'Create one for a script, a phone or a build server. You choose what it may do, and for how long.',
  noneFound: 'No token matches',
  noneFoundHint: 'Try another word, or show all tokens.',
  clear: 'Clear filters',
  range: '{from}–{to} of {total}',
  rangeSoFar: '{from}–{to} of {total} so far',
  previous: 'Previous page',
  next: 'Next page',
  older: 'Load older tokens',
  revokeAll: 'Revoke all tokens',
  revokeAllOf: { one: 'Revoke {count} token', other: 'Revoke all {count} tokens' },
  health: 'How your tokens are',
  healthOf: 'Of the newest {count}:',
  healthExpiring: { one: '{count} expires this week', other: '{count} expire this week' },
  healthIdle: { other: '{count} unused for 90 days' },
  healthMighty: { one: '{count} may do everything', other: '{count} may do everything' },
  healthEndless: { one: '{count} never ends', other: '{count} never end' },
  tidy: { other: 'Tidy up {count}' },
  choose: 'Choose several',
  chooseAll: { one: 'Choose {count}', other: 'Choose all {count}' },
  chooseNamed: 'Choose token {name}',
  chosen: { other: '{count} chosen' },
  revokeMore: 'There may be older ones, which end as well.',


  // new token
  createTitle: 'New access token',
  name: 'Name',
  abilities: 'Abilities',
  abilitiesMissing: 'Choose at least one ability.',
  presets: 'Presets',
  days: { one: '{count} day', other: '{count} days' },
  never: 'Never',
  date: 'Expiry date',
  sum: 'This token {parts}.',

  // shown once
  token: 'Token “{name}”',
  copy: 'Copy',
  done: 'Done',
  back: 'Back',

  // edit, rotate, revoke
  editTitle: 'Edit token',
  allTokens: 'Back to all tokens',
  another: 'Another like it',
  save: 'Save',
  saved: 'Saved',
  rotate: 'Replace secret',
  rotateTitle: 'Replace the secret of {name}?',
  rotateText: 'You get a new secret once. The old one stops working at once, wherever it is used.',
  rotateSubmit: 'Replace secret',
  revokeTitle: 'Revoke {name}?',
  revokeText: 'Whatever uses it stops working at once. This cannot be undone.',
  revokeIssued: 'Tokens that it has issued are revoked with it.',
  revokeSubmit: 'Revoke token',
  revoked: 'Token revoked',
  revokeOthers: 'Revoke all others',
  revokeOthersTitle: 'Revoke all tokens but {name}?',
  revokeAllTitle: 'Revoke all tokens?',
  revokeAllText: {
    one: '{count} token stops working at once, with whatever uses it. This cannot be undone.',
    other: '{count} tokens stop working at once, with whatever uses them. This cannot be undone.',
  },
  typeCount: 'Type {count} to confirm',
  typeCountWrong: 'Type the number {count}.',
  revokeAllSubmit: { one: 'Revoke {count} token', other: 'Revoke {count} tokens' },
  revokedAll: 'Tokens revoked',

  // sessions
  sessions: 'Sessions',
  sessionsIntro: 'Where you are signed in. End what you do not recognise.',
  thisDevice: 'This device',
  signedInAt: 'Signed in {time}',
  lastSeen: 'Last seen {time}',
  unknownDevice: 'Unknown device',
  on: '{browser} on {system}',
  endSession: 'Sign out',
  endNamed: 'Sign out {name}',
  endTitle: 'Sign out {name}?',
  endText: 'Whoever uses it there has to sign in again.',
  endOthers: 'Sign out all other devices',
  endOthersTitle: 'Sign out all other devices?',
  endOthersText: 'Everybody who is signed in elsewhere has to sign in again.',
  sessionEnded: 'Signed out there',
  noOthers: 'You are signed in nowhere else.',

  // password
  passwordTitle: 'Password',
  passwordIntro: 'A new password signs you out everywhere else. Tokens go on working, unless you say otherwise.',
  currentPassword: 'Current password',
  newPassword: 'New password',
  newPasswordHint: 'At least 8 characters. A few words in a row are easy to keep in mind.',
  repeatPassword: 'New password again',
  passwordsDiffer: 'The two new passwords differ.',
  passwordMissing: 'Type your password.',
  revokeTokens: 'Revoke all my tokens as well',
  changePassword: 'Change password',
  passwordChanged: 'Password changed. You are signed out everywhere else.',
  showPassword: 'Show passwords',

  // a program asks
  approve: 'Connect a program',
  approveIntro: 'A program that you have started can ask here to use your account. Nothing happens until you allow it.',
  code: 'Code',
  codeHint: 'Type only a code shown by a program that you have just started yourself. If somebody told or sent you the code, stop: they would get into your account.',
  codeMissing: 'Type the eight letters of the code.',
  codeUnknown: 'No program waits with this code',
  codeUnknownHint: 'Compare it with what the program shows, or let it ask again.',
  codeAnswered: 'This was answered already',
  codeAnsweredHint: 'Let the program ask again if it still needs something.',
  accountChanged: 'Another account is signed in',
  accountChangedHint: 'Somebody has signed in here since. Load this page again and look whose account it is.',
  compareTitle: 'Does your program show this code?',
  compareText: 'If somebody sent you this link, or you have not just started a program yourself, choose No. Otherwise a stranger may get into your account.',
  compareYes: 'Yes, my program shows it',
  compareNo: 'No',
  stopTitle: 'Nothing was allowed',
  stopHint: 'Whoever sent you the link may have wanted to use your account. Do not type the code either, and tell your administrator.',
  asksTitle: 'A program asks to use your account',
  claims: 'It calls itself this, and nobody has checked it:',
  factAccount: 'Account',
  factAsked: 'Asked',
  askedFrom: '{time} from {address}',
  startedYourself: 'Did somebody give you the code or the link, or have you started nothing yourself? Then deny: otherwise they can use your account.',
  otherNetwork: 'The program seems to run somewhere else, not where you are now.',
  askedAbilities: 'What it may do',
  mayNotGive: 'You are not allowed to give this.',
  askedLifetime: 'For how long',
  askedLifetimeHint: 'It keeps access this long, even after you sign out or change your password, unless you end it.',
  takeBack: 'Take it back',
  allow: 'Allow',
  deny: 'Deny',
  allowedTitle: 'Allowed',
  allowedHint: 'Go back to your program. It has two minutes to connect; from then on it is listed under Access tokens, where you can end it (Revoke). Was this a mistake? Take it back, and look there again in two minutes.',
  deniedTitle: 'Denied',
  deniedHint: 'The program gets nothing. If somebody gave you the code, tell your administrator.',

  // a person asks
  requested: 'Asked. Get the token here once an administrator says yes.',
  ownRequests: 'Your requests',
  requestClaim: 'Get token',
  requestWithdraw: 'Withdraw',
  requests: 'Requests',
  requestsIntro: 'What people ask administrators for. Nobody answers their own.',
  noRequests: 'Nobody is asking for anything',
  requestOf: '{account} asks for {name}',
  answer: 'Answer',
  answerText: 'They get a token that may do what you tick.',

  // signing in
  signIn: 'Sign in',
  signInAgain: 'Sign in again',
  signInAgainText: 'Your session has ended. Nothing you have typed is lost.',
  email: 'E-mail',
  password: 'Password',
  remember: 'Keep me signed in on this device',
  emailMissing: 'Type your e-mail address.',
  confirmTitle: 'Is it still you?',
  confirmText: 'Type your password again before going on.',
  confirm: 'Continue',
  confirmHint: 'Confirm it, and try again.',
  confirmOtherwise: 'Prove it in one of these ways, come back, and try again. Nothing you have typed is lost.',
  confirmNever: 'This needs a fresh sign-in. Sign out, sign in again, and try once more.',
  confirmAt: 'Confirm with {name}',
  confirmByPasskey: 'Confirm with a passkey',
  confirmed: 'Confirmed. Try again.',
  signInElsewhere: 'Your session has ended. Sign in on the page that opens, come back, and try again. Nothing you have typed is lost.',
  lockedOut: 'Too many attempts. Try again in {wait}.',

  // states and problems
  loading: 'Loading…',
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  offline: 'You are offline',
  offlineHint: 'This page goes on by itself once you are connected again.',
  unreachable: 'The server cannot be reached',
  unreachableHint: 'Check your connection, or try again in a moment.',
  timedOut: 'The server takes too long',
  timedOutHint: 'There was no answer within half a minute. See whether it was done, and try again.',
  pageRefused: 'The server refuses this page',
  pageRefusedHint: 'It answers, but not to pages of {origin}. List them in sanctum.spa.stateful.',
  unreadable: 'This is no answer of the server',
  unreadableHint: 'Something in between may have answered in its place. Try again in a moment.',
  unavailable: 'Not available right now',
  unavailableHint: 'Nothing is lost. Try again in a moment.',
  signedOut: 'You are signed out',
  signedOutHint: 'Sign in again to go on.',
  forbidden: 'You may not do this',
  forbiddenHint: 'You are signed in, but your account is not allowed to.',
  tooMany: 'Too many requests',
  tooManyHint: 'Try again in {wait}.',
  expiredPage: 'This page has expired',
  expiredPageHint: 'Load it again, and go on from there.',
  gone: 'It is not there any more',
  goneHint: 'Somebody may have revoked it in the meantime.',
  answered: 'The server answered with an error ({status})',
  failed: 'Something went wrong',
  failedHint: 'It is our fault, not yours. Try again in a moment.',
  justNow: 'just now',

  // what is wrong with a field, by the code that the server gives
  codes: {
    required: 'This is needed.',
    'too-long': 'This is too long.',
    'control-characters': 'The name must not contain control characters or marks that change the writing direction.',
    'unknown-ability': 'There is no such ability.',
    'approval-required': 'An administrator has to say yes to some of these abilities first.',
    'ability-not-permitted': 'You may not give a token all of these abilities.',
    'not-in-future': 'Choose a date after today.',
    'too-late': 'Choose an earlier date.',
    'too-many-tokens': 'You have as many tokens as one may have. Revoke one first.',
    credentials: 'These credentials do not match our records.',
    'password-incorrect': 'The provided password is incorrect.',
    'too-short': 'This is too short.',
  },
}

/**
 * Sentences by key. Where a number decides the form of a word, a sentence has one text for each form that the language has, by the
 * names of `Intl.PluralRules` (`one`, `few`, `many`, …); what is missing is `other`.
 *
 * @typedef {Omit<typeof en, 'codes'> & typeof import('./more-texts.js').after} Said
 * @typedef {{ [K in keyof Said]: Said[K] extends string ? string : string | { other: string, [form: string]: string } } & { codes: Record<string, string> }} Texts
 */

/** The languages there are, by their code. @type {Record<string, Texts>} */
export const texts = { en: /** @type {Texts} */ (/** @type {unknown} */ (en)) }

/** The first language of these that we speak, else English. @param {readonly string[]} wanted */
export function spoken(wanted) {
  const codes = wanted.flatMap((tag) => [tag, tag.split('-')[0] ?? ''])
  return codes.find((code) => code in texts) ?? 'en'
}

/** @type {Map<string, Intl.PluralRules>} */
const plurals = new Map()

/** The rules of a language; costly to make. @param {string} language */
export function plural(language) {
  const known = plurals.get(language) ?? new Intl.PluralRules(language)
  plurals.set(language, known)
  return known
}

/** @param {string} sentence @param {Record<string, string | number>} values */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
}
