// What clients that people have make of the tools: the two generations of the TypeScript SDK, and the Inspector.
import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Client as Client2, StreamableHTTPClientTransport as Transport2 } from '@modelcontextprotocol/client'

const { MCP_URL: url, MCP_TOKEN: token, MCP_TOKEN_PAGE: page } = process.env
const info = { name: 'check', version: '1' }

function connected(Client, Transport, options) {
  const client = new Client(info)
  return client.connect(new Transport(new URL(url), options)).then(() => client)
}

const fixed = (text) => ({ requestInit: { headers: { Authorization: `Bearer ${text}` } } })

// A client that would rather be sent to an authorization server, of which there is none.
const provider = {
  redirectUrl: 'http://localhost:1/callback',
  clientMetadata: { redirect_uris: ['http://localhost:1/callback'], client_name: 'check' },
  clientInformation: () => undefined,
  saveClientInformation() {},
  tokens: () => undefined,
  saveTokens() {},
  redirectToAuthorization() {},
  saveCodeVerifier() {},
  codeVerifier: () => 'x',
}

async function failure(promise) {
  try {
    await promise
  } catch (e) {
    return e
  }
  throw new Error('it did not fail')
}

for (const [version, Client, Transport] of [
  ['1.x', Client1, Transport1],
  ['2.x', Client2, Transport2],
]) {
  const client = await connected(Client, Transport, fixed(token))
  assert.deepEqual(
    (await client.listTools()).tools.map((tool) => tool.name),
    ['orders_list'],
  )
  const listed = await client.callTool({ name: 'orders_list', arguments: {} })
  assert.match(JSON.stringify(listed.content), /tea/)
  const refused = await failure(client.callTool({ name: 'orders_refund', arguments: {} }))
  assert.match(String(refused), /orders:refund/, `${version}: ${refused}`)
  await client.close()

  const unknown = await failure(connected(Client, Transport, fixed('pat_nonsense')))
  assert.ok(String(unknown).includes(page), `${version} tells no way in: ${unknown}`)
  const lost = await failure(connected(Client, Transport, { authProvider: provider }))
  assert.doesNotMatch(`${lost.name} ${lost}`, /ZodError|invalid_type/, `${version} cannot read what it finds: ${lost}`)
  console.log(`client ${version}: ${lost.message.split('\n')[0]}`)
}

function inspector(text, ...args) {
  const target = ['--cli', '--server-url', url, '--transport', 'http', '--header', `Authorization: Bearer ${text}`]
  const child = spawn('node_modules/.bin/mcp-inspector', [...target, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (part) => (output += part))
  child.stderr.on('data', (part) => (output += part))
  return new Promise((done) => child.on('close', (code) => done({ code, output })))
}

const list = await inspector(token, '--method', 'tools/list')
assert.equal(list.code, 0, list.output)
assert.match(list.output, /orders_list/)
assert.doesNotMatch(list.output, /orders_refund/)
const call = await inspector(token, '--method', 'tools/call', '--tool-name', 'orders_list')
assert.match(call.output, /tea/)
const unknown = await inspector('pat_nonsense', '--stored-auth-only', '--method', 'tools/list')
assert.notEqual(unknown.code, 0)

console.log('ok  mcp-tools')
