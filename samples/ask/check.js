// Asks and answers against a running API: pending, slow down, denied, too late, allowed, fetched twice, and asking for too much.
import { ask, asker } from './ask.js'
import { email, local, password, same } from '../stage.js'

const config = asker(local)
const jar = new Map()

/** Sends what a page of the API's own origin would. */
async function page(method, path, body) {
  const answer = await fetch(local + path, {
    method,
    headers: {
      Origin: local,
      Accept: 'application/json',
      'Content-Type': 'application/json',
      Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      'X-XSRF-TOKEN': decodeURIComponent(jar.get('XSRF-TOKEN') ?? ''),
    },
    body: body ? JSON.stringify(body) : undefined,
  })
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    jar.set(name, value)
  }
  return answer
}

/** Polls beside the client. */
function poll(asked, code = asked.device_code) {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: code, client_id: 'ask-sample' }
  return fetch(`${local}/sanctum/device_token`, { method: 'POST', body: new URLSearchParams(form) }).then((answer) => answer.json())
}

await page('GET', '/sanctum/csrf-cookie')
same((await page('POST', '/login', { email, password })).status, 204, 'somebody is signed in')

// The client polls after five seconds, is told to slow down since somebody polled just before, and goes on after ten more.
let first
const token = await ask(config, 'orders:read orders:write', async (asked) => {
  first = asked
  const user_code = asked.user_code
  const shown = await (await page('POST', '/api/approval', { user_code: user_code.toLowerCase() })).json()
  same(shown.client_name, 'The sample', 'the page shows what the program says of itself')
  same((await poll(asked)).error, 'authorization_pending', 'nobody has answered')
  const answer = await page('POST', '/api/approval/allow', { user_code, account: shown.account, abilities: ['orders:read'], lifetime: 600 })
  same(answer.status, 204, 'somebody allows a part')
})
same(token.scope, 'orders:read', 'the token has what was allowed')
same(token.expires_in, 600, 'and lives as long')
const authorization = { Authorization: `Bearer ${token.access_token}` }
same((await fetch(`${local}/api/orders`, { headers: authorization })).status, 200, 'it is a token like any other')
same((await poll(first)).error, 'invalid_grant', 'it is fetched once')
const refused = await (await fetch(`${local}/api/orders`, { method: 'POST', headers: authorization })).json()
same(refused.ask.scope, 'orders:read orders:write', 'a refusal tells what to ask for')

const denied = await ask(config, 'orders:read', (asked) => page('POST', '/api/approval/deny', { user_code: asked.user_code })).catch((e) => e)
same(denied.error, 'access_denied', 'somebody denies')

// Who runs the API in a test lets the ten minutes pass; elsewhere nobody waits for them.
if (process.env.SANCTUM_LATE) {
  const late = await ask(config, 'orders:read', () => fetch(process.env.SANCTUM_LATE)).catch((e) => e)
  same(late.error, 'expired_token', 'nobody answers in time')
}

const tooMuch = await ask(config, '*', () => {}).catch((e) => e)
same(tooMuch.error, 'invalid_scope', 'nobody is asked for everything')
same((await poll(first, 'x'.repeat(43))).error, 'invalid_grant', 'a code that is none')
