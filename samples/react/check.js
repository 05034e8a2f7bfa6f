import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { browser, email, local, page, password, same } from '../stage.js'

const vite = await createServer({ root: import.meta.dirname ?? '.' })
await vite.listen()
const chrome = await browser(chromium)
try {
  const tab = await chrome.newPage({ locale: 'en-US' })
  await tab.goto(page)
  await tab.getByText('Sign in again').waitFor()
  await tab.getByLabel('E-mail').fill(email)
  await tab.getByLabel('Password').fill(password)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.getByRole('button', { name: 'New key' }).click()
  console.log('ok  signed in, in a dialog of the element')

  await tab.getByLabel('Name').fill('React')
  await tab.getByLabel('orders:read').check()
  await tab.getByRole('button', { name: 'Create token' }).click()
  const token = await tab.locator('[part=plain-text]').textContent()
  const answer = await fetch(`${local}/api/orders`, { headers: { Authorization: `Bearer ${token}` } })
  same(answer.status, 200, 'the token that it shows works')
  await tab.getByRole('button', { name: 'Done' }).click()
  await tab.getByRole('button', { name: 'Close without copying' }).click()

  await tab.getByLabel('Language').selectOption('de')
  await tab.getByRole('button', { name: 'Neuer Schlüssel' }).waitFor()
  console.log('ok  React changes its language and its texts')
} finally {
  await chrome.close()
  await vite.close()
}
