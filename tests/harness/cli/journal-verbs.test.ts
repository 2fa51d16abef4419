import { spawnSync } from "node:child_process";
import { chmod, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../../harness/journal/journal.ts";
import { createRun, runId } from "../../../harness/run/store.ts";
import { manifest } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const BIN = fileURLToPath(new URL("../../../bin/trace2skill.js", import.meta.url));
const RUN = ["run", "sample-spreadsheet", "--split", "test", "--tasks", "0:5", "--model", "sim/large"];
/** What the clock decides. */
const TIMES = new Set(["modelMs", "commandMs", "durationMs", "waitedMs", "startedAt"]);

test("a run's calls, taken elsewhere, repeat the run to the bit without any server; one call less stops it loudly", async () => {
  const cwd = await temporaryFolder();
  const call = async (...args: string[]) => {
    const ended = await trace2skill(args, { cwd, env: { XDG_CACHE_HOME: join(cwd, "cache") } });
    return { ...ended, said: ended.out + ended.err };
  };
  const first = await call(...RUN, "--out", "first/run");
  expect(first.code, first.said).toBe(0);
  const exported = await call("journal", "export", "first/run", "--out", "run.calls.gz", "--json");
  expect(exported.code, exported.said).toBe(0);
  const counts = JSON.parse(exported.out);
  expect(counts.calls).toBeGreaterThan(5);

  const imported = await call("journal", "import", "run.calls.gz", "--journal", "second/journal.sqlite", "--json");
  expect(JSON.parse(imported.out)).toMatchObject({ calls: counts.calls, known: 0, otherwise: 0 });
  await rm(join(cwd, "first", "journal.sqlite"));
  const replayed = await call(...RUN, "--offline", "--out", "second/run", "--json");
  expect(replayed.code, replayed.said).toBe(0);
  expect(JSON.parse(replayed.out).calls).toEqual({ made: 0, fromJournal: counts.calls });
  expect(await trialsIn(join(cwd, "second", "run"))).toEqual(await trialsIn(join(cwd, "first", "run")));

  const lacking = await call(...RUN, "--seeds", "41,42", "--offline", "--out", "second/run");
  expect(lacking.code).toBe(1);
  expect(lacking.err).toMatch(
    /trial \S+\.42: --offline: the journal .* lacks a call of the agent .* request\.seed: stored 41, asked 42/,
  );

  const stats = await call("journal", "stats", "--journal", "second/journal.sqlite", "--json");
  expect(JSON.parse(stats.out).calls).toMatchObject({ answered: counts.calls, lost: 0 });
  const verified = await call("journal", "verify", "--journal", "second/journal.sqlite");
  expect(verified.code, verified.said).toBe(0);
  const pruned = await call("journal", "prune", "--journal", "second/journal.sqlite", "--json");
  expect(JSON.parse(pruned.out)).toMatchObject({ unanswered: 0, answered: 0, parts: 0, dryRun: false });
});

test("a distillation's calls, taken elsewhere with its run, repeat it byte for byte; one call less stops it loudly", async () => {
  const cwd = await temporaryFolder();
  const call = async (...args: string[]) => {
    const ended = await trace2skill(args, { cwd, env: { XDG_CACHE_HOME: join(cwd, "cache") } });
    return { ...ended, said: ended.out + ended.err };
  };
  const evolve = ["--split", "evolve", "--tasks", "0:4", "--model", "sim/small"];
  expect((await call("run", "sample-spreadsheet", ...evolve, "--out", "first/run")).code).toBe(0);
  const distill = ["distill", "first/run", "--model", "sim/large", "--model-role", "analyst=sim/small"];
  const first = await call(...distill, "--out", "first/distilled");
  expect(first.code, first.said).toBe(0);
  const exported = await call("journal", "export", "first", "--out", "all.calls.gz", "--json");
  expect(exported.code, exported.said).toBe(0);
  expect(JSON.parse(exported.out)).toMatchObject({ paths: { journal: join(cwd, "first", "journal.sqlite") } });
  const alone = await call("journal", "export", "first/distilled", "--out", "distilled.calls.gz", "--json");
  expect(JSON.parse(alone.out).calls).toBeLessThan(JSON.parse(exported.out).calls);

  const journal = join(cwd, "second", "journal.sqlite");
  expect((await call("journal", "import", "distilled.calls.gz", "--journal", journal)).code).toBe(0);
  const replayed = await call(...distill, "--offline", "--out", "second/distilled", "--json");
  expect(replayed.code, replayed.said).toBe(0);
  for (const file of ["distillation.json", "manifest.json"])
    expect(await readFile(join(cwd, "second/distilled", file))).toEqual(
      await readFile(join(cwd, "first/distilled", file)),
    );

  const database = new DatabaseSync(journal);
  database.exec("DELETE FROM calls WHERE caller = 'merger'");
  database.close();
  const lacking = await call(...distill, "--offline", "--out", "second/again");
  expect(lacking.code).toBe(1);
  expect(lacking.err).toMatch(/--offline: the journal .* lacks a call of the merger/);
  expect(await readdir(join(cwd, "second/again"))).not.toContain("distillation.json");
});

test("a journal in a folder that cannot be written is looked at, checked and exported all the same", async () => {
  const cwd = await temporaryFolder();
  const kept = join(cwd, "kept");
  {
    using journal = openJournal(join(kept, "journal.sqlite"));
    const call = { caller: "agent", draw: 0, text: journal.textOf({ q: 1 }, 0) };
    await journal.usedBy(runId(manifest()), () => journal.pay(call, async () => 1, new AbortController().signal));
    await createRun(join(kept, "run"), manifest());
  }
  for (const [path, mode] of [
    [cwd, 0o777],
    [kept, 0o555],
    [join(kept, "run"), 0o555],
  ] as const)
    await chmod(path, mode);
  onTestFinished(() => chmod(kept, 0o777));
  const asAnyone = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}; // root may write everywhere
  const said = (...args: string[]) => {
    const ended = spawnSync(process.execPath, [BIN, "journal", ...args], { cwd, encoding: "utf8", ...asAnyone });
    return ended.stdout + ended.stderr;
  };
  expect(said("stats", "kept/run")).toMatch(/agent +1 /);
  expect(said("verify", "kept/run")).toMatch(/1 answers whole, 0 calls damaged/);
  expect(said("export", "kept/run", "--out", "run.gz")).toMatch(/^1 calls/);
  expect(said("prune", "kept/run")).toMatch(/neither opened nor written/);
  expect(await readdir(kept)).toEqual(["journal.sqlite", "run"]);
});

