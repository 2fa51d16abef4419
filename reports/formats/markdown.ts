/** Tables in GitHub's Markdown. What models and users wrote stays text: it can make no link, markup or cell. */
import { printable } from "../../harness/text.ts";
import type { Column, Table, TableCell } from "../table.ts";
import { labelOf } from "./flat.ts";
import { withRanges } from "./ranges.ts";
import { beginsGroup } from "./terminal.ts";

export function markdownText(title: string, tables: readonly Table[]): string {
  const simulated = tables.some((table) => table.simulated);
  return `${[
    `# ${escapeMarkdown(title)}${simulated ? " · simulated" : ""}`,
    ...(simulated ? [SIMULATED_NOTICE] : []),
    ...tables.map(tableMarkdown),
  ].join("\n\n")}\n`;
}

const SIMULATED_NOTICE =
  "> **Simulated.** Numbers so marked come from a simulated model. They test the machinery and say nothing of a real one.";

export function tableMarkdown(table: Table): string {
  const { title, columns, rows, notes, simulated } = withRanges(table);
  const lines = rows.flatMap((row, index) => [
    ...(beginsGroup(row, rows[index - 1])
      ? [line([`**${escapeMarkdown(row.group ?? "")}**`, ...blanks(columns)])]
      : []),
    line(row.cells.map(cellMarkdown)),
  ]);
  return [
    `## ${escapeMarkdown(title)}${simulated ? " · simulated" : ""}`,
    rows.length === 0
      ? "Nothing to show."
      : [line(columns.map((column) => escapeMarkdown(labelOf(column)))), line(columns.map(ruleOf)), ...lines].join(
          "\n",
        ),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")]),
  ].join("\n\n");
}

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const blanks = (columns: readonly Column[]) => columns.slice(1).map(() => "");
const ruleOf = ({ kind }: Column) => (kind === "number" ? "---:" : ":---");

function cellMarkdown({ text, strong }: TableCell): string {
  const escaped = escapeMarkdown(text);
  return strong && escaped !== "" ? `**${escaped}**` : escaped;
}

/**
 * On one line, with a backslash before what is a mark anywhere in it, and entities for what starts HTML, a mention or an
 * address that readers make links of.
 */
function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/&/g, "&amp;")
    .replace(/[\\`*_{}[\]#|~$!]/g, "\\$&")
    .replace(/^([-+=>]|\d+[.)])(?=\s|$)/, (mark) => `${mark.slice(0, -1)}\\${mark.slice(-1)}`)
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@(?!(?<=\w@)\d+(?![\w.]))/g, "&#64;") // `avg@8` is no mention

    .replace(/:\/\//g, "&#58;//")
    .replace(/\bwww\./gi, (start) => start.replace(".", "&#46;"));
}
