import config from '/config.js'
import { client } from '/client.js'

const api = client(config.api)
const $ = (selector) => document.querySelector(selector)

async function show() {
  const user = await api.get('/api/user').catch((error) => {
    if (error.response?.status !== 401) throw error
  })
  $('#sign-in').hidden = Boolean(user)
  $('#orders').hidden = !user
  if (user) {
    $('#who').textContent = user.data.email
    const { orders } = (await api.get('/api/orders')).data
    $('#orders ul').replaceChildren(
      ...orders.map((order) => Object.assign(document.createElement('li'), { textContent: order.item })),
    )
  }
}

/** Runs what a button does, and tells what the server says is wrong. */
const act = (work) => async (event) => {
  event.preventDefault()
  $('#trouble').textContent = ''
  try {
    await work(event.target)
    await show()
  } catch (error) {
    $('#trouble').textContent = error.response?.data?.message ?? 'The server cannot be reached.'
  }
}

$('#sign-in').addEventListener('submit', act(async (form) => {
  const { email, password, remember } = Object.fromEntries(new FormData(form))
  await api.get('/sanctum/csrf-cookie')
  await api.post('/login', { email, password, remember: remember === 'on' })
  form.reset()
}))
$('#order').addEventListener('submit', act(async (form) => {
  await api.post('/api/orders', Object.fromEntries(new FormData(form)))
  form.reset()
}))
$('#sign-out').addEventListener('click', act(() => api.post('/logout')))

await show()
