/** The README is run: its commands as they stand, in its order, with a model server where it asks for one. */
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
    const { code, err } = await trace2skill(args, { cwd });
    expect(code, `${args.join(" ")}\n${err}`).toBe(0);
  }
}

async function checkoutLike(): Promise<string> {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, "distill"));
  await cp(join(ROOT, "distill", "seeds"), join(cwd, "distill", "seeds"), { recursive: true });
  return cwd;
}

test('the commands of "Your own run" work in their order, and the page is written', { timeout: 300_000 }, async () => {
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
  await runAll(commands, cwd);
  expect(existsSync(join(cwd, "runs", "report.html"))).toBe(true);
});

test("the commands for a model server work against one over HTTP", { timeout: 300_000 }, async () => {
  const cwd = await checkoutLike();
  const benchmark = await loadBenchmark("sample-spreadsheet", {
    settings: { split: "evolve" },
    data: null,
    cacheDirectory: join(cwd, "cache"),
    tasks: { kind: "rows", from: 0, to: 6 },
  });
  const server = await startSimulator({ key: await benchmark.answerKey(benchmark.tasks) });
  onTestFinished(() => server.close());
  const commands = commandsUnder("### With a model server").map((args) =>
    args.map((arg) => arg.replace("http://localhost:8000/v1", server.url).replace(/^NAME$/, "sim/small")),
  );
  const few = commands.map((args) => (args[0] === "run" ? [...args, "--tasks", "0:6"] : args));
  await runAll(few, cwd);
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
    commands.filter((args) => !isReal(args)).map((args) => (args[0] === "run" ? [...args, "--tasks", "0:6"] : args)),
    cwd,
  );
  if (!existsSync(SHARED_DATA)) context.skip(`the data set is not at ${SHARED_DATA}`);
  const small = (arg: string) => (arg === "DIR" ? SHARED_DATA : arg === "0:40" ? "0:6" : arg);
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
