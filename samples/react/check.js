import { chromium } from 'playwright-core'
import { embedded } from '../stage.js'

await embedded(chromium, ['node_modules/vite/bin/vite.js'], {
  create: 'New key',
  further: async (tab) => {
    await tab.getByLabel('Language').selectOption('de')
    await tab.getByRole('button', { name: 'Neuer Schlüssel' }).waitFor()
    await tab.getByLabel('Language').selectOption('en')
    console.log('ok  React changes its language and its texts')
  },
})
