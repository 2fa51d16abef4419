import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readDistillation } from "../../../distill/store.ts";
import { trace2skill } from "../../support/command-line.ts";
import { evolveRun, readSelection, rescore } from "../../support/evolution.ts";

const NAME = "sheet-rules";
const START = `---\nname: ${NAME}\ndescription: Rules for work on workbooks.\n---\n\n# Rules\n\nRead the request twice.\n`;
const GATE = [
  "distill",
  "runs/evolve",
  "--start",
  `start/${NAME}`,
  "--gate",
  "--validation-share",
  "0.5",
  "--out",
  "out",
  "--json",
];
const folder = evolveRun("0:14");

beforeAll(async () => {
  const skill = join(await folder(), "start", NAME);
  await mkdir(skill, { recursive: true });
  await writeFile(join(skill, "SKILL.md"), START);
}, 120_000);

const skillText = async (cwd: string, path: string) =>
  readFile(join(cwd, "out", path, "skill", NAME, "SKILL.md"), "utf8");

test("rejected, indecisive and accepted: exit code, document, and which skill lies where the arm looks for it", {
  timeout: 400_000,
}, async () => {
  const cwd = await folder();
  const gate = async () => {
    const ended = await trace2skill(GATE, { cwd });
    return { code: ended.code, err: ended.err, told: JSON.parse(ended.out) };
  };
  await gate(); // the real thing; what it found is then replaced, for the command to read back

  await rescore(cwd, "out", "start-", 1);
  await rescore(cwd, "out", "candidate-", 0);
  const rejected = await gate();
  expect(rejected.code, rejected.err).toBe(11);
  expect(rejected.told).toMatchObject({
    verdict: "rejected",
    calls: { made: 0 },
    selection: { used: { kind: "start" } },
  });
  expect(await skillText(cwd, "")).toBe(START);
  const { gate: found, refused, split, learned } = await readSelection(cwd, "out");
  expect(found).toMatchObject({ tasks: 7, difference: -1, method: "mcnemar-exact", losses: split.gate });
  expect(refused?.path).toBe(`rejected/skill/${NAME}`);
  expect((await readDistillation(join(cwd, "out", "rejected"))).skill.hash).toBe(refused?.hash);
  expect(learned).toEqual(split.gate);

  await rescore(cwd, "out", "candidate-", 1);
  const indecisive = await gate();
  expect(indecisive.code, indecisive.err).toBe(10);
  expect(await skillText(cwd, "")).toBe(START);
  expect(await readdir(join(cwd, "out"))).toContain("indecisive");
  expect(await readdir(join(cwd, "out"))).not.toContain("rejected");

  await rescore(cwd, "out", "start-", 0);
  const accepted = await gate();
  expect(accepted.code, accepted.err).toBe(0);
  expect(accepted.told.selection).toMatchObject({ used: { kind: "distilled", seed: 41 }, refused: null });
  expect(await skillText(cwd, "")).toBe(await skillText(cwd, "seeds/41"));
  expect(await readdir(join(cwd, "out"))).not.toContain("indecisive");
  // What the distiller was shown, and what judged it, are two things.
  const { analyses } = await readDistillation(join(cwd, "out"));
  expect(analyses.filter(({ task }) => split.gate.includes(task))).toEqual([]);
});
