/** `import --from recorded-patches`: the recorded patches and merges of a real model, replayed and counted. */
import { join, resolve } from "node:path";
import { replayRecorded } from "../../distill/recorded-replay.ts";
import type { ReplayReport } from "../../distill/recorded-report.ts";
import { writeJson } from "../run/files.ts";
import { refuseTakenFolder } from "./free-folder.ts";
import type { ImportSettings } from "./import.ts";
import type { Io } from "./io.ts";

export async function importPatches(source: string, { out, json }: ImportSettings, io: Io): Promise<void> {
  refuseTakenFolder(out);
  const report = await replayRecorded(resolve(source), resolve(out));
  await writeJson(join(out, "replay.json"), report);
  const folders = report.runs.map(({ folder }) => join(out, folder));
  if (json)
    io.out(JSON.stringify({ calls: { made: 0, fromJournal: 0 }, report, paths: { distillations: folders } }, null, 1));
  else io.out([...wordsOf(report), ...folders.map((folder) => `distillation: ${folder}`)].join("\n"));
}

function wordsOf({ patches, edits, merges, runs }: ReplayReport): string[] {
  return [
    `${patches.recorded} patches: ${patches.json} read, ${patches.mended} with JSON mended, ${patches.heuristic} picked out piece by piece, ${patches.unread} unread`,
    `${edits.recorded} edits: ${edits.read} read, ${edits.refused} refused`,
    ...Object.entries(edits.repairs).map(([what, count]) => `  ${count} ${what}`),
    ...Object.entries(edits.refusals).map(([why, count]) => `  ${count} refused: ${why}`),
    `${merges.recorded} merges: ${merges.replayed} replayed, ${merges.copies} copies of a run's last one, ${merges.unused} without patches`,
    ...runs.flatMap(({ run, coverage, byWording, ...rest }) => [
      `${run}: ${rest.patchesPerLevel.join(" -> ")} patches`,
      `  ${coverage.merges} merges of ${coverage.inputs} edits: ${coverage.merged} merged, ${coverage.kept} kept, ${coverage.dropped} dropped, ${coverage.putBack} forgotten and put back`,
      `  ${coverage.written} edits written by the recorded merges: ${coverage.fitting} fit, ${coverage.refused} refused because they cover no input`,
      `  words of ${percent(byWording.own)} of inputs are in their own merge, of ${percent(byWording.others)} in merges that never saw them`,
      `  ${rest.applied} edits applied, ${rest.rejected} rejected; SKILL.md ${rest.skillLines} lines, ${rest.references} references; lint: ${listed(rest.lint)}`,
      `  lessons: ${listed(rest.lessons)}`,
    ]),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function listed(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ") || "nothing"
  );
}
