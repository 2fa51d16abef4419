/** The table of tasks: a row a task, a column an arm; sorted, filtered and searched in place. */
import { button, choice, counted, element, grouped, signedPoints } from "./elements.js";
import { diffAddress } from "./held.js";
import { alike, armNote, caption, option, ordered, sameSeed, scoreCell } from "./task-cells.js";
import { rowsOfGroup, taskGroups } from "./task-rows.js";

/** @typedef {import("./held.js").Trials} Trials */
/** @typedef {import("./task-rows.js").Group} Group */
/** @typedef {import("./task-rows.js").Row} Row */
/** @typedef {import("../data.ts").IndexedRun} IndexedRun */

const ROWS_AT_ONCE = 50;
/** With more arms than these, the two that are compared stand alone until all are asked for. */
const MOST_COLUMNS = 5;

/** Which tasks are shown, by how the chosen arm did against its baseline. */
/** @type {Readonly<Record<string, readonly [text: string, fits: (row: Row & { difference: number | null }) => boolean]>>} */
const SHOWN = {
  all: ["All tasks", () => true],
  worse: ["Arm worse than baseline", ({ difference }) => difference !== null && difference < 0],
  better: ["Arm better than baseline", ({ difference }) => difference !== null && difference > 0],
  tied: ["The same in both", ({ difference }) => difference === 0],
  failed: ["No arm has full score", ({ means }) => means.every((mean) => mean !== 1)],
  solved: ["Every arm has full score", ({ means }) => means.every((mean) => mean === 1)],
  unscored: ["With unscored trials", ({ trials }) => trials.some((of) => of.some(({ value }) => value === null))],
  protocol: [
    "With protocol failures",
    ({ trials }) => trials.some((of) => of.some(({ ending }) => ending === "format-errors")),
  ],
};

/**
 * Fills the place of the table.
 * @param {HTMLElement} place
 * @param {Trials} trials
 */
