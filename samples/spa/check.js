import { chromium } from 'playwright-core'
import { browser, email, page, password, same, serve } from '../stage.js'

const pages = await serve(import.meta.dirname ?? '.')
const chrome = await browser(chromium)
try {
  const tab = await chrome.newPage()
  await tab.goto(page)

  await tab.getByLabel('E-mail').fill(email)
  await tab.getByLabel('Password').fill('wrong')
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.getByText('These credentials do not match our records.').waitFor()
  console.log('ok  a wrong password is told')

  await tab.getByLabel('Password').fill(password)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.locator('#who', { hasText: email }).waitFor()
  console.log('ok  signed in')
  same(await tab.evaluate(() => document.cookie.includes('session')), false, 'script cannot read the session cookie')

  await tab.getByLabel('Item').fill('tea')
  await tab.getByRole('button', { name: 'Order' }).click()
  await tab.getByRole('listitem').filter({ hasText: 'tea' }).waitFor()
  console.log('ok  ordered')

  await tab.evaluate(() => (document.cookie = 'XSRF-TOKEN=stale; domain=dev.localhost; path=/'))
  await tab.getByLabel('Item').fill('milk')
  const statuses = []
  tab.on('response', (response) => response.request().method() === 'POST' && statuses.push(response.status()))
  await tab.getByRole('button', { name: 'Order' }).click()
  await tab.getByRole('listitem').filter({ hasText: 'milk' }).waitFor()
  same(statuses.join(), '419,201', 'a stale CSRF token is refused, replaced and sent again')

  await tab.reload()
  await tab.locator('#who', { hasText: email }).waitFor()
  console.log('ok  still signed in after a reload')

  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.getByRole('button', { name: 'Sign in' }).waitFor()
  await tab.reload()
  await tab.getByRole('button', { name: 'Sign in' }).waitFor()
  console.log('ok  signed out')
} finally {
  await chrome.close()
  pages.close()
}
