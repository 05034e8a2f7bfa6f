import { page, serve } from '../stage.js'

await serve(import.meta.dirname ?? '.')
console.log(`open ${page}`)
