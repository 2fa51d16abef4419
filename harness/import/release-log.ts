/**
 * Logs of the official release (research: method, sections 7.1 and 7.2), Markdown or lines of JSON, as messages and an end.
 * Tolerant: a log that was cut off is read up to there, and says so. Pure.
 */
import { z } from "zod";
import { parseJsonText } from "./read-text.ts";

export interface ReleaseLog {
  readonly agent: string;
  /** ISO time, or null where the log has none. */
  readonly startedAt: string | null;
  readonly messages: readonly LogMessage[];
  /** Null when the log was cut off before its end. */
  readonly result: { readonly turns: number | null; readonly error: string | null } | null;
}

export interface LogMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export type ReadLog =
  | { readonly kind: "read"; readonly log: ReleaseLog }
  | { readonly kind: "unread"; readonly reason: string };

/** @param name of the file: its ending tells the form */
export function readLog(text: string, name: string): ReadLog {
  const log = name.endsWith(".jsonl") ? readLines(text) : readMarkdown(text);
  if (log === null) return { kind: "unread", reason: "no log of the release: it does not start as one" };
  if (!log.messages.some(({ role }) => role === "assistant"))
    return { kind: "unread", reason: "the log holds no reply of the agent" };
  return { kind: "read", log };
}

const TITLE = /^# Chat History: (.+)$/;
const TIME = /^\*\*Timestamp\*\*: (.+)$/m;
const HEADING = /^## \[(\d+)\] (SYSTEM|USER|ASSISTANT)\s*$/;

/**
 * Bodies may hold headings like those of the log. So a heading counts only with the number that comes next, after a rule;
 * and the last `## RESULT` with its lines is the end, not the first.
 */
function readMarkdown(text: string): ReleaseLog | null {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const agent = TITLE.exec(lines[0] ?? "")?.[1]?.trim();
  if (agent === undefined) return null;
  const end = endOf(lines);
  const heads = headingsIn(lines.slice(0, end));
  const head = lines.slice(0, heads[0]?.line ?? end).join("\n");
  const messages = heads.map(({ line, role }, index) => ({
    role,
    content: bodyOf(lines.slice(line + 1, heads[index + 1]?.line ?? end)),
  }));
  return {
    agent,
    startedAt: isoTime(TIME.exec(head)?.[1]),
    messages,
    result: end === lines.length ? null : resultOf(lines.slice(end)),
  };
}

function endOf(lines: readonly string[]): number {
  const end = lines.findLastIndex(
    (line, index) =>
      line.trim() === "## RESULT" && lines.slice(index + 1, index + 4).some((next) => /^- Success:/.test(next.trim())),
  );
  return end === -1 ? lines.length : end;
}

function headingsIn(lines: readonly string[]): { line: number; role: LogMessage["role"] }[] {
  const heads: { line: number; role: LogMessage["role"] }[] = [];
  let next: number | null = null;
  for (const [line, text] of lines.entries()) {
    const [, number, role] = HEADING.exec(text) ?? [];
    if (number === undefined || role === undefined) continue;
    const follows = next === null || (Number(number) === next && afterRule(lines, line));
    if (!follows) continue;
    heads.push({ line, role: role === "SYSTEM" ? "system" : role === "USER" ? "user" : "assistant" });
    next = Number(number) + 1;
  }
  return heads;
}

function afterRule(lines: readonly string[], line: number): boolean {
  for (let above = line - 1; above >= 0; above -= 1) {
    const text = lines[above]?.trim();
    if (text !== "") return text === "---";
  }
  return false;
}

/** Without the blank lines around it and the rule that ends it. */
function bodyOf(lines: readonly string[]): string {
  const text = lines.join("\n").trim();
  return text === "---" || text.endsWith("\n---") ? text.slice(0, -3).trim() : text;
}

function resultOf(lines: readonly string[]): ReleaseLog["result"] {
  const text = lines.join("\n");
  const turns = /^- Total Turns:\s*(\d+)/m.exec(text)?.[1];
  return {
    turns: turns === undefined ? null : Number(turns),
    error: /^- Error:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? null,
  };
}

const Start = z.looseObject({
  type: z.literal("session_start"),
  agent_name: z.string(),
  timestamp: z.string().nullish(),
});
const Said = z.looseObject({
  type: z.literal("message"),
  role: z
    .string()
    .transform((role) => role.toLowerCase())
    .pipe(z.enum(["system", "user", "assistant"])),
  content: z.string(),
});
const End = z.looseObject({
  type: z.literal("result"),
  total_turns: z.number().nullish(),
  error: z.string().nullish(),
});

function readLines(text: string): ReleaseLog | null {
  const values = text.split("\n").flatMap((line) => {
    const read = parseJsonText(line);
    return read.kind === "read" ? [read.value] : [];
  });
  const start = Start.safeParse(values[0]).data;
  if (start === undefined) return null;
  const end = values.map((value) => End.safeParse(value).data).findLast((one) => one !== undefined);
  return {
    agent: start.agent_name,
    startedAt: isoTime(start.timestamp),
    messages: values.flatMap((value) => {
      const said = Said.safeParse(value).data;
      return said === undefined ? [] : [{ role: said.role, content: said.content }];
    }),
    result: end === undefined ? null : { turns: end.total_turns ?? null, error: end.error ?? null },
  };
}

function isoTime(text: string | null | undefined): string | null {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
