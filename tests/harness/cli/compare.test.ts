import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRun, writeTrial } from "../../../harness/run/store.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Writes a run folder: a task for each number, its score with every seed. */
async function runFolder(
  cwd: string,
  name: string,
  scores: readonly number[],
  { seeds = [41], scorer = "workbook-range/1", label = name } = {},
): Promise<void> {
  const ids = scores.map((_, index) => `t${index}`);
  const directory = join(cwd, name);
  await mkdir(directory, { recursive: true });
  const fingerprint = { ...manifest().fingerprint, scorer, skill: name === "plain" ? null : name };
  await createRun(
    directory,
    manifest({
      arm: label,
      seeds,
      benchmark: { name: "sample-spreadsheet", split: "test", data: null, taskIds: ids },
      fingerprint,
    }),
  );
  for (const [index, value] of scores.entries()) {
    for (const seed of seeds) {
      const about = task({ id: `t${index}`, kind: index < 6 ? "lookup" : "totals" });
      writeTrial(directory, trial({ task: about, seed, score: { kind: "scored", value, explanation: "" } }));
    }
  }
}

const passes = (passed: number, of = 12) => Array.from({ length: of }, (_, index) => (index < passed ? 1 : 0));

async function threeArms(): Promise<string> {
  const cwd = await temporaryFolder();
  await runFolder(cwd, "plain", passes(4));
  await runFolder(cwd, "better", passes(11));
  await runFolder(cwd, "same", passes(4));
  await runFolder(cwd, "worse", passes(0));
  return cwd;
}

test("the exit code gates a skill: 0 for a gain, 10 without evidence, 11 for a loss, and the worst of several arms", async () => {
  const cwd = await threeArms();
  const codeOf = async (...runs: string[]) => (await trace2skill(["compare", ...runs], { cwd })).code;

  expect(await codeOf("plain", "better")).toBe(0);
  expect(await codeOf("plain", "same")).toBe(10);
  expect(await codeOf("better", "plain")).toBe(11);
  expect(await codeOf("plain", "better", "same")).toBe(10);
  expect(await codeOf("better", "same", "better")).toBe(2); // the run named twice is no second arm
  expect(await codeOf("better", "plain", "same")).toBe(11);
});

test("figures, verdict, tasks and what was broken are told, each with n, seeds, scorer and fingerprints", async () => {
  const cwd = await threeArms();

  const { out, code, err } = await trace2skill(["compare", "better", "plain"], { cwd });

  expect(code, err).toBe(11);
  const text = out.replace(/\s+/g, " ");
  expect(text).toMatch(/−58\.3 −\d+\.\d to −\d+\.\d 0\.016 0 \/ 7 \/ 5 12 × 1 [0-9a-f]{12}/);
  expect(text).toContain("p: McNemar's exact test.");
  expect(text).toContain("sample-spreadsheet/test: scored by workbook-range/1; seeds 41.");
  expect(text).toContain("Significant loss: −58.3 points");
  expect(text).toMatch(/12 tasks with 1 seed would show a true difference of \d+\.\d points or more/);
  expect(text).toContain(
    "Negative transfer: of 11 tasks that better passes, plain fails 7 (t10, t4, t5, t6, t7, t8, t9)",
  );
  expect(text).toContain("Tied (5): t0, t1, t11, t2, t3");
  expect(out.split("\n").filter((line) => line.length > 100)).toEqual([]);
});

test("--json is one document with the verdicts, also of each arm", async () => {
  const cwd = await threeArms();

  const { out, code } = await trace2skill(["compare", "plain", "better", "same", "--json"], { cwd });

  expect(code).toBe(10);
  const document = JSON.parse(out);
  expect(document).toMatchObject({ verdict: "none", exitCode: 10, arms: [{}, {}, {}] });
  expect(document.differences).toMatchObject([
    { verdict: "gain", method: "mcnemar-exact", p: 0.015625, adjustment: { p: 0.03125, comparisons: 2 } },
    { verdict: "none", difference: 0, p: 1, adjustment: { p: 1, comparisons: 2 } },
  ]);
});

