/** What is written in a cell, to the value that openpyxl reads from it. Rules: `openpyxl/worksheet/_reader.py`. */
import { isoToDate, serialToDate, serialToDuration } from "./dates.ts";
import type { NumberKind } from "./number-formats.ts";
import { pythonFloat, pythonInt } from "./python.ts";
import { NOTHING, type SheetValue } from "./values.ts";

/** A workbook, or a part of it, that openpyxl would not load. */
export class WorkbookError extends Error {
  override readonly name = "WorkbookError";
}

export interface StringTable {
  readonly length: number;
  /** Negative numbers count from the end. */
  at(index: number): string | undefined;
}

/** What cells refer to outside their sheet. */
export interface CellContext {
  readonly sharedStrings: StringTable;
  /** By style number. */
  readonly numberKinds: readonly NumberKind[];
  readonly epoch: number;
}

/**
 * @param type of the cell, as written
 * @param written text of its `<v>`; null where it has none
 * @throws WorkbookError
 */
export function cellValue(type: string, written: string | null, kind: NumberKind, context: CellContext): SheetValue {
  if (written === null || written === "") return NOTHING;
  switch (type) {
    case "n":
      return numberValue(written, kind, context.epoch);
    case "s":
      return textValue(sharedString(written, context));
    case "b":
      return { kind: "bool", value: wholeNumber(written) !== 0n };
    case "d":
      return isoToDate(written) ?? refuse(`invalid datetime value ${written}`);
    default: // "str" is the text that a formula gave, "e" an error's text
      return textValue(written);
  }
}

export function textValue(value: string): SheetValue {
  return { kind: "str", value };
}

function sharedString(written: string, { sharedStrings }: CellContext): string {
  return sharedStrings.at(Number(wholeNumber(written))) ?? refuse(`no shared string ${written}`);
}

/** Numbers of styles count from the end when they are negative, as in Python; but dates are known by the number as written. */
export function kindOfStyle(style: bigint, { numberKinds }: CellContext): NumberKind {
  const kind = numberKinds.at(Number(style)) ?? refuse(`there is no style ${style}`);
  return style < 0n ? "number" : kind;
}

/** Python's `int()`. @throws WorkbookError */
export function wholeNumber(written: string): bigint {
  return pythonInt(written) ?? refuse(`invalid number ${written}`);
}

export function refuse(problem: string): never {
  throw new WorkbookError(problem);
}

function numberValue(written: string, kind: NumberKind, epoch: number): SheetValue {
  const isFloat = /[.eE]/.test(written);
  const value = isFloat ? pythonFloat(written) : pythonInt(written);
  if (value === null) return refuse(`invalid number ${written}`);
  if (kind !== "number") return dateValue(Number(value), kind, epoch);
  return typeof value === "bigint" ? { kind: "int", value } : { kind: "float", value };
}

/** A serial number under a format that makes it a date or a duration. */
export function dateValue(serial: number, kind: Exclude<NumberKind, "number">, epoch: number): SheetValue {
  return kind === "date" ? serialToDate(serial, epoch) : serialToDuration(serial);
}
