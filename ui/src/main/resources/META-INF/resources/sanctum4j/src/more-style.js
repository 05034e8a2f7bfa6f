// @ts-check
// How that looks which is seen after a click, in the words of style.js.

import { addStyle } from './style.js'

addStyle(`
/* choosing abilities */
.sum { font-weight: 550; font-size: 0.93rem; text-wrap: pretty; overflow-wrap: anywhere; }
.picker .top { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
.picker .box .search input { border: 0; border-bottom: 1px solid var(--line); border-radius: 0; outline-offset: -2px; }
.picker legend { padding: 0.6rem 0.9rem 0.15rem; color: var(--soft); font-size: 0.78rem; letter-spacing: 0.03em; }
.picker legend:has(.check) { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 0.9rem; width: 100%; padding: 0.45rem 0.9rem 0 0; }
.picker legend .check { align-items: center; padding-block: 0.3rem; font-weight: 550; }
.picker legend input[type="checkbox"] { margin: 0; }
.picker legend .check + select { width: auto; min-height: 1.9rem; padding-block: 0.1rem; margin-inline-start: 0.9rem; font-size: 0.85rem; color: var(--ink); }
.picker legend:has(.check) ~ .check { padding-inline-start: 1.9rem; }
.picker:has([aria-invalid="true"]) .box { border-color: var(--bad); }
.picker .box .search [aria-invalid] { border-color: var(--line) !important; }
.picker .none { padding: 1rem 0.9rem; color: var(--soft); }

/* a new token */
.secret { display: grid; gap: 0.5rem; }
.secret .text { display: flex; align-items: stretch; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.67); background: var(--sunken); overflow: hidden; }
.secret code { flex: 1; padding: 0.7rem 0.9rem; overflow-wrap: anywhere; user-select: all; font-size: 0.83rem; line-height: 1.6; }
.secret code { white-space: pre-wrap; }
.secret .button { border-width: 0; border-inline-start-width: 1px; border-radius: 0; background: none; min-width: 6.5rem; }
.secret .button.done, .works { color: var(--good); }
.works { display: flex; gap: 0.5rem; }
.secret .button:focus-visible { outline-offset: -3px; }

/* one token */
.token-page { display: grid; gap: 0.9rem; padding: 1.35rem 1.6rem; }
.token-page h3 { font-size: 1.15rem; overflow-wrap: anywhere; }
.token-page .actions { justify-content: flex-start; }
.token-page .chips { margin: 0; }
@media (max-width: 544px) {
  .secret .text { flex-direction: column; }
  .secret .button { border-width: 1px 0 0; }
}
`)
