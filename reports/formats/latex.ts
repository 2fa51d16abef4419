/** Tables in LaTeX with booktabs: one document that compiles, each table between two comments, to be copied from there. */
import type { Column, Table, TableRow } from "../table.ts";
import { escapeLatex } from "./latex-text.ts";
import { withRanges } from "./ranges.ts";
import { beginsGroup } from "./terminal.ts";

/** More rows than a page holds go on over several. */
const MOST_ROWS = 35;
/** Longer text is broken into lines, in a column of the share of the page that all such columns together may take. */
const LONG_TEXT = 40;
const SHARE_OF_LONG = 0.55;

export function latexDocument(title: string, tables: readonly Table[]): string {
  const simulated = tables.some((table) => table.simulated);
  return [
    "\\documentclass[10pt]{article}",
    "\\usepackage[T1]{fontenc}",
    "\\usepackage{textcomp}",
    "\\usepackage[a4paper,landscape,margin=15mm]{geometry}",
    "\\usepackage{array,booktabs,graphicx,longtable}",
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

/** One table; it needs the packages array, booktabs, and graphicx, or longtable for more than 35 rows. */
export function tableLatex(asked: Table): string {
  const table = withRanges(asked);
  const { id, rows } = table;
  const body = rows.length > MOST_ROWS ? longTable(table) : floatingTable(table);
  return [`% table ${commentText(id)}`, ...body, `% end of table ${commentText(id)}`, ""].join("\n");
}

function floatingTable(table: Table): string[] {
  return [
    "\\begin{table}[!htbp]",
    "\\centering\\small",
    `\\caption{${captionOf(table)}}`,
    // Shrunk only where it is wider than the page.
    "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
    `\\begin{tabular}{${columnSpec(table)}}`,
    ...headLines(table),
    ...bodyLines(table),
    "\\bottomrule",
    "\\end{tabular}}",
    ...notesLines(table),
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
    "\\end{longtable}",
    ...notesLines(table),
    "}",
  ];
}

function captionOf({ title, simulated }: Table): string {
  return `${escapeLatex(title)}${simulated ? " (simulated)" : ""}`;
}

function columnSpec({ columns, rows }: Table): string {
  const isLong = columns.map(({ kind }, index) => {
    return kind === "text" && rows.some(({ cells }) => (cells[index]?.text.length ?? 0) > LONG_TEXT);
  });
  const width = (SHARE_OF_LONG / Math.max(1, isLong.filter(Boolean).length)).toFixed(2);
  return columns
    .map(({ kind }, index) =>
      isLong[index] ? `>{\\raggedright\\arraybackslash}p{${width}\\linewidth}` : kind === "number" ? "r" : "l",
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
    const escaped = escapeLatex(text);
    const shown = strong && escaped !== "" ? `\\textbf{${escaped}}` : escaped;
    return index === 0 && group !== undefined ? `\\hspace{1em}${shown}` : shown;
  });
}

const rowLatex = (cells: readonly string[]) => `${cells.join(" & ")} \\\\`;

function notesLines({ notes }: Table): string[] {
  if (notes.length === 0) return [];
  return ["\\par\\smallskip{\\footnotesize\\raggedright", ...notes.map((note) => `${escapeLatex(note)}\\par`), "}"];
}

/** What follows a comment sign ends with the line. */
function commentText(id: string): string {
  return id.replace(/[^\w.-]+/g, "-");
}
