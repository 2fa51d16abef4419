/** Two trials of a task side by side: where they do the same, where they first part, and what each did from there. */
import { counted, element, grouped, inPortions, points, simulatedMark, verbatim } from "./elements.js";
import { openTrial, runTitle, trialAddress } from "./held.js";
import { matchEqual } from "./match.js";
import { actionBlock, part, scoreText } from "./trial.js";

/** @typedef {import("./held.js").Trials} Trials */
/** @typedef {import("./held.js").Held} Held */
/** @typedef {import("./held.js").Opened} Opened */
/** @typedef {import("../trial-data.ts").ShownStep} ShownStep */
/** @typedef {readonly [left: number | null, right: number | null]} Pair places of two steps; null where one has none */

/**
 * @param {Trials} trials
 * @param {Held} left
 * @param {Held} right
 * @returns {Promise<Node[]>}
 */
export async function sideBySidePage({ index }, left, right) {
  const [one, other] = await Promise.all([openTrial(index, left), openTrial(index, right)]);
  const sides = [
    { held: left, opened: one },
    { held: right, opened: other },
  ];
  const [leftSteps, rightSteps] = [one.trial.steps, other.trial.steps];
  const pairs = pairSteps(leftSteps, rightSteps);
  const simulated = left.run.simulated || right.run.simulated;
  return [
    element("h1", { tabindex: "-1" }, left.task.id, simulatedMark(simulated)),
    element(
      "p",
      { class: "quiet" },
      `${runTitle(left.run)}, seed ${left.seed}, beside ${runTitle(right.run)}, seed ${right.seed}`,
    ),
    element(
      "div",
      { class: "sides part" },
      sides.map(({ held, opened }) => summary(held, opened)),
    ),
    part("What the model was told", [promptDifference(one, other)]),
    part("Steps", [
      element("p", {}, firstParting(leftSteps, rightSteps)),
      ...inPortions(element("div", {}), pairs, (pair) => pairRow(pair, leftSteps, rightSteps)),
    ]),
    part("Answers", [
      element(
        "div",
        { class: "sides" },
        sides.map(({ opened }) => verbatim(opened.trial.answer || "no answer as text")),
      ),
    ]),
  ];
}

/**
 * @param {Held} held
 * @param {Opened} opened
 */
function summary(held, { trial }) {
  return element(
    "div",
    {},
    element("h2", {}, element("a", { href: trialAddress(held) }, `${runTitle(held.run)}, seed ${held.seed}`)),
    element(
      "p",
      {},
      element("b", {}, held.value === null ? "unscored" : points(held.value)),
      ` ${held.ending}, ${counted(held.steps, "step")}, ${grouped(trial.usage.outputTokens)} tokens out`,
    ),
    element("p", { class: "quiet" }, `${scoreText(held)}, `, element("code", {}, held.run.fingerprint)),
    trial.explanation === "" ? null : verbatim(trial.explanation),
  );
}

/**
 * @param {Opened} one
 * @param {Opened} other
 */
function promptDifference(one, other) {
  const text = (/** @type {Opened} */ { texts, trial }) =>
    trial.prompt.map((message) => texts[message.text] ?? "").join("\n\n");
  const [left, right] = [text(one), text(other)];
  if (left === right) return element("p", {}, "Both were told the same, to the letter.");
  return element(
    "details",
    {},
    element("summary", {}, `Not the same: ${counted(left.length, "character")}, and ${grouped(right.length)}`),
    element("div", { class: "sides" }, ...markedLines(left, right)),
  );
}

/**
 * @param {readonly ShownStep[]} left
 * @param {readonly ShownStep[]} right
 */
function firstParting(left, right) {
  let same = 0;
  while (same < left.length && same < right.length && keyOf(left[same]) === keyOf(right[same])) same += 1;
  if (same === left.length && same === right.length) return `Both do the same in all ${counted(same, "step")}.`;
  return same === 0
    ? "They part at the first step."
    : `They do the same in the first ${same === 1 ? "step" : counted(same, "step")} and part at step ${same + 1}.`;
}

