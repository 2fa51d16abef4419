import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { ExperimentRecord } from "../../../../reports/experiments/record.ts";
import { trace2skill } from "../../../support/command-line.ts";
import { sharedPath } from "../../../support/shared-data.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const Printed = z.object({
  calls: z.object({ made: z.number(), fromJournal: z.number() }),
  tables: z.array(
    z.object({
      id: z.string(),
      simulated: z.boolean(),
      notes: z.array(z.string()),
      rows: z.array(
        z.object({ group: z.string().optional(), cells: z.array(z.object({ text: z.string() })).nonempty() }),
      ),
    }),
  ),
});

const SMALL = ["--models", "122b=sim/large", "--scale", "0.2", "--seeds", "41,42"];

/** Of the simulated model; 122b is its large size. */
const GOLDEN = [
  "no skill | 50.0 ±31.2",
  "122b create +Error | 75.0 ±28.8",
  "122b create +Error against no skill | +25.0 ±29.7",
  "122b create +Success against no skill | 0.0 ±24.5",
  "122b create +Combined against no skill | +33.3 ±30.0",
];

/** Rows of a table as the texts of their cells, the fingerprint aside: it holds the versions of this machine's parts. */
function textsOf(table: z.infer<typeof Printed>["tables"][number] | undefined): string[] {
  return (table?.rows ?? []).map(({ cells }) => cells.map(({ text }) => text).join(" | "));
}

test("a table at a small scale gives the same numbers on every machine, a second time makes no call, and what it made is shared", {
  timeout: 400_000,
}, async () => {
  const cwd = await temporaryFolder();
  const args = ["reproduce", "mathematics", ...SMALL, "--out", "tables", "--json"];

  const first = await trace2skill(args, { cwd });
  const again = await trace2skill(args, { cwd });
  const otherwise = await trace2skill([...args, "--fan-in", "5", "--dry-run"], { cwd });

  expect(first.code, first.err).toBe(0);
  const { tables } = Printed.parse(JSON.parse(first.out));
  expect(textsOf(tables[1])).toEqual(GOLDEN);
  expect(tables.every(({ simulated }) => simulated)).toBe(true);
  const notes = tables[0]?.notes.join("\n");
  for (const note of [
    /^Measured with a simulated model/,
    /D-Test: sample-mathematics\/test, 6 of 30 tasks, in place of dapo-math\/test/,
    /Agents act by native tool calls; the paper's write calls as text/,
    /Patches are merged 32 at once, as the paper says/,
    /Left out: 35b: no model was given for it/,
    /Left out: AIME: no sample of ours stands for it/,
    /Scored: sample-mathematics\/test by /,
  ])
    expect(notes).toMatch(note);
  const repeated = Printed.parse(JSON.parse(again.out));
  expect(repeated.calls, again.err).toEqual({ made: 0, fromJournal: 0 });
  expect(repeated.tables).toEqual(tables);
  const stored: unknown = JSON.parse(await readFile(join(cwd, "tables", "mathematics", "experiment.json"), "utf8"));
  expect(ExperimentRecord.parse(stored).cells.every(({ done }) => done)).toBe(true);
  // Skills that are merged otherwise are made of the same trials, and judged against the same baseline: 6 tasks once, 6 twice.
  const left: unknown = JSON.parse(otherwise.out);
  expect(left, otherwise.err).toMatchObject({ trials: { done: 18 }, distillations: { total: 3, done: 0 } });
});

