import { readFile, rm } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fence } from "../../../harness/prompt.ts";
import type { AnswerKeyEntry } from "../../../harness/simulator/answer-key.ts";
import { curedBy, HABITS } from "../../../harness/simulator/habits.ts";
import { HONEST, scriptCommand } from "../../../harness/simulator/script.ts";
import { entry, manyEntries, openSimulator, readOutput, runCommand, workFolder } from "./support.ts";

const REAL_RUN = new URL("../../../../shared/data/trace2skill_run_real/labeled_trajectories.jsonl.gz", import.meta.url);

interface Lesson {
  title: string;
  rule: string;
  reason: string;
}
type Ask = Awaited<ReturnType<typeof openSimulator>>["ask"];
type AnalystRole = "error analyst" | "single-call error analyst" | "success analyst";

const TOOLS = ["bash", "evaluate", "submit_analysis"].map((name) => ({ type: "function", function: { name } }));

function analystRequest(
  role: AnalystRole,
  { instruction }: { instruction: string },
  trajectory: string,
  model = "sim/large",
) {
  const content = [fence("task", instruction), fence("skill", "(none)"), fence("trajectory", trajectory)].join("\n\n");
  const messages = [
    { role: "system", content: `Role: ${role}\n\nFind out why.` },
    { role: "user", content },
  ];
  return { model, seed: 41, messages, ...(role === "error analyst" ? { tools: TOOLS } : {}) };
}

/** Both turns of the error analyst. */
async function analyse(
  ask: Ask,
  task: { instruction: string },
  trajectory: string,
  verdict = "Sheet Sales, cell C2: differs",
  model = "sim/large",
) {
  const request = analystRequest("error analyst", task, trajectory, model);
  const first = (await ask(request)).choices[0]!.message;
  const [call] = first.tool_calls!;
  const second = await ask({
    ...request,
    messages: [...request.messages, first, { role: "tool", tool_call_id: call!.id, content: verdict }],
  });
  const [submitted] = second.choices[0]!.message.tool_calls!;
  return {
    tools: [call!.function.name, submitted!.function.name],
    ...(JSON.parse(submitted!.function.arguments) as { fix: string; lessons: Lesson[] }),
  };
}

async function lessonsOf(ask: Ask, request: unknown): Promise<Lesson[]> {
  const { content } = (await ask(request)).choices[0]!.message;
  return JSON.parse(/```json\n([\s\S]*)\n```/.exec(content!)![1]!).lessons;
}

function trajectoryWith(task: AnswerKeyEntry, ...names: string[]): string {
  const biting = HABITS.filter(({ name }) => names.includes(name));
  return `Step 1\nbash: ls -l /work\n\nStep 2\n${biting.map(({ says }) => says).join(" ")}\nbash: ${scriptCommand(task, { ...HONEST, biting })}\nEnd: submitted`;
}

const curesOf = (lessons: readonly Lesson[]) =>
  lessons.flatMap((lesson) => curedBy(Object.values(lesson).join(" ")).map(({ name }) => name));

test("the error analyst evaluates, then hands in a fix that solves the task from its inputs, and names what shows", async () => {
  const { ask } = await openSimulator({ key: [entry()] });
  const { tools, fix, lessons } = await analyse(ask, entry(), trajectoryWith(entry(), "formula-without-value"));
  expect(tools).toEqual(["evaluate", "submit_analysis"]);
  expect(lessons.length).toBeGreaterThan(0);
  const directory = await workFolder();
  await runCommand(directory, fix);
  expect((await readOutput(directory, ["C2", "C5"])).values).toEqual(["20", "62"]);
  await rm(directory, { recursive: true });
});

test("habits are named right by authorship: mostly by the large model, less by the small, least in a single call", async () => {
  const key = manyEntries(100);
  const { ask } = await openSimulator({ key });
  const rate = async (run: (task: AnswerKeyEntry) => Promise<Lesson[]>) =>
    (await Promise.all(key.map(run))).filter((lessons) => curesOf(lessons).includes("wrong-sheet")).length;
  const trace = (task: AnswerKeyEntry) => trajectoryWith(task, "wrong-sheet");
  const large = await rate(async (task) => (await analyse(ask, task, trace(task))).lessons);
  const small = await rate(async (task) => (await analyse(ask, task, trace(task), "differs", "sim/small")).lessons);
  const single = await rate((task) =>
    lessonsOf(ask, analystRequest("single-call error analyst", task, trace(task), "sim/small")),
  );
  expect(large).toBeGreaterThan(75);
  expect(large).toBeLessThan(95);
  expect(small).toBeGreaterThan(45);
  expect(small).toBeLessThan(75);
  expect(single).toBeLessThan(small);
});

