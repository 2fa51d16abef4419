/** Tables in LaTeX with booktabs: one document that compiles, each table between two comments, to be copied from there. */
import type { Column, Table, TableRow } from "../table.ts";
import { escapeLatex } from "./latex-text.ts";
import { withRanges } from "./ranges.ts";
import { beginsGroup, shortened } from "./terminal.ts";

/** Of a table in one piece: with its head they fill a page. Longer ones go on over several. */
const MOST_LINES = 38;
/** Longer text is broken into lines. The columns of such texts share this part of the width of the page. */
const LONG_TEXT = 40;
const SHARE_OF_LONG = 0.55;
/** About as many characters as stand on a line as wide as the page. */
const PAGE_CHARACTERS = 165;
/** Of the heading of a group, with the space above it. */
const HEADING_LINES = 2;

export function latexDocument(title: string, tables: readonly Table[]): string {
  const simulated = tables.some((table) => table.simulated);
  return [
    "\\documentclass[10pt]{article}",
    "\\usepackage[T1]{fontenc}",
    "\\usepackage{textcomp}",
    "\\usepackage[a4paper,landscape,margin=15mm]{geometry}",
    "\\usepackage{array,booktabs,float,graphicx,longtable}",
    "\\begin{document}",
    `\\section*{${escapeLatex(title)}${simulated ? " (simulated)" : ""}}`,
    ...(simulated ? [SIMULATED_NOTICE] : []),
    ...tables.map(tableLatex),
    "\\end{document}",
    "",
  ].join("\n");
}

const SIMULATED_NOTICE =
  "Numbers marked as simulated come from a simulated model. They test the machinery and say nothing of a real one.";

/** One table; it needs the packages array, booktabs, float and graphicx, or longtable where it is longer than a page. */
export function tableLatex(asked: Table): string {
  const table = withRanges(asked);
  const body = linesOf(table) > MOST_LINES ? longTable(table) : wholeTable(table);
  const name = commentText(table.id);
  return [`% table ${name}`, ...body, ...notesLines(table), `% end of table ${name}`, ""].join("\n");
}

/** Lines of the body, about. */
function linesOf(table: Table): number {
  const { rows } = table;
  const long = longColumns(table);
  const perLine = (PAGE_CHARACTERS * SHARE_OF_LONG) / Math.max(1, long.filter(Boolean).length);
  return rows.reduce((sum, row, index) => {
    const lines = row.cells.map(({ text }, place) => (long[place] ? Math.ceil(shortened(text).length / perLine) : 1));
    const heading = beginsGroup(row, rows[index - 1]) ? HEADING_LINES : 0;
    return sum + heading + Math.max(1, ...lines);
  }, 0);
}

/** It stands where it is written, so that its notes, which may be longer than a page holds beside it, follow it. */
function wholeTable(table: Table): string[] {
  return [
    "\\begin{table}[H]",
    "\\centering\\small",
    `\\caption{${captionOf(table)}}`,
    // Shrunk only where it is wider than the page.
    "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
    `\\begin{tabular}{${columnSpec(table)}}`,
    ...headLines(table),
    ...bodyLines(table),
    "\\bottomrule",
    "\\end{tabular}}",
    "\\end{table}",
  ];
}

function longTable(table: Table): string[] {
  const head = headLines(table);
  return [
    "{\\small\\setlength{\\tabcolsep}{3pt}",
    `\\begin{longtable}{${columnSpec(table)}}`,
    `\\caption{${captionOf(table)}}\\\\`,
    ...head,
    "\\endfirsthead",
    ...head,
    "\\endhead",
    ...bodyLines(table),
    "\\bottomrule",
    "\\end{longtable}}",
  ];
}

function captionOf({ title, simulated }: Table): string {
  return `${escapeLatex(title)}${simulated ? " (simulated)" : ""}`;
}

/** Whether each column has texts that are broken into lines. */
function longColumns({ columns, rows }: Table): boolean[] {
  return columns.map(({ kind }, index) => {
    return kind === "text" && rows.some(({ cells }) => (cells[index]?.text.length ?? 0) > LONG_TEXT);
  });
}

function columnSpec(table: Table): string {
  const long = longColumns(table);
  const width = (SHARE_OF_LONG / Math.max(1, long.filter(Boolean).length)).toFixed(2);
  return table.columns
    .map(({ kind }, index) =>
      long[index] ? `>{\\raggedright\\arraybackslash}p{${width}\\linewidth}` : kind === "number" ? "r" : "l",
    )
    .join("");
}

function headLines({ columns }: Table): string[] {
  const labels = rowLatex(
    columns.map(({ label, kind }) => (kind === "number" ? alone("r", label) : escapeLatex(label))),
  );
  const spans = spansOf(columns);
  if (spans.every(({ group }) => group === undefined)) return ["\\toprule", labels, "\\midrule"];
  const groups = spans.map(({ group, size }) => `\\multicolumn{${size}}{c}{${escapeLatex(group ?? "")}}`);
  const rules = spans.flatMap(({ group, from, size }) =>
    group === undefined ? [] : [`\\cmidrule(lr){${from}-${from + size - 1}}`],
  );
  return ["\\toprule", rowLatex(groups), rules.join(" "), labels, "\\midrule"];
}

function alone(align: string, text: string): string {
  return `\\multicolumn{1}{${align}}{${escapeLatex(text)}}`;
}

interface Span {
  readonly group: string | undefined;
  /** Number of its first column, from 1. */
  readonly from: number;
  readonly size: number;
}

/** Columns of the same group that stand beside each other. */
function spansOf(columns: readonly Column[]): Span[] {
  const spans: Span[] = [];
  for (const [index, { group }] of columns.entries()) {
    const last = spans.at(-1);
    if (last !== undefined && last.group === group) spans[spans.length - 1] = { ...last, size: last.size + 1 };
    else spans.push({ group, from: index + 1, size: 1 });
  }
  return spans;
}

function bodyLines({ columns, rows }: Table): string[] {
  return rows.flatMap((row, index) => [
    ...(beginsGroup(row, rows[index - 1])
      ? [
          ...(index === 0 ? [] : ["\\addlinespace"]),
          rowLatex([`\\multicolumn{${columns.length}}{l}{\\textit{${escapeLatex(row.group ?? "")}}}`]),
        ]
      : []),
    rowLatex(cellsLatex(row)),
  ]);
}

function cellsLatex({ group, cells }: TableRow): string[] {
  return cells.map(({ text, strong }, index) => {
    const escaped = escapeLatex(shortened(text));
    const shown = strong && escaped !== "" ? `\\textbf{${escaped}}` : escaped;
    return index === 0 && group !== undefined ? `\\hspace{1em}${shown}` : shown;
  });
}

const rowLatex = (cells: readonly string[]) => `${cells.join(" & ")} \\\\`;

function notesLines({ notes }: Table): string[] {
  if (notes.length === 0) return [];
  return ["{\\footnotesize\\raggedright", ...notes.map((note) => `${escapeLatex(note)}\\par`), "}"];
}

/** What follows a comment sign ends with the line. */
function commentText(id: string): string {
  return id.replace(/[^\w.-]+/g, "-");
}