export function showTasks(place, trials) {
  const groups = taskGroups(trials);
  const [first] = groups;
  if (first === undefined) return;
  const state = {
    group: first,
    rows: rowsOfGroup(first, trials),
    arm: 0,
    baseline: 0,
    sort: "task",
    descending: false,
    page: 0,
  };
  const words = element("input", { type: "search", autocomplete: "off", spellcheck: "false", id: "task-search" });
  const group = choice(
    "Benchmark and model",
    groups.map(({ title }, index) => [String(index), title]),
    (value) => open(Number(value)),
  );
  const arm = choice("Arm", [], (value) => pair("arm", value));
  const baseline = choice("against", [], (value) => pair("baseline", value));
  const kind = choice("Kind of task", [], refresh);
  const shown = choice(
    "Show",
    Object.entries(SHOWN).map(([value, [text]]) => [value, text]),
    refresh,
  );
  const columns = choice(
    "Columns",
    [
      ["two", "arm and baseline"],
      ["all", "all arms"],
    ],
    () => draw(),
  );
  const status = element("p", { role: "status", class: "quiet" });
  const table = element("table", { class: "data tasks-table", role: "table" });
  const pages = element("nav", { class: "pages", "aria-label": "Pages of the table" });
  const search = element(
    "label",
    { class: "search" },
    element("span", {}, "Search tasks, instructions and verdicts"),
    words,
  );
  const form = element(
    "form",
    { class: "controls", role: "search" },
    search,
    group.field,
    arm.field,
    baseline.field,
    columns.field,
    kind.field,
    shown.field,
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", refresh);
  group.field.hidden = groups.length < 2;
  place.replaceChildren(form, status, table, pages);
  open(0);

  /** @param {number} index */
  function open(index) {
    const chosen = groups[index] ?? state.group;
    Object.assign(state, {
      group: chosen,
      rows: rowsOfGroup(chosen, trials),
      arm: chosen.runs.length - 1,
      baseline: 0,
      sort: "task",
      descending: false,
    });
    const names = chosen.runs.map(({ arm: name, fingerprint }, run) =>
      option(String(run), alike(chosen.runs, name) ? `${name} ${fingerprint}` : name),
    );
    arm.select.replaceChildren(...names);
    baseline.select.replaceChildren(...names.map((each) => each.cloneNode(true)));
    kind.select.replaceChildren(
      option("", "All kinds"),
      ...[...new Set(state.rows.map(({ task }) => task.kind))].sort().map((name) => option(name, name)),
    );
    [arm.select.value, baseline.select.value] = [String(state.arm), "0"];
    for (const { field } of [arm, baseline]) field.hidden = chosen.runs.length < 2;
    columns.select.value = chosen.runs.length > MOST_COLUMNS ? "two" : "all";
    columns.field.hidden = chosen.runs.length < 3;
    refresh();
  }

  /**
   * @param {"arm" | "baseline"} which
   * @param {string} value
   */
  function pair(which, value) {
    state[which] = Number(value);
    refresh();
  }

  function refresh() {
    state.page = 0;
    draw();
  }

  /** @param {string} column */
  function sortBy(column) {
    // A first click on numbers brings the lowest to the top: what was lost is what one looks for.
    state.descending = state.sort === column && !state.descending;
    state.sort = column;
    refresh();
    for (const control of table.querySelectorAll("button")) if (control.dataset.column === column) control.focus();
  }

  function draw() {
    const rows = found();
    const start = state.page * ROWS_AT_ONCE;
    const seen = rows.slice(start, start + ROWS_AT_ONCE);
    status.replaceChildren(
      `${grouped(rows.length)} of ${counted(state.rows.length, "task")}${rows.length > seen.length ? `, ${grouped(start + 1)} to ${grouped(start + seen.length)} shown` : ""}`,
    );
    table.replaceChildren(caption(state.group), head(), element("tbody", { role: "rowgroup" }, seen.map(body)));
    pages.replaceChildren(...pageButtons(rows.length));
  }

  function found() {
    const wanted = words.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const [, fits] = SHOWN[shown.select.value] ?? ["", () => true];
    const rows = state.rows
      .filter(({ text }) => wanted.every((word) => text.includes(word)))
      .filter(({ task }) => kind.select.value === "" || task.kind === kind.select.value)
      .map((row) => ({ ...row, difference: differenceOf(row) }))
      .filter(fits);
    return rows.sort(
      (one, other) => ordered(sortKey(one), sortKey(other), state.descending) || one.place - other.place,
    );
  }

  /** @param {Row} row */
  function differenceOf({ means }) {
    const [mean, other] = [means[state.arm] ?? null, means[state.baseline] ?? null];
    return mean === null || other === null || state.arm === state.baseline ? null : mean - other;
  }

  /** @param {Row & { difference: number | null }} row */
  function sortKey(row) {
    if (state.sort === "task") return row.place;
    if (state.sort === "kind") return row.task.kind;
    if (state.sort === "difference") return row.difference;
    return row.means[Number(state.sort)] ?? null;
  }

  /** With their places in the group. */
  function shownRuns() {
    const both = [state.arm, state.baseline];
    return [...state.group.runs.entries()].filter(([index]) => columns.select.value === "all" || both.includes(index));
  }

  function head() {
    const arms = shownRuns().map(([index, run]) => column(String(index), run.arm, armNote(run)));
    const difference =
      state.arm === state.baseline
        ? []
        : [column("difference", "Difference", [element("small", {}, "arm less baseline")])];
    return element(
      "thead",
      { role: "rowgroup" },
      element("tr", { role: "row" }, column("task", "Task"), column("kind", "Kind"), ...arms, ...difference),
    );
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {readonly Node[]} [notes]
   */
  function column(name, label, notes = []) {
    const sorted = state.sort === name;
    const mark = sorted ? element("span", { "aria-hidden": "true" }, state.descending ? " ↓" : " ↑") : null;
    const control = button(label, () => sortBy(name), { "data-column": name });
    if (mark !== null) control.append(mark);
    return element(
      "th",
      {
        role: "columnheader",
        scope: "col",
        ...(notes.length > 0 && { class: "number" }),
        ...(sorted && { "aria-sort": state.descending ? "descending" : "ascending" }),
      },
      control,
      notes,
    );
  }

  /** @param {Row & { difference: number | null }} row */
  function body(row) {
    const { task, trials: byRun, means, difference } = row;
    const cells = shownRuns().map(([index, run]) =>
      element(
        "td",
        { role: "cell", class: "number", "data-label": run.arm },
        scoreCell(byRun[index] ?? [], means[index] ?? null),
      ),
    );
    const header = element("th", { role: "rowheader", scope: "row" }, element("span", { class: "name" }, task.id));
    const last =
      state.arm === state.baseline
        ? []
        : [
            element(
              "td",
              { role: "cell", class: "number", "data-label": "Difference" },
              differenceCell(row, difference),
            ),
          ];
    return element(
      "tr",
      { role: "row" },
      header,
      element("td", { role: "cell", "data-label": "Kind" }, task.kind),
      ...cells,
      ...last,
    );
  }

  /**
   * @param {Row} row
   * @param {number | null} difference
   */
  function differenceCell({ trials: byRun, task }, difference) {
    const [left, right] = sameSeed(byRun[state.baseline] ?? [], byRun[state.arm] ?? []);
    const text = difference === null ? "–" : signedPoints(difference);
    if (left === undefined || right === undefined) return text;
    return element(
      "a",
      { href: diffAddress(left, right), "aria-label": `${text}: both trials of ${task.id} side by side` },
      text,
    );
  }

  /** @param {number} rows */
  function pageButtons(rows) {
    const last = Math.ceil(rows / ROWS_AT_ONCE) - 1;
    if (last <= 0) return [];
    const go = (/** @type {number} */ page, /** @type {string} */ label) => () => {
      state.page = page;
      draw();
      place.scrollIntoView();
      const usable = [...pages.querySelectorAll("button")].filter(({ disabled }) => !disabled);
      (usable.find(({ textContent }) => textContent === label) ?? usable[0])?.focus({ preventScroll: true });
    };
    const step = (/** @type {string} */ label, /** @type {number} */ by) => button(label, go(state.page + by, label));
    const [back, on] = [step("Previous", -1), step("Next", 1)];
    [back.disabled, on.disabled] = [state.page === 0, state.page === last];
    return [back, element("span", { class: "quiet" }, `Page ${state.page + 1} of ${last + 1}`), on];
  }
}
