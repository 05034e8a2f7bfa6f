import { chromium } from 'playwright-core'
import { embedded } from '../stage.js'

await embedded(chromium, ['node_modules/vite/bin/vite.js'], { create: 'New key' })
