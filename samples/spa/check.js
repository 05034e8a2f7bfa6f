import { chromium } from 'playwright-core'
import { api, browser, email, page, password, same, serve } from '../stage.js'

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

  // What clients of Sanctum do that never ask for /sanctum/csrf-cookie, and nothing is sent twice here.
  await tab.context().clearCookies()
  const answered = await tab.evaluate(
    async ([baseURL, who]) => {
      const { default: axios } = await import('/node_modules/axios/dist/esm/axios.min.js')
      const plain = axios.create({ baseURL, withCredentials: true, withXSRFToken: true, validateStatus: () => true })
      const steps = []
      for (const time of [1, 2]) {
        steps.push((await plain.get('/api/user')).status)
        steps.push((await plain.post('/login', who)).status)
        steps.push((await plain.get('/api/user')).status)
        if (time === 1) steps.push((await plain.post('/logout')).status)
      }
      return steps.join()
    },
    [api, { email, password }],
  )
  same(answered, '401,204,200,204,401,204,200', 'axios signs in by the cookies of the first 401, and again after signing out')
} finally {
  await chrome.close()
  pages.close()
}
