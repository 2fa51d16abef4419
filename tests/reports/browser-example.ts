/** Run folders of any size with whole trajectories, and the report of them. Made up, with hostile texts among the tame ones. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../harness/hash.ts";
import type { Manifest } from "../../harness/manifest.ts";
import { seededRandom } from "../../harness/random.ts";
import type { Step, Trial } from "../../harness/records.ts";
import { createRun, type RunOutcomes, readOutcomes, trialName } from "../../harness/run/store.ts";
import { compareArms } from "../../reports/compare.ts";
import { agentCost, type Distillation, type ExperimentReport, experimentReport } from "../../reports/experiment.ts";
import { summarize } from "../../reports/summary.ts";
import { manifest, task, trajectory, trial } from "../support/builders.ts";
import { exampleDistillation, usage } from "./example.ts";

/** Would run, load or turn the reading direction if any of it became markup. */
export const HOSTILE = `</script><script>window.hurt=1</script><img src=x onerror="window.hurt=2"><b>bold</b> & \u202e "quoted"`;

const KINDS = ["lookup across sheets", "deduplicate and sort", "fill a formula down", "filter by dates"];
const SEEDS = [41, 42];
const RATES: Readonly<Record<string, number>> = { "no-skill": 0.4, start: 0.5, evolved: 0.75 };

export interface ExampleSize {
  readonly tasks: number;
  /** Of each trajectory. */
  readonly steps: number;
  readonly arms?: readonly string[];
  readonly seeds?: readonly number[];
  /** Characters of each instruction, about; one line when left out. */
  readonly instruction?: number;
}

export interface ExampleExperiment {
  readonly report: ExperimentReport;
  readonly runs: readonly RunOutcomes[];
}

/** Writes a run for each arm below `folder`, and one named `evolve` that lessons point to. */
export async function exampleExperiment(folder: string, size: ExampleSize): Promise<ExampleExperiment> {
  const { arms = Object.keys(RATES) } = size;
  const runs: RunOutcomes[] = [];
  for (const arm of [...arms, "evolve"]) runs.push(await writeRun(join(folder, arm), arm, size));
  const judged = runs.filter(({ manifest: { arm } }) => arm !== "evolve");
  const comparison = judged.length < 2 ? null : compareArms(judged, { random: () => seededRandom(1) });
  const report = experimentReport({
    name: "Trials in a browser",
    runs: judged,
    differences: comparison?.kind === "ranked" ? comparison.differences : [],
    costs: judged.map((run) => agentCost(summarize(run), null)),
    distillations: [taughtDistillation()],
  });
  return { report, runs };
}

/** With the one line of its skill that a trial of the run `evolve` taught. */
function taughtDistillation(): Distillation {
  const distillation = exampleDistillation();
  const [first] = distillation.lessons;
  if (first === undefined) throw new Error("the example has no lesson");
  const source = { task: "sheet-10", trial: "evolve/sheet-10.41", reason: "the file had no values", verified: true };
  const edit = {
    id: "e1",
    op: "append_to_section",
    lessons: [first.id],
    tasks: first.tasks,
    by: "trial" as const,
    proposals: 1,
  };
  const lines = [
    { text: "# Spreadsheets", edits: [] },
    { text: `- ${first.rule}`, edits: ["e1"] },
  ];
  return {
    ...distillation,
    lessons: [{ ...first, source }, ...distillation.lessons.slice(1)],
    origin: { start: null, patches: [], edits: [edit], files: [{ file: "SKILL.md", lines }] },
  };
}

async function writeRun(directory: string, arm: string, size: ExampleSize): Promise<RunOutcomes> {
  const evolve = arm === "evolve";
  const { seeds = SEEDS } = size;
  const count = evolve ? Math.min(size.tasks, 20) : size.tasks;
  const ids = Array.from({ length: count }, (_, index) => (evolve ? `sheet-${10 + index}` : `task ${1000 + index}`));
  await createRun(directory, manifestOf(arm, ids, [...seeds]));
  await mkdir(join(directory, "trials"), { recursive: true });
  for (const [index, id] of ids.entries()) {
    for (const seed of seeds) {
      const { steps, instruction = 0 } = size;
      const text = JSON.stringify(exampleTrial({ arm, id, index, seed, steps, instruction }));
      await writeFile(join(directory, "trials", `${trialName(id, seed)}.json`), text);
    }
  }
  return readOutcomes(directory);
}

