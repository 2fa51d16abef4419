/** Rows of the table of tasks: trials gathered by task and arm. */
/** @typedef {import("./held.js").Trials} Trials */
/** @typedef {import("./held.js").Held} Held */
/** @typedef {import("../data.ts").IndexedRun} IndexedRun */
/** @typedef {import("../data.ts").IndexedTask} IndexedTask */

/**
 * Arms of one model on the same tasks.
 * @typedef {object} Group
 * @property {string} title
 * @property {readonly IndexedRun[]} runs
 */

/**
 * @typedef {object} Row
 * @property {number} place in the order of the benchmark
 * @property {IndexedTask} task
 * @property {readonly (readonly Held[])[]} trials by run of the group, in order of seed
 * @property {readonly (number | null)[]} means of each run's scored trials; null without one
 * @property {string} text in lower case, what a search looks in
 */

/**
 * @param {Trials} trials
 * @returns {Group[]}
 */
export function taskGroups({ index: { runs } }) {
  /** @type {Map<string, IndexedRun[]>} */
  const groups = new Map();
  for (const run of runs) {
    const title = `${run.benchmark} ${run.split}, ${run.model}`;
    groups.set(title, [...(groups.get(title) ?? []), run]);
  }
  return [...groups].map(([title, of]) => ({ title, runs: of }));
}

/**
 * @param {Group} group
 * @param {Trials} trials
 * @returns {Row[]}
 */
export function rowsOfGroup({ runs }, { all }) {
  const columns = new Map(runs.map((run, column) => [run, column]));
  /** @type {Map<IndexedTask, Held[][]>} */
  const byTask = new Map();
  for (const trial of all) {
    const column = columns.get(trial.run);
    if (column === undefined) continue;
    const cells = byTask.get(trial.task) ?? runs.map(() => []);
    cells[column]?.push(trial);
    byTask.set(trial.task, cells);
  }
  return [...byTask].map(([task, trials], place) => ({
    place,
    task,
    trials,
    means: trials.map(meanOf),
    text: searchText(task, trials.flat()),
  }));
}

/** @param {readonly Held[]} trials */
function meanOf(trials) {
  const values = trials.flatMap(({ value }) => (value === null ? [] : [value]));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * @param {IndexedTask} task
 * @param {readonly Held[]} trials
 */
function searchText({ id, kind, family, instruction }, trials) {
  const verdicts = new Set(trials.flatMap(({ ending, explanation }) => [ending, explanation]));
  return [id, kind, family ?? "", instruction, ...verdicts].join("\n").toLowerCase();
}
