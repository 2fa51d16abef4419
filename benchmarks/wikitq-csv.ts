/** The tables of WikiTableQuestions: CSV with escapes of its own, not those of RFC 4180, and lists in TSV. */

/** A table that is not written as this set writes them. */
export class TableError extends Error {
  override readonly name = "TableError";
}

/**
 * Rows of a `csv/N-csv/M.csv`, the header first. Each field is in double quotes; within, `\"` is a quote, `\\` a backslash,
 * and a line break is itself.
 * @throws TableError where the text is anything else, with the line
 */
export function parseTable(text: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  const field = /"((?:[^"\\]|\\[\s\S])*)"(,|\r?\n|$)/y;
  while (field.lastIndex < text.length) {
    const start = field.lastIndex;
    const found = field.exec(text);
    if (found === null) throw new TableError(`line ${lineAt(text, start)}: expected a field in double quotes`);
    const [, escaped = "", end = ""] = found;
    row.push(escaped.replace(/\\([\s\S])/g, (pair, character: string) => (/["\\]/.test(character) ? character : pair)));
    if (end !== ",") rows.push(row.splice(0));
  }
  if (row.length > 0) throw new TableError(`line ${lineAt(text, text.length)}: the last row ends in a comma`);
  return rows;
}

/** Items of a field of the question files, split at bars. */
export function parseList(field: string): string[] {
  return field.split("|").map(unescapeField);
}

/** `tsv_unescape` of the official evaluator, one replacement after the other as there. */
export function unescapeField(field: string): string {
  return field.replaceAll("\\n", "\n").replaceAll("\\p", "|").replaceAll("\\\\", "\\");
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
