/** A hierarchical table as a worksheet: its title, headers over merged cells, numbers as numbers. */
import type { HitabTable } from "./hitab-files.ts";
import { type Cell, newSheet, type Sheet } from "./sample/sheet.ts";
import { cellName } from "./scoring/coordinates.ts";
import { PLAIN_FRACTIONS, TABLE_SHEET } from "./table-questions.ts";

type Region = HitabTable["merged_regions"][number];

/** As statistics write them: "1,234.5", "50.0", "-7"; not "007", which is a name. */
const NUMBER = /^-?(0|[1-9]\d*|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?$/;
/** Digits that Excel keeps. */
const MOST_DIGITS = 15;

/**
 * The title in the first row, the table below it. Headers are text, as the data set has them; in the data region, a cell that
 * is a number is one. Merged regions that overlap another one, or reach beyond the table, are left unmerged.
 */
export function hitabSheet(table: HitabTable): Sheet {
  const { title, texts, top_header_rows_num: headerRows, left_header_columns_num: headerColumns } = table;
  const width = Math.max(1, ...texts.map((row) => row.length));
  const above = title ? 1 : 0;
  const rows = texts.map((row, down) =>
    row.map((cell, right) => cellOf(cell, down >= headerRows && right >= headerColumns)),
  );
  const merges = mergesOf(table, width).map((region) => rangeOf(region, above));
  return {
    ...newSheet(TABLE_SHEET),
    rows: title ? [[title], ...rows] : rows,
    merges: title && width > 1 ? [`A1:${cellName(1, width)}`, ...merges] : merges,
    bold: new Set(Array.from({ length: above + headerRows }, (_, index) => index + 1)),
    fractions: PLAIN_FRACTIONS,
  };
}

function cellOf(written: string | number | null, isData: boolean): Cell {
  if (written === null || written === "") return null;
  const text = String(written);
  if (!isData) return text;
  const isNumber = NUMBER.test(text) && text.replace(/\D/g, "").length <= MOST_DIGITS;
  return isNumber ? Number(text.replaceAll(",", "")) : text;
}

function mergesOf({ texts, merged_regions: regions }: HitabTable, width: number): Region[] {
  const kept: Region[] = [];
  for (const region of regions) {
    const { first_row, last_row, first_column, last_column } = region;
    const isInside =
      first_row <= last_row && first_column <= last_column && last_row < texts.length && last_column < width;
    const isSeveral = first_row < last_row || first_column < last_column;
    if (isInside && isSeveral && !kept.some((other) => overlaps(region, other)) && !hides(texts, region))
      kept.push(region);
  }
  return kept;
}

/** Merging keeps the upper left cell alone: what else is filled would be lost. */
function hides(texts: HitabTable["texts"], { first_row, last_row, first_column, last_column }: Region): boolean {
  return texts
    .slice(first_row, last_row + 1)
    .some((row, down) =>
      row.slice(first_column, last_column + 1).some((cell, right) => down + right > 0 && cell !== null && cell !== ""),
    );
}

function overlaps(a: Region, b: Region): boolean {
  const rows = a.first_row <= b.last_row && b.first_row <= a.last_row;
  return rows && a.first_column <= b.last_column && b.first_column <= a.last_column;
}

function rangeOf({ first_row, last_row, first_column, last_column }: Region, above: number): string {
  return `${cellName(first_row + 1 + above, first_column + 1)}:${cellName(last_row + 1 + above, last_column + 1)}`;
}
