import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { chromium } from 'playwright-core'
import { WebSocketServer } from 'ws'
import { browser, email, local, page, password, same, serve } from '../stage.js'

const key = process.env.SANCTUM_BROADCASTING_KEY ?? 'sample-key'
const secret = process.env.SANCTUM_BROADCASTING_SECRET ?? 'sample-secret'

// A socket server that knows of Pusher's protocol just enough to check signatures.
const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await once(sockets, 'listening')
let number = 0
sockets.on('connection', (socket) => {
  const id = `${++number}.${number}`
  const tell = (event, data, channel) => socket.send(JSON.stringify({ event, data: JSON.stringify(data), channel }))
  tell('pusher:connection_established', { socket_id: id, activity_timeout: 120 })
  socket.on('message', (text) => {
    const { event, data } = JSON.parse(text)
    if (event !== 'pusher:subscribe') return
    const signed = [id, data.channel, ...(data.channel_data ? [data.channel_data] : [])].join(':')
    const good = data.auth === `${key}:${createHmac('sha256', secret).update(signed).digest('hex')}`
    if (!good) {
      tell('pusher:error', { message: `bad signature of ${signed}`, code: 4009 })
      return
    }
    const who = data.channel_data && JSON.parse(data.channel_data)
    tell(
      'pusher_internal:subscription_succeeded',
      who ? { presence: { ids: [who.user_id], hash: { [who.user_id]: who.user_info }, count: 1 } } : {},
      data.channel,
    )
  })
})

const json = { 'Content-Type': 'application/json', Accept: 'application/json' }
const exchange = async (abilities) => {
  const answer = await fetch(`${local}/sanctum/token`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email, password, device_name: 'echo', abilities }),
  })
  return (await answer.json()).token
}

const pages = await serve(import.meta.dirname ?? '.', { key, host: 'localhost', port: sockets.address().port })
const chrome = await browser(chromium)
try {
  const token = await exchange(['orders:read'])
  const narrow = await exchange(['orders:write'])
  const user = await (await fetch(`${local}/api/user`, { headers: { ...json, Authorization: `Bearer ${token}` } })).json()
  const tab = await chrome.newPage()
  await tab.goto(page)

  // Each Echo has the page to itself: several share one configuration inside pusher-js.
  const join = async (how, name, presence = false) => {
    await tab.reload()
    await tab.waitForFunction(() => window.echo)
    return tab.evaluate(
      async ([how, name, presence]) => {
        const made = how.session ? echo.bySession(config) : echo.byToken(config, how.token)
        try {
          return await new Promise((resolve) => {
            const channel = presence ? made.join(name) : made.private(name)
            channel.error((error) => resolve(`refused ${error.status ?? error.response?.status}`))
            if (presence) channel.here((members) => resolve(`joined with ${members.map((one) => one.name)}`))
            else channel.subscribed(() => resolve('joined'))
            setTimeout(() => resolve('nothing happened'), 60_000)
          })
        } finally {
          made.disconnect()
        }
      },
      [how, name, presence],
    )
  }

  const own = `orders.${user.id}`
  same(await join({ token }, own), 'joined', "one's own channel, by token")
  same(await join({ token }, 'office', true), `joined with ${user.name}`, 'a presence channel, by token')
  same(await join({ token }, `orders.${user.id + 1}`), 'refused 403', 'the channel of somebody else')
  same(await join({ token: narrow }, own), 'refused 403', 'a token without the ability')
  same(await join({ token: '' }, own), 'refused 419', 'a page with neither token nor session')

  await tab.evaluate(
    async ([email, password]) => {
      const api = echo.session(config)
      await api.get('/sanctum/csrf-cookie')
      await api.post('/login', { email, password })
    },
    [email, password],
  )
  same(await join({ session: true }, own), 'joined', "one's own channel, by session")
  same(await join({ session: true }, 'office', true), `joined with ${user.name}`, 'a presence channel, by session')
  same(await join({ token: narrow }, own), 'refused 403', 'a token beside the session decides alone')
} finally {
  await chrome.close()
  pages.close()
  sockets.close()
}
