/** What a report is made of, from an experiment's folder and the units that it names. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Draft } from "../../distill/documents.ts";
import type { CompareOptions } from "../../reports/compare.ts";
import { compareCells } from "../../reports/compare-cells.ts";
import type { ExperimentRecord } from "../../reports/experiments/record.ts";
import { EXPERIMENT_FILE, readExperimentRecord } from "../../reports/experiments/stored.ts";
import { transferMatrices } from "../../reports/transfer.ts";
import { transferTables } from "../../reports/transfer-table.ts";
import { SetupError } from "../errors.ts";
import { readJson } from "../run/files.ts";
import { type RunOutcomes, readOutcomes } from "../run/store.ts";
import { labelled, type NamedDistillation, namedDistillation, type ReportSource } from "./report-source.ts";
import { isSimulatedModel } from "./simulated-models.ts";

export async function ofExperiment(directory: string, options: CompareOptions): Promise<ReportSource> {
  const record = await readExperimentRecord(directory);
  const read = await readCells(record, directory);
  // A run that stands for cells of several arms is named after the arm in each.
  const cells = record.cells.map((cell, index) => ({ ...cell, run: String(index) }));
  const runs = new Map(
    record.cells.flatMap(({ arm, run }, index) => {
      const there = read.get(run);
      return there === undefined ? [] : [[String(index), labelled(there, arm)] as const];
    }),
  );
  const named = { ...record, cells };
  const compared = compareCells(named, runs, options);
  return {
    name: record.definition.name,
    runs: [...runs.values()],
    paid: distinct([...runs.values(), ...(await readEvolved(record, directory))]),
    differences: compared.flatMap(({ result }) => (result.kind === "compared" ? [result.difference] : [])),
    transfers: transferTables(transferMatrices(record, compared)),
    distilled: await ownDistillations(record, directory),
    costs: await draftCosts(record, directory),
    missing: [
      ...record.cells.flatMap(({ done, ...cell }) => (done ? [] : [`${cellName(cell)}: not done yet`])),
      ...compared.flatMap(({ result, ...cell }) =>
        result.kind === "missing" ? [`${cellName(cell)}, not compared with ${cell.baseline}: ${result.reason}`] : [],
      ),
    ],
  };
}

function cellName({ arm, user, benchmark }: { arm: string; user: string; benchmark: string }): string {
  return `${arm} with ${user} on ${benchmark}`;
}

/** The first of each folder. */
function distinct(runs: readonly RunOutcomes[]): RunOutcomes[] {
  return [...Map.groupBy(runs, ({ directory }) => directory).values()].flatMap(([first]) => first ?? []);
}

/** The runs of the cells by folder, each once; those that are not begun are left out. */
async function readCells({ cells }: ExperimentRecord, directory: string): Promise<Map<string, RunOutcomes>> {
  const folders = [...new Set(cells.map(({ run }) => run))];
  const begun = folders.filter((run) => isRun(resolve(directory, run)));
  const gone = folders.find((run) => !begun.includes(run) && cells.some((cell) => cell.run === run && cell.done));
  if (gone !== undefined)
    throw new SetupError(
      `${join(directory, EXPERIMENT_FILE)} names a run that is not there: ${resolve(directory, gone)}. The folder of units has to move with the experiment's`,
    );
  return new Map(
    await Promise.all(begun.map(async (run) => [run, await readOutcomes(resolve(directory, run))] as const)),
  );
}

const isRun = (folder: string) => existsSync(join(folder, "manifest.json"));

/** The runs that skills were distilled from. */
async function readEvolved({ skills }: ExperimentRecord, directory: string): Promise<RunOutcomes[]> {
  const folders = new Set(skills.flatMap(({ evolve }) => (evolve === undefined ? [] : [resolve(directory, evolve)])));
  const runs = await Promise.all([...folders].filter(isRun).map(readOutcomes));
  return runs.map((run) => labelled(run, `${run.manifest.arm}, to distill from`));
}

/** Each distillation once, under the name of the first skill or memory that it made. */
async function ownDistillations({ skills }: ExperimentRecord, directory: string): Promise<NamedDistillation[]> {
  const folders = new Map<string, string>();
  for (const { name, distillation } of skills)
    if (distillation !== null && !folders.has(distillation)) folders.set(distillation, name);
  return Promise.all([...folders].map(([folder, name]) => namedDistillation(resolve(directory, folder), name)));
}

/** What skills took that a model wrote from what it knows: their documents lie beside them. */
async function draftCosts(
  { skills, definition }: ExperimentRecord,
  directory: string,
): Promise<ReportSource["costs"][number][]> {
  const costs = skills.map(async ({ name, path }) => {
    const choice = definition.skills[name];
    if (choice === undefined || !("parametric" in choice) || path === null) return [];
    const draft = await readJson(join(dirname(dirname(resolve(directory, path))), "draft.json"), Draft);
    const author = definition.models[choice.parametric.author];
    if (draft.kind !== "read" || author === undefined) return [];
    const { model, baseUrl } = author;
    const { usage } = draft.value;
    const simulated = isSimulatedModel(model);
    const [endpoint = ""] = [baseUrl ?? "simulated"].flat();
    return [
      {
        cost: { part: `draft ${name}`, caller: "parametric" as const, model, simulated, usage, fromJournal: null },
        endpoint,
      },
    ];
  });
  return (await Promise.all(costs)).flat();
}
