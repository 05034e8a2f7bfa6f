// What the samples' checks stand on: a server for their files, and a browser. Nothing of it is meant to be copied.
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