/** @param {ShownStep | undefined} step */
function keyOf(step) {
  return step === undefined ? "" : `${step.action.kind} ${step.action.text}`;
}

/**
 * Equal actions beside each other, and between them what only one did, in order.
 * @param {readonly ShownStep[]} left
 * @param {readonly ShownStep[]} right
 * @returns {Pair[]}
 */
function pairSteps(left, right) {
  /** @type {Pair[]} */
  const pairs = [];
  let [nextLeft, nextRight] = [0, 0];
  for (const [inLeft, inRight] of [...matchEqual(left.map(keyOf), right.map(keyOf)), [left.length, right.length]]) {
    while (nextLeft < (inLeft ?? 0) || nextRight < (inRight ?? 0)) {
      pairs.push([nextLeft < (inLeft ?? 0) ? nextLeft++ : null, nextRight < (inRight ?? 0) ? nextRight++ : null]);
    }
    if (nextLeft < left.length && nextRight < right.length) pairs.push([nextLeft++, nextRight++]);
  }
  return pairs;
}

/**
 * @param {Pair} pair
 * @param {readonly ShownStep[]} left
 * @param {readonly ShownStep[]} right
 */
function pairRow([inLeft, inRight], left, right) {
  const [one, other] = [inLeft === null ? undefined : left[inLeft], inRight === null ? undefined : right[inRight]];
  if (one !== undefined && other !== undefined && keyOf(one) === keyOf(other))
    return sameRow(one, other, [inLeft ?? 0, inRight ?? 0]);
  const actions =
    one !== undefined && other !== undefined
      ? markedLines(one.action.text, other.action.text, "verbatim done")
      : [one, other].map((step) => (step === undefined ? null : actionBlock(step.action)));
  const sides = [one, other].map((step, side) =>
    stepSide(step, { number: [inLeft, inRight][side] ?? 0, shown: actions[side] ?? null }),
  );
  return element("div", { class: "sides differing" }, sides);
}

/**
 * @param {ShownStep} one
 * @param {ShownStep} other
 * @param {readonly [number, number]} numbers
 */
function sameRow(one, other, [left, right]) {
  const title = left === right ? `Step ${left + 1}: both the same` : `Step ${left + 1} and step ${right + 1}: the same`;
  const seen = one.observation === other.observation ? "and they saw the same" : "but they saw different things";
  return element(
    "details",
    { class: "same" },
    element("summary", {}, `${title}, ${seen}`),
    actionBlock(one.action),
    element("div", { class: "sides" }, ...markedLines(one.observation, other.observation)),
  );
}

/**
 * @param {ShownStep | undefined} step
 * @param {{ number: number, shown: Node | null }} place
 */
function stepSide(step, { number, shown }) {
  if (step === undefined) return element("div", { class: "quiet" }, "no step here");
  return element(
    "div",
    {},
    element("h3", {}, `Step ${number + 1}`),
    step.reply.trim() === "" ? null : verbatim(step.reply, "verbatim said"),
    shown,
    step.observation === "" ? null : verbatim(step.observation, "verbatim seen"),
  );
}

const MOST_LINES = 400;
const MOST_CHARACTERS = 40_000;

/**
 * Two texts; lines that only one has are marked.
 * @param {string} left
 * @param {string} right
 * @param {string} [className]
 */
function markedLines(left, right, className = "verbatim") {
  const [lines, otherLines] = [left.split("\n"), right.split("\n")];
  const long = Math.max(left.length, right.length) > MOST_CHARACTERS;
  if (long || lines.length > MOST_LINES || otherLines.length > MOST_LINES)
    return [verbatim(left, className), verbatim(right, className)];
  const equal = matchEqual(lines, otherLines);
  const [inLeft, inRight] = [new Set(equal.map(([place]) => place)), new Set(equal.map(([, place]) => place))];
  const block = (/** @type {string[]} */ of, /** @type {Set<number>} */ shared) =>
    element(
      "pre",
      { class: className },
      of.map((line, place) => (shared.has(place) ? `${line}\n` : element("mark", {}, `${line}\n`))),
    );
  return [block(lines, inLeft), block(otherLines, inRight)];
}
