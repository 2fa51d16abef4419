/** Plain tables for a terminal: a rule under the head, no colours, no wider than 100 columns. */
import CliTable from "cli-table3";

export const MOST_COLUMNS = 100;
const GAP = 2;
const LEAST_WIDTH = 8;

export interface Column {
  readonly head: string;
  readonly align: "left" | "right";
}

/** Cells of a row, as many as there are columns; or the heading of the rows that follow. Cells may hold several lines. */
export type Row = readonly string[] | { readonly heading: string };

/** Draws a table. Where it would be too wide, the first column is made narrower and its text wrapped. */
export function textTable(columns: readonly Column[], rows: readonly Row[]): string {
  const widths = columnWidths(columns, rows);
  const table = new CliTable({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align),
    colWidths: widths,
    chars: RULE_UNDER_HEAD,
    style: { "padding-left": 0, "padding-right": GAP, head: [], border: [], compact: true },
  });
  const width = widths.reduce((sum, each) => sum + each, 0) - GAP;
  for (const row of rows) {
    // The table's own types do not know that a row may hold one cell that spans all columns.
    table.push(
      "heading" in row ? [{ content: wrap(row.heading, { width }), colSpan: columns.length }] : fitFirst(row, widths),
    );
  }
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The table's own wrapping cuts long words and lines with an indent, so the first cell comes to it wrapped. */
function fitFirst([first = "", ...others]: readonly string[], [width = 0]: readonly number[]): string[] {
  const lines = first
    .split("\n")
    .map((line) => wrap(line, { width: width - GAP, indent: line.match(/^ */)?.[0] ?? "" }));
  return [lines.join("\n"), ...others];
}

/** Breaks a text at spaces, and a word where it is too long; the first line keeps its own indent, the others get `indent`. */
export function wrap(text: string, { width = MOST_COLUMNS, indent = "" }: { width?: number; indent?: string }): string {
  const [start = ""] = text.match(/^ */) ?? [];
  const longest = Math.max(1, width - Math.max(start.length, indent.length));
  const words = text.trim().split(/ +/);
  const [first, ...pieces] = words.flatMap((word) =>
    piecesOf(word, longest).map((piece, index) => ({ piece, isNewWord: index === 0 })),
  );
  const lines = [start + (first?.piece ?? "")];
  for (const { piece, isNewWord } of pieces) {
    const longer = `${lines.at(-1)} ${piece}`;
    if (isNewWord && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(indent + piece);
  }
  return lines.join("\n");
}

/** A word that is too long, behind its marks where it has some: names of models and paths stay legible. */
function piecesOf(word: string, longest: number): readonly string[] {
  if (word.length <= longest) return [word];
  const [some, end, mark] = [`.{1,${longest}}`, "$", "(?<=[-/_,:.])"];
  return word.match(new RegExp(`${some}${end}|${some}${mark}|${some}`, "gsu")) ?? [];
}

/** Length of the longest line of texts, however many there are: as arguments of `Math.max` they could be too many. */
export function widestLine(texts: readonly string[]): number {
  return texts.reduce(
    (widest, text) => text.split("\n").reduce((longest, { length }) => Math.max(longest, length), widest),
    0,
  );
}

function columnWidths(columns: readonly Column[], rows: readonly Row[]): number[] {
  const widths = columns.map(({ head }, index) => {
    const cells = rows.flatMap((row) => ("heading" in row ? [] : [row[index] ?? ""]));
    return widestLine([head, ...cells]) + GAP;
  });
  const [first = 0, ...others] = widths;
  const taken = others.reduce((sum, width) => sum + width, 0);
  // A heading stands over all columns, and is wrapped where they are narrower.
  const longest = widestLine(rows.flatMap((row) => ("heading" in row ? [row.heading] : []))) + GAP;
  return [Math.max(LEAST_WIDTH, Math.min(Math.max(first, longest - taken), MOST_COLUMNS - taken)), ...others];
}

const RULE_UNDER_HEAD = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "─",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
