import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { learnFrom, readUnit } from "../../../../harness/cli/experiment/folder.ts";
import type { ExperimentEvent } from "../../../../harness/cli/experiment/perform.ts";
import type { Session } from "../../../../harness/cli/session.ts";
import type { Caller } from "../../../../harness/roles.ts";
import { SealedError } from "../../../../harness/run/sealed-reading.ts";
import { readOutcomes } from "../../../../harness/run/store.ts";
import { readExperimentRecord } from "../../../../reports/experiments/stored.ts";
import { cellOutcomes, perform, SEED_SKILL, SMALL } from "../../../support/experiment-run.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const SLOW = 240_000;
const kinds = (events: readonly ExperimentEvent[], kind: ExperimentEvent["kind"]): string[] =>
  events.flatMap((event) => (event.kind === kind && "unit" in event ? [event.unit.label] : []));

/** Work of a caller, before the model is asked. */
function before(caller: Caller, work: () => Promise<unknown>): (session: Session) => Session {
  return (session) => ({
    ...session,
    model: (choice) => {
      const model = session.model(choice);
      return {
        ...model,
        complete: async (call) => {
          if (call.caller === caller) await work();
          return model.complete(call);
        },
      };
    },
  });
}

test("an experiment makes each unit once; what is there is never made again, also not for another experiment with other names", {
  timeout: SLOW,
}, async () => {
  const root = await temporaryFolder();
  const first = await perform(root, SMALL);

  expect(first.record.cells.map(({ done }) => done)).toEqual([true, true]);
  expect(kinds(first.events, "ended")).toHaveLength(4);
  const skill = first.record.skills.find(({ name }) => name === "deep");
  expect(skill).toMatchObject({ author: "large", minutes: expect.any(Number) });
  const evolved = await readOutcomes(resolve(first.directory, skill?.evolve ?? ""));
  expect(evolved.trials).toHaveLength(2);
  const [bare, deep] = await Promise.all(first.record.cells.map((cell) => cellOutcomes(first.directory, cell)));
  expect(bare?.manifest).toMatchObject({ arm: "no skill", skill: null });
  expect(deep?.manifest).toMatchObject({ arm: "deep", skill: { hash: skill?.hash } });
  expect(await readExperimentRecord(first.directory)).toEqual(first.record);

  const again = await perform(root, SMALL);
  expect(again.calls).toEqual({ made: 0, fromJournal: 0 });
  expect(again.record).toEqual(first.record);

  const { seed, deep: distilled } = SMALL.skills;
  const other = {
    ...SMALL,
    name: "other",
    skills: { ours: seed, better: { distill: { ...distilled.distill, start: "ours" } } },
  };
  const shared = await perform(
    root,
    { ...other, arms: [{ name: "a" }, { name: "b", skill: "better" }] },
    { folder: "other" },
  );
  expect(shared.calls).toEqual({ made: 0, fromJournal: 0 });
  expect(shared.record.cells.map(({ run }) => run)).toEqual(first.record.cells.map(({ run }) => run));

  const wider = await perform(root, { ...SMALL, arms: [...SMALL.arms, { name: "seed", skill: "seed" }] });
  expect(wider.record.cells).toHaveLength(3);
  expect(wider.record.cells.slice(0, 2)).toEqual(first.record.cells);
});

test("stopped anywhere, the same command goes on, and comes to what an undisturbed one comes to", {
  timeout: SLOW,
}, async () => {
  const [root, calm] = [await temporaryFolder(), await temporaryFolder()];
  for (const caller of ["error-analyst", "proposer"] as const) {
    const stop = new AbortController();
    const session = before(caller, async () => stop.abort(new DOMException("interrupted", "AbortError")));
    await expect(perform(root, SMALL, { stop, session })).rejects.toThrow("interrupted");
    const left = await readExperimentRecord(join(root, "out"));
    expect(left.cells.some(({ done }) => !done)).toBe(true);
    // Noted before the first analyst is asked: from then on no experiment tries its trials again.
    const [evolved = ""] = (await readdir(join(root, "units"))).filter((name) =>
      name.startsWith("sample-spreadsheet-e"),
    );
    expect(await readUnit(join(root, "units", evolved))).toMatchObject({ state: "ended", used: true });
  }
  const ended = await perform(root, SMALL);
  const undisturbed = await perform(calm, SMALL);

  expect(ended.record.skills.map(({ hash }) => hash)).toEqual(undisturbed.record.skills.map(({ hash }) => hash));
  expect(ended.record.cells).toEqual(undisturbed.record.cells);
  expect(ended.calls.made).toBeLessThan(undisturbed.calls.made);
});

