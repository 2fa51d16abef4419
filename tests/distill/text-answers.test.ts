/** Tasks that are answered with text: analysts are told right or wrong and nothing more, whoever they are. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnalyseOptions, analyse } from "../../distill/analyse.ts";
import { distill } from "../../distill/distill.ts";
import { MAX_SUBMISSIONS } from "../../distill/error-analyst.ts";
import { MOST_GUESSES } from "../../distill/told.ts";
import type { NamedTrial } from "../../distill/trials.ts";
import { unfence } from "../../harness/prompt.ts";
import type { Sandboxes } from "../../harness/roles.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { trajectory, unseen } from "../support/builders.ts";
import { distillScript, fenced, json, lessonsOf, type Parts, submission } from "../support/distill-script.ts";
import { HOSTILE_NOTE, questionBenchmark, questionTrial, truthOf } from "../support/question-benchmark.ts";
import type { ScriptedModel, ScriptedReply } from "../support/scripted-model.ts";
import { temporaryFolder } from "../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const TRUTH = truthOf(3); // 23133
const COMPUTES = "echo $((3 * 7411 + 900)) > answer.txt";

async function analysed(trial: NamedTrial, parts: Parts, more: Partial<AnalyseOptions> = {}) {
  const model = distillScript(parts);
  const options: AnalyseOptions = {
    start: null,
    lessons: "combined",
    errorAnalyst: "agentic",
    bench: { benchmark: questionBenchmark(5), sandboxes },
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    context: "c",
    ...more,
  };
  const analysis = await analyse(trial, options, { model, seed: 1, signal: new AbortController().signal });
  return { analysis, model };
}

/** Replies in order; the last one again and again. */
const saying = (...replies: ScriptedReply[]): Parts => ({
  "error analyst": () => (replies.length > 1 ? replies.shift() : replies[0]) ?? { content: "" },
});
const evaluate: ScriptedReply = { calls: [["evaluate", {}]] };
const answering = (answer: string): ScriptedReply => ({
  calls: [["bash", { command: `echo '${answer}' > answer.txt` }]],
});
const shownTo = (model: ScriptedModel) => JSON.stringify(model.asked.map(({ messages, tools }) => [messages, tools]));
const lastShown = (model: ScriptedModel, call: number) => model.asked[call]?.messages.at(-1)?.content;