test.each([
  [["stats", "--journal", "none.sqlite"], 1, /there is no journal none\.sqlite/],
  [["stats"], 1, /there is no journal here \(journal\.sqlite, runs\/journal\.sqlite\)\. Name it with --journal/],
  [["verify", "nowhere"], 1, /there is no journal in nowhere or beside it/],
  [["stats", "--journal", "."], 1, /\. is a folder: name the file of the journal/],
  [["import", ".", "--journal", "x.sqlite"], 1, /\. is a folder, expected a file/],
  [["prune", "--journal", "x", "--before", "2026-02-31"], 2, /--before must be a day such as/],
  [["export", "nowhere", "--out", "x.gz"], 1, /there is no journal in nowhere or beside it/],
  [["import", "nowhere.gz", "--journal", "x.sqlite"], 1, /cannot find nowhere\.gz\. Make one with/],
])("journal %j ends with %d and says what to do", async (args, code, problem) => {
  const cwd = await temporaryFolder();
  const ended = await trace2skill(["journal", ...args], { cwd });
  expect(ended.code).toBe(code);
  expect(ended.err).toMatch(problem);
  expect(await readdir(cwd)).toEqual([]);
});

async function trialsIn(run: string): Promise<unknown[]> {
  const names = (await readdir(join(run, "trials"))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(run, "trials", name), "utf8")));
  return texts.map((text) => JSON.parse(text, (name, value) => (TIMES.has(name) ? undefined : value)));
}
