// A program that asks somebody for a token, by the device grant of RFC 8628.
import { pathToFileURL } from 'node:url'
import * as client from 'openid-client'

/** Where the API is that is asked. No discovery: the two addresses are all there is to know. @param {string} api */
export function asker(api) {
  const config = new client.Configuration(
    {
      issuer: api,
      device_authorization_endpoint: `${api}/sanctum/device_authorization`,
      token_endpoint: `${api}/sanctum/device_token`,
    },
    'ask-sample',
    undefined,
    client.None(),
  )
  if (new URL(api).hostname === 'localhost') client.allowInsecureRequests(config)
  return config
}

/**
 * Asks, shows the code and waits for the answer.
 *
 * @param {client.Configuration} config
 * @param {string} scope
 * @param {(asked: client.DeviceAuthorizationResponse) => void} show
 */
export async function ask(config, scope, show) {
  const asked = await client.initiateDeviceAuthorization(config, { scope, client_name: 'The sample', lifetime: '3600' })
  show(asked)
  return client.pollDeviceAuthorizationGrant(config, asked)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const token = await ask(asker(process.env.SANCTUM_URL ?? 'http://localhost:8080'), process.argv[2] ?? 'orders:read', (asked) =>
    console.error(`Open ${asked.verification_uri} and type ${asked.user_code}`),
  )
  if (process.stdout.isTTY) console.error(`Got a token for ${token.scope}; send it to a pipe or a file to see it.`)
  else process.stdout.write(token.access_token)
}
