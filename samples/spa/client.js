import axios from '/node_modules/axios/dist/esm/axios.min.js'

/** An axios that signs in with the session cookie and sends the CSRF token that the server told it in XSRF-TOKEN. */
export function client(baseURL) {
  const api = axios.create({
    baseURL,
    withCredentials: true,
    withXSRFToken: true, // axios sends it to its own origin only, unless told
    headers: { Accept: 'application/json' },
  })
  // A 419 brings the right token along: send the request again, once.
  api.interceptors.response.use(undefined, (error) => {
    const { config, response } = error
    if (response?.status !== 419 || config.again) {
      throw error
    }
    return api({ ...config, again: true })
  })
  return api
}
