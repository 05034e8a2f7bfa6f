import { chromium } from 'playwright-core'
import { embedded, port } from '../stage.js'

await embedded(chromium, ['node_modules/@angular/cli/bin/ng.js', 'serve', '--host', '127.0.0.1', '--port', String(port)], { create: 'New key' })
