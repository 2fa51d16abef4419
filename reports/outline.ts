/** A skill at a glance: its files, sections and links, with the support of each section where its distillation is known. Pure. */
import type { Distillation } from "../distill/documents.ts";
import { lineageIndex } from "../distill/lineage.ts";
import { readFrontMatter } from "../harness/skill/front-matter.ts";
import { outlineOf } from "../harness/skill/markdown.ts";
import { markdownProblem, PAGE_LIMITS } from "../harness/skill/markdown-limits.ts";
import { isUtf8, type Skill, skillText } from "../harness/skill/skill.ts";
import { printable } from "../harness/text.ts";
import { counted } from "./format.ts";
import { textTable, wrap } from "./text-table.ts";

export interface OutlinedSection {
  readonly heading: string;
  /** 1 to 6. */
  readonly depth: number;
  /** Of its heading, and of its last line, sections below it included. */
  readonly line: number;
  readonly lastLine: number;
  /** Distinct tasks and lessons behind its lines; null without a distillation. */
  readonly support: { readonly tasks: number; readonly lessons: number } | null;
}

export interface OutlinedFile {
  readonly file: string;
  readonly bytes: number;
  /** Null for what is no text. */
  readonly lines: number | null;
  readonly sections: readonly OutlinedSection[];
  /** Paths of the skill's files that the page links to. */
  readonly references: readonly string[];
  readonly support: OutlinedSection["support"];
}

export interface SkillOutline {
  readonly name: string;
  readonly description: string;
  readonly hash: string;
  readonly files: readonly OutlinedFile[];
}

type SupportIn = (file: string, from: number, to: number) => OutlinedSection["support"];

/** @param distillation that made this very skill, or null */
export function outlineSkill(skill: Skill, distillation: Distillation | null): SkillOutline {
  const supportIn = distillation === null ? () => null : supportOfLines(skill, distillation);
  const paths = [...skill.files.keys()].sort((one, other) => order(one) - order(other) || (one < other ? -1 : 1));
  return {
    name: skill.name,
    description: skill.description,
    hash: skill.hash,
    files: paths.map((file) => outlineFile(file, skill, supportIn)),
  };
}

function order(file: string): number {
  return file === "SKILL.md" ? 0 : 1;
}

function outlineFile(file: string, { files }: Skill, supportIn: SupportIn): OutlinedFile {
  const bytes = files.get(file) ?? new Uint8Array();
  const plain = { file, bytes: bytes.length, sections: [], references: [] };
  if (!isUtf8(bytes)) return { ...plain, lines: null, support: null };
  const text = new TextDecoder().decode(bytes);
  const lines = text.trimEnd().split("\n").length;
  const support = supportIn(file, 1, lines);
  const { body, bodyLine } = file === "SKILL.md" ? readFrontMatter(text) : { body: text, bodyLine: 1 };
  if (!file.endsWith(".md") || markdownProblem(body, PAGE_LIMITS) !== null) return { ...plain, lines, support };
  const { headings, links, codes } = outlineOf(body, bodyLine);
  const sections = headings.map(({ text: heading, depth, line }, index) => {
    const next = headings.slice(index + 1).find((other) => other.depth <= depth);
    const lastLine = (next?.line ?? lines + 1) - 1;
    return { heading, depth, line, lastLine, support: supportIn(file, line, lastLine) };
  });
  const named = [...links, ...codes].map(({ target }) => target.split("#")[0] ?? "").filter((path) => files.has(path));
  return { ...plain, lines, sections, references: [...new Set(named)], support };
}

/** Blank lines around an edit may stand in the section before: they argue for nothing. */
function supportOfLines(skill: Skill, distillation: Distillation): SupportIn {
  const find = lineageIndex(distillation);
  const texts = new Map([...skill.files.keys()].map((file) => [file, skillText(skill, file)?.split("\n") ?? []]));
  const said = distillation.lines.filter(({ file, line }) => (texts.get(file)?.[line - 1] ?? "").trim() !== "");
  return (file, from, to) => {
    const found = said
      .filter((entry) => entry.file === file && entry.line >= from && entry.line <= to)
      .flatMap(({ line }) => find(file, line) ?? []);
    const tasks = new Set(found.flatMap((one) => one.tasks)).size;
    return { tasks, lessons: new Set(found.flatMap(({ lessons }) => lessons.map(({ id }) => id))).size };
  };
}

/** The outline for a terminal. */
export function outlineText({ name, description, hash, files }: SkillOutline): string {
  const rows = files.flatMap(({ file, lines, bytes, sections, references, support }) => [
    [printable(file), lines === null ? `${bytes} bytes` : String(lines), ...supportCells(support)],
    ...sections.map((section) => [
      `${"  ".repeat(section.depth)}${printable(section.heading)}`,
      String(section.lastLine - section.line + 1),
      ...supportCells(section.support),
    ]),
    ...(references.length === 0 ? [] : [[`  links to ${printable(references.join(", "))}`, "", "", ""]]),
  ]);
  const known = files.some(({ support }) => support !== null);
  const columns = [
    { head: "file, sections", align: "left" } as const,
    ...["lines", ...(known ? ["lessons", "support"] : [])].map((head) => ({ head, align: "right" }) as const),
  ];
  return [
    `${printable(name)}  ${hash.slice(0, 12)}`,
    wrap(printable(description), {}),
    "",
    textTable(
      columns,
      rows.map((row) => row.slice(0, columns.length)),
    ),
    "",
    known
      ? `${counted(files.length, "file")}. Support: distinct tasks whose trials argue for the lines.`
      : `${counted(files.length, "file")}. No distillation tells of this skill, so no support is known.`,
  ].join("\n");
}

function supportCells(support: OutlinedSection["support"]): string[] {
  return support === null ? ["", ""] : [String(support.lessons), String(support.tasks)];
}