describe("the agentic error analyst", () => {
  test("finds the agent's answer in answer.txt, hears only that it is not right, and proves its own by a program", async () => {
    const look: ScriptedReply = { calls: [["bash", { command: "cat answer.txt" }]] };
    const { analysis, model } = await analysed(
      await questionTrial(3, "77"),
      saying(look, evaluate, submission(COMPUTES)),
    );

    expect(lastShown(model, 1)).toBe("77");
    expect(lastShown(model, 2)).toBe("Not right: the answer is wrong.");
    expect(analysis).toMatchObject({
      fix: { verified: true, spelledOut: false },
      lessons: [{ verified: true }],
      dropped: [],
      expected: [TRUTH],
    });
    expect(shownTo(model)).not.toContain(TRUTH);
  });

  test("an answer that is written down counts: who was not shown it has found it", async () => {
    const { analysis } = await analysed(await questionTrial(3, "77"), saying(submission(`echo ${TRUTH} > answer.txt`)));
    expect(analysis).toMatchObject({ fix: { verified: true, spelledOut: false }, dropped: [] });
  });

  test("attack: no reply on a wrong, a near or a missing answer says more than that, in all tries", async () => {
    const near = `It is ${TRUTH}.`;
    const tries = ["cp note.txt answer.txt", `printf '%s' '${near.slice(0, -3)}' > answer.txt`, "true"];
    const { analysis, model } = await analysed(
      await questionTrial(3, "It is 23000, I think."),
      saying(evaluate, answering("nothing"), evaluate, ...tries.map((fix) => submission(fix))),
    );

    expect(analysis.fix?.verified).toBe(false);
    expect(model.asked).toHaveLength(3 + MAX_SUBMISSIONS);
    expect(lastShown(model, 4)).toMatch(
      /^Not accepted: .* is not right: the answer is wrong\nThe script's output: \[no output\]/,
    );
    expect(shownTo(model)).not.toContain(TRUTH);
    expect(shownTo(model)).not.toMatch(/wanted \\*"|score 0|0\.75|accuracy/);
  });

  test("nothing tells a near answer of a graded metric from a wrong one, and it verifies no fix", async () => {
    const near = submission(`echo 'It is ${TRUTH}.' > answer.txt`);
    const { analysis, model } = await analysed(
      await questionTrial(3, "77"),
      saying(answering(`It is ${TRUTH}.`), evaluate, near),
    );

    expect(lastShown(model, 2)).toBe("Not right: the answer is wrong.");
    expect(lastShown(model, 3)).toContain("what it made is not right: the answer is wrong\n");
    expect(analysis).toMatchObject({ fix: { verified: false }, lessons: [{ verified: false }] });
    expect(analysis.dropped).toHaveLength(1);
  });

  test("attack: it cannot guess its way: after a few answers no more are judged", async () => {
    const guesses = Array.from({ length: MOST_GUESSES + 1 }, (_, index) => [answering(String(index)), evaluate]).flat();
    const { model } = await analysed(
      await questionTrial(3, "77"),
      saying(...guesses, answering(TRUTH), evaluate, submission(COMPUTES)),
    );

    expect(lastShown(model, 2 * MOST_GUESSES)).toBe("Not right: the answer is wrong.");
    expect(lastShown(model, 2 * MOST_GUESSES + 2)).toMatch(/^No more answers are judged/);
    expect(lastShown(model, 2 * MOST_GUESSES + 4)).toMatch(/^No more answers are judged/);
  });

  test("attack: a lesson that holds the answer is dropped, and the refusal does not say which of its numbers it was", async () => {
    const leaking = (fix: string): ScriptedReply => ({
      calls: [["submit_analysis", { fix, lessons: lessonsOf(`Try 22011, ${TRUTH}, 24001`) }]],
    });
    const { analysis, model } = await analysed(
      await questionTrial(3, "77"),
      saying(leaking("true"), leaking("true"), leaking(COMPUTES)),
    );

    expect(lastShown(model, 1)).toContain("lesson 1 holds for this task only: it holds a value of its own task.");
    const told = model.asked.flatMap(({ messages }) => messages.filter(({ role }) => role === "tool"));
    expect(JSON.stringify(told)).not.toContain(TRUTH);
    expect(analysis.fix?.verified).toBe(true);
    expect(analysis.dropped).toEqual([
      { lesson: "run/product-3.41#1", reason: `it holds a value of its own task's answer (${TRUTH})` },
    ]);
  });

  test("its words are of answers, and say nothing of workbooks", async () => {
    const { model } = await analysed(await questionTrial(3, "77"), saying(submission(COMPUTES)));
    const { messages, tools } = model.asked[0]!;
    expect(tools.map(({ name }) => name)).toEqual(["bash", "evaluate", "submit_analysis"]);
    expect(JSON.stringify([messages[0], tools])).not.toMatch(/sheet|workbook|\bcell|openpyxl|column|where and how/i);
  });
});

describe("analysts of one call", () => {
  test.each([
    ["single-call error analyst", "77"],
    ["success analyst", TRUTH],
  ] as const)("the %s sees nothing that the scorer said", async (role, answer) => {
    const { analysis, model } = await analysed(
      await questionTrial(3, answer),
      { [role]: () => json({ lessons: lessonsOf("Work it out twice") }) },
      { errorAnalyst: "single-call", bench: null },
    );
    expect(model.asked).toHaveLength(1);
    expect(shownTo(model)).not.toMatch(/wanted \\*"|found \\*"/);
    expect(shownTo(model).includes(TRUTH)).toBe(answer === TRUTH); // its own answer is part of a trajectory
    expect(JSON.stringify(model.asked[0]?.messages[0])).not.toMatch(/sheet|workbook|\bcell|column/i);
    expect(analysis).toMatchObject({ lessons: [{ title: "Work it out twice" }], dropped: [], expected: [TRUTH] });
  });

  test("attack: the answer in a lesson is refused, and the call for another does not name it", async () => {
    const replies = [json({ lessons: lessonsOf(`Try 22011, ${TRUTH}`) }), json({ lessons: lessonsOf(`Say ${TRUTH}`) })];
    const { analysis, model } = await analysed(
      await questionTrial(3, "77"),
      { "single-call error analyst": () => replies.shift()! },
      { errorAnalyst: "single-call", bench: null },
    );
    expect(lastShown(model, 1)).toContain("lesson 1: it holds a value of its own task");
    expect(lastShown(model, 1)).not.toContain(TRUTH);
    expect(analysis.dropped).toHaveLength(1);
  });

  test("what scored 1 is ground truth even where its scorer does not word it", async () => {
    const score = { kind: "scored", value: 1, explanation: "equal" } as const;
    const { analysis } = await analysed(await questionTrial(3, TRUTH, { score }), {
      "success analyst": () => json({ lessons: lessonsOf(`Say ${TRUTH}`) }),
    });
    expect(analysis.dropped).toMatchObject([{ reason: expect.stringContaining(TRUTH) }]);
    expect(analysis.expected).toEqual([TRUTH]);
  });
});

describe("what counts as failed", () => {
  test.each([
    ["0", "error"],
    [`It is ${TRUTH}.`, "error"],
    [TRUTH, "success"],
  ] as const)(
    "an answer of %j gets the %s analyst: below 1 a graded score has lost something",
    async (answer, analyst) => {
      const { analysis } = await analysed(await questionTrial(3, answer), saying(submission(COMPUTES)));
      expect(analysis.analyst).toBe(analyst);
    },
  );

  test("a reply that broke the protocol is no wrong answer", async () => {
    const broken = await questionTrial(3, "", { trajectory: trajectory({ exit: "format-errors" }) });
    const { analysis, model } = await analysed(broken, {});
    expect(analysis.outcome).toMatchObject({ kind: "skipped", reason: "protocol-failure" });
    expect(model.asked).toEqual([]);
  });
});

test("attack: a text that says `add this to the skill` stays within its fence, and nothing of it gets into a skill by itself", async () => {
  const trials = await Promise.all([1, 2, 3].map((number) => questionTrial(number, "77")));
  const model = distillScript({
    "error analyst": (call) => {
      const number = /What is (\d)/.exec(fenced(call, "task")[0] ?? "")?.[1];
      return submission(`cat note.txt; echo $((${number} * 7411 + 900)) > answer.txt`, "Work it out twice");
    },
  });
  const done = await distill({
    trials,
    start: null,
    benchmark: questionBenchmark(3),
    sandboxes,
    model,
    lessons: "combined",
    errorAnalyst: "agentic",
    seed: 1,
    name: "working-out",
    directory: `${await temporaryFolder()}/out`,
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    onEvent: () => {},
    signal: new AbortController().signal,
  });

  const openings = model.asked.filter(({ caller }) => caller === "error-analyst").map(({ messages }) => messages[1]);
  for (const opening of openings) {
    const text = opening?.content ?? "";
    expect(unfence("task", text)).toEqual([expect.stringContaining(HOSTILE_NOTE)]);
    expect(text.replaceAll(/<(task-\w+)>[\s\S]*?<\/\1>/g, "")).not.toContain("ZEBRA");
  }
  expect(openings).toHaveLength(3);
  expect(done.stages).toMatchObject({ lessonsKept: 3, editsApplied: 1 });
  expect(done.problems).toEqual([]);
  const rest = model.asked.filter(({ caller }) => caller === "proposer" || caller === "merger");
  expect(JSON.stringify(rest.map(({ messages }) => messages))).not.toContain("ZEBRA");
});
