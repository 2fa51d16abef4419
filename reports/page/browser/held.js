/** The trials of the page's index by run, task and address. */
import { readChunk } from "./unpack.js";

/** @typedef {import("../data.ts").TrialIndex} TrialIndex */
/** @typedef {import("../data.ts").IndexedRun} IndexedRun */
/** @typedef {import("../data.ts").IndexedTask} IndexedTask */
/** @typedef {import("../trial-data.ts").ShownTrial} ShownTrial */

/**
 * @typedef {object} Held
 * @property {string} address `KEY/TASK.SEED`, as after `#trial=`
 * @property {IndexedRun} run
 * @property {IndexedTask} task
 * @property {number} seed
 * @property {number | null} value
 * @property {string} ending exit, or why it is unscored
 * @property {number} steps
 * @property {string} explanation
 * @property {readonly [chunk: number, trial: number] | null} place
 */

/** @typedef {{ readonly texts: readonly string[], readonly trial: ShownTrial }} Opened */

/**
 * @typedef {object} Trials
 * @property {TrialIndex} index
 * @property {readonly Held[]} all in the order of runs, tasks and seeds
 * @property {ReadonlyMap<string, Held>} byAddress
 */

/**
 * @param {TrialIndex} index
 * @returns {Trials}
 */
export function heldTrials(index) {
  /** @type {Held[]} */
  const all = [];
  for (const [runPlace, taskPlace, seed, value, ending, steps, explanation, place] of index.trials) {
    const [run, task] = [index.runs[runPlace], index.tasks[taskPlace]];
    if (run === undefined || task === undefined) continue;
    all.push({ address: `${run.key}/${task.name}.${seed}`, run, task, seed, value, ending, steps, explanation, place });
  }
  return { index, all, byAddress: new Map(all.map((trial) => [trial.address, trial])) };
}

/**
 * The whole trial.
 * @param {TrialIndex} index
 * @param {Held} held
 * @returns {Promise<Opened>} rejects with a message for the reader when it cannot be read
 */
export async function openTrial(index, { place, address }) {
  const name = place === null ? undefined : index.chunks[place[0]];
  if (place === null || name === undefined)
    throw new Error(`The file of trial ${address} could not be read when this page was made.`);
  const { texts, trials } = await readChunk(name);
  const trial = trials[place[1]];
  if (trial === undefined) throw new Error(`Trial ${address} is not where the index says. Make the page again.`);
  return { texts, trial };
}

/** @param {Pick<Held, "address">} trial */
export function trialAddress({ address }) {
  return `#trial=${address}`;
}

/**
 * @param {Pick<Held, "address">} left
 * @param {Pick<Held, "address">} right
 */
export function diffAddress(left, right) {
  return `#diff=${left.address}..${right.address}`;
}

/** @param {IndexedRun} run */
export function runTitle({ arm, model }) {
  return `${arm}, ${model}`;
}
