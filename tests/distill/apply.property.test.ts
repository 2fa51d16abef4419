import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import { readDocument } from "../../distill/markdown.ts";
import type { Edit, EditBody } from "../../distill/records.ts";
import { BASE_TEXT, files } from "../support/distill-builders.ts";

const REFERENCE = "# Other\n\n## Details\n\n- one\n- two\n";
const BASE = files({
  "SKILL.md": BASE_TEXT,
  "references/other.md": REFERENCE,
  "scripts/run.py": "# Reading\nprint(1)\n",
});

const file = fc.constantFrom(
  "SKILL.md",
  "references/other.md",
  "references/new.md",
  "references/next.md",
  "scripts/run.py",
  "../x.md",
);
const section = fc.constantFrom(
  "Reading",
  "Writing",
  "Formulas",
  "Workbooks",
  "Details",
  "Dates",
  "References",
  "name",
  "open the file",
);
const piece = fc.constantFrom(
  "- an item",
  "Some text.",
  "## A heading",
  "# Title",
  "```\n# code\n```",
  "| a | b |",
  "```",
  "<!-- x",
  "---",
  "name: evil",
  "> # quoted",
  "Text\n===",
  "1. first",
  "",
);
const content = fc
  .array(piece, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("\n"))
  .filter((text) => text !== "");
const anchor = fc.constantFrom(
  "- Look at all sheets.",
  "re-calc",
  "Save under",
  "wb = load_workbook",
  "# open the file",
  "name: weak",
  "- one",
  "description",
  "- Print the first rows.\n\n```python",
);

const body: fc.Arbitrary<EditBody> = fc.oneof(
  fc.record({ op: fc.constant("append_to_section" as const), file, section, content }),
  fc.record({ op: fc.constant("insert_after" as const), file, section, anchor, content }),
  fc.record({ op: fc.constant("insert_before" as const), file, section, anchor, content }),
  fc.record({ op: fc.constant("replace_in_section" as const), file, section, old: anchor, content }),
  fc.record({ op: fc.constant("add_section" as const), file, after: fc.option(section), heading: section, content }),
  fc.record({ op: fc.constant("delete_section" as const), file, section }),
  fc.record({ op: fc.constant("create_file" as const), file, content, link: content }),
  fc.record({ op: fc.constant("delete_file" as const), file }),
);
const tasks = fc.uniqueArray(fc.constantFrom("t1", "t2", "t3", "t4"), { minLength: 1 }).map((ids) => ids.sort());
const edits: fc.Arbitrary<Edit[]> = fc
  .array(fc.record({ body, tasks }), { maxLength: 12 })
  .map((list) =>
    list.map((one, index) => ({ id: `e${index}`, lessons: one.tasks.map((task) => `run/${task}.1#1`), ...one })),
  );

const isAdding = ({ body: { op } }: Edit) => !["replace_in_section", "delete_section", "delete_file"].includes(op);
const read = (map: ReadonlyMap<string, Uint8Array>, path: string) => new TextDecoder().decode(map.get(path));
const RUNS = { numRuns: 200 };

describe("invariant 7: patches apply by program, to a frozen base, to allowed paths only, all or reported", () => {
  test("every edit is applied or rejected with a problem, never both and never neither", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const { applied, rejected } = applyEdits(BASE, list);
        expect([...applied, ...rejected.map(({ edit }) => edit.id)].sort()).toEqual(list.map(({ id }) => id).sort());
        for (const { problem, edit } of rejected) expect(problem).toContain(edit.id);
      }),
      RUNS,
    );
  });

  test("the front matter and files that may not be touched are kept byte for byte, and no other path appears", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const { files: after } = applyEdits(BASE, list);
        expect(read(after, "SKILL.md").startsWith(BASE_TEXT.slice(0, BASE_TEXT.indexOf("# Workbooks")))).toBe(true);
        expect(after.get("scripts/run.py")).toEqual(BASE.get("scripts/run.py"));
        for (const path of after.keys())
          expect([
            "SKILL.md",
            "references/other.md",
            "references/new.md",
            "references/next.md",
            "scripts/run.py",
          ]).toContain(path);
      }),
      RUNS,
    );
  });

  test("every line that no edit names is kept, in order: additions remove nothing", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const adding = list.filter(isAdding);
        const { files: after, lines } = applyEdits(BASE, adding);
        for (const path of ["SKILL.md", "references/other.md"]) {
          const added = new Set(lines.filter((line) => line.file === path).map(({ line }) => line));
          const kept = read(after, path)
            .split("\n")
            .filter((_, index) => !added.has(index + 1));
          expect(kept.join("\n")).toBe(read(BASE, path));
        }
      }),
      RUNS,
    );
  });

  test("the headings of the base stay headings of their level, and new headings have blank lines around", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const { files: after, lines } = applyEdits(BASE, list.filter(isAdding));
        const before = readDocument(BASE_TEXT).sections.map(({ heading, level }) => `${level} ${heading}`);
        const document = readDocument(read(after, "SKILL.md"));
        const added = new Set(lines.filter((line) => line.file === "SKILL.md").map(({ line }) => line - 1));
        const kept = document.sections.filter(({ line }) => !added.has(line));
        expect(kept.map(({ heading, level }) => `${level} ${heading}`)).toEqual(before);
        for (const { line } of document.sections) expect(document.lines[line - 1]?.trim()).toBe("");
      }),
      RUNS,
    );
  });

  test("the outcome depends neither on the order of the edits nor on what was applied before", () => {
    fc.assert(
      fc.property(edits, (list) => {
        const one = applyEdits(BASE, list);
        const other = applyEdits(BASE, list.toReversed());
        expect(other.files).toEqual(one.files);
        expect(other.lines).toEqual(one.lines);
      }),
      RUNS,
    );
  });
});

