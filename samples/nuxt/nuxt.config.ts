// At run time the environment may say otherwise: NUXT_PUBLIC_SANCTUM_BASE_URL and …_ORIGIN for the browser,
// NUXT_SANCTUM_BASE_URL and …_ORIGIN for what is rendered on the server.
export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  modules: ['nuxt-auth-sanctum'],
  vue: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('sanctum-') } },
  sanctum: {
    mode: 'cookie',
    baseUrl: 'http://api.dev.localhost:8080',
    origin: 'http://app.dev.localhost:3000',
    redirect: { onLogin: '/', onLogout: '/login', onAuthOnly: '/login', onGuestOnly: '/' },
  },
})