test("whatever makes a skill cannot read test scores: an attempt stops the experiment", { timeout: SLOW }, async () => {
  const root = await temporaryFolder();
  const { record, directory } = await perform(root, { ...SMALL, skills: {}, arms: [{ name: "no skill" }] });
  const run = resolve(directory, record.cells[0]?.run ?? "");
  expect((await readOutcomes(run)).trials).toHaveLength(1);

  for (const caller of ["error-analyst", "proposer"] as const) {
    const spying = perform(root, SMALL, { session: before(caller, () => readOutcomes(run)) });
    await expect(spying).rejects.toThrow(SealedError);
  }
  const summary = before("proposer", () => readExperimentRecord(directory));
  await expect(perform(root, SMALL, { session: summary })).rejects.toThrow("scores of other runs are closed");

  const harmless = await perform(root, SMALL, { session: before("agent", () => readOutcomes(run)) });
  expect(harmless.record.cells.every(({ done }) => done)).toBe(true);
});

test("a unit that fails is told with what needs it, and the rest goes on", { timeout: SLOW }, async () => {
  const root = await temporaryFolder();
  // In one turn no trial passes, so that there is no success to learn from.
  const none = { ...SMALL.skills.deep.distill, lessons: "success" };
  const benchmarks = { ...SMALL.benchmarks, evolve: { ...SMALL.benchmarks.evolve, tasks: "1:2" } };
  const limits = { turns: 1 };
  const { record, events } = await perform(root, {
    ...SMALL,
    limits,
    benchmarks,
    skills: { ...SMALL.skills, deep: { distill: none } },
  });

  expect(kinds(events, "failed")).toEqual(["skill-success.sample-spreadsheet-evolve.sim-large"]);
  expect(kinds(events, "left-out")).toEqual(["sample-spreadsheet-test.sim-large"]);
  expect(record.cells.map(({ done }) => done)).toEqual([true, false]);
  expect(record.skills.find(({ name }) => name === "deep")).toMatchObject({ path: null, hash: null });
});

