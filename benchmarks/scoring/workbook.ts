/**
 * A lean reader of .xlsx workbooks for scoring: reads what openpyxl 3.1 reads with `data_only=True`, and only the parts that
 * are asked for. Parts that hold no cell values (drawings, comments, tables, pivots, properties) are not looked at.
 */
import { dirname, join, normalize } from "node:path/posix";
import { EPOCH_1900, EPOCH_1904 } from "./dates.ts";
import { Allowance, assertWithin, MAX_FORMAT_CODE, MAX_UNPACKED_BYTES } from "./limits.ts";
import { kindOfFormat, type NumberKind } from "./number-formats.ts";
import { pythonInt } from "./python.ts";
import { RichText } from "./rich-text.ts";
import { MAIN_SPACE, readWorksheet, WorkbookError, type Worksheet } from "./worksheet.ts";
import { type Attributes, parseXml, type XmlHandler } from "./xml.ts";
import { type Archive as Entries, openArchive } from "./zip.ts";

export interface Workbook {
  /** In order of their tabs; chart sheets too. */
  readonly sheetNames: readonly string[];
  /** Name of the sheet that is shown when the file is opened, or null when it has none. */
  readonly activeSheet: string | null;
  /**
   * Reads a sheet, once. Null when there is none of that name (case and spaces count), or when it is a chart.
   * @throws WorkbookError, XmlError, ArchiveError, LimitError
   */
  sheet(name: string): Worksheet | null;
}

/** The parts, and how much of them may still be read. */
interface Archive extends Entries {
  readonly allowance: Allowance;
}

const WORKBOOK_TYPES = [
  "application/vnd.ms-excel.template.macroEnabled.main+xml",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
  "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
];
const STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml";
const STYLES_PART = "xl/styles.xml"; // openpyxl looks for it nowhere else
const INVALID_IN_NAMES = /[\\*?:/[\]]/;

/**
 * Opens a workbook: its list of sheets, styles and shared strings are read at once, sheets when asked for.
 * @throws WorkbookError, XmlError, ArchiveError: openpyxl would not load it either; LimitError: it is too large
 */
export function openWorkbook(bytes: Uint8Array): Workbook {
  const allowance = new Allowance();
  const archive = { ...openArchive(bytes, MAX_UNPACKED_BYTES, allowance), allowance };
  const types = readContentTypes(archive);
  const sharedStrings = readSharedStrings(archive, types.strings);
  const { sheets, epoch, activeTab } = readSheetList(archive, types.workbook);
  const numberKinds = readNumberKinds(archive);
  const known = new Map<string, Worksheet>();

  function read({ path }: Sheet): Worksheet {
    let links: Map<string, Relationship> | null = null; // few sheets have any
    const linkTarget = (id: string) => {
      links ??= readRelationships(archive, path);
      return links.get(id)?.target;
    };
    return readWorksheet(archive.read(path), { sharedStrings, numberKinds, epoch, linkTarget, allowance });
  }

  return {
    sheetNames: sheets.map(({ name }) => name),
    activeSheet: sheets[activeTab]?.name ?? null,
    sheet(name) {
      const found = sheets.find((sheet) => sheet.name === name && !sheet.isChart);
      if (found === undefined) return null;
      const sheet = known.get(name) ?? read(found);
      known.set(name, sheet);
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

function readSharedStrings(archive: Archive, part: string | null): string[] {
  const strings: string[] = [];
  if (part === null) return strings;
  let depth = 0;
  let itemDepth = 0;
  let item = new RichText();
  parsePart(archive, part, {
    open(name, space) {
      depth += 1;
      if (itemDepth > 0) item.open(name, depth - itemDepth);
      else if (name === "si" && space === MAIN_SPACE) {
        itemDepth = depth;
        item = new RichText();
      }
    },
    text: (text) => item.text(text),
    close() {
      item.close();
      if (depth === itemDepth) {
        archive.allowance.take("shared strings");
        strings.push(item.content().replace(/x005F_/g, "")); // as openpyxl does, for shared strings only
        itemDepth = 0;
      }
      depth -= 1;
    },
  });
  return strings;
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
      if (place === "sheets/sheet") sheets.push(...sheetOf(attributes, relationships, archive));
    },
    close: () => void path.pop(),
  });
  return { sheets, epoch, activeTab: activeTab ?? 0 };
}

/** None where the entry names no part, or a part that is not there: openpyxl leaves such sheets out. */
function sheetOf(attributes: Attributes, relationships: Map<string, Relationship>, archive: Archive): Sheet[] {
  archive.allowance.take("sheets");
  const id = attributes.getLocal("id");
  const name = attributes.get("name") ?? "";
  if (!id) return [];
  const part = relationships.get(id);
  if (part === undefined) throw new WorkbookError(`unknown relationship of a sheet: ${id}, of ${name}`);
  if (!archive.has(part.target)) return [];
  if (name === "" || INVALID_IN_NAMES.test(name))
    throw new WorkbookError(`invalid sheet name: ${JSON.stringify(name)}`);
  return [{ name, path: part.target, isChart: part.type.includes("chartsheet") }];
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
  const path: string[] = [];
  parsePart(archive, STYLES_PART, {
    open(name, _space, attributes) {
      path.push(name);
      if (path.length !== 3) return;
      const id = Number(pythonInt(attributes.get("numFmtId") ?? "0") ?? 0n);
      if (path[1] === "numFmts" && name === "numFmt") custom.set(id, formatCode(attributes, archive.allowance));
      if (path[1] === "cellXfs" && name === "xf") formats.push(id);
    },
    close: () => void path.pop(),
  });
  const kinds = new Map([...new Set(formats)].map((id) => [id, kindOfFormat(id, custom)]));
  return formats.length === 0 ? ["number"] : formats.map((id) => kinds.get(id) ?? "number");
}

function formatCode(attributes: Attributes, allowance: Allowance): string {
  const code = attributes.get("formatCode") ?? "";
  allowance.take("number formats");
  assertWithin(code.length, MAX_FORMAT_CODE, "characters in one number format");
  return code;
}

function parsePart({ read, allowance }: Archive, name: string, handler: XmlHandler): void {
  parseXml(read(name), handler, allowance);
}

function isTrue(written: string | null): boolean {
  return written !== null && !["", "false", "f", "0"].includes(written);
}
