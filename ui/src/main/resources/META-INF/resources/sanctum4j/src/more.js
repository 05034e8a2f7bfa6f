// @ts-check
// What `later.js` loads: all that is seen after a click.

export { createForm, editForm } from './token-form.js'
export { showOnce } from './shown-once.js'
