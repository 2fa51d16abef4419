/** New reference files: which edits may create them, and what they hold. */
import { markdownProblem, PAGE_LIMITS } from "../harness/skill/markdown-limits.ts";
import { type Creations, isOp, joined, type Of } from "./additions.ts";
import { quote } from "./locate.ts";
import { tidyLines } from "./markdown.ts";
import { isReference, SKILL_FILE } from "./paths.ts";
import { contentProblem, type Line, linesBy } from "./plan.ts";
import type { Edit } from "./records.ts";

type Creating = Of<"create_file">;

export interface Opened {
  readonly creations: Creations;
  /** The lines of each new file. */
  readonly created: ReadonlyMap<string, readonly Line[]>;
  readonly problems: readonly { readonly edit: Edit; readonly problem: string }[];
}

/** @param base the files that are there, by path; of two spellings of one new path the first counts */
export function openCreations(base: ReadonlyMap<string, unknown>, edits: readonly Edit[]): Opened {
  const creating = edits.filter((edit) => isOp(edit, "create_file"));
  const spelt = new Map([...base.keys()].map((file) => [fold(file), file]));
  const judged = creating.map((edit) => ({ edit, problem: problemOf(edit, base, spelt) }));
  const fitting = judged.filter(({ problem }) => problem === null).map(({ edit }) => edit);
  const files = [...Map.groupBy(fitting, ({ body }) => body.file)].map(([file, own]) => {
    const lines = createdLines(own);
    return { file, own, lines, heavy: markdownProblem(textOf(lines), PAGE_LIMITS) };
  });
  const sound = files.filter(({ heavy }) => heavy === null);
  const tooMuch = files.flatMap(({ file, own, heavy }) =>
    heavy === null ? [] : own.map((edit) => ({ edit, problem: `with all that goes to ${file}: ${heavy.message}` })),
  );
  return {
    creations: new Map(sound.map(({ file, own }) => [file, own])),
    created: new Map(sound.map(({ file, lines }) => [file, lines])),
    problems: [...judged.flatMap(({ edit, problem }) => (problem === null ? [] : [{ edit, problem }])), ...tooMuch],
  };
}

export function textOf(lines: readonly Line[]): string {
  return `${lines.map(({ text }) => text).join("\n")}\n`;
}

/** Many systems take paths that differ in case only for the same file. */
function fold(path: string): string {
  return path.toLowerCase();
}

/** Why a file cannot be created, or null; a new path is noted in `spelt`. */
function problemOf({ body }: Creating, base: ReadonlyMap<string, unknown>, spelt: Map<string, string>): string | null {
  if (!isReference(body.file)) return `a new file must be references/NAME.md, not ${quote(body.file)}`;
  const other = spelt.get(fold(body.file)) ?? body.file;
  if (base.has(other)) return `the file ${other} exists already; edit it instead`;
  if (other !== body.file) return `the path differs from ${other} in case only`;
  if (!base.has(SKILL_FILE)) return `there is no ${SKILL_FILE} to link it from`;
  const wrong = contentProblem(body.content);
  if (wrong === null) spelt.set(fold(body.file), body.file);
  return wrong;
}

/** The lines of a file that one edit or several create; content that is there already is not repeated. */
function createdLines(edits: readonly Creating[]): Line[] {
  const byContent = Map.groupBy(edits, (edit) => tidyLines(edit.body.content).join("\n"));
  const blocks = [...byContent].map(([text, same]) =>
    linesBy(
      same.map(({ id }) => id),
      text.split("\n"),
    ),
  );
  return joined(blocks);
}
