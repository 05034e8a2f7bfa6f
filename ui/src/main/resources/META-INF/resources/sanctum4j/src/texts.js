// @ts-check
// Everything that is said, in English; another language is a module beside this one (de.js). A page adds its own:
// `texts.fr = { ...texts.en, create: 'Créer' }`, or changes single sentences of one element: `element.texts = { create: 'New key' }`.

const en = {
  // tokens
  tokens: 'Access tokens',
  tokensIntro: 'Tokens let scripts, phones and other programs use your account, within the abilities you give them.',
  create: 'New token',
  search: 'Search tokens',
  searchHint: 'Name, ability or address',
  show: 'Show',
  showAll: 'All tokens',
  showActive: 'Active',
  showExpiring: 'Expiring soon',
  showExpired: 'Expired',
  showUnused: 'Never used',
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
  markExpiring: 'Expiring soon',
  markExpired: 'Expired',
  everything: 'Everything',
  everythingHint: 'Whatever you may do yourself, now and later. Managing tokens is not included.',
  manageHint: 'Create, change and revoke tokens of yours.',
  moreAbilities: { other: '+{count} more' },
  noAbilities: 'No abilities',
  edit: 'Edit',
  editNamed: 'Edit token {name}',
  revoke: 'Revoke',
  revokeNamed: 'Revoke token {name}',
  noTokens: 'No tokens yet',
  asleepFrom: 'They fall asleep {time} unless you sign in at the provider again, and wake when you do.',
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
  revokeMore: 'There may be older ones, which end as well.',

  // new token
  createTitle: 'New access token',
  prefilled: 'This form was filled in by a link. Make sure you know who sent it, and what for.',
  name: 'Name',
  nameHint: 'What will use it? For example “Backup script”.',
  nameMissing: 'Give the token a name.',
  abilities: 'Abilities',
  abilitiesHint: 'Choose as few as the program needs.',
  abilitiesMissing: 'Choose at least one ability.',
  abilitiesSearch: 'Search abilities',
  abilitiesChosen: { other: '{count} chosen' },
  abilitiesNone: 'No ability matches.',
  abilitiesFree: 'Abilities, separated by spaces',
  abilitiesFreeHint: 'This application has described none. Ask its documentation.',
  otherAbilities: 'Other',
  expiry: 'Expires',
  days: { one: '{count} day', other: '{count} days' },
  onDate: 'On a date',
  never: 'Never',
  date: 'Expiry date',
  dateMissing: 'Choose a date after today.',
  expiryOn: 'Stops working on {date}.',
  expiryNever: 'Works until it is revoked. A date is safer.',
  createSubmit: 'Create token',
  askedByLink: 'The link asks for these too. Tick what you want to give.',
  refusedByLink: 'The link also asks for what you may not give: {names}.',
  neverByLink: 'The link asks for a token that never ends. Choose that yourself if you want it.',
  sum: 'This token {parts}.',
  sumAll: 'can do everything you can',
  sumSome: 'can use {names}',
  sumMore: { one: '{count} other ability', other: '{count} other abilities' },
  sumManage: 'can make, change and end your other tokens',
  sumDelegate: 'can make short-lived tokens of its own',
  sumNever: 'never ends',
  sumEnds: 'ends on {date}',

  // shown once
  shownTitle: 'Copy your new token',
  shownHint: 'This is the only time it is shown. Keep it where you keep passwords.',
  token: 'Token “{name}”',
  copy: 'Copy',
  copyToken: 'Copy token',
  copyForm: 'Copy this form',
  copied: 'Copied',
  copyFailed: 'Selected. Press Ctrl+C to copy.',
  handOver: 'Use it in',
  done: 'Done',
  uncopied: 'You have not copied the token. Once this is closed, nobody can show it again.',
  closeUncopied: 'Close without copying',
  back: 'Back',

  // edit, rotate, revoke
  editTitle: 'Edit token',
  narrowHint: 'Abilities can be taken away, not added. For more, create another token.',
  factNumber: 'Number',
  factCreated: 'Created',
  factExpires: 'Expires',
  factUsed: 'Last used',
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
  codeHint: 'Type the code that the program shows on a screen of yours. Never type a code that somebody sent you.',
  codeMissing: 'Type the eight letters of the code.',
  codeUnknown: 'No program waits with this code',
  codeUnknownHint: 'Compare it with what the program shows, or let it ask again.',
  codeAnswered: 'This was answered already',
  codeAnsweredHint: 'Let the program ask again if it still needs something.',
  accountChanged: 'Another account is signed in',
  accountChangedHint: 'Somebody has signed in here since. Load this page again and look whose account it is.',
  compareTitle: 'Does your program show this code?',
  compareText: 'The code came with a link. If somebody sent you the link, or you have started no program just now, say no.',
  compareYes: 'Yes, it shows this',
  compareNo: 'No',
  stopTitle: 'Nothing was allowed',
  stopHint: 'Whoever sent you the link may have wanted to use your account. Tell somebody who looks after it.',
  asksTitle: 'A program asks to use your account',
  claims: 'It calls itself this, and nobody has checked it:',
  factAccount: 'Account',
  factAsked: 'Asked',
  askedFrom: '{time} from {address}',
  startedYourself: 'Allow it only if you have started the program yourself.',
  otherNetwork: 'That is not the network of this browser. Allow it only if you have started the program there yourself.',
  askedAbilities: 'What it may do',
  mayNotGive: 'You may not give this.',
  askedLifetime: 'For how long',
  allow: 'Allow',
  deny: 'Deny',
  allowedTitle: 'Allowed',
  allowedHint: 'Go back to your program, which has two minutes to fetch its token. Once it has, the token is listed among yours, where you can revoke it.',
  deniedTitle: 'Denied',
  deniedHint: 'The program gets nothing.',

  // a person asks
  onRequest: 'An administrator has to say yes.',
  requestSubmit: 'Ask an administrator',
  requested: 'Asked. Get the token here once an administrator says yes.',
  ownRequests: 'Your requests',
  requestClaim: 'Get token',
  requestWithdraw: 'Withdraw',
  requests: 'Requests',
  requestsIntro: 'What people ask administrators for. Nobody answers their own.',
  noRequests: 'Nobody is asking for anything',
  requestOf: '{account} asks for {name}',
  answer: 'Answer',
  answerText: 'The token will be theirs, for what you tick.',

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
 * @typedef {{ [K in Exclude<keyof typeof en, 'codes'>]: (typeof en)[K] extends string ? string : string | { other: string, [form: string]: string } } & { codes: Record<string, string> }} Texts
 */

/** The languages there are, by their code. @type {Record<string, Texts>} */
export const texts = { en }

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
