import { chromium } from 'playwright-core'
import { embedded, port } from '../stage.js'

await embedded(chromium, ['node_modules/next/dist/bin/next', 'dev', '--hostname', '127.0.0.1', '--port', String(port)], {
  create: 'New key',
  rendered: true,
})