test("list names every table with its source; a dry run tells what would be asked, and makes nothing", async () => {
  const cwd = await temporaryFolder();

  const list = await trace2skill(["reproduce", "list"], { cwd });
  const planned = await trace2skill(["reproduce", "prevalence", "--scale", "0.1", "--dry-run", "--json"], { cwd });

  expect(list.out).toMatch(/^spreadsheet\n.*\n {2}v3: arXiv:2603\.25158v3, table 1; later: /);
  for (const name of ["mathematics", "docvqa", "docvqa-fifty", "parallel", "retrieval", "agentic", "prevalence"])
    expect(list.out).toContain(`\n${name}\n`);
  expect(planned.code, planned.err).toBe(0);
  // What would be asked is told before it is paid for.
  expect(planned.err).toMatch(/^note: 122b is sim\/large; 35b is sim\/small\.$/m);
  expect(planned.err).toMatch(/^note: evolve: sample-spreadsheet\/evolve, 4 of 39 tasks/m);
  expect(JSON.parse(planned.out)).toMatchObject({ dryRun: true, distillations: { total: 1, done: 0, left: 1 } });
  expect(await readdir(cwd)).toEqual([]);
});

test.each([
  [["nope"], /there is no table "nope"; there are: spreadsheet, mathematics/],
  [
    ["mathematics", "--models", "70b=NAME"],
    /--models must be a list such as .*; sizes are 122b, 35b; found "70b=NAME"/,
  ],
  [["mathematics", "--models", "122b=a@http://h/v1,122b=b"], /--models names 122b twice/],
  [
    ["mathematics", "--models", "122b=sim/huge"],
    /--models 122b=sim\/huge: expected the endpoint that serves it, as in 122b=NAME@/,
  ],
  [["mathematics", "--models", "122b=NAME@HOST"], /--models 122b=NAME@HOST: expected the endpoint/],
  [["mathematics", "--scale", "0"], /--scale must be above 0/],
  [["mathematics", "--judge", "Vrf"], /table mathematics has no set "Vrf"; there are: D-Test, AIME/],
  [["mathematics", "--data", "wikitq=x"], /table mathematics reads no "wikitq"; it reads: dapo-math, aime-2026/],
  [["mathematics", "--data", "dapo-math"], /--data must be NAME=DIR, found "dapo-math"/],
  [["mathematics", "--from", "x"], /--from counts the themes of a distillation, which is table prevalence/],
  [["mathematics", "--seeds", "41,41"], /--seeds names a number twice: 41,41/],
  [["mathematics", "--estimate-from", "x"], /--estimate-from says what --dry-run counts with: give it too/],
  [["mathematics", "--format", "xlsx"], /--format xlsx is nothing to print: say where to with --tables PATH/],
])("%j is refused before anything is made", async (args, message) => {
  const cwd = await temporaryFolder();

  const { code, err } = await trace2skill(["reproduce", ...args], { cwd });

  expect(err).toMatch(message);
  expect(code).toBe(2);
  expect(await readdir(cwd)).toEqual([]);
});

test("a real model needs real data, and is told where to get it before anything runs", async () => {
  const cwd = await temporaryFolder();
  const models = "122b=NAME@http://localhost:9/v1";

  const { code, err } = await trace2skill(["reproduce", "mathematics", "--models", models], {
    cwd,
    env: { XDG_CACHE_HOME: join(cwd, "cache") },
  });

  expect(err).toMatch(/dapo-math needs its data: give the folder with --data dapo-math=DIR, or fetch it first/);
  expect(code).toBe(1);
});

test("a wrong skill or preset is told by the option that named it", async (ctx) => {
  const data = sharedPath(ctx, "data/math");
  const cwd = await temporaryFolder();
  const real = ["--models", "122b=NAME@http://localhost:9/v1", "--dry-run"];

  const skill = await trace2skill(
    [
      "reproduce",
      "parallel",
      "--models",
      "122b=sim/large",
      "--scale",
      "0.1",
      "--human-written",
      "nowhere",
      "--dry-run",
    ],
    { cwd },
  );
  const preset = await trace2skill(
    ["reproduce", "mathematics", "--judge", "D-Test", "--data", `dapo-math=${data}`, "--presets", "nope", ...real],
    { cwd },
  );

  expect(skill.err).toMatch(
    /^error: --human-written: expected a skill's folder with a SKILL\.md at .*nowhere, found nothing/m,
  );
  expect(preset.err).toMatch(/^error: --models 122b=…, --presets: sampling: cannot read .*nope/m);
  expect([skill.code, preset.code]).toEqual([1, 1]);
});
