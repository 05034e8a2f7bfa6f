// @ts-check
// How close together lists stand, which somebody chooses once: the only thing that our pages leave in a browser.

const KEPT = 'sanctum-density'
const COMPACT = 'compact'

/** Whether lists are to stand close together in this browser. */
function isCompact() {
  try {
    return localStorage.getItem(KEPT) === COMPACT
  } catch {
    return false // kept by none
  }
}

/** @param {boolean} compact */
function keep(compact) {
  try {
    if (compact) localStorage.setItem(KEPT, COMPACT)
    else localStorage.removeItem(KEPT)
  } catch {
    // for this page, then
  }
}

/** Makes a button that chooses for an element, and does so as was chosen last. @param {HTMLElement} element @param {HTMLButtonElement} button */
export function choosesDensity(element, button) {
  const show = (/** @type {boolean} */ compact) => {
    button.setAttribute('aria-pressed', String(compact))
    if (compact) element.setAttribute('density', COMPACT)
    else element.removeAttribute('density')
  }
  button.addEventListener('click', () => {
    const compact = button.getAttribute('aria-pressed') !== 'true'
    keep(compact)
    show(compact)
  })
  show(isCompact())
  return button
}
