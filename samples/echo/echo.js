import Echo from '/node_modules/laravel-echo/dist/echo.js'
import axios from '/node_modules/axios/dist/esm/axios.min.js'

const socket = ({ key, host, port }) => ({
  broadcaster: 'pusher',
  key,
  cluster: 'local',
  wsHost: host,
  wsPort: port,
  forceTLS: false,
  enabledTransports: ['ws'],
  disableStats: true,
})

/** Joins channels with a token, as programs and phones do. */
export function byToken(config, token) {
  return new Echo({
    ...socket(config),
    authEndpoint: `${config.api}/broadcasting/auth`,
    auth: { headers: token ? { Authorization: `Bearer ${token}`, Accept: 'application/json' } : {} },
  })
}

/** Joins channels with the session of the page. Echo's own request sends no cookies, so axios makes it. */
export function bySession(config, api = session(config)) {
  return new Echo({
    ...socket(config),
    authorizer: (channel) => ({
      authorize: (socketId, callback) =>
        api
          .post('/broadcasting/auth', { socket_id: socketId, channel_name: channel.name })
          .then((answer) => callback(null, answer.data))
          .catch((error) => callback(error)),
    }),
  })
}

export function session({ api }) {
  return axios.create({
    baseURL: api,
    withCredentials: true,
    withXSRFToken: true,
    headers: { Accept: 'application/json' },
  })
}