test("invariant 6: every line that is not of the base has edits behind it, and they are among those applied", () => {
  fc.assert(
    fc.property(edits, (list) => {
      const { files: after, lines, applied } = applyEdits(BASE, list);
      for (const { edits: behind } of lines) {
        expect(behind.length).toBeGreaterThan(0);
        for (const id of behind) expect(applied).toContain(id);
      }
      for (const path of after.keys()) {
        const old = new Set(BASE.has(path) ? read(BASE, path).split("\n") : []);
        const known = new Set(lines.filter((line) => line.file === path).map(({ line }) => line));
        const text = read(after, path).split("\n");
        const unknown = text.filter((line, index) => line !== "" && !old.has(line) && !known.has(index + 1));
        expect(unknown).toEqual([]);
      }
    }),
    RUNS,
  );
});

describe("any patch keeps the front matter and every line that no edit names, byte for byte", () => {
  const shapes: [string, (text: string) => string][] = [
    ["line feeds", (text) => text],
    ["carriage returns", (text) => text.replaceAll("\n", "\r\n")],
    ["no end of the last line", (text) => text.trimEnd()],
    ["a byte order mark", (text) => `\uFEFF${text}`],
  ];

  test.each(shapes)("with %s", (_, shape) => {
    const base = files({
      "SKILL.md": shape(`${BASE_TEXT}\n## References\n\n- [references/other.md](references/other.md): when\n`),
      "references/other.md": shape(REFERENCE),
    });
    fc.assert(
      fc.property(edits, (list) => {
        const { files: after, applied } = applyEdits(base, list);
        const done = list.filter(({ id }) => applied.includes(id));
        for (const [path, bytes] of base) {
          const unnamed = linesOf(bytes).filter((_, index) => !isNamed(path, index, linesOf(bytes), done));
          const left = linesOf(after.get(path) ?? new Uint8Array());
          const last = linesOf(bytes).at(-1) ?? "";
          let at = 0;
          for (const line of unnamed) {
            // A last line without an end gets one when something is put below it.
            const found = left.findIndex(
              (one, index) => index >= at && (one === line || (line === last && one.trimEnd() === line.trimEnd())),
            );
            expect(found, `${path}: ${JSON.stringify(line)}`).toBeGreaterThanOrEqual(0);
            at = found + 1;
          }
        }
        const skill = read(base, "SKILL.md");
        const front = skill.slice(0, skill.indexOf("# Workbooks"));
        expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(after.get("SKILL.md")?.subarray(0, 4))).toBe(
          new TextDecoder("utf-8", { ignoreBOM: true }).decode(base.get("SKILL.md")?.subarray(0, 4)),
        );
        expect(read(after, "SKILL.md").startsWith(front)).toBe(true);
      }),
      RUNS,
    );
  });
});

/** With their ends. */
function linesOf(bytes: Uint8Array): string[] {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Told without the code under test: by the headings and the words that an edit names. */
function isNamed(path: string, index: number, lines: readonly string[], done: readonly Edit[]): boolean {
  const line = (lines[index] ?? "").trim();
  return done.some(({ body: one }) => {
    if (one.op === "delete_file") return path === one.file || line.includes(one.file);
    if (path !== one.file) return false;
    // A blank line within the words that are replaced goes with them; which one it is does not show.
    if (one.op === "replace_in_section" && line === "") return one.old.includes("\n\n");
    if (one.op === "replace_in_section")
      return one.old.split("\n").some((part) => part.trim() !== "" && line.includes(part.trim()));
    if (one.op !== "delete_section") return false;
    const heading = lines.findIndex((text) => new RegExp(`^\ufeff?#+ ${one.section}\\s*$`, "i").test(text));
    const level = /^\ufeff?(#+)/.exec(lines[heading] ?? "")?.[1]?.length ?? 0;
    const next = lines.findIndex(
      (text, at) => at > heading && new RegExp(`^#{1,${level}} (?!open the file)`).test(text),
    );
    return heading !== -1 && index >= heading && index < (next === -1 ? lines.length : next);
  });
}