test("--margin shows that an arm does not hurt, which counts as good as a gain", async () => {
  const cwd = await temporaryFolder();
  const seeds = [41, 42];
  await runFolder(cwd, "plain", passes(30, 60), { seeds });
  await runFolder(cwd, "same", passes(30, 60), { seeds });

  const wide = await trace2skill(["compare", "plain", "same", "--margin", "0.1", "--json"], { cwd });
  const narrow = await trace2skill(["compare", "plain", "same", "--margin", "0.005"], { cwd });

  expect(wide.code, wide.err).toBe(0);
  expect(JSON.parse(wide.out).differences[0].equivalence).toMatchObject({ margin: 0.1, equivalent: true });
  // No worse is no gain, and is not called one.
  expect(JSON.parse(wide.out)).toMatchObject({ verdict: "not-worse", exitCode: 0, differences: [{ verdict: "none" }] });
  expect(narrow.code).toBe(10);
  expect(narrow.out.replace(/\s+/g, " ")).toContain("Not shown to be harmless: it may be worse by 0.5 points or more");
});

test("arms that differ in more than skill and model are refused, and marked where they are forced", async () => {
  const cwd = await temporaryFolder();
  await runFolder(cwd, "plain", passes(4));
  await runFolder(cwd, "lenient", passes(11), { scorer: "lenient/2" });

  const refused = await trace2skill(["compare", "plain", "lenient"], { cwd });
  const forced = await trace2skill(["compare", "plain", "lenient", "--force"], { cwd });

  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toMatch(/not ranked.*scorer \("workbook-range\/1", "lenient\/2"\).*give --force/);
  expect(forced.code).toBe(0);
  expect(forced.out.replace(/\s+/g, " ")).toContain("compared by force; they differ in scorer");
});

test("what is no run is told with a way on, before anything is compared", async () => {
  const cwd = await threeArms();
  await mkdir(join(cwd, "table"));
  await writeFile(join(cwd, "table", "experiment.json"), "{}");

  const experiment = await trace2skill(["compare", "plain", "table"], { cwd });
  const nothing = await trace2skill(["compare", "plain", "nowhere"], { cwd });
  const margin = await trace2skill(["compare", "plain", "better", "--margin", "5"], { cwd });
  const metric = await trace2skill(["compare", "plain", "better", "--metric", "hard"], { cwd });

  expect(experiment.code).toBe(2);
  expect(experiment.err).toMatch(/table is an experiment of many runs: .*trace2skill report table/);
  expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining("nowhere is no run folder") });
  expect(margin).toMatchObject({
    code: 2,
    err: expect.stringContaining("--margin must be a number from 0.001 to 0.5"),
  });
  expect(metric).toMatchObject({
    code: 1,
    err: expect.stringContaining('no score has a metric "hard"; there are: score'),
  });
});

