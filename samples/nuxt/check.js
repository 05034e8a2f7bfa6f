import { chromium } from 'playwright-core'
import { api, browser, email, embedded, page, password, port, same, start } from '../stage.js'

const program = ['--import', './localhost.mjs', '.output/server/index.mjs']
const environment = {
  HOST: '127.0.0.1',
  PORT: String(port),
  NUXT_PUBLIC_SANCTUM_BASE_URL: api, // for the browser
  NUXT_PUBLIC_SANCTUM_ORIGIN: page,
  NUXT_SANCTUM_BASE_URL: api, // for what is rendered on the server
  NUXT_SANCTUM_ORIGIN: page,
}
/** Waits until Vue has taken over what the server has rendered; what is typed before may be lost. */
const ready = (tab, button) => tab.locator('button:enabled', { hasText: button }).waitFor()

const stop = await start(program, environment)
const chrome = await browser(chromium)
try {
  const tab = await chrome.newPage()
  await tab.goto(page)
  await tab.waitForURL('**/login')
  console.log('ok  a guest is sent to sign in')
  const names = (await tab.context().cookies()).map((cookie) => cookie.name)
  same(names.includes('XSRF-TOKEN'), true, 'the first load sets the CSRF cookie')

  await ready(tab, 'Sign in')
  await tab.getByLabel('E-mail').fill(email)
  await tab.getByLabel('Password').fill('wrong')
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.getByText('These credentials do not match our records.').waitFor()
  console.log('ok  a wrong password is told')
  await tab.getByLabel('Password').fill(password)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.locator('#who', { hasText: email }).waitFor()
  console.log('ok  signed in')

  await tab.getByLabel('Item').fill('nuxt tea')
  await tab.getByRole('button', { name: 'Order' }).click()
  await tab.getByRole('listitem').filter({ hasText: 'nuxt tea' }).waitFor()
  console.log('ok  ordered')

  const rendered = await (await tab.goto(page)).text()
  same(rendered.includes(email) && rendered.includes('nuxt tea'), true, 'the server renders who is signed in')

  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.waitForURL('**/login')
  await tab.goto(page)
  await tab.waitForURL('**/login')
  console.log('ok  signed out')

  await ready(tab, 'Sign in')
  await tab.getByLabel('E-mail').fill(email)
  await tab.getByLabel('Password').fill(password)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.locator('#who', { hasText: email }).waitFor()
  console.log('ok  signed in again')
} finally {
  await chrome.close()
  await stop()
}

await embedded(chromium, program, { environment, path: '/tokens', rendered: true })