function manifestOf(arm: string, taskIds: string[], seeds: number[]): Manifest {
  const { fingerprint } = manifest();
  const split = arm === "evolve" ? "evolve" : "test";
  const skill = arm === "no-skill" ? null : { name: "spreadsheet-work", hash: sha256(arm), path: `skills/${arm}` };
  return manifest({
    arm,
    seeds,
    skill,
    benchmark: { name: "sample-spreadsheet", split, data: null, taskIds, metric: "pass" },
    fingerprint: { ...fingerprint, split, skill: skill?.hash ?? null },
  });
}

interface Place {
  readonly arm: string;
  readonly id: string;
  readonly index: number;
  readonly seed: number;
  readonly steps: number;
  readonly instruction: number;
}

function exampleTrial({ arm, id, index, seed, steps, instruction }: Place): Trial {
  const random = seededRandom(Number.parseInt(sha256(`${arm} ${id} ${seed}`).slice(0, 8), 16));
  const passed = random.fraction() < (RATES[arm] ?? 0.5);
  const spoilt = arm === "start" && index === 3 && seed === 41;
  const lesson = arm === "evolved" ? "\nWrite values, not formulas without a cached value." : "";
  return trial({
    task: task({
      id,
      kind: KINDS[index % KINDS.length] ?? "",
      instruction: `Fill column ${index} of the sheet, rows 2 to ${20 + index}. ${index === 5 ? "The zebra is on page two." : ""}${particulars(id, instruction)}`,
    }),
    seed,
    trajectory: trajectory({
      prompt: [
        {
          role: "system",
          content: `You work on spreadsheets with a shell.${lesson}\n${"Read the sheet first. ".repeat(40)}`,
        },
        { role: "user", content: `Fill column ${index}. ${HOSTILE}` },
      ],
      steps: Array.from({ length: steps }, (_, step) => exampleStep(step, { arm, index, random: random.fraction() })),
      answer: index % 2 === 0 ? HOSTILE : "",
    }),
    score: spoilt
      ? { kind: "unscored", reason: "sandbox-failed", detail: "out of memory" }
      : { kind: "scored", value: passed ? 1 : 0, explanation: passed ? "equal" : `B2: wanted 7, found ${HOSTILE}` },
    usage: usage(steps),
    durationMs: 12_345,
    artifacts: ["output.xlsx"],
  });
}

/** Different for each task, so that they take the room that texts of people take when they are packed. */
function particulars(id: string, characters: number): string {
  const words: string[] = [];
  for (let length = 0, place = 0; length < characters; length += words[place]?.length ?? 0, place += 1) {
    words.push(sha256(`${id} ${place}`).slice(0, 3 + (place % 5)));
  }
  return words.join(" ").slice(0, characters);
}

function exampleStep(step: number, { arm, index, random }: { arm: string; index: number; random: number }): Step {
  // The first step is the same in all arms; then they part.
  const command =
    step === 0
      ? "ls -la\nhead input.csv"
      : `python3 - <<'EOF'\nimport openpyxl\nwb = openpyxl.load_workbook("input.xlsx")\nprint(${index}, ${step}, "${arm}")\nEOF`;
  return {
    reply: {
      role: "assistant",
      content: `I look at step ${step} (${random.toFixed(6)}). ${HOSTILE}`,
      toolCalls: [{ id: `call-${step}`, name: "bash", arguments: JSON.stringify({ command }) }],
      reasoning: step === 1 ? { field: "reasoning", text: `Should I? ${HOSTILE}` } : null,
    },
    action: { kind: "command", command },
    observation:
      Array.from({ length: 30 }, (_, line) => `row ${line}: ${(random * 1e6 + line * step).toFixed(3)}`).join("\n") +
      HOSTILE,
    usage: usage(1),
    modelMs: 2100,
    commandMs: 340,
  };
}