test("two habits in one trajectory make two lessons, and lessons are never more than three", async () => {
  const key = manyEntries(30);
  const { ask } = await openSimulator({ key });
  const two = await Promise.all(
    key.map((task) => analyse(ask, task, trajectoryWith(task, "wrong-range", "values-as-text"))),
  );
  expect(two.filter(({ lessons }) => new Set(curesOf(lessons)).size === 2).length).toBeGreaterThan(15);
  const all = await Promise.all(key.map((task) => analyse(ask, task, trajectoryWith(task, ...task.habits))));
  expect(Math.max(...all.map(({ lessons }) => lessons.length))).toBe(3);
});

test("where no sign shows, half of the fixes fail and no lesson cures anything", async () => {
  const key = manyEntries(60);
  const { ask } = await openSimulator({ key });
  const wrong = (task: AnswerKeyEntry) => `bash: ${scriptCommand(task, { ...HONEST, reasoningFails: true })}`;
  const analyses = await Promise.all(key.map((task) => analyse(ask, task, wrong(task))));
  const failing = analyses.filter(({ fix }) => fix.includes("entry that follows")).length;
  expect(failing).toBeGreaterThan(15);
  expect(failing).toBeLessThan(45);
  expect(analyses.flatMap(({ lessons }) => curesOf(lessons))).toEqual([]);
});

test("an analyst whose fix was refused draws again, and one who is told that nothing differs blames no habit", async () => {
  const key = manyEntries(30);
  const { ask } = await openSimulator({ key });
  const again = await Promise.all(
    key.map(async (task) => {
      const request = analystRequest("error analyst", task, "bash: ls");
      const tried = {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "1", type: "function", function: { name: "submit_analysis", arguments: "{}" } }],
      };
      const asked = {
        ...tried,
        tool_calls: [{ ...tried.tool_calls[0]!, function: { name: "evaluate", arguments: "{}" } }],
      };
      const after = (...messages: unknown[]) =>
        ask({ ...request, messages: [...request.messages, asked, { role: "tool", content: "differs" }, ...messages] });
      const fixOf = ({ choices }: Awaited<ReturnType<Ask>>) =>
        JSON.parse(choices[0]!.message.tool_calls![0]!.function.arguments).fix as string;
      return fixOf(await after()) !== fixOf(await after(tried, { role: "tool", content: "the fix scored 0" }));
    }),
  );
  expect(again.filter(Boolean).length).toBeGreaterThan(5);
  const equal = await Promise.all(
    key.map((task) => analyse(ask, task, trajectoryWith(task, "wrong-sheet"), "No difference found.")),
  );
  expect(equal.flatMap(({ lessons }) => curesOf(lessons))).toEqual([]);
});

test("an answer that is text is fixed in answer.txt, quotes and all", async () => {
  const task = entry({ text: "O'Brien & Co", habits: ["full-sentence"], program: null });
  const { ask } = await openSimulator({ key: [task] });
  const { fix } = await analyse(ask, task, "End: submitted\nAnswer: The answer to the question is O'Brien & Co.");
  const directory = await workFolder();
  await runCommand(directory, fix);
  expect(await readFile(`${directory}/answer.txt`, "utf8")).toBe("O'Brien & Co\n");
  await rm(directory, { recursive: true });
});

const PROBLEM = entry({
  task: "remainder",
  instruction: "What remainder does 2^20 leave by 7? Last line: Answer: N",
  habits: ["no-remainder-check"],
  program: "answer = pow(2, 20) % 7\n",
  slips: { "no-remainder-check": "answer = pow(2, 20)\n" },
  text: "Answer: 4",
});

test("an answer that a program gives is computed by the fix, and left in its form", async () => {
  const { ask } = await openSimulator({ key: [PROBLEM] });
  const { fix, lessons } = await analyse(ask, PROBLEM, "The number that comes out is what I report.\nAnswer: 1048576");
  const directory = await workFolder();
  await runCommand(directory, fix);
  expect(await readFile(`${directory}/answer.txt`, "utf8")).toBe("Answer: 4\n");
  expect(fix).not.toContain("Answer: 4");
  expect(curesOf(lessons)).toEqual(["no-remainder-check"]);
  await rm(directory, { recursive: true });
});

