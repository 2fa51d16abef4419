/**
 * A lean reader of .xlsx workbooks for scoring: reads what openpyxl 3.1 reads with `data_only=True`, and only the parts that
 * are asked for. Parts that hold no cell values (drawings, comments, tables, pivots, properties) are not looked at.
 */
import { dirname, join, normalize } from "node:path/posix";
import { refuse, WorkbookError, wholeNumber } from "./cell-values.ts";
import { EPOCH_1900, EPOCH_1904 } from "./dates.ts";
import { Allowance, assertWithin, MAX_FORMAT_CODE, MAX_UNPACKED_BYTES } from "./limits.ts";
import { kindOfFormat, type NumberKind } from "./number-formats.ts";
import { readSharedStrings } from "./shared-strings.ts";
import { sheetName } from "./sheet-names.ts";
import { MAIN_SPACE, readWorksheet, type SheetPart, type Worksheet } from "./worksheet.ts";
import { type Attributes, parseXml, type XmlHandler } from "./xml.ts";
import type { XmlText } from "./xml-text.ts";
import { type Archive as Entries, openArchive } from "./zip.ts";

export interface Workbook {
  /** In order of their tabs; chart sheets too. */
  readonly sheetNames: readonly string[];
  /** Name of the sheet that is shown when the file is opened, or null when it has none. */
  readonly activeSheet: string | null;
  /**
   * Reads a sheet, all of it once. Null when there is none of that name (case and spaces count), or when it is a chart.
   * @param part which values are kept; the whole sheet when left out
   * @throws WorkbookError, XmlError, ArchiveError, LimitError
   */
  sheet(name: string, part?: SheetPart): Worksheet | null;
}

export const WHOLE: SheetPart = { within: null, stops: false };

/** The parts, and how much of them may still be read. */
interface Archive extends Entries {
  readonly allowance: Allowance;
  readonly trusted: boolean;
}

const WORKBOOK_TYPES = [
  "application/vnd.ms-excel.template.macroEnabled.main+xml",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
  "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
];
const STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml";
const STYLES_PART = "xl/styles.xml"; // openpyxl looks for it nowhere else
const PASSED_STYLES = ["fonts", "fills", "borders", "cellStyleXfs"];
const STATES = [null, "none", "visible", "hidden", "veryHidden"];

/**
 * Opens a workbook: its list of sheets, styles and shared strings are read at once, sheets when asked for.
 * @param trusted whether what holds no values may be passed without a look at it
 * @throws WorkbookError, XmlError, ArchiveError: openpyxl would not load it either; LimitError: it is too large
 */
export function openWorkbook(bytes: Uint8Array, trusted = false): Workbook {
  const allowance = new Allowance();
  const archive = { ...openArchive(bytes, MAX_UNPACKED_BYTES, allowance), allowance, trusted };
  const types = readContentTypes(archive);
  const sharedStrings =
    types.strings === null ? [] : readSharedStrings(archive.read(types.strings), MAIN_SPACE, allowance);
  const { sheets, epoch, activeTab } = readSheetList(archive, types.workbook);
  const numberKinds = readNumberKinds(archive);
  const known = new Map<string, Worksheet>();

  function read({ path }: Sheet, part: SheetPart): Worksheet {
    let links: Map<string, Relationship> | null = null; // few sheets have any
    const linkTarget = (id: string) => {
      links ??= readRelationships(archive, path);
      return links.get(id)?.target;
    };
    return readWorksheet(archive.read(path), { sharedStrings, numberKinds, epoch, linkTarget, allowance, part });
  }

  return {
    sheetNames: sheets.map(({ name }) => name),
    activeSheet: sheets[activeTab]?.name ?? null,
    sheet(name, part = WHOLE) {
      const found = sheets.find((sheet) => sheet.name === name && !sheet.isChart);
      if (found === undefined) return null;
      const sheet = known.get(name) ?? read(found, part);
      if (part === WHOLE) known.set(name, sheet);
      return sheet;
    },
  };
}

interface Sheet {
  readonly name: string;
  readonly path: string;
  readonly isChart: boolean;
}

function readContentTypes(archive: Archive): { workbook: string; strings: string | null } {
  const parts = new Map<string, string>();
  const defaults = new Set<string>();
  parsePart(archive, "[Content_Types].xml", {
    open(name, _space, attributes) {
      archive.allowance.take("parts and relationships");
      const type = attributes.get("ContentType") ?? "";
      if (name === "Default") defaults.add(type);
      if (name === "Override" && !parts.has(type)) parts.set(type, attributes.get("PartName")?.slice(1) ?? "");
    },
  });
  const type = WORKBOOK_TYPES.find((type) => parts.has(type));
  const workbook = type === undefined ? undefined : parts.get(type);
  // Some applications give the type as the default of all XML.
  if (workbook === undefined && !WORKBOOK_TYPES.some((type) => defaults.has(type))) {
    throw new WorkbookError("file contains no valid workbook part");
  }
  return { workbook: workbook ?? "xl/workbook.xml", strings: parts.get(STRINGS_TYPE) ?? null };
}