test("--clusters takes tasks that resemble each other as one, by kind or by a file", async () => {
  const cwd = await threeArms();
  const clusters = Object.fromEntries(passes(0).map((_, index) => [`t${index}`, `table-${index % 4}`]));
  await writeFile(join(cwd, "tables.json"), JSON.stringify(clusters));
  await writeFile(join(cwd, "lacking.json"), JSON.stringify({ t0: "a" }));
  await writeFile(join(cwd, "list.json"), JSON.stringify(["t0"]));
  const compare = (which: string) =>
    trace2skill(["compare", "plain", "better", "--clusters", which, "--json"], { cwd });

  const byKind = await compare("kind");
  expect(byKind.code, byKind.err).toBe(10);
  // Two clusters have four signings, and the one seen is the farthest of them: p is 2 in 4.
  expect(JSON.parse(byKind.out).differences[0]).toMatchObject({ clusters: 2, p: 0.5, method: "sign-flip-exact" });
  const byTable = JSON.parse((await compare("tables.json")).out);
  expect(byTable.differences[0]).toMatchObject({ clusters: 4, p: 0.125 });
  // Arms stand beside their differences with the same unit: 11 of 12 tasks in 4 tables, each three quarters or all of it.
  const widths = [byTable, JSON.parse((await trace2skill(["compare", "plain", "better", "--json"], { cwd })).out)].map(
    ({ arms }) => arms[1].interval.high - arms[1].interval.low,
  );
  expect(byTable.arms).toMatchObject([{ clusters: 4 }, { clusters: 4 }]);
  expect(widths[0]).toBeGreaterThan(1.3 * widths[1]!);
  const { out } = await trace2skill(["compare", "plain", "better", "--clusters", "tables.json"], { cwd });
  expect(out).toMatch(/better .* 12 × 1 in 4 /);
  expect(out).toContain("clusters are the unit of every interval");
  expect((await compare("lacking.json")).err).toMatch(
    /lacking\.json: expected a cluster for each of 12 tasks, found none for 11: t1, t2, t3 and 8 more\. Add/,
  );
  expect((await compare("list.json")).err).toMatch(/list\.json: expected a JSON object with a cluster's name/);
  expect((await compare("absent.json")).err).toMatch(/--clusters absent\.json: cannot be read/);
});

test("the help documents the exit codes and the rule for several arms", async () => {
  const { out } = await trace2skill(["compare", "--help"]);

  expect(out).toMatch(/ 0 {2}significant gain/);
  expect(out).toMatch(/10 {2}no evidence/);
  expect(out).toMatch(/11 {2}significant loss/);
  expect(out).toContain("With several arms: 11 where any loses, else 10 where any is without evidence, else 0.");
});

test("a run that stopped half-way is told, though every task has a score", async () => {
  const cwd = await temporaryFolder();
  await runFolder(cwd, "plain", passes(4), { seeds: [41, 42] });
  await runFolder(cwd, "better", passes(11), { seeds: [41, 42] });
  for (const index of [0, 1, 2]) await rm(join(cwd, "better", "trials", `t${index}.42.json`));
  await writeFile(join(cwd, "better", "trials", "t3.42.json"), '{"version":1,"ta');

  const { out, code } = await trace2skill(["compare", "plain", "better"], { cwd });

  expect(code).toBe(0);
  expect(out.replace(/\s+/g, " ")).toContain("better is not finished: 4 of its 24 trials are not there");
});

test("the copy of a run is no arm: it ties on every task, and would pass as harmless", async () => {
  const cwd = await threeArms();
  await cp(join(cwd, "plain"), join(cwd, "copied"), { recursive: true });

  const { code, err, out } = await trace2skill(["compare", "plain", "copied", "--margin", "0.2"], { cwd });

  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("copied is a copy of plain: the same run");
});

test("an interval that leaves out 0 beside a p above 0.05 is explained, and six tasks do not do for three arms", async () => {
  const cwd = await temporaryFolder();
  await runFolder(cwd, "plain", passes(10, 100));
  await runFolder(cwd, "five", passes(15, 100));
  await runFolder(cwd, "six", passes(0, 6));
  for (const name of ["one", "two", "three"]) await runFolder(cwd, name, passes(6, 6));
  const textOf = async (...runs: string[]) =>
    (await trace2skill(["compare", ...runs], { cwd })).out.replace(/\s+/g, " ");

  const apart = await textOf("plain", "five");
  const several = await textOf("six", "one", "two", "three");

  expect(apart).toMatch(
    /No evidence that five differs .* p 0\.063\. The interval leaves out 0 all the same: it is an approx/,
  );
  expect(several).toContain(
    "p 0.031 (0.094 after Holm's adjustment for 3 comparisons). The interval leaves out 0, for it",
  );
  expect(several).toContain("with 6 tasks no outcome is significant, for p is at least 0.0938 after Holm's adjustment");
  expect(await textOf("six", "one")).not.toContain("no outcome is significant");
});

test("--bootstrap gives a second interval, near the first where differences are many and even", async () => {
  const cwd = await temporaryFolder();
  await runFolder(cwd, "plain", passes(40, 100));
  await runFolder(cwd, "better", passes(60, 100));

  const text = await trace2skill(["compare", "plain", "better", "--bootstrap"], { cwd });
  const { differences } = JSON.parse(
    (await trace2skill(["compare", "plain", "better", "--bootstrap", "--json"], { cwd })).out,
  );
  const plain = JSON.parse((await trace2skill(["compare", "plain", "better", "--json"], { cwd })).out).differences[0];

  expect(text.out.replace(/\s+/g, " ")).toMatch(
    /By the BCa bootstrap over tasks \(9,999 draws\) the 95 % interval is \+1\d\.0 to/,
  );
  expect(differences[0].bootstrap.low).toBeCloseTo(differences[0].interval.low, 1);
  expect(plain).not.toHaveProperty("bootstrap");
});

test("arms of one name, as two skills of one name have, are told apart with their folders", async () => {
  const cwd = await temporaryFolder();
  await runFolder(cwd, "plain", passes(4));
  await runFolder(cwd, "first", passes(11), { label: "spreadsheet-work" });
  await runFolder(cwd, "second", passes(10), { label: "spreadsheet-work" });

  const { out } = await trace2skill(["compare", "plain", "first", "second"], { cwd });
  const alone = await trace2skill(["compare", "plain", "first"], { cwd });

  expect(out).toMatch(/^ +[0-9a-f]{12}: spreadsheet-work, sim\/large, first$/m);
  expect(out).toMatch(/^ +[0-9a-f]{12}: spreadsheet-work, sim\/large, second$/m);
  expect(alone.out).not.toContain("told apart");
});
