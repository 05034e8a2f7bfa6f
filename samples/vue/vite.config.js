import { defineConfig } from 'vite'
import vue from '@vitejs/plugin-vue'

// Node, unlike browsers, knows no names below localhost.
const server = (process.env.SANCTUM_URL ?? 'http://localhost:8080').replace('api.dev.localhost', 'localhost')

// What the element asks for goes to the server, so that page and API share an origin, as they do once both are deployed.
const paths = ['/sanctum', '/api', '/login', '/user'] // the first is the beginning of /sanctum4j, too

export default defineConfig({
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('sanctum-') } } })],
  server: {
    host: '127.0.0.1',
    port: Number(process.env.SAMPLE_PORT ?? 3000),
    strictPort: true,
    proxy: Object.fromEntries(paths.map((path) => [path, server])),
  },
})
