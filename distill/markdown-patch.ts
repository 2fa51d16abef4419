/**
 * The semantic Markdown format of patches, as proposers may answer beside JSON (research: method, section 1.6, format B):
 * blocks between PATCH START and PATCH END with items, each with a target file, an intent, a hint where, and the text.
 * Read tolerantly, into edits as a model writes them in JSON; what they name is checked by whoever applies them. Pure.
 */
import type { WrittenEdit } from "./edit-reply.ts";
import { headingKey } from "./markdown.ts";
import { isReference, SKILL_FILE } from "./paths.ts";
import type { EditBody } from "./records.ts";

export interface MarkdownPatch {
  readonly reasoning: string;
  readonly edits: readonly WrittenEdit[];
}

const START = /^[=\-*# ]*PATCH START[=\-*# ]*$/im;
const END = /^[=\-*# ]*PATCH END[=\-*# ]*$/im;
const ITEM = /^\s*(?:\[ITEM[_ ]?\d+[_ ]?START\]|#{2,4}\s*Item\s+\d+\b.*)\s*$/i;
const ITEM_END = /^\s*\[ITEM[_ ]?\d+[_ ]?END\]\s*$/i;
/** `Target File: …`, with or without marks of a list or of emphasis. */
const FIELD = /^\s*(?:[-*]\s+)?\**\s*([A-Za-z][A-Za-z ]{1,24}?)\s*\**\s*:\s*\**\s*(.*)$/;

const FIELDS: Readonly<Record<string, string>> = {
  "target file": "file",
  "target files": "file",
  file: "file",
  "edit intent": "intent",
  intent: "intent",
  operation: "intent",
  op: "intent",
  "location hint": "where",
  location: "where",
  section: "section",
  heading: "heading",
  anchor: "anchor",
  "old text": "old",
  old: "old",
  link: "link",
  lessons: "lessons",
  "lesson ids": "lessons",
  "change instruction": "content",
  content: "content",
  "new text": "content",
};

/** @param headings of the skill's files: a hint names one of them. Null for a text that is not in the format. */
export function readMarkdownPatch(text: string, headings: readonly string[]): MarkdownPatch | null {
  const said = text.split("</think>").at(-1) ?? "";
  const start = START.exec(said);
  const body = start === null ? said : said.slice(start.index + start[0].length);
  const end = END.exec(body);
  const lines = (end === null ? body : body.slice(0, end.index)).split(/\r?\n/);
  const first = lines.findIndex((line) => ITEM.test(line));
  if (first === -1) return null;
  const reasoning = /^\s*\**Reasoning\**\s*:\**\s*(.*)$/im.exec(lines.slice(0, first).join("\n"))?.[1] ?? "";
  const edits = itemsIn(lines.slice(first)).map((item) => editOf(fieldsIn(item), headings));
  return { reasoning, edits: edits.filter(({ op }) => op !== undefined) };
}

function itemsIn(lines: readonly string[]): string[][] {
  const items: string[][] = [];
  let open = false;
  for (const line of lines) {
    if (ITEM.test(line)) {
      items.push([]);
      open = true;
    } else if (ITEM_END.test(line)) open = false;
    else if (open) items.at(-1)?.push(line);
  }
  return items;
}

/** Fields by name; the text of one goes on until the next. Within a code fence nothing begins a field. */
function fieldsIn(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string[]>();
  let current: string | null = null;
  let fence: string | null = null;
  for (const line of lines) {
    const [, marks] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
    const [, label = "", rest = ""] = (fence === null && FIELD.exec(line)) || [];
    const name = FIELDS[label.toLowerCase().trim()];
    // The text comes last: what looks like a field there is part of it.
    if (name !== undefined && !(current === "content" && fields.has(name))) {
      current = name;
      fields.set(name, rest.trim() === "" ? [] : [rest]);
    } else if (current !== null) fields.get(current)?.push(line);
    if (marks !== undefined) fence = fence === null ? marks : line.trim().startsWith(fence) ? null : fence;
  }
  return new Map([...fields].map(([name, texts]) => [name, texts.join("\n").trim()]));
}

function editOf(fields: ReadonlyMap<string, string>, headings: readonly string[]): WrittenEdit {
  const targets = pathsIn(fields.get("file") ?? "");
  const hint = fields.get("where") ?? "";
  const content = plainContent(fields.get("content") ?? "");
  const intent = `${fields.get("intent") ?? ""} ${hint}`;
  const lessons = (fields.get("lessons") ?? "").split(/[\s,;]+/).filter(Boolean);
  const named = fields.get("section") ?? headingIn(hint, headings);
  const reference = targets.find(isReference);
  const op = opOf(fields.get("intent") ?? "", intent, { known: named !== null, quotes: quotedIn(hint) !== null });
  const file = op === "create_file" || op === "delete_file" ? (reference ?? targets[0]) : (targets[0] ?? SKILL_FILE);
  const common = { op, file, lessons };
  switch (op) {
    case "create_file":
      return { ...common, content, link: fields.get("link") ?? (hint || `Read it when its title fits the task.`) };
    case "delete_file":
      return common;
    case "add_section":
      return { ...common, after: named, ...sectionIn(content, fields.get("heading") ?? quotedIn(intent)) };
    case "delete_section":
      return { ...common, section: named };
    case "insert_after":
    case "insert_before":
      return { ...common, section: named, anchor: fields.get("anchor") ?? quotedIn(hint), content };
    case "replace_in_section":
      return { ...common, section: named, old: fields.get("old") ?? quotedIn(hint), content };
    case "append_to_section":
      return { ...common, section: named, content };
    default:
      return op satisfies never;
  }
}

/** An operation by its name, or by the words for it. */
function opOf(said: string, all: string, { known, quotes }: { known: boolean; quotes: boolean }): EditBody["op"] {
  const exact = OPS.find(
    (op) =>
      said
        .trim()
        .toLowerCase()
        .replace(/[\s-]+/g, "_") === op,
  );
  if (exact !== undefined) return exact;
  const text = all.toLowerCase();
  if (/\b(delete|remove)\b/.test(text)) return /\bfile\b/.test(said.toLowerCase()) ? "delete_file" : "delete_section";
  if (/\b(create|new|add)\b[^.]*\bfile\b/.test(said.toLowerCase())) return "create_file";
  if (/\b(replace|rewrite|reword|change|correct|modify|update)\b/.test(text) && quotes) return "replace_in_section";
  if (/\b(new|add|create)\b[^.]*\b(sub)?section\b/.test(said.toLowerCase())) return "add_section";
  if (/\bbefore\b/.test(text) && quotes) return "insert_before";
  if (/\b(after|below)\b/.test(text) && quotes && known) return "insert_after";
  return known ? "append_to_section" : "add_section";
}

const OPS = [
  "append_to_section",
  "insert_after",
  "insert_before",
  "replace_in_section",
  "add_section",
  "delete_section",
  "create_file",
  "delete_file",
] as const satisfies readonly EditBody["op"][];

function pathsIn(text: string): string[] {
  return text.match(/SKILL\.md|references\/[A-Za-z0-9._-]+\.md/g) ?? [];
}

/** The longest heading of the skill that a hint names. */
function headingIn(hint: string, headings: readonly string[]): string | null {
  const plain = (text: string) =>
    ` ${headingKey(text)
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim()} `;
  const named = headings.filter((heading) => plain(heading).trim() !== "" && plain(hint).includes(plain(heading)));
  return named.toSorted((one, other) => other.length - one.length)[0] ?? null;
}

function quotedIn(text: string): string | null {
  const [, ...groups] = /"([^"\n]+)"|“([^”\n]+)”|`([^`\n]+)`/.exec(text) ?? [];
  return groups.find((group) => group !== undefined) ?? null;
}

/** The text itself where it stands in a fence of Markdown or in a quote. */
function plainContent(content: string): string {
  const fenced = /^(`{3,}|~{3,})\s*(?:markdown|md|text)?\s*\n([\s\S]*?)\n\1\s*$/i.exec(content.trim())?.[2];
  if (fenced !== undefined) return fenced;
  const lines = content.split("\n");
  return lines.every((line) => /^\s*(>|$)/.test(line))
    ? lines.map((line) => line.replace(/^\s*> ?/, "")).join("\n")
    : content;
}

/** A section's heading is its first line where nothing else names it. */
function sectionIn(content: string, heading: string | null): { heading: string | undefined; content: string } {
  const [, first, rest = ""] = /^#{1,6}\s+([^\n]+)\n([\s\S]*)$/.exec(content.trim()) ?? [];
  if (heading !== null && (first === undefined || headingKey(first) !== headingKey(heading)))
    return { heading, content };
  return first === undefined ? { heading: heading ?? undefined, content } : { heading: first, content: rest.trim() };
}
