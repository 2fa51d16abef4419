/** The page's style sheet: light and dark by the reader's choice, else as the system has it; from 390 px up, figures in columns of equal width. */
import { SECTIONS_STYLE } from "./style-sections.ts";
import { TRIALS_STYLE } from "./style-trials.ts";

const BASE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fcfcfa, #15171a); --card: light-dark(#ffffff, #1b1e22); --ink: light-dark(#1c1e22, #e7e5e0);
  --quiet: light-dark(#5f646d, #9ba1ab); --rule: light-dark(#e4e3de, #30343a); --grid: light-dark(#e9e8e3, #2a2f35);
  --accent: light-dark(#1d5f8a, #82b9e2); --soft: light-dark(#f4f4f0, #22262b); --mark: light-dark(#fbeec9, #4a3d1c);
  --tag-ink: light-dark(#7a4f00, #efcb85); --tag-paper: light-dark(#fdf3dc, #332a16); --tag-rule: light-dark(#ecd9ab, #57482a);
}
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 70rem; margin: 0 auto; padding: 3.5rem 2rem 5rem; }
h1, h2, h3, h4 { font-weight: 600; line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.9rem; letter-spacing: -0.015em; margin: 0 0 .4rem; }
h2 { font-size: 1.25rem; letter-spacing: -0.005em; margin: 3.5rem 0 1rem; }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
h4 { font-size: .9rem; margin: 2rem 0 .6rem; }
p { max-width: 44rem; margin: 0 0 .75rem; }
b { font-weight: 600; }
small { display: block; font-size: .8125rem; line-height: 1.45; }
code { font: .8125em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.quiet, .fingerprint { color: var(--quiet); font-weight: 400; }
.tag {
  display: inline-block; vertical-align: .1em; margin-left: .35em; padding: .1em .5em; border: 1px solid var(--tag-rule);
  border-radius: .3em; background: var(--tag-paper); color: var(--tag-ink); font-size: .75rem; font-weight: 500;
  line-height: 1.35; letter-spacing: .01em;
}
.notice { margin-top: 1.25rem; padding: .7rem 1rem; border-left: 3px solid var(--tag-rule); background: var(--tag-paper); color: var(--tag-ink); }
.part { margin: 0 0 1.25rem; padding: 1.35rem 1.5rem 1.25rem; background: var(--card); border: 1px solid var(--rule); border-radius: .6rem; overflow-x: auto; overflow-wrap: break-word; }
.part > :last-child { margin-bottom: 0; }

table { width: 100%; border-collapse: collapse; font-size: .9rem; line-height: 1.4; }
caption { text-align: left; padding: 0 0 .75rem; font-weight: 600; }
.benchmark { font-size: 1.05rem; }
.split, caption small, h3 small { color: var(--quiet); font-weight: 400; }
th { font-weight: inherit; text-align: left; }
th, td { padding: .5rem 1.1rem .5rem 0; vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-size: .8125rem; padding-top: 0; vertical-align: bottom; }
.number { text-align: right; white-space: nowrap; }
.data tbody tr { border-top: 1px solid var(--rule); }
.data td.number small { white-space: nowrap; }
.data .wide { width: 38%; }
.data .number + .text { padding-left: .75rem; }

.forest th[scope=row] { width: 25%; }
.forest .plot { position: relative; width: 33%; }
.forest .plot svg { position: absolute; left: .9rem; top: 0; width: calc(100% - 2.7rem); height: 100%; }
.forest thead .plot svg { top: auto; bottom: .5rem; height: 1.15em; }
.forest tbody th, .forest tbody td { padding-top: .3rem; padding-bottom: .3rem; vertical-align: middle; }
.forest .group th { padding: 1rem 0 .3rem; color: var(--quiet); font-size: .8125rem; border-bottom: 1px solid var(--rule); }
.forest.many .plot { width: 24%; }
.forest .fingerprint { display: block; }
svg { display: block; overflow: visible; }
.forest svg text { fill: var(--quiet); font-size: 12px; text-anchor: middle; }
.grid { stroke: var(--grid); }
.reference { stroke: var(--quiet); stroke-dasharray: 2 3; }
.interval { stroke: var(--accent); stroke-width: 2; stroke-linecap: round; }
.dot { fill: var(--accent); stroke: var(--accent); stroke-width: 2; }
.hollow { fill: var(--card); }

details { margin-top: 1rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--quiet); }
summary:hover, summary:focus-visible { color: var(--ink); }
details table { margin-top: 1rem; }
details.tasks { display: inline-block; margin: 0; font-size: inherit; vertical-align: top; }
.task { display: inline-block; max-width: 100%; overflow-wrap: anywhere; vertical-align: top; }
.warnings { margin: 1.25rem 0 0; padding: 0; list-style: none; font-size: .875rem; color: var(--tag-ink); }
.warnings li { padding: .1rem 0; }
.warnings b { font-weight: 500; }
.warnings details { margin: 0; }
dl { margin: 0; } dt, dd { margin: 0; }
.tasklists div { margin-top: .9rem; }
.tasklists dd { color: var(--quiet); }

.path { margin: 0; }
.levels { display: flex; flex-wrap: wrap; gap: .75rem 0; margin: 0; padding: 0; list-style: none; }
.levels li { display: grid; grid-template-columns: auto auto; font-size: .875rem; line-height: 1.35; }
.levels li + li::before { content: "→"; grid-row: 1 / span 3; margin: .2rem 1.5rem 0; color: var(--quiet); font-size: 1.1rem; }
.levels li > * { grid-column: 2; }
.levels b { font-size: 1.5rem; line-height: 1.2; }
.lines { margin: 0; padding: 0; list-style: none; font-size: .9375rem; }
.lines li { display: grid; grid-template-columns: 7.5rem 1fr; gap: 1rem; padding: .6rem 0; border-top: 1px solid var(--rule); }
.support { color: var(--quiet); font-size: .8125rem; white-space: nowrap; }
.support b { display: inline-block; min-width: 1.6em; text-align: right; color: var(--ink); font-size: 1rem; }
.line { overflow-wrap: anywhere; }
.line small { margin-top: .15rem; }
.fates { margin: 0 0 2rem; max-width: 36rem; font-size: .9rem; }
.fates div { display: grid; grid-template-columns: 14rem 1fr; align-items: center; padding: .15rem 0; }
.fates dd { display: grid; grid-template-columns: 2.5rem 1fr; gap: .75rem; align-items: center; text-align: right; }
.fates rect { fill: var(--accent); }
.shared { margin: 0 0 2rem; font-size: .875rem; }
.shared div { display: grid; grid-template-columns: 8rem 1fr; gap: 1rem; padding: .15rem 0; }
.shared dt { color: var(--quiet); }
.shared dd { overflow-wrap: anywhere; }
footer { color: var(--quiet); font-size: .875rem; }
footer h2 { color: var(--ink); font-size: 1rem; }

@media (max-width: 44rem) {
  main { padding: 2rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  h2 { margin-top: 2.5rem; }
  .part { padding: 1.1rem 1rem; }
  table, tbody, caption, tr { display: block; }
  th, td { display: block; padding: 0; overflow-wrap: anywhere; }
  .data thead { position: absolute; clip-path: inset(50%); }
  .data tbody tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem 1rem; padding: .8rem 0; }
  .data tbody th, .data .wide { grid-column: 1 / -1; width: auto; }
  .data td, .forest td.number { text-align: left; white-space: normal; }
  .data td:empty { display: none; }
  td[data-label]::before { content: attr(data-label); display: block; color: var(--quiet); font-size: .75rem; }
  .forest thead, .forest thead tr { display: block; }
  .forest thead th:not(.plot) { position: absolute; clip-path: inset(50%); }
  .forest .plot, .forest.many .plot { width: auto; padding: 0 .9rem; }
  .forest .plot svg, .forest thead .plot svg { position: static; width: 100%; height: 1.75rem; }
  .forest tbody tr:not(.group) { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .9rem; padding: .75rem 0 .6rem; }
  .forest tbody tr:not(.group) + tr { border-top: 1px solid var(--rule); }
  .forest tbody tr.group + tr { border-top: 0; }
  .forest tbody th, .forest tbody td { padding: 0; }
  .forest tbody th[scope=row] { flex: 1; width: auto; }
  .forest tbody .plot { order: 1; flex: 0 0 100%; width: auto; padding: 0 .9rem; }
  .forest tbody .plot ~ td ~ td { order: 2; color: var(--quiet); font-size: .8125rem; }
  .forest td[data-label]::before { content: attr(data-label) " "; display: inline; font-size: inherit; }
  .forest tbody .plot + td::before, .forest tbody td:last-child::before { content: none; }
  .forest .fingerprint { display: inline; }
  .data .number + .text { padding-left: 0; }
  .levels li + li::before { margin: .2rem .7rem 0; }
  .lines li { grid-template-columns: 1fr; gap: .1rem; }
  .support b { min-width: 0; }
  .fates div { grid-template-columns: 1fr; }
  .shared div { grid-template-columns: 1fr; gap: 0; padding: .3rem 0; }
}
@page { margin: 10mm; }
@media print {
  :root, :root[data-theme] { color-scheme: light; }
  :root { font-size: 11px; } /* so that tables as wide as a screen fit a sheet of paper */
  body { font-size: 1rem; }
  main { max-width: none; padding: 0; }
  .part { border: 0; padding: 0; overflow: visible; }
  h1, h2, h3, h4, caption, thead, .group { break-after: avoid; }
  tr, .chart, .levels, .lines li, p { break-inside: avoid; }
}
`;

/** All of it: what every section needs, then what each has of its own. */
export const STYLE_SHEET = BASE + SECTIONS_STYLE + TRIALS_STYLE;
