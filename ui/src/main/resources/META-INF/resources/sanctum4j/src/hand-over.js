// @ts-check
// A new token in the form in which the next program takes it.

import { place } from './api.js'

/** @typedef {{ name: string, text: string }} Recipe a text with `{token}`, `{url}`, and `{NAME}`: the token's name as a variable's */

/**
 * What there is unless a page brings its own. Where a form can do without the plain text in it, it does.
 *
 * @type {Recipe[]}
 */
const USUAL = [
  { name: 'curl', text: `curl -H 'Authorization: Bearer {token}' '{url}'` },
  { name: '.env', text: '{NAME}_TOKEN={token}' },
  { name: 'curl, $TOKEN', text: `curl -H "Authorization: Bearer $TOKEN" '{url}'` },
  { name: '.http', text: 'GET {url}\nAuthorization: Bearer {token}' },
  {
    name: 'Java',
    text: `RestClient client = RestClient.builder()
    .defaultHeader("Authorization", "Bearer " + System.getenv("{NAME}_TOKEN"))
    .build();
String answer = client.get().uri("{url}").retrieve().body(String.class);`,
  },
  {
    name: 'JavaScript',
    text: "const answer = await fetch('{url}', {\n  headers: { Authorization: `Bearer ${process.env.{NAME}_TOKEN}` },\n})",
  },
  { name: 'GitHub Actions', text: `printf %s '{token}' | gh secret set {NAME}_TOKEN` },
  { name: 'GitLab CI', text: `glab variable set {NAME}_TOKEN '{token}' --masked` },
]

/** Lines by which clients of the Model Context Protocol are connected, from a file beside ours. @type {Promise<Recipe[]> | undefined} */
let clients

/** @returns {Promise<Recipe[]>} none if they are not there */
function connecting() {
  clients ??= fetch(new URL('connect.json', place), { signal: AbortSignal.timeout(5_000) })
    .then((answer) => (answer.ok ? answer.json() : []))
    .then((/** @type {{ client: string, file: string, text: string }[]} */ all) =>
      all.map(({ client, file, text }) => ({ name: client && file ? `${client}, ${file}` : client || 'mcpServers (JSON)', text })),
    )
    .catch(() => [])
  return clients
}

/** The name of a variable. @param {string} name */
const variable = (name) => name.normalize('NFKD').replace(/\W+/g, '_').replace(/^_+|_+$/g, '').replace(/^(?=\d|$)/, 'API_').replace(/_$/, '').toUpperCase()

/** The name of a server, as clients of MCP take it. @param {string} name */
const slug = (name) => name.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '') || 'tools'

/**
 * All forms of a token.
 *
 * @param {{ name: string, token: string, url: string, mcp: string | null, own: Recipe[] | undefined }} of `mcp` is the endpoint of tools, if
 *     there is one; `own` are the forms of a page
 * @returns {Promise<{ name: string, text: string }[]>}
 */
export async function forms({ name, token, url, mcp, own }) {
  const usual = (own ?? USUAL).map((one) => ({ ...one, url, called: variable(name) }))
  const tools = mcp === null || own ? [] : (await connecting()).map((one) => ({ ...one, url: mcp, called: slug(name) }))
  return [...usual, ...tools].map(({ name: form, text, url: place, called }) => {
    /** @type {Record<string, string>} */
    const values = { '{token}': token, '{url}': place.replaceAll("'", '%27'), '{name}': called, '{NAME}': variable(name) }
    return { name: form, text: text.replace(/\{(?:token|url|name|NAME)\}/g, (found) => values[found] ?? found) }
  })
}