function readSheetList(archive: Archive, part: string): { sheets: Sheet[]; epoch: number; activeTab: number } {
  const relationships = readRelationships(archive, part);
  const sheets: Sheet[] = [];
  const path: string[] = [];
  let epoch = EPOCH_1900;
  let activeTab: number | null = null;
  parsePart(archive, part, {
    open(name, _space, attributes) {
      path.push(name);
      if (path.length > 3) return;
      const place = path.slice(1).join("/");
      if (place === "workbookPr" && isTrue(attributes.get("date1904"))) epoch = EPOCH_1904;
      if (place === "bookViews/workbookView") activeTab ??= Number(attributes.get("activeTab") ?? 0);
      if (place === "sheets/sheet") sheets.push(...sheetOf(attributes, relationships, archive, sheets));
    },
    close: () => void path.pop(),
  });
  return { sheets, epoch, activeTab: activeTab ?? 0 };
}

/** None where the entry names no part, or a part that is not there: openpyxl leaves such sheets out. */
function sheetOf(
  attributes: Attributes,
  relationships: Map<string, Relationship>,
  archive: Archive,
  before: readonly Sheet[],
): Sheet[] {
  archive.allowance.take("sheets");
  const id = attributes.getLocal("id");
  const name = attributes.get("name");
  wholeNumber(attributes.get("sheetId") ?? "");
  if (name === null || !STATES.includes(attributes.get("state")))
    refuse(`invalid entry of sheet ${JSON.stringify(name)}`);
  if (!id) return [];
  const part = relationships.get(id);
  if (part === undefined) return refuse(`unknown relationship of a sheet: ${id}, of ${name}`);
  if (!archive.has(part.target)) return [];
  const taken = before.map((sheet) => sheet.name);
  return [{ name: sheetName(name ?? "", taken), path: part.target, isChart: part.type.includes("chartsheet") }];
}

interface Relationship {
  readonly type: string;
  /** Path in the archive; as written where it points outside. */
  readonly target: string;
}

function readRelationships(archive: Archive, part: string): Map<string, Relationship> {
  const found = new Map<string, Relationship>();
  const folder = dirname(part) === "." ? "" : dirname(part);
  const path = join(folder, "_rels", `${part.slice(folder === "" ? 0 : folder.length + 1)}.rels`);
  if (!archive.has(path)) return found;
  parsePart(archive, path, {
    open(name, _space, attributes) {
      const target = attributes.get("Target") ?? "";
      if (name !== "Relationship") return;
      archive.allowance.take("parts and relationships");
      found.set(attributes.get("Id") ?? "", {
        type: attributes.get("Type") ?? "",
        target: attributes.get("TargetMode") === "External" ? target : pathFrom(folder, target),
      });
    },
  });
  return found;
}

function pathFrom(folder: string, target: string): string {
  return target.startsWith("/") ? target.slice(1) : normalize(join(folder, target));
}

/** By style number: what a number in a cell of that style is. */
function readNumberKinds(archive: Archive): NumberKind[] {
  if (!archive.has(STYLES_PART)) return ["number"];
  const custom = new Map<number, string>();
  const formats: number[] = [];
  let depth = 0;
  let section = "";
  const handler = {
    open(name: string, _space: string, attributes: Attributes) {
      depth += 1;
      if (depth === 2) section = name;
      if (depth !== 3) return;
      if (section === "numFmts" && name === "numFmt") {
        custom.set(formatNumber(attributes), formatCode(attributes, archive.allowance));
      } else if (section === "cellXfs" && name === "xf") formats.push(formatNumber(attributes));
    },
    close() {
      depth -= 1;
    },
    get passes() {
      return depth === 3 || (depth === 2 && section !== "numFmts" && section !== "cellXfs");
    },
    get skims() {
      return archive.trusted && depth === 1;
    },
    skim: passSection,
  };
  parsePart(archive, STYLES_PART, handler);
  const kinds = new Map([...new Set(formats)].map((id) => [id, kindOfFormat(id, custom)]));
  return formats.length === 0 ? ["number"] : formats.map((id) => kinds.get(id) ?? "number");
}

/** Passes a part of the styles that says nothing of number formats. */
function passSection({ text }: XmlText, at: number): number {
  const name = PASSED_STYLES.find((name) => text.startsWith(`<${name}`, at));
  const closing = `</${name}>`;
  const end = name === undefined ? -1 : text.indexOf(closing, at);
  return end < 0 ? at : end + closing.length;
}

function formatNumber(attributes: Attributes): number {
  const written = attributes.get("numFmtId") ?? "0";
  return /^[0-9]{1,9}$/.test(written) ? Number(written) : Number(wholeNumber(written));
}

function formatCode(attributes: Attributes, allowance: Allowance): string {
  const code = attributes.get("formatCode") ?? "";
  allowance.take("number formats");
  assertWithin(code.length, MAX_FORMAT_CODE, "characters in one number format");
  return code;
}

function parsePart({ read, allowance, trusted }: Archive, name: string, handler: XmlHandler): void {
  parseXml(read(name), handler, allowance, trusted);
}

function isTrue(written: string | null): boolean {
  return written !== null && !["", "false", "f", "0"].includes(written);
}
