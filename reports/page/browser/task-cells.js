/** What stands in the table of tasks: its caption, what is told of an arm, the scores of its trials, and the order of values. */
import { element, points, simulatedMark } from "./elements.js";
import { trialAddress } from "./held.js";

/** @typedef {import("./held.js").Held} Held */
/** @typedef {import("./task-rows.js").Group} Group */
/** @typedef {import("../data.ts").IndexedRun} IndexedRun */

/** @param {Group} group */
export function caption({ title, runs }) {
  const [run] = runs;
  const about = run === undefined ? "" : `${run.metric}, scored by ${run.scorer}`;
  const rest = ": score of each seed in points of 100; open one to read the trial";
  return element(
    "caption",
    {},
    title,
    simulatedMark(runs.some(({ simulated }) => simulated)),
    element("small", { class: "quiet" }, about + rest),
  );
}

/**
 * What every number on the page has beside it.
 * @param {IndexedRun} run
 */
export function armNote({ mean, interval, n, fingerprint }) {
  const small = (/** @type {string} */ text) => element("small", {}, text);
  return [
    small(`mean ${mean}`),
    small(`95 % ${interval}`),
    small(`n ${n}`),
    element("code", { class: "fingerprint" }, fingerprint),
  ];
}

/**
 * @param {readonly Held[]} trials
 * @param {number | null} mean
 */
export function scoreCell(trials, mean) {
  const links = trials.map((trial) => {
    const text = trial.value === null ? "unscored" : points(trial.value).replace(/\.0$/, "");
    const label = `${text}, seed ${trial.seed}, ${trial.ending}: ${trial.run.arm} on ${trial.task.id}`;
    return element(
      "a",
      { href: trialAddress(trial), "aria-label": label, title: `seed ${trial.seed}, ${trial.ending}` },
      text,
    );
  });
  const spaced = links.flatMap((link, index) => (index === 0 ? [link] : [" ", link]));
  return trials.length < 2 ? spaced : [element("b", {}, points(mean)), element("small", {}, ...spaced)];
}

/**
 * The first seed that both have.
 * @param {readonly Held[]} left
 * @param {readonly Held[]} right
 */
export function sameSeed(left, right) {
  const one = left.find(({ seed }) => right.some((other) => other.seed === seed)) ?? left[0];
  return [one, right.find(({ seed }) => seed === one?.seed) ?? right[0]];
}

/**
 * What is not there comes last, whichever way.
 * @param {string | number | null} a
 * @param {string | number | null} b
 * @param {boolean} descending
 */
export function ordered(a, b, descending) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a === b ? 0 : a < b === descending ? 1 : -1;
}

/**
 * @param {string} value
 * @param {string} text
 */
export function option(value, text) {
  return element("option", { value }, text);
}

/**
 * Whether several arms have that name.
 * @param {readonly IndexedRun[]} runs
 * @param {string} name
 */
export function alike(runs, name) {
  return runs.filter(({ arm }) => arm === name).length > 1;
}
