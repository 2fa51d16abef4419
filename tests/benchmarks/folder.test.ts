import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkData } from "../../benchmarks/data/check.ts";
import { folderBenchmark } from "../../benchmarks/folder.ts";
import { loadBenchmark } from "../../benchmarks/index.ts";
import type { Benchmark } from "../../harness/roles.ts";
import { asked } from "../support/load-options.ts";
import { temporaryFolder } from "../support/temporary.ts";

const EXAMPLE = join(import.meta.dirname, "../fixtures/own-benchmark");

/** Writes a benchmark folder; values of `files` are texts by path. */
async function written(parts: {
  scorer?: unknown;
  about?: Record<string, unknown>;
  rows: readonly (Record<string, unknown> | string)[];
  files?: Record<string, string>;
}): Promise<string> {
  const directory = await temporaryFolder();
  const about = { name: "mine", title: "Mine", licence: "CC0", source: "me", tasks: "tasks.jsonl" };
  const scorer = parts.scorer ?? { kind: "exact" };
  await writeFile(join(directory, "benchmark.json"), JSON.stringify({ ...about, scorer, ...parts.about }));
  const lines = parts.rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row)));
  await writeFile(join(directory, "tasks.jsonl"), `${lines.join("\n")}\n`);
  for (const [path, text] of Object.entries(parts.files ?? {})) {
    await mkdir(join(directory, path, ".."), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

function load(data: string, split = "all"): Promise<Benchmark> {
  return folderBenchmark(asked({ data, split }));
}

async function judge(benchmark: Benchmark, id: string, answer: string) {
  const task = benchmark.tasks.find((one) => one.id === id)!;
  return benchmark.score(task, { directory: await temporaryFolder(), answer });
}

async function check(benchmark: Benchmark) {
  const signal = new AbortController().signal;
  return checkData(benchmark, { scratch: await temporaryFolder(), width: 2, signal, onTask: () => {} });
}

const row = { id: "a", instruction: "What is it?", answer: "blue" };

test("the example loads by its halves, under a name by which a stored run finds it again", async () => {
  const options = { data: EXAMPLE, cacheDirectory: "none", tasks: { kind: "all" }, settings: {} } as const;
  const whole = await loadBenchmark("folder", options);
  const again = await loadBenchmark(whole.name, { ...options, settings: { split: "evolve" } });

  expect(whole.name).toBe("folder/order-totals");
  expect(whole.tasks.map((task) => [task.id, whole.splitOf(task)])).toEqual([
    ["april", "evolve"],
    ["may", "test"],
    ["largest", "test"],
  ]);
  expect(again.tasks.map(({ id }) => id)).toEqual(["april"]);
  expect(whole.tasks[1]).toEqual({
    id: "may",
    instruction: expect.stringContaining("total.json"),
    files: ["orders.csv"],
    output: "total.json",
    kind: "sum",
  });
  expect(JSON.stringify(whole.tasks)).not.toMatch(/Noor|golden|answer":/);
});

test("an agent of the example gets its inputs alone, and its command judges what is left: right, near, wrong, none", async () => {
  const benchmark = await load(EXAMPLE);
  const may = benchmark.tasks[1]!;
  const directory = await temporaryFolder();
  await benchmark.prepare(may, directory);
  expect(await readdir(directory)).toEqual(["orders.csv"]);

  const scores = [];
  for (const text of ['{"total": 15.50}', '{"total": 15}', '{"total": 40.5}', "no json"]) {
    await writeFile(join(directory, "total.json"), text);
    scores.push(await benchmark.score(may, { directory, answer: "" }));
  }

  expect(scores.map((score) => score.kind === "scored" && [score.value, score.metrics?.close])).toEqual([
    [1, 1],
    [0.5, 1],
    [0, 0],
    [0, 0],
  ]);
  expect(scores[2]).toMatchObject({ explanation: "wanted 15.5; found 40.5" });
});

test("the example proves itself: truth scores 1, nothing and an empty file 0", async () => {
  const checked = await check(await load(EXAMPLE));

  expect(checked).toEqual({ probes: { truth: 3, nothing: 3, empty: 2, untouched: 0 }, exceptions: [] });
});

test.each([
  ["exact", { kind: "exact" }, { answers: ["Blue", "navy  blue"] }, " navy blue\n", "blue"],
  ["exact without case", { kind: "exact", ignoreCase: true }, { answer: "Blue" }, "bLUE", "red"],
  ["anls", { kind: "anls" }, { answer: "itc limited" }, "ITC Limited", "the name is written on the page"],
  ["wikitq", { kind: "wikitq" }, { answers: ["1,000", "Ada"] }, "ada | 1,000", "ada"],
])("%s judges a text by the accepted answers", async (_, scorer, truth, right, wrong) => {
  const { answer: _unused, ...rest } = row;
  const benchmark = await load(await written({ scorer, rows: [{ ...rest, ...truth }] }));

  expect(await judge(benchmark, "a", right)).toMatchObject({ value: 1 });
  expect(await judge(benchmark, "a", wrong)).toMatchObject({
    value: 0,
    explanation: expect.stringMatching(/^wanted "/),
  });
});

test.each([
  ["dapo", "42", "So it is.\nAnswer: 42", "Answer: 43"],
  ["dapo in a box", "42", "It is \\boxed{42}", "It is 42"],
  ["aime", "42", "It is \\boxed{42}.", "\\boxed{42}, no: \\boxed{24}"],
  ["math", "\\frac{1}{2}", "It is $\\boxed{0.5}$", "$\\boxed{0.05}$"],
])("%s judges a reply by its rules, and its truth passes", async (name, answer, right, wrong) => {
  const scorer = { kind: name.split(" ")[0] };
  const benchmark = await load(await written({ scorer, rows: [{ ...row, answer }] }));

  expect(await judge(benchmark, "a", right)).toMatchObject({ value: 1 });
  expect(await judge(benchmark, "a", wrong)).toMatchObject({ value: 0 });
  expect((await check(benchmark)).exceptions).toEqual([]);
});

test("a list of several items is a truth that passes as a whole", async () => {
  const { answer: _unused, ...rest } = row;
  const data = await written({ scorer: { kind: "wikitq" }, rows: [{ ...rest, answers: ["1,000", "Ada"] }] });

  expect((await check(await load(data))).exceptions).toEqual([]);
});

test("ANLS is the metric where it is the scorer, with accuracy beside it", async () => {
  const benchmark = await load(await written({ scorer: { kind: "anls" }, rows: [{ ...row, answer: "blue-ish" }] }));

  expect(benchmark.metric).toBe("ANLS");
  expect(await judge(benchmark, "a", "blue-is")).toMatchObject({ value: 0.875, metrics: { accuracy: 1 } });
});

test.each([
  ["ends with 3", "echo said; exit 3", 5, /ended with 3. It said: said/],
  ["prints no verdict", "echo fine", 5, /last line is no/],
  ["gives a value above 1", `echo '{"value": 2}'`, 5, /last line is no[\s\S]*value/],
  ["does not end", "sleep 30", 1, /did not end within 1 s/],
])(
  "a command that %s leaves the trial unscored, as a fault of the benchmark",
  async (_, command, timeLimitSeconds, detail) => {
    const scorer = { kind: "command", command, timeLimitSeconds };
    const benchmark = await load(await written({ scorer, rows: [row] }));

    expect(await judge(benchmark, "a", "blue")).toEqual({
      kind: "unscored",
      reason: "benchmark-broken",
      detail: expect.stringMatching(detail),
    });
  },
);

test("a command sees answer, truth and its own files, no network, and nothing of the folder", async () => {
  const scorer = {
    kind: "command",
    files: ["lib/words.txt"],
    command: `python3 -c '
import json, os, socket
try: socket.create_connection(("1.1.1.1", 80), 2); net = True
except OSError: net = False
seen = sorted(os.path.join(d, f) for d, _, fs in os.walk(".") for f in fs)
print(json.dumps({"value": 1, "explanation": json.dumps([seen, open("output/answer.txt").read(), json.load(open("truth/truth.json")), net])}))'`,
  };
  const data = await written({
    scorer,
    rows: [{ ...row, truth: { near: 3 } }],
    files: { "lib/words.txt": "w", "secret.txt": "s" },
  });

  const score = await judge(await load(data), "a", "blue");

  expect(score.kind === "scored" && JSON.parse(score.explanation)).toEqual([
    ["./output/answer.txt", "./scorer/lib/words.txt", "./truth/truth.json"],
    "blue",
    { id: "a", answers: ["blue"], answerPosition: null, truth: { near: 3 } },
    false,
  ]);
});

test("the workbooks of a spreadsheet benchmark are judged in the range asked for", async () => {
  const { sampleTables } = await import("../../benchmarks/sample/index.ts");
  const sample = await sampleTables(asked({ split: "test", cacheDirectory: await temporaryFolder() }));
  const [task] = sample.tasks;
  const made = await temporaryFolder();
  await sample.prepare(task!, made);
  await sample.submitTruth(task!, made);
  const position = /answer_position\s+(.+)/.exec(task!.instruction)?.[1] ?? "Answer!A1";
  const rows = [
    {
      id: "one",
      instruction: "Do it.",
      files: ["in/input.xlsx"],
      output: "output.xlsx",
      golden: "gold.xlsx",
      answerPosition: position,
    },
  ];
  const data = await written({ scorer: { kind: "spreadsheet" }, rows });
  await mkdir(join(data, "in"));
  await cp(join(made, "input.xlsx"), join(data, "in", "input.xlsx"));
  await cp(join(made, "output.xlsx"), join(data, "gold.xlsx"));

  const checked = await check(await load(data));

  expect(checked.probes).toEqual({ truth: 1, nothing: 1, empty: 1, untouched: 1 });
  expect(checked.exceptions).toEqual([]);
});

test.each([
  ["an unknown field", { ...row, anwser: "x" }, /tasks.jsonl:2: not a task[\s\S]*anwser/],
  ["no instruction", { id: "b", answer: "x" }, /tasks.jsonl:2:[\s\S]*at instruction/],
  ["broken JSON", '{"id": "b",', /tasks.jsonl:2: not a task of this benchmark: .*JSON/],
  ["no answer", { id: "b", instruction: "?" }, /tasks.jsonl:2:[\s\S]*needs answer or answers[\s\S]*at answer/],
  ["an output for a scorer of texts", { ...row, output: "x.txt" }, /judges text[\s\S]*at output/],
  ["answer and answers", { ...row, answers: ["x"] }, /not both[\s\S]*at answers/],
  ["the same id", row, /the id "a" stands there twice/],
  ["a path with ..", { ...row, id: "b", files: ["../x"] }, /must be a path below[\s\S]*at files\[0\]/],
  ["an absolute path", { ...row, id: "b", files: ["/etc/passwd"] }, /must be a path below/],
  ["a file that is not there", { ...row, id: "b", files: ["x.txt"] }, /task "b": files: cannot read x.txt/],
  ["two files of one name", { ...row, id: "b", files: ["a/x", "b/x"] }, /two of them are named x/],
  ["an image that is no file of it", { ...row, id: "b", images: ["x.png"] }, /x.png is not among the files/],
])("%s is told with file, line and field", async (_, second, message) => {
  const data = await written({ rows: [row, second] });

  await expect(load(data)).rejects.toThrow(message);
});

test("a link that leads out of the folder is refused, and one within it is not", async () => {
  const data = await written({ rows: [{ ...row, files: ["link.txt"] }], files: { "real.txt": "r" } });
  const outside = await temporaryFolder();
  await writeFile(join(outside, "secret.txt"), "s");
  await symlink("real.txt", join(data, "link.txt"));
  const benchmark = await load(data);
  const work = await temporaryFolder();
  await benchmark.prepare(benchmark.tasks[0]!, work);
  expect(await readFile(join(work, "link.txt"), "utf8")).toBe("r");

  const leading = await written({ rows: [{ ...row, files: ["link.txt"] }] });
  await symlink(join(outside, "secret.txt"), join(leading, "link.txt"));

  await expect(load(leading)).rejects.toThrow(/link.txt is a link that leads out/);
});

test("a right answer that is also an input is refused, under whatever name it goes", async () => {
  const spreadsheet = { instruction: "?", output: "o.xlsx", answerPosition: "A1" };
  const rows = [
    { ...spreadsheet, id: "a", golden: "gold.xlsx" },
    { ...spreadsheet, id: "b", golden: "other.xlsx", files: ["alias.xlsx"] },
  ];
  const data = await written({
    scorer: { kind: "spreadsheet" },
    rows,
    files: { "gold.xlsx": "g", "other.xlsx": "o" },
  });
  await symlink("gold.xlsx", join(data, "alias.xlsx"));

  await expect(load(data)).rejects.toThrow(/task "b": files: alias.xlsx is the right answer of task "a"/);
});

test.each([
  ["no such scorer", { scorer: { kind: "guess" } }, /benchmark.json: .*scorer/],
  ["a name with a slash", { about: { name: "a/b" } }, /benchmark.json: .*lower-case letters/],
  ["a tasks file outside", { about: { tasks: "../tasks.jsonl" } }, /benchmark.json: .*must be a path below/],
  [
    "a scorer file that is not there",
    { scorer: { kind: "command", command: "x", files: ["y"] } },
    /scorer: files: cannot read y/,
  ],
])("%s is told with the file", async (_, parts, message) => {
  await expect(load(await written({ rows: [row], ...parts }))).rejects.toThrow(message);
});

test("other answers and another scorer give another fingerprint", async () => {
  const one = await load(await written({ rows: [row] }));
  const answer = await load(await written({ rows: [{ ...row, answer: "red" }] }));
  const scorer = await load(await written({ rows: [row], scorer: { kind: "exact", ignoreCase: true } }));

  expect(answer.dataHash).not.toBe(one.dataHash);
  expect(scorer.scorer).not.toBe(one.scorer);
});

test.each([
  ["the file of the tasks", ["tasks.jsonl"], /files: tasks.jsonl is the file of the tasks, with their answers/],
  ["the benchmark's file", ["benchmark.json"], /files: benchmark.json is the benchmark itself/],
  ["a link to the tasks", ["alias.txt"], /files: alias.txt is the file of the tasks/],
  ["a file of the scorer", ["judge.py"], /files: judge.py is a file of the scorer/],
])("%s is no input: it tells the answers", async (_, files, message) => {
  const scorer = { kind: "command", command: "python3 scorer/judge.py", files: ["judge.py"] };
  const data = await written({ scorer, rows: [{ ...row, files }], files: { "judge.py": "" } });
  await symlink("tasks.jsonl", join(data, "alias.txt"));

  await expect(load(data)).rejects.toThrow(message);
});

test("the right answer of a task that is not chosen is no input either", async () => {
  const scorer = { kind: "command", command: "true" };
  const rows = [
    { id: "a", instruction: "?", output: "o.json", golden: "gold.json", split: "evolve" },
    { id: "b", instruction: "?", output: "o.json", files: ["gold.json"], split: "test" },
  ];
  const data = await written({ scorer, rows, files: { "gold.json": "1" } });

  await expect(load(data, "test")).rejects.toThrow(/gold.json is the right answer of task "a"/);
});

test("a command finds the golden under the name that the task gives, also where that is a link", async () => {
  const command = "cmp -s output/o.txt truth/gold.txt && echo '{\"value\":1}' || echo '{\"value\":0}'";
  const rows = [{ id: "a", instruction: "?", output: "o.txt", golden: "gold.txt" }];
  const data = await written({ scorer: { kind: "command", command }, rows, files: { "real.txt": "1" } });
  await symlink("real.txt", join(data, "gold.txt"));

  expect((await check(await load(data))).exceptions).toEqual([]);
});

test.each([
  [{ output: "answer.txt" }, /answer.txt is where the command finds the agent's text[\s\S]*at output/],
  [{ output: "o.json", golden: "truth.json" }, /truth.json is where the command finds the truth[\s\S]*at golden/],
])("a name that is taken in the folder of a command is refused: %o", async (parts, message) => {
  const rows = [{ id: "a", instruction: "?", ...parts }];
  const data = await written({ scorer: { kind: "command", command: "true" }, rows, files: { "truth.json": "{}" } });

  await expect(load(data)).rejects.toThrow(message);
});

test("a command's explanation is kept to a length that trials and analysts can bear", async () => {
  const command = `python3 -c 'print("{\\"value\\": 0, \\"explanation\\": \\"" + "x" * 90000 + "\\"}")'`;
  const data = await written({ scorer: { kind: "command", command }, rows: [row] });

  const score = await judge(await load(data), "a", "blue");
  expect(score).toMatchObject({ kind: "scored", value: 0 });
  expect(JSON.stringify(score).length).toBeLessThan(5_000);
});

test("white space buys no similarity, and a million bars no time", async () => {
  const anls = await load(await written({ scorer: { kind: "anls" }, rows: [{ ...row, answer: "42" }] }));
  expect(await judge(anls, "a", ` 7${" ".repeat(100_000)}\n`)).toMatchObject({ value: 0 });
  expect(await judge(anls, "a", " 42\n\n")).toMatchObject({ value: 1 });

  const items = await load(await written({ scorer: { kind: "wikitq" }, rows: [{ ...row, answer: "42" }] }));
  const start = performance.now();
  expect(await judge(items, "a", "|".repeat(1_000_000))).toMatchObject({ value: 0 });
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(await judge(items, "a", "42 | 42")).toMatchObject({ value: 1 });
});
