// Node, unlike browsers, knows no names below localhost.
const target = (process.env.SANCTUM_URL ?? 'http://localhost:8080').replace('api.dev.localhost', 'localhost')

// What the element asks for goes to the server, so that page and API share an origin, as they do once both are deployed.
export default Object.fromEntries(['/sanctum', '/api', '/login', '/user'].map((path) => [path, { target }]))
