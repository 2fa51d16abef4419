/** One trial: what was asked, every step, what came of it, and the other trials of its task. */
import {
  counted,
  element,
  facts,
  grouped,
  inPortions,
  points,
  secondsText,
  simulatedMark,
  verbatim,
} from "./elements.js";
import { diffAddress, openTrial, runTitle, trialAddress } from "./held.js";
import { readChunk } from "./unpack.js";

/** @typedef {import("./held.js").Trials} Trials */
/** @typedef {import("./held.js").Held} Held */
/** @typedef {import("./held.js").Opened} Opened */
/** @typedef {import("../trial-data.ts").ShownStep} ShownStep */
/** @typedef {import("../trial-data.ts").ShownMessage} ShownMessage */
/** @typedef {import("../trial-data.ts").ShownImage} ShownImage */

/**
 * @param {Trials} trials
 * @param {Held} held
 * @returns {Promise<Node[]>}
 */
export async function trialPage({ index, all }, held) {
  const opened = await openTrial(index, held);
  const { trial } = opened;
  const others = all.filter(({ task }) => task === held.task);
  return [
    element("h1", { tabindex: "-1" }, held.task.id, simulatedMark(held.run.simulated)),
    element("p", { class: "quiet" }, `${runTitle(held.run)}, seed ${held.seed}`),
    outcome(held, opened),
    part("Score", verdict(held, opened)),
    part("Trials of this task", [otherTrials(held, others)]),
    part(
      "What the model was told",
      trial.prompt.map((message) => promptMessage(message, opened)),
    ),
    part(counted(trial.steps.length, "step"), inPortions(element("ol", { class: "steps" }), trial.steps, stepItem)),
    ...(trial.answer === "" ? [] : [part("Answer", [verbatim(trial.answer)])]),
  ];
}

/**
 * @param {string} title
 * @param {readonly Node[]} children
 */
export function part(title, children) {
  return element("section", {}, element("h2", {}, title), element("div", { class: "part" }, children));
}

/**
 * @param {Held} held
 * @param {Opened} opened
 */
export function outcome(held, { trial }) {
  const { run, task } = held;
  const { usage } = trial;
  return facts([
    ["Score", scoreText(held)],
    ["Ended", held.ending],
    ["Steps", grouped(held.steps)],
    ["Tokens", `${grouped(usage.inputTokens)} in, ${grouped(usage.outputTokens)} out, ${counted(usage.calls, "call")}`],
    [
      "Time",
      `${secondsText(trial.durationMs)}${usage.simulatedMs > 0 ? `, simulated ${secondsText(usage.simulatedMs)}` : ""}`,
    ],
    ["Skill", run.skill ?? "none"],
    ["Benchmark", `${run.benchmark} ${run.split}, ${task.kind}`],
    ["Family", task.family],
    ["Begun", trial.startedAt.replace("T", " ").slice(0, 16)],
    ["Run", run.name],
    ["Fingerprint", element("code", {}, run.fingerprint)],
  ]);
}

/** @param {Held} held */
export function scoreText({ value, run }) {
  return value === null ? "unscored" : `${points(value)} (${run.metric}, ${run.scorer})`;
}

/**
 * @param {Held} held
 * @param {Opened} opened
 */
function verdict(held, { trial }) {
  const { explanation, metrics = {}, flags = [], artifacts, recalled = [] } = trial;
  const numbers = Object.entries(metrics).map(([name, value]) => `${name} ${points(value)}`);
  return [
    explanation === "" ? element("p", { class: "quiet" }, scoreText(held)) : verbatim(explanation),
    facts([
      ["Further metrics", numbers.join(", ")],
      ["Attestation", flags.join("\n")],
      ["Files it made", artifacts.join(", ")],
      ["Shown of its memory", recalled.map(({ task, items }) => `${task}: ${items.join(" / ")}`).join("\n")],
    ]),
  ];
}

/**
 * @param {Held} held
 * @param {readonly Held[]} others
 */
function otherTrials(held, others) {
  const rows = others.map((trial) => {
    const same = trial === held;
    const name = runTitle(trial.run);
    const [score, seed] = [trial.value === null ? "unscored" : points(trial.value), `seed ${trial.seed}`];
    const open = element(
      "a",
      { href: trialAddress(trial), ...(same && { "aria-current": "page" }) },
      `${name}, ${seed}`,
    );
    const beside = same
      ? element("span", { class: "quiet" }, "this one")
      : element(
          "a",
          { href: diffAddress(held, trial), "aria-label": `side by side with ${name}, ${seed}` },
          "side by side",
        );
    return element(
      "li",
      {},
      open,
      element("span", {}, score),
      element("span", { class: "quiet" }, trial.ending),
      beside,
    );
  });
  return element("ul", { class: "others" }, rows);
}

/**
 * @param {ShownMessage} message
 * @param {Opened} opened
 */
function promptMessage({ role, text, images = [] }, { texts }) {
  const content = texts[text] ?? "";
  return element(
    "details",
    {},
    element("summary", {}, `${role}, ${counted(content.length, "character")}`),
    verbatim(content),
    imageList(images),
  );
}

/**
 * @param {ShownStep} step
 * @param {number} index
 */
function stepItem(step, index) {
  const { reply, reasoning, action, observation, images = [], repairs = [] } = step;
  const cost = `${grouped(step.inputTokens)} tokens in, ${grouped(step.outputTokens)} out, model ${secondsText(step.modelMs)}, command ${secondsText(step.commandMs)}`;
  return element(
    "li",
    {},
    element("h3", {}, `Step ${index + 1}`, element("small", { class: "quiet" }, cost)),
    reasoning === undefined
      ? null
      : element(
          "details",
          {},
          element("summary", {}, `Thinking, ${counted(reasoning.length, "character")}`),
          verbatim(reasoning),
        ),
    reply.trim() === "" ? null : verbatim(reply, "verbatim said"),
    actionBlock(action),
    repairs.length === 0 ? null : element("p", { class: "quiet" }, `Put right to read it: ${repairs.join(", ")}`),
    observation === "" ? null : element("h4", {}, "Observation"),
    observation === "" ? null : verbatim(observation, "verbatim seen"),
    imageList(images),
  );
}

/** @param {ShownStep["action"]} action */
export function actionBlock({ kind, text }) {
  const names = { command: "Command", submit: "Submits", tool: "Tool", invalid: "No usable action" };
  const name = names[/** @type {keyof typeof names} */ (kind)] ?? kind;
  return element("div", {}, element("h4", {}, name), text === "" ? null : verbatim(text, "verbatim done"));
}

/** @param {readonly ShownImage[]} images */
function imageList(images) {
  return images.length === 0 ? null : element("ul", { class: "images quiet" }, images.map(imageItem));
}

/**
 * @param {ShownImage} image
 * @param {number} place
 */
function imageItem({ chunk, mediaType, width, height, sha256 }, place) {
  const told = element(
    "small",
    {},
    `${width} × ${height} pixels, images/${sha256}.${mediaType === "image/png" ? "png" : "jpg"} of the run folder`,
  );
  if (chunk === undefined) return element("li", {}, told);
  const size = { width: String(width), height: String(height) };
  const picture = element("img", { alt: `image ${place + 1}, ${width} × ${height} pixels`, ...size });
  readChunk(chunk).then(
    ({ data }) => picture.setAttribute("src", `data:${mediaType};base64,${data}`),
    (error) => told.prepend(`${error instanceof Error ? error.message : error} `),
  );
  return element("li", {}, picture, told);
}
