import type { NextConfig } from 'next'

// Node, unlike browsers, knows no names below localhost.
const server = (process.env.SANCTUM_URL ?? 'http://localhost:8080').replace('api.dev.localhost', 'localhost')

// What the element asks for goes to the server, so that page and API share an origin, as they do once both are deployed.
const paths = ['/sanctum/:path*', '/api/:path*', '/login', '/user/:path*']

const config: NextConfig = {
  allowedDevOrigins: ['app.dev.localhost'],
  rewrites: async () => paths.map((source) => ({ source, destination: server + source })),
}

export default config
