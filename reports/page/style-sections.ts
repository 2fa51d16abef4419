/** Styles of charts, of the transfer map and of the skill with its origins. Colours are those of the base style sheet. */
export const SECTIONS_STYLE = `
.headline { max-width: 52rem; font-size: 1.0625rem; }
.headline + .headline { margin-top: .6rem; }
.chart { margin: .75rem 0 0; }
.chart svg { max-width: 100%; height: auto; font-family: inherit; }
.chart svg text { font-size: 12px; fill: var(--quiet); }
.chart svg .role-mark text { fill: var(--ink); stroke: var(--card); stroke-width: 3px; paint-order: stroke; }
.part > p.quiet { font-size: .875rem; }
.chart .narrow { display: none; }
.key { columns: 13rem; margin: .75rem 0 0; padding-left: 2.6rem; font-size: .875rem; color: var(--quiet); }
.key li { break-inside: avoid; overflow-wrap: anywhere; }
.part > h3 .split { font-size: .9375rem; }

.heat { --loss: light-dark(#a8481f, #e39a75); table-layout: fixed; border-collapse: separate; border-spacing: .25rem; margin: 0 -.25rem 1.5rem; width: calc(100% + .5rem); }
.heat caption { padding-left: .25rem; }
.heat th, .heat td { padding: .6rem .8rem; vertical-align: top; border-radius: .35rem; }
.heat thead th { padding-top: 0; padding-bottom: .2rem; vertical-align: bottom; overflow-wrap: anywhere; }
.heat th:first-child { padding-left: .25rem; overflow-wrap: anywhere; }
.heat .figure { font-size: 1.15rem; } .heat .figure b { font-weight: 700; }
.heat td small, .heat td .fingerprint, .heat td[data-label]::before { color: inherit; }
.heat .even { background: var(--soft); }
.heat .gain-1 { background: color-mix(in srgb, var(--accent) 9%, var(--card)); } .heat .gain-2 { background: color-mix(in srgb, var(--accent) 18%, var(--card)); }
.heat .gain-3 { background: color-mix(in srgb, var(--accent) 28%, var(--card)); } .heat .gain-4 { background: color-mix(in srgb, var(--accent) 38%, var(--card)); }
.heat .loss-1 { background: color-mix(in srgb, var(--loss) 9%, var(--card)); } .heat .loss-2 { background: color-mix(in srgb, var(--loss) 18%, var(--card)); }
.heat .loss-3 { background: color-mix(in srgb, var(--loss) 28%, var(--card)); } .heat .loss-4 { background: color-mix(in srgb, var(--loss) 38%, var(--card)); }

.skill-file { margin: 1rem 0 0; }
.skill-file > summary { padding: .35rem 0; }
.skill-text { border-top: 1px solid var(--rule); padding: .5rem 0; }
.skill-block { margin: 0; padding: 0 0 0 3.25rem; position: relative; font-size: inherit; }
.skill-block > summary { display: block; position: relative; margin-left: -3.25rem; padding-left: 3.25rem; color: var(--ink); list-style: none; border-radius: .2rem; }
.skill-block > summary::-webkit-details-marker { display: none; }
.skill-block > summary:hover, .skill-block > summary:focus-visible, .skill-block[open] > summary { background: var(--soft); }
.taught::before { content: ""; position: absolute; left: 2.55rem; top: .1rem; bottom: .1rem; width: 3px; border-radius: 2px; background: var(--accent); z-index: 1; }
.support-0::before { background: var(--rule); } .support-1::before { opacity: .3; } .support-2::before { opacity: .5; } .support-3::before { opacity: .75; }
.skill-line { display: grid; grid-template-columns: 2rem 1fr; gap: .6rem; min-height: 1.4em; }
.line-number { color: var(--quiet); font-size: .75rem; line-height: 1.45rem; text-align: right; }
.line-support { position: absolute; left: 0; width: 2.1rem; text-align: right; font-size: .8125rem; line-height: 1.45rem; font-weight: 600; }
.skill-line code { font-size: .8125rem; line-height: 1.45rem; white-space: pre-wrap; }
.behind { margin: .25rem 0 .75rem 2.6rem; padding: .25rem 0; font-size: .875rem; }
.behind p { margin: 0 0 .35rem; color: var(--quiet); }
.behind ul { margin: 0; padding-left: 1.1rem; }
.behind li { padding: .1rem 0; }

@media (max-width: 44rem) {
  .chart .wide { display: none; }
  .chart .narrow { display: block; }
  .heat thead { position: absolute; clip-path: inset(50%); }
  .heat tr { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .35rem; padding: .5rem 0; }
  .heat th[scope=row] { grid-column: 1 / -1; padding: .2rem 0; }
  .heat { margin: 0 0 1rem; width: 100%; }
  .heat td { padding: .5rem .6rem; }
  .skill-block { padding-left: 2rem; }
  .skill-block > summary { margin-left: -2rem; padding-left: 2rem; }
  .skill-line { grid-template-columns: 1fr; }
  .line-number { display: none; }
  .line-support { width: 1.2rem; }
  .taught::before { left: 1.5rem; }
  .behind { margin-left: .25rem; }
}
@media print { .chart .narrow { display: none; } .chart .wide { display: block; } .skill-block { break-inside: avoid; } }
`;
