/** What a real 122B model proposed, in a recorded run: how merge and apply bear it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import { makeEdit } from "../../distill/edit-reply.ts";
import { headingKey, readDocument } from "../../distill/markdown.ts";
import { mergePatches } from "../../distill/merge.ts";
import { mergeByProgram } from "../../distill/program-merge.ts";
import type { Patch } from "../../distill/records.ts";
import { routeBySupport } from "../../distill/route.ts";
import { NO_USAGE } from "../../harness/records.ts";
import { lintSkill } from "../../harness/skill/lint.ts";
import { files, patch } from "../support/distill-builders.ts";

const FOLDER = join(import.meta.dirname, "../../../shared/data/trace2skill_run_real");
const RUN = "qwen35_122b_random_combined_v1";

interface Recorded {
  readonly run: string;
  readonly task_id: string;
  readonly patch: { readonly edits?: readonly { readonly target: string; readonly content: string }[] };
}

function startText(): string {
  const skills: Record<string, string> = JSON.parse(readFileSync(join(FOLDER, "skills.json"), "utf8"));
  const text = skills["skills/spreadsheet-parametric-qwen3.5-122b-a10b-random/SKILL.md"] ?? "";
  return text.startsWith("---") ? text : `---\nname: recorded\ndescription: A recorded start skill.\n---\n\n${text}`;
}

/** The recorded run's own appender made a section that was not there; here that is `add_section`. */
function patchesOf(start: string): Patch[] {
  const headings = new Set(readDocument(start).sections.map(({ heading }) => headingKey(heading)));
  const lines = gunzipSync(readFileSync(join(FOLDER, "patches.jsonl.gz")))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const recorded = lines.map((line): Recorded => JSON.parse(line)).filter(({ run }) => run === RUN);
  return recorded.map(({ task_id: task, patch: { edits = [] } }, index) => {
    const made = edits.map(({ target, content }) => {
      const there = headings.has(headingKey(target));
      const body = there
        ? ({ op: "append_to_section", file: "SKILL.md", section: target, content } as const)
        : ({ op: "add_section", file: "SKILL.md", after: null, heading: target, content } as const);
      return makeEdit(body, [`${index}`], [`run/${task}.1#${index}`], [task]);
    });
    return patch(`p${index}`, made);
  });
}

test("151 real edits merge by program and apply: the empty one is told, none is lost, no line of the start goes, no heading is glued, all lines have a lineage", async (ctx) => {
  if (!existsSync(FOLDER)) return ctx.skip("the recorded run is not at ../shared/data/trace2skill_run_real");
  const start = startText();
  const base = files({ "SKILL.md": start });
  const patches = patchesOf(start);
  const { patch: merged, patchesPerLevel } = await mergePatches(patches, {
    fanIn: 5,
    width: 8,
    signal: new AbortController().signal,
    mergeGroup: async (group, { level, index }) => ({
      ...{ version: 1, id: `${level}-${index}`, level, index, inputs: [], by: "program", fault: null, usage: NO_USAGE },
      ...mergeByProgram(group, ""),
    }),
  });
  expect(patchesPerLevel).toEqual([151, 31, 7, 2, 1]);

  const { files: after, rejected, lines, applied } = applyEdits(base, merged.edits);
  // One recorded edit is empty: it is told, and the others do not suffer.
  expect(rejected.map(({ kind, problem }) => [kind, problem])).toEqual([
    ["unfit", expect.stringContaining("the content is blank")],
  ]);
  expect(applied.length).toBe(merged.edits.length - 1);
  const text = new TextDecoder().decode(after.get("SKILL.md"));
  const added = new Set(lines.map(({ line }) => line));
  expect(
    text
      .split("\n")
      .filter((_, index) => !added.has(index + 1))
      .join("\n")
      .trimEnd(),
  ).toBe(start.trimEnd());
  const found = lintSkill({ files: after }).filter(({ rule }) => ["heading-glued", "link-dead"].includes(rule));
  expect(found.filter(({ line }) => added.has(line))).toEqual([]);

  const routed = routeBySupport(merged.edits, base, { routeSupport: 2, titles: new Map() });
  const split = applyEdits(base, [...routed.edits, ...routed.made]);
  expect(split.rejected).toHaveLength(1);
  expect(lintSkill({ files: split.files }).filter(({ rule }) => ["link-dead", "orphan"].includes(rule))).toEqual([]);
});
