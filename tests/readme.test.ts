/** The README is run: its commands, in its order, on few tasks, with a model server where it asks for one. */
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadBenchmark } from "../benchmarks/index.ts";
import { startSimulator } from "../harness/simulator/server.ts";
import { trace2skill } from "./support/command-line.ts";
import { temporaryFolder } from "./support/temporary.ts";

const ROOT = join(import.meta.dirname, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const SHARED_DATA = join(ROOT, "..", "shared", "data", "spreadsheetbench_verified_400");

/** Command lines of the block under a heading, without `npx trace2skill`. */
function commandsUnder(heading: string): string[][] {
  const [, after = ""] = README.split(`${heading}\n`);
  const block = /```sh\n([\s\S]*?)```/.exec(after)?.[1] ?? "";
  return block
    .trim()
    .split("\n")
    .map((line) => line.replace(/^npx trace2skill /, "").split(" "));
}

async function runAll(commands: readonly string[][], cwd: string): Promise<void> {
  for (const args of commands) {
    const { code, err } = await trace2skill(args, { cwd, env: { XDG_CACHE_HOME: join(cwd, "cache") } });
    // A comparison ends with its verdict: on few tasks there may be no evidence.
    const done = args[0] === "compare" ? [0, 10, 11] : [0];
    expect(done, `${args.join(" ")}\n${err}`).toContain(code);
  }
}

/** The same commands on fewer tasks. */
function onFewTasks(commands: readonly string[][], rows: string): string[][] {
  return commands.map((args) => (args[0] === "run" ? [...args, "--tasks", rows] : args));
}

async function checkoutLike(): Promise<string> {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, "distill"));
  await cp(join(ROOT, "distill", "seeds"), join(cwd, "distill", "seeds"), { recursive: true });
  return cwd;
}

test("the commands of the README that build on each other work in their order", { timeout: 600_000 }, async () => {
  const cwd = await checkoutLike();
  const commands = commandsUnder("## Your own run");
  expect(commands.map(([verb]) => verb)).toEqual([
    "doctor",
    "run",
    "distill",
    "run",
    "run",
    "compare",
    "report",
    "skill",
  ]);
  await runAll(onFewTasks(commands, "0:6"), cwd);
  expect(existsSync(join(cwd, "runs", "report.html"))).toBe(true);

  const tests = commandsUnder("### A/B tests");
  expect(tests.map(([verb]) => verb)).toEqual(["power", "power", "run", "compare", "report"]);
  await runAll(onFewTasks(tests, "0:6"), cwd);
  expect(existsSync(join(cwd, "runs", "report.tex"))).toBe(true);

  const others = commandsUnder("### Other ways to distill, and what came of it");
  expect(others.length).toBeGreaterThan(7);
  await runAll(onFewTasks(others, "0:6"), cwd);
  expect(existsSync(join(cwd, "runs", "remembered", "memory", "memory.json"))).toBe(true);
});

test("the commands for tables of the paper, experiments and sandboxes work", { timeout: 300_000 }, async () => {
  const cwd = await checkoutLike();
  await mkdir(join(cwd, "reports", "experiments"), { recursive: true });
  const example = join("reports", "experiments", "example.yaml");
  await cp(join(ROOT, example), join(cwd, example));
  const tables = commandsUnder("### Tables of the paper, and experiments of your own");
  expect(tables.map(([verb]) => verb)).toEqual(["reproduce", "reproduce", "reproduce", "experiment"]);
  const oneSeed = (args: readonly string[]) => (args[1] === "mathematics" ? [...args, "--seeds", "41"] : [...args]);
  await runAll(tables.map(oneSeed), cwd);

  await runAll(onFewTasks(commandsUnder("### Sandboxes"), "0:2"), cwd);
  expect(existsSync(join(cwd, "runs", "limited", "summary.json"))).toBe(true);
});

test("the commands for a model server work against one over HTTP", { timeout: 300_000 }, async () => {
  const cwd = await checkoutLike();
  const benchmark = await loadBenchmark("sample-spreadsheet", {
    settings: { split: "evolve" },
    data: null,
    cacheDirectory: join(cwd, "cache"),
    tasks: { kind: "rows", from: 0, to: 4 },
  });
  const server = await startSimulator({ key: await benchmark.answerKey(benchmark.tasks) });
  onTestFinished(() => server.close());
  const commands = commandsUnder("### With a model server").map((args) =>
    args.map((arg) => arg.replace("http://localhost:8000/v1", server.url).replace(/^NAME$/, "sim/small")),
  );
  await runAll(onFewTasks(commands, "0:4"), cwd);
  expect(server.requests().answered).toBeGreaterThan(12);
});

test("the commands for benchmarks work, on real workbooks where they are at hand", {
  timeout: 300_000,
}, async (context) => {
  const cwd = await checkoutLike();
  const commands = commandsUnder("### On the benchmarks of the paper, and others");
  expect(commands.map(([verb]) => verb)).toEqual(["data", "data", "run", "score", "run", "run"]);
  const isReal = (args: readonly string[]) => args.includes("DIR") || args.includes("runs/verified");
  await runAll(
    onFewTasks(
      commands.filter((args) => !isReal(args)),
      "0:2",
    ),
    cwd,
  );
  if (!existsSync(SHARED_DATA)) context.skip(`the data set is not at ${SHARED_DATA}`);
  const small = (arg: string) => (arg === "DIR" ? SHARED_DATA : arg === "0:40" ? "0:2" : arg);
  await runAll(
    commands.filter(isReal).map((args) => args.map(small)),
    cwd,
  );
});

test("every file that the README links to is there", () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
