/** Styles of the table of tasks, of a trial's page and of two trials side by side, and of the controls at the top. */
export const TRIALS_STYLE = `
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .15em; }
h1:focus { outline: 0; }
.contents { display: flex; gap: .5rem 1.5rem; align-items: baseline; justify-content: space-between; margin-top: 1.5rem; font-size: .875rem; }
.contents ul { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin: 0; padding: 0; list-style: none; }
.contents a { color: var(--quiet); text-decoration: none; }
.contents a:hover { color: var(--ink); text-decoration: underline; }
.theme { color: var(--quiet); white-space: nowrap; }

button, select, input { font: inherit; color: inherit; }
select, input[type=search] { min-height: 2.1rem; padding: .25rem .5rem; border: 1px solid var(--rule); border-radius: .35rem; background: var(--card); }
.theme select { min-height: 0; padding: .05rem .25rem; border-color: transparent; color: var(--quiet); }
.theme select:hover, .theme select:focus { border-color: var(--rule); }
.controls { display: flex; flex-wrap: wrap; gap: .75rem 1rem; margin: 0 0 1rem; font-size: .875rem; }
.controls label { display: grid; gap: .2rem; min-width: 0; max-width: 100%; }
.controls label > span { color: var(--quiet); font-size: .8125rem; }
.controls select { width: 100%; min-width: 0; }
.controls .search { flex: 1 1 100%; }
.tasks-table button { padding: 0; border: 0; background: none; cursor: pointer; text-align: inherit; font-weight: 600; }
.tasks-table button:hover { text-decoration: underline; }
.tasks-table th { font-size: inherit; }
.tasks-table thead th { color: var(--ink); font-size: .8125rem; vertical-align: top; padding-bottom: .6rem; }
.tasks-table thead small { color: var(--quiet); font-size: .75rem; white-space: nowrap; }
.tasks-table caption small { font-weight: 400; }
.tasks-table .name { display: block; min-width: 8rem; overflow-wrap: anywhere; }
.tasks-table thead .number { white-space: normal; }
.tasks-table td a { display: inline-block; min-width: 1.5em; }
.tasks-table td small { font-size: .8125rem; }
.pages { display: flex; gap: 1rem; align-items: center; margin-top: 1rem; font-size: .875rem; }
.pages button, .more { padding: .3rem .8rem; border: 1px solid var(--rule); border-radius: .35rem; background: none; cursor: pointer; }
.pages button:disabled { color: var(--quiet); cursor: default; }
.pages button:hover:enabled, .more:hover { border-color: var(--quiet); }
.more { margin: .4rem 0 0; color: var(--quiet); font-size: .8125rem; }

.verbatim { margin: .4rem 0 0; font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.verbatim.said { font: inherit; font-size: .9375rem; }
.verbatim.done, .verbatim.seen { padding: .6rem .8rem; border-radius: .35rem; background: var(--soft); }
.verbatim.done { border-left: 3px solid var(--accent); }
.verbatim mark { color: inherit; background: var(--mark); }
#view h1 { overflow-wrap: anywhere; }
#view h1 .tag { margin-left: .9em; }
@media (scripting: none) { .theme { display: none; } }
#view h2 { margin-top: 2rem; }
#view h3 small { display: inline; margin-left: .75rem; }
#view h4 { margin: .9rem 0 0; color: var(--quiet); font-size: .8125rem; font-weight: 400; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .6rem 1.5rem; margin: 1.25rem 0 0; font-size: .9rem; }
.facts dt { color: var(--quiet); font-size: .8125rem; }
.facts dd { overflow-wrap: anywhere; white-space: pre-wrap; }
.facts:empty { display: none; }
.steps { margin: 0; padding: 0; list-style: none; }
.steps li + li { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); }
.images { padding: 0; list-style: none; }
.images img { display: block; max-width: 100%; max-height: 44rem; width: auto; height: auto; border: 1px solid var(--rule); border-radius: .35rem; }
.steps ul li + li { margin: 0; padding: 0; border: 0; }
.others { display: grid; gap: .3rem; margin: 0; padding: 0; list-style: none; font-size: .9rem; }
.others li { display: grid; grid-template-columns: minmax(0, 1fr) 5rem 7rem 7rem; gap: 0 1rem; }
.others li > :nth-child(2) { text-align: right; }
.others [aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
.sides { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2rem; }
.sides h2 { margin: 0 0 .5rem !important; font-size: 1rem; }
.differing, .same { padding: .9rem 0; border-top: 1px solid var(--rule); margin: 0; }
.part > .quiet:only-child { margin: 0; }
#view details { margin: 0; }
#view details + details, #view .steps details { margin-top: .5rem; }

@media (max-width: 44rem) {
  .tasks-table .name { min-width: 0; }
  .contents { flex-wrap: wrap; }
  .sides { grid-template-columns: 1fr; gap: 1rem; }
  .others li { grid-template-columns: minmax(0, 1fr) 5rem; }
  .others li + li { margin-top: .5rem; }
  .others li > :nth-child(4) { text-align: right; }
  .data.tasks-table thead { position: static; clip-path: none; }
  .data.tasks-table thead tr { display: flex; flex-wrap: wrap; gap: .6rem 1.25rem; padding-bottom: .8rem; }
  .data.tasks-table thead th, .data.tasks-table td.number { text-align: left; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .controls { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .controls .search { grid-column: 1 / -1; }
  .controls label { align-content: end; }
}
@media print {
  .controls, .pages, .theme, .contents, .more { display: none; }
  .steps li, .differing, .same { break-inside: avoid-page; }
}
`;
