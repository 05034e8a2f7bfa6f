// @ts-check
// What the server's own pages say besides, in English and in German.

import '../../sanctum4j/src/de.js'
import { texts } from '../../sanctum4j/src/texts.js'

/** @satisfies {Record<string, [english: string, german: string]>} */
const own = {
  // activity
  activity: ['Activity', 'Aktivität'],
  activityIntro: ['What has happened in your account lately.', 'Was zuletzt in Ihrem Konto geschehen ist.'],
  noActivity: ['Nothing has happened yet.', 'Noch ist nichts geschehen.'],
  system: ['the server itself', 'der Server selbst'],
  tokenNumber: ['token {id}', 'Token {id}'],
  event_token_issued: ['Token created', 'Token erstellt'],
  event_token_changed: ['Token changed', 'Token geändert'],
  event_token_rotated: ['Secret of a token replaced', 'Geheimnis eines Tokens ersetzt'],
  event_token_revoked: ['Token revoked', 'Token widerrufen'],
  event_token_rejected: ['Token refused', 'Token abgelehnt'],
  event_ability_denied: ['Token lacked an ability', 'Einem Token fehlte ein Recht'],
  event_approval_asked: ['Token asked for', 'Um ein Token gebeten'],
  event_approval_allowed: ['Request for a token allowed', 'Bitte um ein Token erlaubt'],
  event_approval_denied: ['Request for a token denied', 'Bitte um ein Token abgelehnt'],
  event_approval_claimed: ['Token fetched that was asked for', 'Erbetenes Token abgeholt'],
  event_signed_in: ['Signed in', 'Angemeldet'],
  event_signed_out: ['Signed out', 'Abgemeldet'],
  event_sign_in_failed: ['Sign-in failed', 'Anmeldung misslungen'],
  event_locked_out: ['Too many sign-in attempts', 'Zu viele Anmeldeversuche'],
  event_password_changed: ['Password changed', 'Passwort geändert'],
  event_password_set: ['Password set by an administrator', 'Passwort von der Verwaltung gesetzt'],
  event_tokens_revoked_by_admin: ['Tokens revoked by an administrator', 'Token von der Verwaltung widerrufen'],
  event_sessions_ended_by_admin: ['Signed out by an administrator', 'Von der Verwaltung abgemeldet'],
  event_person_added: ['Account created', 'Konto angelegt'],
  event_person_disabled: ['Account disabled', 'Konto gesperrt'],
  event_person_enabled: ['Account enabled', 'Konto zugelassen'],
  event_role_changed: ['Role changed', 'Rolle geändert'],
  event_person_invited: ['Invited to sign in by the provider', 'Zur Anmeldung über den Anbieter eingeladen'],
  event_identity_connected: ['Connected with the provider', 'Mit dem Anbieter verbunden'],
  event_identity_disconnected: ['Disconnected from the provider', 'Vom Anbieter getrennt'],
  event_provider_refused: ['Sign-in by the provider refused', 'Anmeldung über den Anbieter abgelehnt'],
  event_owner_asleep: ['Tokens asleep: not signed in for too long', 'Token ruhen: zu lange nicht angemeldet'],
  event_client_added: ['Client added', 'Client hinzugefügt'],
  event_client_rotated: ['Secret of a client replaced', 'Geheimnis eines Clients ersetzt'],
  event_client_removed: ['Client removed', 'Client entfernt'],
  event_client_refused: ['Client refused', 'Client abgelehnt'],

  // people, for administrators
  people: ['People', 'Personen'],
  peopleIntro: ['Everybody who may sign in on this server.', 'Alle, die sich auf diesem Server anmelden dürfen.'],
  peopleCreate: ['New person', 'Neue Person'],
  peopleSearch: ['Search by name or e-mail', 'Nach Name oder E-Mail suchen'],
  peopleNone: ['Nobody matches', 'Niemand passt'],
  tokenNotSent: [
    'That was a token. It was not sent: put it into the search under “Access tokens”, which tells whether it is yours.',
    'Das war ein Token. Es wurde nicht gesendet: Geben Sie es in die Suche unter „Zugriffstoken“ ein, die sagt, ob es Ihres ist.',
  ],
  personTokensHint: ['Name or ability', 'Name oder Recht'],
  foundOf: ['{found} of the newest {count}', '{found} von den neuesten {count}'],
  personNameMissing: ['Give a name.', 'Geben Sie einen Namen an.'],
  administrator: ['Administrator', 'Verwaltung'],
  administratorHint: ['Administrator: may manage people and everything else', 'Verwaltung: darf Personen und alles andere verwalten'],
  disabled: ['Disabled', 'Gesperrt'],
  manage: ['Manage', 'Verwalten'],
  manageNamed: ['Manage {name}', '{name} verwalten'],
  more: ['Show more', 'Mehr anzeigen'],
  setPassword: ['Set password', 'Passwort setzen'],
  revokeTheirTokens: ['Revoke all their tokens as well', 'Auch alle Token dieser Person widerrufen'],
  disable: ['Disable', 'Sperren'],
  revokeAllOfTitle: ['Revoke all tokens of {name}?', 'Alle Token von {name} widerrufen?'],
  disableTitle: ['Disable {name}?', '{name} sperren?'],
  disableText: ['Their sessions and tokens are refused at once, until they are enabled again.', 'Sitzungen und Token der Person werden sofort abgelehnt, bis sie wieder zugelassen ist.'],
  enable: ['Enable', 'Zulassen'],
  enableTitle: ['Enable {name}?', '{name} wieder zulassen?'],
  enableText: ['They may sign in again, and tokens that have not expired work again.', 'Die Person kann sich wieder anmelden, und Token, die nicht abgelaufen sind, gelten wieder.'],

  // what is wrong, for administrators
  diagnosis: ['Diagnosis', 'Diagnose'],
  diagnosisIntro: ['Why requests are refused here, and what to change.', 'Warum Anfragen hier abgelehnt werden, und was zu ändern ist.'],
  diagnosisAgain: ['Look again', 'Noch einmal nachsehen'],
  diagnosisSettings: ['Settings', 'Einstellungen'],
  diagnosisStateful: ['First-party pages', 'Eigene Seiten'],
  diagnosisCsrf: ['CSRF protection', 'CSRF-Schutz'],
  diagnosisCookieDomain: ['Cookie domain', 'Cookie-Domain'],
  diagnosisSameSite: ['SameSite', 'SameSite'],
  diagnosisLifetime: ['Session lifetime', 'Sitzungsdauer'],
  diagnosisThisHost: ['this host only', 'nur dieser Host'],
  diagnosisFine: ['Nothing is wrong with the settings.', 'An den Einstellungen ist nichts falsch.'],
  diagnosisRefusals: ['Refused requests', 'Abgelehnte Anfragen'],
  diagnosisNone: ['No request has been refused since the start.', 'Seit dem Start wurde keine Anfrage abgelehnt.'],
  diagnosisSilent: ['Refusals are not explained. Start with SANCTUM_DIAGNOSIS=true while you develop; callers are told reasons then.', 'Ablehnungen werden nicht erklärt. Starten Sie mit SANCTUM_DIAGNOSIS=true, solange Sie entwickeln; dann erfahren Aufrufer die Gründe.'],

  // signing in by a provider
  or: ['or', 'oder'],
  forgottenPassword: ['Forgotten your password?', 'Passwort vergessen?'],
  providerSignIn: ['Sign in with {name}', 'Anmelden mit {name}'],
  providerTitle: ['Sign-in with {name}', 'Anmeldung mit {name}'],
  providerConnect: ['Connect with {name}', 'Mit {name} verbinden'],
  providerConnectHint: ['Once connected, you can sign in to this account with {name} as well.', 'Einmal verbunden, können Sie sich auch mit {name} an diesem Konto anmelden.'],
  providerConnected: ['You can sign in to this account with {name}.', 'Sie können sich mit {name} an diesem Konto anmelden.'],
  providerDenied: ['{name} did not let you in.', '{name} hat Sie nicht zugelassen.'],
  providerFailed: ['The sign-in with {name} did not work. Try again.', 'Die Anmeldung mit {name} hat nicht geklappt. Versuchen Sie es noch einmal.'],
  providerDisabled: ['This account is disabled. Ask an administrator.', 'Dieses Konto ist gesperrt. Fragen Sie die Verwaltung.'],
  providerOver: ['The invitation is over or has been used. Ask for another one.', 'Die Einladung ist abgelaufen oder wurde schon benutzt. Bitten Sie um eine neue.'],
  providerNotAllowed: ['{name} knows you, but you may not sign in here. Ask an administrator for an invitation.', '{name} kennt Sie, aber hier dürfen Sie sich nicht anmelden. Bitten Sie die Verwaltung um eine Einladung.'],
  providerAddressTaken: [
    'There is an account with your address. If it is yours, sign in to it by its password and connect it on the page “Password”, or ask an administrator for an invitation.',
    'Es gibt ein Konto mit Ihrer Adresse. Ist es Ihres, melden Sie sich mit dem Passwort an und verbinden Sie es auf der Seite „Passwort“, oder bitten Sie die Verwaltung um eine Einladung.',
  ],
  providerConnectedElsewhere: ['You sign in to another account with {name} already.', 'Sie melden sich mit {name} schon an einem anderen Konto an.'],
  invitation: ['An invitation', 'Eine Einladung'],
  invitationText: ['From now on you would sign in to the account of {name} ({email}). Go on only if that is yours.', 'Von nun an würden Sie sich am Konto von {name} ({email}) anmelden. Fahren Sie nur fort, wenn es Ihres ist.'],
  invite: ['Invite', 'Einladen'],
  inviteText: ['Whoever opens this link within seven days and signs in at the provider signs in to this account from then on. It works once.', 'Wer diesen Link binnen sieben Tagen öffnet und sich beim Anbieter anmeldet, meldet sich von da an diesem Konto an. Er gilt einmal.'],
  disconnect: ['Disconnect', 'Trennen'],
  disconnectTitle: ['Disconnect {name} from the provider?', '{name} vom Anbieter trennen?'],
  disconnectText: ['Nobody signs in to this account by the provider any more, until they are invited again.', 'Niemand meldet sich mehr über den Anbieter an diesem Konto an, bis wieder eingeladen wird.'],
  seenByProvider: ['Signed in by the provider {time}', 'Vom Anbieter angemeldet {time}'],

  // pages
  signOut: ['Sign out', 'Abmelden'],
  compact: ['Compact', 'Kompakt'],
  tokensShort: ['Tokens', 'Token'],
  skip: ['Skip to content', 'Zum Inhalt'],
  account: ['Account', 'Konto'],
}

/** What is wrong with a field, by the code of the server. @type {Record<string, [english: string, german: string]>} */
const codes = {
  'managed-elsewhere': ['This is changed in the application it belongs to.', 'Das wird in der Anwendung geändert, zu der es gehört.'],
  email: ['This is not an e-mail address.', 'Das ist keine E-Mail-Adresse.'],
  taken: ['Somebody else has this already.', 'Das hat schon jemand anders.'],
  confirmation: ['The two new passwords differ.', 'Die beiden neuen Passwörter sind verschieden.'],
  self: ['Somebody else has to do this to you.', 'Das muss jemand anders für Sie tun.'],
}

/** @typedef {import('../../sanctum4j/src/element.js').TextKey | keyof typeof own} TextKey */

/** @param {0 | 1} language @param {Record<string, [english: string, german: string]>} said */
const pick = (language, said) => Object.fromEntries(Object.entries(said).map(([key, both]) => [key, both[language]]))

for (const [name, language] of /** @type {['en' | 'de', 0 | 1][]} */ ([['en', 0], ['de', 1]])) {
  const all = texts[name] ?? { codes: {} }
  Object.assign(all, pick(language, own))
  Object.assign(all.codes, pick(language, codes))
}