test("memory, parametric skill and placebo are arms like others", { timeout: SLOW }, async () => {
  const root = await temporaryFolder();
  const { evolve, author } = SMALL.skills.deep.distill;
  const memory = { distill: { start: null, author, evolve, lessons: "combined" }, retrieval: "bm25" };
  const skills = {
    ...SMALL.skills,
    known: { parametric: { author, domain: "work on spreadsheets" } },
    length: { placebo: "same-length", of: "deep" },
    "length of a length": { placebo: "shuffled", of: "length" },
  };
  const arms = [
    { name: "known", skill: "known" },
    { name: "length", skill: "length" },
    { name: "twice", skill: "length of a length" },
    { name: "remembers", memory },
  ];
  const { record, directory } = await perform(root, { ...SMALL, skills, arms }, { options: { unitsAtOnce: 3 } });

  const runs = await Promise.all(record.cells.map((cell) => cellOutcomes(directory, cell)));
  const [known, length, twice, remembers] = runs.map(({ manifest }) => manifest);
  const skillOf = (name: string) => record.skills.find((skill) => skill.name === name);
  expect(known?.skill?.hash).toBe(skillOf("known")?.hash);
  expect(length?.skill?.placebo).toMatchObject({ kind: "same-length", of: skillOf("deep")?.hash });
  expect(twice?.skill?.placebo).toMatchObject({ kind: "shuffled", of: length?.skill?.hash });
  expect(remembers?.memory).toMatchObject({ retrieval: "bm25", hash: skillOf("remembers")?.hash });
  const memoryFile = resolve(directory, skillOf("remembers")?.path ?? "");
  expect(JSON.parse(await readFile(memoryFile, "utf8"))).toMatchObject({ kind: "memory" });

  const again = await perform(root, { ...SMALL, skills, arms });
  expect(again.calls).toEqual({ made: 0, fromJournal: 0 });
  expect(again.record).toEqual(record);

  const pathOf = (name: string) => resolve(directory, skillOf(name)?.path ?? "");
  for (const name of ["known", "length", "deep"]) await rm(pathOf(name), { recursive: true });
  await rm(memoryFile);
  const mended = await perform(root, { ...SMALL, skills, arms });
  expect(mended.calls.made).toBe(0);
  expect(mended.record.cells).toEqual(record.cells);
  expect(mended.record.skills.map(({ hash }) => hash)).toEqual(record.skills.map(({ hash }) => hash));

  const edited = ["known", "length", "deep"].map((name) => join(pathOf(name), "SKILL.md"));
  for (const path of edited) await writeFile(path, `${await readFile(path, "utf8")}\nmore\n`);
  await writeFile(
    memoryFile,
    (await readFile(memoryFile, "utf8")).replace(/"content": "/, '"content": "More. ').replace(/.*"hash".*\n/, ""),
  );
  const changed = await perform(root, { ...SMALL, skills, arms });
  const problems = changed.events.flatMap((event) => (event.kind === "failed" ? [event.problem] : []));
  expect(problems.map((problem) => /has changed since it was made/.test(problem))).toEqual([true, true, true]);
  expect(changed.calls.made).toBe(0);
  expect(changed.record.cells.every(({ done }) => !done)).toBe(true);
});

test("another experiment in the same folder is refused, and so is a run's folder", { timeout: SLOW }, async () => {
  const root = await temporaryFolder();
  const bare = { ...SMALL, skills: {}, arms: [{ name: "no skill" }] };
  const { directory, record } = await perform(root, bare);

  await expect(perform(root, { ...bare, name: "another" })).rejects.toThrow(
    'holds the experiment "small", asked is "another"',
  );
  const run = resolve(directory, record.cells[0]?.run ?? "");
  await expect(perform(root, bare, { options: { directory: run } })).rejects.toThrow("holds a run or a distillation");
});

test("trials of a cell that our side spoilt are tried again, no others, and none that something was learned from", {
  timeout: SLOW,
}, async () => {
  const root = await temporaryFolder();
  const bare = { ...SMALL, skills: {}, arms: [{ name: "no skill" }], seeds: [41, 42] };
  const first = await perform(root, bare);
  const run = resolve(first.directory, first.record.cells[0]?.run ?? "");
  const [name = ""] = await readdir(join(run, "trials"));
  const whole = JSON.parse(await readFile(join(run, "trials", name), "utf8"));
  const spoilt = { kind: "unscored", reason: "sandbox-failed", detail: "spoilt" };
  const spoil = () => writeFile(join(run, "trials", name), JSON.stringify({ ...whole, score: spoilt }));
  await spoil();

  const again = await perform(root, bare);
  expect(again.calls.made).toBe(0);
  expect(again.calls.fromJournal).toBe(whole.trajectory.steps.length);
  expect(JSON.parse(await readFile(join(run, "trials", name), "utf8")).score).toEqual(whole.score);

  await spoil();
  await learnFrom({ folder: run }, async () => {}); // as another experiment does that distills it
  const judged = await perform(root, { ...bare, name: "other" }, { folder: "other" });
  expect(judged.calls).toEqual({ made: 0, fromJournal: 0 });
  expect(judged.record.cells).toEqual(first.record.cells);
  expect(JSON.parse(await readFile(join(run, "trials", name), "utf8")).score).toEqual(spoilt);
  const ended = judged.events.flatMap((event) => (event.kind === "ended" ? [event.made] : []));
  expect(ended).toMatchObject([{ unscored: 1, used: true }]);
});

test("a skill's folder that the experiment would write into is refused: scores would be part of the skill", async () => {
  const root = await temporaryFolder();
  const around = join(root, "skill");
  await cp(SEED_SKILL, around, { recursive: true });
  const skills = { seed: { folder: around } };
  const arms = [{ name: "seed", skill: "seed" }];
  const within = { directory: join(around, "runs", "out") };

  await expect(perform(root, { ...SMALL, skills, arms }, { options: within })).rejects.toThrow(
    "scores of trials would be part of the skill",
  );
  expect(await readdir(around)).not.toContain("runs");
});
