// @ts-check
// How our elements look. Colours, radius and font come from custom properties, which any page may set on `:root`, on a
// parent, or on the element: --sanctum-accent, --sanctum-on-accent, --sanctum-ink, --sanctum-soft, --sanctum-card,
// --sanctum-sunken, --sanctum-line, --sanctum-bad, --sanctum-warn, --sanctum-good, --sanctum-radius, --sanctum-font,
// --sanctum-rem. Light or dark is what `color-scheme` says where the element stands, unless its attribute `theme` says `light`,
// `dark` or `auto`. A `rem` in here is 16 px, or --sanctum-rem: never the size of the page's own text, which many set to 10 px.


const usual = `
:host {
  --rem: var(--sanctum-rem, 16px);
  --accent: var(--sanctum-accent, light-dark(#3d4ee0, #8f9dff));
  --on-accent: var(--sanctum-on-accent, light-dark(#ffffff, #10142e));
  --ink: var(--sanctum-ink, light-dark(#16181d, #eceef3));
  --soft: var(--sanctum-soft, light-dark(#5c6370, #a2a9b6));
  --card: var(--sanctum-card, light-dark(#ffffff, #17191f));
  --sunken: var(--sanctum-sunken, light-dark(#f5f6f8, #0f1115));
  --line: var(--sanctum-line, light-dark(#e3e5ea, #2a2e37));
  --edge: light-dark(#868d9b, #6a7180);
  --bad: var(--sanctum-bad, light-dark(#b3261e, #ff9b93));
  --warn: var(--sanctum-warn, light-dark(#865300, #f2bd5c));
  --good: var(--sanctum-good, light-dark(#136c3a, #6fd59b));
  --radius: var(--sanctum-radius, 12px);
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  display: block;
  color: var(--ink);
  font: calc(0.9375 * var(--rem))/1.55 var(--sanctum-font, -apple-system, "Segoe UI", Roboto, Cantarell, "Liberation Sans", system-ui, sans-serif);
  -webkit-font-smoothing: antialiased;
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([theme="auto"]) { color-scheme: light dark; }
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
h2, h3, h4, p, ul, ol, dl, dd, fieldset, legend { margin: 0; padding: 0; border: 0; min-width: 0; }
ul, ol { list-style: none; }
h2 { font-size: 1.35rem; line-height: 1.3; letter-spacing: -0.015em; font-weight: 650; outline: none; text-wrap: balance; }
h3, h4 { font-size: 1rem; font-weight: 600; }
:is(h3, header):focus { outline: none; }
svg { width: 1.25em; height: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
bdi { overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.mono, code { font-family: var(--mono); font-size: 0.87em; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

/* buttons */
button, input, select { font: inherit; color: inherit; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.4rem;
  min-height: 2.4rem; padding: 0.35rem 0.95rem;
  border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.67);
  background: var(--card); font-weight: 550; cursor: pointer; white-space: nowrap;
  transition: background-color 0.12s, border-color 0.12s;
}
a.button { color: inherit; text-decoration: none; }
.button:hover { background: var(--sunken); border-color: var(--edge); }
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.danger { background: var(--bad); border-color: var(--bad); color: light-dark(#fff, #2b0705); }
.button:is(.primary, .danger):hover { background: color-mix(in oklab, currentColor 12%, var(--accent)); }
.button.danger:hover { background: color-mix(in oklab, currentColor 12%, var(--bad)); }
.button:disabled { opacity: 0.55; cursor: default; }
.quiet { border-color: transparent; background: none; color: var(--soft); padding-inline: 0.65rem; }
.quiet:hover { color: var(--ink); border-color: transparent; }
.quiet.bad { color: var(--bad); }
.icon { display: inline-grid; place-items: center; width: 2.4rem; height: 2.4rem; padding: 0; border: 0; border-radius: calc(var(--radius) * 0.67); background: none; color: var(--soft); cursor: pointer; }
.icon:hover { background: var(--sunken); color: var(--ink); }
.icon:disabled { opacity: 0.4; cursor: default; background: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
:is(input, select):not([type="checkbox"], [type="radio"]):focus-visible { outline-offset: -1px; border-color: var(--accent); }

/* headings, filters */
.heading, .content { container-type: inline-size; }
.heading { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; gap: 1rem 2rem; margin-bottom: 1.5rem; }
.heading > div { flex: 1 1 20rem; max-width: 40rem; }
.heading p { margin-top: 0.3rem; text-wrap: pretty; }
.filters { display: flex; flex-wrap: wrap; gap: 0.6rem; margin-bottom: 0.9rem; }
.search { position: relative; flex: 1 1 14rem; }
.search svg { position: absolute; inset-inline-start: 0.75rem; top: 50%; translate: 0 -50%; color: var(--soft); pointer-events: none; }
.search input[type="search"]:not([type="radio"]) { padding-inline-start: 2.4rem; }
.filters select { flex: 0 1 auto; width: auto; max-width: 100%; }

.narrow { max-width: 27rem; padding: 1.6rem; }
[aria-busy="true"] .actions { opacity: 0.6; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1.25rem; font-size: 0.9rem; }
.facts dt { color: var(--soft); }
.requests { margin-bottom: 2rem; }
.requests > h3 { margin-bottom: 0.75rem; }

/* lists */
.card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); }
.list > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.35rem 1rem; padding-block: 1rem; padding-inline: 1.25rem 1rem; }
.list > li + li { border-top: 1px solid var(--line); }
.list:focus { outline: none; }
.list h3 { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.6rem; line-height: 1.4; }
.list .meta { display: flex; flex-wrap: wrap; gap: 0.1rem 1.25rem; margin-top: 0.45rem; color: var(--soft); font-size: 0.9rem; }
.list .row-actions { display: flex; align-items: center; margin-block: -0.2rem; }
.lead { padding: 0; border: 0; background: none; color: inherit; font-weight: inherit; text-align: start; text-decoration: none; cursor: pointer; }
.lead:hover { text-decoration: underline; text-underline-offset: 0.2em; }
.way-back { margin: -0.5rem 0 0.5rem -0.65rem; }
.way-back svg { width: 1.1em; }
.way-back:dir(rtl) svg { scale: -1 1; }
.list > .choice { grid-template-columns: auto minmax(0, 1fr); }
.chosen { position: sticky; bottom: 0; margin-top: 0.75rem; padding-block: 0.6rem; background: var(--card); }
.chosen > :first-child { flex: 1; }
.list .over h3 bdi { color: var(--soft); text-decoration: line-through; text-decoration-thickness: 1px; }
time { text-decoration: underline dotted color-mix(in srgb, currentColor 45%, transparent); text-underline-offset: 0.22em; text-decoration-thickness: 1px; cursor: help; }
.chips { display: flex; flex-wrap: wrap; gap: 0.3rem; margin-top: 0.5rem; }
.chip { padding: 0.05rem 0.5rem; border-radius: 6px; background: var(--sunken); border: 1px solid var(--line); font-family: var(--mono); font-size: 0.8rem; overflow-wrap: anywhere; }
.chip.plain { background: none; border-color: transparent; padding-inline: 0.2rem; color: var(--soft); font-family: inherit; }
.mark { padding: 0.02rem 0.55rem; border-radius: 99px; font-size: 0.78rem; font-weight: 550; background: color-mix(in srgb, currentColor 11%, transparent); }
.mark.good { color: var(--good); }
.mark.warn { color: var(--warn); }
.mark.bad { color: var(--bad); }
.mark.soft { color: var(--soft); }
.foot > .quiet:first-child { margin-inline-start: -0.65rem; }
.foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; margin-top: 0.75rem; min-height: 2.4rem; }
.pager { display: flex; align-items: center; gap: 0.25rem; color: var(--soft); font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.pager svg { width: 1.1em; }
:is(.pager svg:dir(rtl), .pager .forward svg) { scale: -1 1; }
.pager .forward svg:dir(rtl) { scale: 1; }

/* close together */
:host([density="compact"]) :is(.heading, .filters) { margin-bottom: 0.6rem; }
:host([density="compact"]) .heading p { display: none; }
:host([density="compact"]) .list > li { align-items: center; padding-block: 0.2rem; }
:host([density="compact"]) .list > li > div:first-child { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.75rem; }
:host([density="compact"]) .list h3 { font-size: 0.9rem; line-height: 1.3; }
:host([density="compact"]) .list .meta { flex-basis: 100%; margin: 0; font-size: 0.8rem; line-height: 1.3; }
:host([density="compact"]) .list .chips { margin: 0; }
:host([density="compact"]) .list :is(.chip, .mark) { font-size: 0.72rem; line-height: 1.3; }
:host([density="compact"]) .list .button { min-height: 1.65rem; padding-block: 0; font-size: 0.85rem; }

/* empty, trouble, skeleton */
.empty { display: grid; justify-items: center; gap: 0.4rem; padding: 3.25rem 1.5rem; text-align: center; border: 1px dashed var(--line); border-radius: var(--radius); }
.empty > svg { width: 2rem; height: 2rem; color: var(--soft); stroke-width: 1.4; margin-bottom: 0.4rem; }
.empty p { max-width: 28rem; color: var(--soft); text-wrap: balance; }
.empty .button { margin-top: 0.9rem; }
.skeleton { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); }
.bone { display: grid; gap: 0.7rem; padding: 1.25rem; }
.bone + .bone { border-top: 1px solid var(--line); }
.bone i { height: 0.8rem; width: 34%; border-radius: 99px; background: linear-gradient(90deg, var(--line), var(--sunken), var(--line)) 0 0 / 300% 100%; animation: breathe 1.8s ease-in-out infinite; }
.bone i + i { width: 68%; }
@keyframes breathe { from { background-position: 100% 0; } to { background-position: -50% 0; } }

/* forms */
.form { display: grid; gap: 1.25rem; }
.field { display: grid; gap: 0.35rem; }
label, legend, .label { font-weight: 550; font-size: 0.93rem; }
.field > legend { margin-bottom: 0.45rem; }
.hint { color: var(--soft); font-size: 0.87rem; }
.error { color: var(--bad); font-size: 0.9rem; font-weight: 500; }
:is(.hint, .error, .problem, .sum, .chips):empty { display: none; }
.problem { padding: 0.65rem 0.9rem; border-radius: calc(var(--radius) * 0.67); background: color-mix(in srgb, var(--bad) 9%, transparent); }
.notice { display: flex; gap: 0.65rem; padding: 0.75rem 0.9rem; border-radius: calc(var(--radius) * 0.67); background: color-mix(in srgb, var(--warn) 10%, transparent); color: var(--ink); font-size: 0.93rem; text-wrap: pretty; }
.notice svg { color: var(--warn); margin-top: 0.1em; }
input:not([type="checkbox"], [type="radio"]), select, textarea {
  width: 100%; min-height: 2.5rem; padding: 0.4rem 0.75rem;
  border: 1px solid var(--edge); border-radius: calc(var(--radius) * 0.67);
  background: var(--card); font-size: max(16px, 1em);
}
@media (pointer: fine) { input:not([type="checkbox"], [type="radio"]), select { font-size: inherit; } }
select {
  appearance: none; padding-inline-end: 2.1rem; cursor: pointer;
  background: linear-gradient(45deg, #0000 50%, var(--soft) 0) calc(100% - 1.1rem) 50% / 0.32rem 0.32rem no-repeat, linear-gradient(-45deg, #0000 50%, var(--soft) 0) calc(100% - 0.78rem) 50% / 0.32rem 0.32rem no-repeat, var(--card);
}
select:dir(rtl) { background-position: 1.1rem 50%, 0.78rem 50%, 0 0; }
input[type="search"]::-webkit-search-cancel-button { appearance: none; }
input::placeholder { color: var(--soft); opacity: 1; }
[aria-invalid="true"] { border-color: var(--bad) !important; }
input[type="checkbox"], input[type="radio"] { accent-color: var(--accent); width: 1.05rem; height: 1.05rem; margin: 0.22rem 0 0; flex: none; cursor: pointer; }
.check { display: flex; gap: 0.65rem; font-weight: 400; font-size: inherit; cursor: pointer; }
.actions { display: flex; flex-wrap: wrap; gap: 0.6rem; justify-content: flex-end; align-items: center; padding-top: 0.25rem; }
.actions .more:empty { display: none; }
.actions .more { flex: 1; display: flex; flex-wrap: wrap; gap: 0.25rem; margin-inline-start: -0.65rem; }
.segments { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.segments label { display: flex; font-weight: 500; font-size: 0.93rem; }
.segments input { position: absolute; opacity: 0; pointer-events: none; }
.segments span { padding: 0.38rem 0.85rem; border: 1px solid var(--line); border-radius: 99px; cursor: pointer; transition: background-color 0.12s; }
.segments span:hover { border-color: var(--edge); }
.segments input:checked + span { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.segments input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }

/* abilities, filters */
.picker { display: grid; gap: 0.35rem; }
.picker .box { border: 1px solid var(--edge); border-radius: calc(var(--radius) * 0.67); overflow: hidden; }
.picker .groups { max-height: min(17rem, 42vh); overflow: auto; padding: 0.35rem 0 0.5rem; overscroll-behavior: contain; }
.picker .check { padding: 0.3rem 0.9rem; }
.pills { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem; }
.content > .pills { margin-bottom: 0.9rem; }
.pills .button { min-height: 2rem; padding: 0.15rem 0.75rem; font-size: 0.9rem; }
.pills [aria-pressed="true"] { border-color: var(--accent); color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.picker .check:hover { background: var(--sunken); }
.picker .check code { overflow-wrap: anywhere; }
.picker .check .hint { display: block; }

/* a code */
/* What a stranger wrote, alone: nothing of it leaves its box, however it is stacked. */
.claim { padding: 0.75rem 0.9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--sunken); font-family: var(--mono); font-size: 0.93rem; overflow: clip; }
.code { font-size: 1.6rem; letter-spacing: 0.06em; text-align: center; user-select: all; }

/* dialogs */
dialog {
  width: min(30rem, calc(100vw - 2rem)); max-width: none; max-height: min(52rem, calc(100dvh - 2rem)); padding: 0;
  border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.33);
  background: var(--card); color: var(--ink); overflow: auto; overscroll-behavior: contain; scroll-padding-bottom: 9rem;
  box-shadow: 0 24px 64px -12px rgb(0 0 0 / 0.35);
}
dialog.wide { width: min(38rem, calc(100vw - 2rem)); }
dialog::backdrop { background: rgb(15 17 21 / 0.45); backdrop-filter: blur(2px); }
dialog[open] { animation: rise 0.16s ease-out; }
@keyframes rise { from { opacity: 0; translate: 0 8px; } }
dialog > header { display: flex; align-items: flex-start; justify-content: space-between; gap: 1rem; padding-block-start: 1.35rem; padding-inline: 1.6rem 1rem; }
dialog > header h2 { padding-top: 0.25rem; font-size: 1.2rem; overflow-wrap: anywhere; }
.dialog-body { display: grid; gap: 1.1rem; padding: 0.85rem 1.6rem 0.4rem; }
.bar { display: grid; gap: 0.6rem; }
.dialog-body :is(.bar, .form > .actions), .dialog-body > .actions { position: sticky; bottom: 0; z-index: 1; margin: -0.25rem -1.6rem 0; padding: 0.75rem 1.6rem 1.1rem; background: var(--card); }
.dialog-body > a:last-child, .dialog-body > .form > :is(a, p):last-child { margin-bottom: 1.1rem; }
.dialog-body p { text-wrap: pretty; }

/* what is said once */
.toast { position: fixed; inset: auto 0 1.5rem; margin: auto; border: 0; width: fit-content; max-width: calc(100vw - 2rem); padding: 0.6rem 1.1rem; border-radius: 99px; background: var(--ink); color: var(--card); font-weight: 500; opacity: 0; pointer-events: none; translate: 0 8px; transition: opacity 0.2s, translate 0.2s; z-index: 10; }
.toast.seen { opacity: 1; translate: none; }

@container (max-width: 544px) {
  .list > li { padding: 1rem; }
  .list > .stacks { grid-template-columns: minmax(0, 1fr); }
  .list > .stacks .row-actions { margin-block: 0.25rem -0.35rem; margin-inline-start: -0.65rem; }
  .list .row-actions:empty { display: none; }
  .list .stacked { display: grid; }
  .heading > .button { width: 100%; }
  .filters select { flex: 1 1 8rem; }
  .foot > .quiet:first-child { margin: 0; }
  .foot { flex-direction: column-reverse; align-items: stretch; text-align: center; }
  .pager { justify-content: center; }
}
@media (max-width: 544px) {
  dialog, dialog.wide { width: 100vw; max-height: calc(100dvh - 1.5rem); margin: auto 0 0; border-radius: calc(var(--radius) * 1.33) calc(var(--radius) * 1.33) 0 0; border-width: 1px 0 0; }
  .actions .button { flex: 1 1 auto; white-space: normal; }
  .actions .more { flex-basis: 100%; order: 1; justify-content: center; margin: 0; }
}
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { select { appearance: auto; } .segments input:checked + span, .pills [aria-pressed="true"] { outline: 2px solid Highlight; } .mark, .chip { border: 1px solid; } }
`

/** None where there is no browser. */
export const sheet = globalThis.CSSStyleSheet && new CSSStyleSheet()

/** Adds to how all of our elements look. @param {string} more */
export function addStyle(more) {
  css += more
  sheet?.replaceSync(css.replace(/(-?[\d.]+)rem\b/g, 'calc($1 * var(--rem))'))
}

let css = ''
addStyle(usual)
