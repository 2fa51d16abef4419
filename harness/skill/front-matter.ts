/**
 * The YAML head of a SKILL.md.
 * Rules: agentskills.io specification, the skills-ref validator, and Anthropic's quick_validate, whichever is stricter.
 */
import { hiddenCharacter } from "../text.ts";
import { type Document, isScalar, LineCounter, parseDocument } from "../yaml.ts";
import type { Problem } from "./problem.ts";

export interface FrontMatter {
  readonly name: string;
  readonly description: string;
  /** Text after the head. */
  readonly body: string;
  /** Line of the file on which `body` starts, from 1. */
  readonly bodyLine: number;
  /** All errors of the head; with any, name and description may be empty. */
  readonly problems: readonly Problem[];
}

/** Longest texts, in characters. */
const LONGEST = { name: 64, description: 1024, compatibility: 500 };
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const FILE = "SKILL.md";
/** A head of two fields has some 1,500 characters. */
const LONGEST_HEAD = 64 * 1024;
const MOST_ERRORS = 20;

/** Reads the head of a SKILL.md; never throws. */
export function readFrontMatter(text: string): FrontMatter {
  const head = /^\uFEFF?---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text);
  if (head === null) {
    const message = "expected YAML between two lines `---` at the very start, with name and description";
    return { name: "", description: "", body: text, bodyLine: 1, problems: [problem(1, "front-matter", message)] };
  }
  const body = text.slice(head[0].length);
  const bodyLine = head[0].split("\n").length;
  const broken = (...problems: Problem[]) => ({ name: "", description: "", body, bodyLine, problems });
  const yaml = head[1] ?? "";
  if (yaml.length > LONGEST_HEAD)
    return broken(problem(1, "front-matter", `has ${yaml.length} characters, at most ${LONGEST_HEAD} are read`));
  const lines = new LineCounter();
  // The head's first line of YAML is the file's second.
  const lineAt = (offset: number) => lines.linePos(offset).line + 1;
  const document = parse(yaml, lines);
  if (document === null) return broken(problem(2, "front-matter-yaml", "lists and maps too deep in each other"));
  const errors = document.errors.slice(0, MOST_ERRORS);
  if (errors.length > 0)
    return broken(
      ...errors.map((error) => problem(lineAt(error.pos[0]), "front-matter-yaml", firstLine(error.message))),
    );
  const fields = fieldsOf(document);
  if (fields === null) {
    const message = "expected keys with values, such as `name: my-skill`, and few aliases";
    return broken(problem(2, "front-matter", message));
  }
  const problems = [
    ...Object.entries(fields).flatMap(([key, value]) => {
      return fieldProblems(key, value).map((message) =>
        problem(lineOfKey(document, key, lineAt), ruleOf(key), message),
      );
    }),
    ...["name", "description"]
      .filter((key) => !(key in fields))
      .map((key) => problem(1, key, `\`${key}\` is required and missing`)),
  ];
  const textOf = (value: unknown) => (typeof value === "string" ? value.trim() : "");
  return { name: textOf(fields.name), description: textOf(fields.description), body, bodyLine, problems };
}

/** Null for what is so deep that the parser runs out of stack. */
function parse(yaml: string, lineCounter: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(yaml, { lineCounter });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const KEYS = new Set(["name", "description", "license", "compatibility", "metadata", "allowed-tools"]);
const ruleOf = (key: string) => (KEYS.has(key) ? key : "front-matter-key");

function fieldProblems(key: string, value: unknown): string[] {
  switch (key) {
    case "name":
      return skillNameProblems(value);
    case "description":
      return textProblems(value, LONGEST.description, descriptionProblems);
    case "compatibility":
      return textProblems(value, LONGEST.compatibility);
    case "license":
    case "allowed-tools":
      return textProblems(value, Number.POSITIVE_INFINITY);
    case "metadata":
      return isTextMap(value) ? [] : ["expected a map from text to text; put numbers in quotes"];
    default:
      return [
        `\`${key}\` is no key of the format; known are ${[...KEYS].join(", ")} (anything else goes below metadata)`,
      ];
  }
}

/** What is wrong with the name of a skill; empty when it keeps the format. */
export function skillNameProblems(value: unknown): string[] {
  return textProblems(value, LONGEST.name, nameProblems);
}

/** It stands in every agent's prompt. */
function descriptionProblems(text: string): string[] {
  const hidden = hiddenCharacter(text);
  return [
    ...(/[<>]/.test(text) ? ["must not hold `<` or `>`"] : []),
    ...(hidden === null ? [] : [`must not hold ${hidden}, which a reader does not see or which changes what is seen`]),
  ];
}

function nameProblems(text: string): string[] {
  if (NAME.test(text)) return [];
  return [`expected small letters, digits and single hyphens between them, found ${JSON.stringify(text)}`];
}

function textProblems(value: unknown, longest: number, more: (text: string) => string[] = () => []): string[] {
  if (typeof value !== "string") return [`expected text, found ${kindOf(value)}; put it in quotes`];
  const text = value.trim();
  if (text === "") return ["must not be empty"];
  const { length } = [...text];
  return [...(length > longest ? [`at most ${longest} characters, found ${length}`] : []), ...more(text)];
}

/** A list or a map may hold itself, so it is not shown. */
function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "a map";
}

function isTextMap(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => typeof entry === "string");
}

function fieldsOf(document: Document.Parsed): Record<string, unknown> | null {
  const value = contentsOf(document);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

/** Null for a text whose aliases would grow without end, or that is too deep. */
function contentsOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return null;
    throw error;
  }
}

function lineOfKey(document: Document.Parsed, key: string, lineAt: (offset: number) => number): number {
  const { contents } = document;
  const pair =
    contents !== null && "items" in contents
      ? contents.items.find((item) => "key" in item && keyText(item.key) === key)
      : null;
  return pair && "key" in pair && isScalar(pair.key) && pair.key.range ? lineAt(pair.key.range[0]) : 1;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

const firstLine = (text: string) => text.split("\n")[0]?.replace(/:$/, "") ?? text;

function problem(line: number, rule: string, message: string): Problem {
  return { file: FILE, line, rule, severity: "error", message };
}
