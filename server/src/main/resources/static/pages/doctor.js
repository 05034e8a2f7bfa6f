// @ts-check

/** @param {string} id */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

const signIn = /** @type {HTMLFormElement} */ ($('sign-in'))

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} text
 */
function element(tag, className, text) {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  return made
}

function xsrf() {
  const found = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]*)/)
  return found ? decodeURIComponent(found[1] ?? '') : ''
}

/** @param {{ rule: string, change: string }} reason @param {HTMLElement[]} before */
function card(reason, ...before) {
  const item = document.createElement('li')
  item.append(...before, element('p', 'rule', reason.rule), element('p', 'change', reason.change))
  return item
}

/** @param {any} report */
function show(report) {
  const names = {
    stateful: 'First-party pages',
    csrf: 'CSRF protection',
    cookie_domain: 'Cookie domain',
    cookie_same_site: 'SameSite',
    session_lifetime: 'Session lifetime',
  }
  $('settings').replaceChildren(
    ...Object.entries(names).flatMap(([key, name]) => {
      const value = report.settings[key]
      const text = Array.isArray(value) ? value.join(', ') : value
      return [element('dt', '', name), element('dd', '', text || 'this host only')]
    }),
  )
  $('findings').replaceChildren(
    ...(report.findings.length
      ? report.findings.map((/** @type {any} */ found) => card(found))
      : [element('li', '', 'Nothing is wrong with the settings.')]),
  )
  $('hint').textContent = report.explaining
    ? report.refusals.length ? '' : 'No request has been refused since the start.'
    : 'Refusals are not explained. Start with SANCTUM_DIAGNOSIS=true while you develop; callers are told reasons then.'
  $('refusals').replaceChildren(
    ...report.refusals.map((/** @type {any} */ one) => {
      const what = element('p', 'what', '')
      what.append(
        element('span', 'status', String(one.status)),
        element('span', '', `${one.method} ${one.path}`),
        element('time', '', new Date(one.at).toLocaleTimeString()),
      )
      return card(one, what)
    }),
  )
}

async function load() {
  $('trouble').textContent = ''
  const answer = await fetch('/api/doctor', { headers: { Accept: 'application/json' } }).catch(() => null)
  signIn.hidden = answer?.status !== 401
  $('report').hidden = !answer?.ok
  if (answer?.ok) {
    show(await answer.json())
  } else if (answer?.status === 401) {
    signIn.querySelector('input')?.focus()
  } else {
    $('trouble').textContent =
      answer?.status === 403
        ? 'You are signed in, but not as an administrator.'
        : 'The server cannot be asked at the moment. Try again in a minute.'
  }
}

signIn.addEventListener('submit', async (event) => {
  event.preventDefault()
  const error = /** @type {HTMLElement} */ (signIn.querySelector('.error'))
  error.textContent = ''
  await fetch('/sanctum/csrf-cookie')
  const answer = await fetch('/login', {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-XSRF-TOKEN': xsrf() },
    body: JSON.stringify(Object.fromEntries(new FormData(signIn))),
  }).catch(() => null)
  if (answer?.ok) {
    signIn.reset()
    await load()
    return
  }
  const wait = answer?.headers.get('Retry-After')
  const said = answer ? (await answer.json()).message : 'The server cannot be asked at the moment.'
  error.textContent = wait ? `${said} Try again in ${wait} seconds.` : said
})

$('again').addEventListener('click', load)
await load()