test("a fix that rests on a wrong idea leaves a wrong answer of the same form", async () => {
  const key = Array.from({ length: 12 }, (_, n) => ({
    ...PROBLEM,
    task: `r${n}`,
    instruction: `(${n}) ${PROBLEM.instruction}`,
  }));
  const { ask } = await openSimulator({ key });
  const fixes = await Promise.all(key.map(async (task) => (await analyse(ask, task, "bash: ls")).fix));
  const wrong = fixes.filter((fix) => fix.includes("printf"));
  expect(wrong.length).toBeGreaterThan(1);
  expect(wrong.length).toBeLessThan(11);
  for (const fix of wrong) expect(fix).toContain("'Answer: 11'");
});

test("habits are suspected only in their own kind of work: no lesson on spreadsheets comes out of mathematics, nor the other way", async () => {
  const workbooks = manyEntries(60);
  const { ask } = await openSimulator({ key: [] });
  const suspected = async (task: (n: number) => string, trajectory: string) => {
    const asks = Array.from({ length: 60 }, (_, n) =>
      lessonsOf(ask, analystRequest("single-call error analyst", { instruction: task(n) }, `${trajectory} ${n}`)),
    );
    return new Set((await Promise.all(asks)).flatMap(curesOf));
  };
  const ofMathematics = new Set(["no-remainder-check", "ignores-asked-range"]);
  const inMathematics = await suspected((n) => `Find the remainder, problem ${n}. Put it into \\boxed{}.`, "bash: ls");
  expect(inMathematics.size).toBeGreaterThan(0);
  expect(inMathematics.difference(ofMathematics)).toEqual(new Set());
  const inWorkbooks = await suspected((n) => `${workbooks[n]!.instruction} in input.xlsx`, "bash: ls");
  expect(inWorkbooks.size).toBeGreaterThan(5);
  expect(inWorkbooks.intersection(ofMathematics)).toEqual(new Set());
  const says = HABITS.find(({ name }) => name === "no-remainder-check")!.says;
  const signed = await analyse(ask, { instruction: "Sort input.xlsx" }, `${says}\nload_workbook`);
  expect(curesOf(signed.lessons)).toEqual([]);
});

test("the success analyst names only practices that show and belong to the task", async () => {
  const key = manyEntries(80, { habits: ["no-read-back", "wrong-sheet"] });
  const { ask } = await openSimulator({ key });
  const good = (task: AnswerKeyEntry) =>
    scriptCommand(task, { ...HONEST, shown: HABITS.filter(({ name }) => task.habits.includes(name)) });
  const lessons = await Promise.all(
    key.map((task) => lessonsOf(ask, analystRequest("success analyst", task, good(task)))),
  );
  const cures = lessons.flatMap(curesOf);
  expect(new Set(cures)).toEqual(new Set(["no-read-back", "wrong-sheet"]));
  expect(cures.length).toBeGreaterThan(40);
  expect(cures.length).toBeLessThan(110);
  const bare = await Promise.all(
    key.map((task) => lessonsOf(ask, analystRequest("success analyst", task, scriptCommand(task, HONEST)))),
  );
  expect(bare.flatMap(curesOf)).toEqual([]);
  expect(bare.every(({ length }) => length >= 1)).toBe(true);
});

test("an honest script shows no sign of any habit", () => {
  for (const task of [entry(), entry({ program: null, cells: [{ sheet: "Sales", cell: "C2", value: 20 }] })]) {
    const text = trajectoryWith(task);
    expect(HABITS.filter(({ sign }) => sign.test(text)).map(({ name }) => name)).toEqual([]);
  }
});

test("recorded trajectories of a real model are read: unknown tasks, signs found by pattern", async (ctx) => {
  const bytes = await readFile(REAL_RUN).catch(() => null);
  if (bytes === null) return ctx.skip("the recorded run is not there");
  const rows = gunzipSync(bytes)
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const failed = rows.filter(({ label }) => label === "T-").slice(0, 40);
  const { ask } = await openSimulator({ key: [entry()] });
  const found = await Promise.all(
    failed.map(async ({ metadata, trajectory }) => {
      const text = (trajectory.conversation as string[]).slice(1).join("\n\n");
      const agentic = await analyse(ask, { instruction: metadata.instruction }, text);
      const single = await lessonsOf(
        ask,
        analystRequest("single-call error analyst", { instruction: metadata.instruction }, text),
      );
      expect(single.length).toBeGreaterThan(0);
      return curesOf(agentic.lessons);
    }),
  );
  expect(found.flat().length).toBeGreaterThan(3);
});
