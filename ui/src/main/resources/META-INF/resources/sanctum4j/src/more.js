// @ts-check
// What `later.js` loads: all that is seen after a click.

import './more-style.js'
import './more-texts.js'

export { tellKeys } from './keys.js'
export { createForm, editForm, extendForm } from './token-form.js'
export { tokenPage } from './token-page.js'
export { showOnce } from './shown-once.js'
export { issuing, replacing } from './once.js'
export { endTogether } from './together.js'
export { showFound } from './found.js'
