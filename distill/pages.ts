/** The pages of a skill line by line, each line with what it came from: so lineage goes along when text moves. Pure. */
import type { Applied, Files } from "./apply.ts";
import { splitLines } from "./markdown.ts";
import { pathProblem } from "./paths.ts";
import type { Line } from "./plan.ts";

export interface PageLine extends Line {
  /** Its line end; the last line of a file may have none. */
  readonly end: string;
}

export type Pages = ReadonlyMap<string, readonly PageLine[]>;

/** The pages that edits may touch. */
export function pagesOf({ files, lines }: Pick<Applied, "files" | "lines">): Pages {
  const origins = Map.groupBy(lines, ({ file }) => file);
  const pages = [...files].filter(([file]) => pathProblem(file) === null);
  return new Map(pages.map(([file, bytes]) => [file, pageOf(bytes, origins.get(file) ?? [])]));
}

function pageOf(bytes: Uint8Array, origins: Applied["lines"]): PageLine[] {
  const { lines, ends } = splitLines(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const byLine = new Map(origins.map(({ file: _, line, ...origin }) => [line, origin]));
  return lines.map((text, index) => ({ edits: [], ...byLine.get(index + 1), text, end: ends[index] ?? "" }));
}

/** The files with these pages in the place of theirs, and where the lines came from. */
export function filesOf(pages: Pages, files: Files): Pick<Applied, "files" | "lines"> {
  const others = [...files].filter(([file]) => pathProblem(file) !== null);
  const written = [...pages].map(([file, lines]) => [file, new TextEncoder().encode(pageText(lines))] as const);
  const lines = [...pages].flatMap(([file, own]) =>
    own.flatMap(({ text: _, end: __, ...line }, index) =>
      line.edits.length === 0 && line.origin === undefined ? [] : [{ file, line: index + 1, ...line }],
    ),
  );
  return { files: new Map([...others, ...written]), lines };
}

export function pageText(lines: readonly PageLine[]): string {
  const eol = lines.find(({ end }) => end !== "")?.end ?? "\n";
  return lines.map(({ text, end }, index) => text + (end === "" && index < lines.length - 1 ? eol : end)).join("");
}

/** Ids of the edits behind these lines, each once. */
export function editsBehind(lines: readonly Line[]): string[] {
  return [...new Set(lines.flatMap(({ edits }) => edits))];
}
