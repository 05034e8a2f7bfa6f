// What the samples' checks stand on: a server for their files, and a browser. Nothing of it is meant to be copied.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' }

/** The API as pages call it, and as this process does: names below localhost are known to browsers only. */
export const api = process.env.SANCTUM_URL ?? 'http://api.dev.localhost:8080'
export const local = api.replace('api.dev.localhost', 'localhost')
export const port = Number(process.env.SAMPLE_PORT ?? 3000)
export const page = `http://app.dev.localhost:${port}`
export const email = process.env.SANCTUM_EMAIL ?? 'ada@example.test'
export const password = process.env.SANCTUM_PASSWORD ?? 'correct horse battery staple'

/** Serves a folder, and under /config.js where the API is. */
export function serve(folder, config = {}) {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, page).pathname
    const type = TYPES[extname(path)] ?? 'text/html'
    try {
      const body =
        path === '/config.js'
          ? `export default ${JSON.stringify({ api, ...config })}`
          : await readFile(join(folder, normalize(path === '/' ? '/index.html' : path)))
      response.writeHead(200, { 'Content-Type': type }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

export async function browser(chromium) {
  return chromium.launch({
    executablePath: process.env.SANCTUM_TEST_CHROMIUM ?? '/usr/bin/chromium',
    chromiumSandbox: false,
    args: ['--disable-gpu', '--no-first-run', '--disable-background-networking'],
  })
}

/** Fails the check unless `actual` is what it should be. */
export function same(actual, expected, what) {
  if (actual !== expected) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
  }
  console.log(`ok  ${what}`)
}

/** Starts what serves a page, a program for Node, and waits until it does. What comes back ends it, with all that it has started. */
export async function start(program, environment = {}) {
  const running = spawn(process.execPath, program, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // with a group of its own, to end it by
    env: { ...process.env, ...environment },
  })
  const stop = async () => {
    if (running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    process.kill(-running.pid)
    await ended
  }
  for (let i = 0; i < 300; i++) {
    if (await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.ok, () => false)) return stop
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await stop()
  throw new Error(`nothing answers at port ${port}`)
}

/**
 * Drives a page with `<sanctum-tokens>` in it: signs in, and makes, copies and ends a token. The page says what it has heard of the
 * new one, and neither it nor its framework has anything to complain about.
 */
export async function embedded(chromium, program, { environment, path = '/', create = 'New token', rendered = false, further = async () => {} } = {}) {
  const stop = await start(program, environment)
  const chrome = await browser(chromium)
  try {
    const html = await fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.text())
    same(html.includes('<sanctum-tokens'), rendered, 'the element is in what the server sends')

    const permissions = ['clipboard-read', 'clipboard-write']
    const tab = await chrome.newPage({ locale: 'en-US', permissions })
    const said = []
    tab.on('pageerror', (error) => said.push(String(error)))
    tab.on('console', (message) => {
      const asked = message.text().includes('the server responded with a status of 401') // before anybody has signed in
      if (['warning', 'error'].includes(message.type()) && !asked) said.push(`${message.text()} ${message.location().url}`)
    })
    await tab.goto(page + path)
    await tab.getByLabel('E-mail').fill(email)
    await tab.getByLabel('Password').fill(password)
    await tab.getByRole('button', { name: 'Sign in' }).click()
    await tab.getByRole('button', { name: create }).click()
    console.log('ok  signed in, in a dialog of the element')

    await tab.getByLabel('Name').fill('from a page')
    await tab.getByLabel('orders:read').check()
    await tab.getByRole('button', { name: 'Create token' }).click()
    const token = await tab.locator('[part=plain-text]').textContent()
    const orders = () => fetch(`${local}/api/orders`, { headers: { Authorization: `Bearer ${token}` } })
    same((await orders()).status, 200, 'the token that it shows works')
    await tab.getByLabel('Copy token').click()
    same(await tab.evaluate(() => navigator.clipboard.readText()), token, 'it is copied')
    await tab.getByRole('button', { name: 'Done' }).click()
    await tab.getByText('You have made “from a page”.').waitFor()
    console.log('ok  the page has heard of it')

    await further(tab)
    await tab.getByRole('button', { name: 'Revoke token from a page' }).click()
    await tab.locator('dialog button.danger').click()
    await tab.getByRole('button', { name: 'Revoke token from a page' }).waitFor({ state: 'detached' })
    same((await orders()).status, 401, 'once it is revoked it is refused')
    same(said.join('\n'), '', 'nothing is said in the console')
  } finally {
    await chrome.close()
    await stop()
  }
}
