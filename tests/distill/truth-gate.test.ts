import { describe, expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import { coverGroup } from "../../distill/coverage.ts";
import type { Merge } from "../../distill/documents.ts";
import type { Edit, Patch } from "../../distill/records.ts";
import { routeBySupport } from "../../distill/route.ts";
import { coveredByOf, type GateOptions, passTruthGate } from "../../distill/truth-gate.ts";
import type { Truth } from "../../distill/truth-scan.ts";
import type { TruthSource } from "../../distill/truth-source.ts";
import { NO_USAGE } from "../../harness/records.ts";
import { append, BASE_TEXT, edit, files, patch } from "../support/distill-builders.ts";

const TRUTHS: Truth[] = [
  { task: "t1", split: "evolve", value: "Blue Heron Ltd" },
  { task: "t2", split: "test", value: "48213.77" },
  { task: "t3", split: "evolve", value: "Quarterly report" },
  { task: "t4", split: "evolve", value: "November" },
  { task: "t5", split: "evolve", value: "Print the first rows" },
  { task: "t6", split: "test", value: "Northern depot" },
  { task: "t7", split: "evolve", value: "100000" },
];
const SOURCE: TruthSource = {
  identity: "x",
  truths: async () => TRUTHS,
  instructions: new Map([["t3", "Name the sheet “Quarterly Report”."]]),
  inInputs: async (task, values) => (task === "t6" ? values : []),
};
const BASE = files({ "SKILL.md": BASE_TEXT });

const gate = (edits: readonly Edit[], more: Partial<GateOptions> = {}) =>
  passTruthGate(edits, {
    base: BASE,
    source: SOURCE,
    titles: new Map([["run/task-e9.1#1", "The Blue Heron Ltd case"]]),
    make: (left, titles) => {
      const routed = routeBySupport(left, BASE, { routeSupport: 2, titles });
      return { routed, applied: applyEdits(BASE, [...routed.made, ...routed.edits]) };
    },
    coveredBy: () => [],
    ...more,
  });
const pages = (after: ReadonlyMap<string, Uint8Array>) =>
  [...after.values()].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
const two = (id: string, content: string) => append(id, content, { tasks: ["a", "b"] });

describe("no added line of a skill holds a value of an answer", () => {
  test("an edit that brings one is refused, with whose it is and never what it is; of a test task not even whose", async () => {
    const { refused, applied, scan } = await gate([
      two("e1", "- Write Blue Heron Ltd."),
      two("e2", "- Add 48,213.77."),
      two("e3", "- Fine."),
    ]);
    expect(refused).toEqual([
      { edit: "e1", reason: "it holds a value of the answer of task t1" },
      { edit: "e2", reason: "it holds a value of the answer of a task of the test half" },
    ]);
    expect(applied.applied).toEqual(["e3"]);
    expect(pages(applied.files)).not.toMatch(/heron|48,?213/i);
    expect(scan).toEqual({ values: { evolve: 5, test: 2 }, refused: 2, common: {} });
  });

  test("what the task says itself, what lies in its files, what the start skill has and what anyone says is counted, not refused", async () => {
    const edits = [
      two("e1", "- Keep the quarterly report."),
      two("e2", "- Dates: November is the eleventh."),
      two("e3", "- Always print the first rows."),
      two("e4", "- The northern depot is a heading."),
      two("e5", "- At most 100,000 rows."),
    ];
    const { refused, scan, applied } = await gate(edits);
    expect(refused).toEqual([]);
    expect(applied.applied).toHaveLength(5);
    expect(scan.common).toEqual({ "given-by-task": 2, ordinary: 2, "in-start-skill": 1 });
  });

  test("a value that two edits make together where they meet costs both", async () => {
    const edits = [
      edit(
        "e1",
        {
          op: "insert_after",
          file: "SKILL.md",
          section: "Reading",
          anchor: "- Look at all sheets.",
          content: "- About the blue",
        },
        ["a", "b"],
      ),
      edit(
        "e2",
        {
          op: "insert_before",
          file: "SKILL.md",
          section: "Reading",
          anchor: "- Print the first rows.",
          content: "- Heron Ltd. comes later",
        },
        ["a", "b"],
      ),
      two("e3", "- Fine."),
    ];
    const { refused, applied } = await gate(edits);
    expect(refused.map(({ edit: id }) => id).sort()).toEqual(["e1", "e2"]);
    expect(applied.applied).toEqual(["e3"]);
  });

  test("a rare lesson's title, a heading and a new file are looked at too", async () => {
    const edits = [
      append("e9", "- Rare but fine."),
      edit("e1", { op: "add_section", file: "SKILL.md", after: null, heading: "Blue Heron Ltd", content: "text" }, [
        "a",
      ]),
      edit("e2", { op: "create_file", file: "references/a.md", content: "x", link: "for Blue Heron Ltd" }, ["a", "b"]),
      edit("e3", { op: "create_file", file: "references/blue-heron-ltd.md", content: "x", link: "when" }, ["a", "b"]),
    ];
    const { refused, applied } = await gate(edits);
    expect(refused.map(({ edit: id }) => id)).toEqual(["e1", "e2", "e3"]);
    expect(applied.applied).toContain("e9");
    expect(pages(applied.files)).not.toMatch(/heron/i);
  });

  test("of a merged edit that holds one, what it covers takes its place, but for what holds it too", async () => {
    const inputs: Patch[] = [
      patch("p1", [append("e1", "- Name: Blue Heron Ltd.", { tasks: ["a"] })]),
      patch("p2", [append("e2", "- Names are copied as they stand.", { tasks: ["b"] })]),
      patch("p3", [append("e3", "- Copy names.", { tasks: ["c"] })]),
    ];
    const body = {
      op: "append_to_section",
      file: "SKILL.md",
      section: "Reading",
      content: "- Copy names such as Blue Heron Ltd.",
    };
    const covered = coverGroup(
      inputs,
      { reasoning: "", edits: [{ ...body, covers: ["e1", "e2", "e3"] }], dropped: [] },
      () => new Map(),
    );
    const merge: Merge = {
      version: 1,
      id: "m",
      level: 1,
      index: 0,
      inputs: [],
      ...covered,
      by: "model",
      fault: null,
      usage: NO_USAGE,
    };

    const { refused, applied } = await gate(merge.output.edits, { coveredBy: coveredByOf(inputs, [merge]) });

    expect(refused.map(({ edit: id }) => id)).toEqual([merge.output.edits[0]?.id, "e1"]);
    expect(applied.applied.filter((id) => /^e\d$/.test(id)).sort()).toEqual(["e2", "e3"]);
  });
});
