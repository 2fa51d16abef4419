/** What a check of the finished skill finds beside the rules of the format: answers of tasks, and markup that nobody asked for. */
import { type Outline, outlineOf } from "../harness/skill/markdown.ts";
import { markdownProblem, PAGE_LIMITS } from "../harness/skill/markdown-limits.ts";
import type { Problem } from "../harness/skill/problem.ts";
import { printable } from "../harness/text.ts";
import { valueFinder } from "./answer-values.ts";
import type { Files } from "./apply.ts";
import type { Analysis } from "./documents.ts";
import { pathProblem } from "./paths.ts";

/** Values that scorers expected, in lines that the start skill does not have. */
export function answerProblems(
  skill: Files,
  base: Files,
  analyses: readonly Pick<Analysis, "task" | "expected">[],
): Problem[] {
  const tasks = new Map<string, string>();
  for (const { task, expected } of analyses) for (const value of expected) tasks.set(value, tasks.get(value) ?? task);
  const find = valueFinder([...tasks.keys()]);
  const old = new Set(pagesOf(base).flatMap(({ text }) => text.split("\n")));
  return pagesOf(skill).flatMap(({ file, text }) =>
    text.split("\n").flatMap((line, index) => {
      const values = old.has(line) ? [] : find(line);
      return values.map((value) => {
        const message = `holds ${shown(value)}, which is expected in the answer of task ${tasks.get(value)}`;
        return warning(file, index + 1, "answer-value", message);
      });
    }),
  );
}

/** HTML, and links and images that lead out of the skill, which the start skill does not have. */
export function markupProblems(skill: Files, base: Files): Problem[] {
  const before = pagesOf(base).flatMap(({ text }) => markupIn(text));
  const known = new Set(before.map(({ rule, text }) => `${rule} ${text}`));
  return pagesOf(skill).flatMap(({ file, text }) =>
    markupIn(text)
      .filter((markup) => !known.has(`${markup.rule} ${markup.text}`))
      .map(({ rule, text: found, line }) => {
        const what = rule === "html" ? "holds the tag or comment" : "leads out of the skill to";
        return warning(file, line, rule, `${what} ${shown(found)}, which the start skill does not have`);
      }),
  );
}

interface Markup {
  readonly rule: "html" | "external-link";
  readonly text: string;
  readonly line: number;
}

/** In order of line. None in a text that cannot be parsed: the check of the skill tells that. */
function markupIn(text: string): Markup[] {
  if (markdownProblem(text, PAGE_LIMITS) !== null) return [];
  const { html, links }: Outline = outlineOf(withoutFrontMatter(text));
  const outside = links.filter(({ target }) => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target));
  const found = [
    ...html.map(({ text: tag, line }) => ({ rule: "html" as const, text: tag, line })),
    ...outside.map(({ target, line }) => ({ rule: "external-link" as const, text: target, line })),
  ];
  return found.sort((one, other) => one.line - other.line);
}

/** Blanked, so that lines keep their number. */
function withoutFrontMatter(text: string): string {
  return text.replace(/^\uFEFF?---[ \t]*\r?\n(?:[\s\S]*?\r?\n)?---[ \t]*(?=\r?\n|$)/, (head) =>
    head.replace(/[^\r\n]/g, ""),
  );
}

function pagesOf(files: Files): { file: string; text: string }[] {
  return [...files]
    .filter(([file]) => pathProblem(file) === null)
    .map(([file, bytes]) => ({ file, text: new TextDecoder().decode(bytes) }));
}

const LONGEST_SHOWN = 80;

function shown(text: string): string {
  return JSON.stringify(printable(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text));
}

function warning(file: string, line: number, rule: string, message: string): Problem {
  return { file, line, rule, severity: "warning", message };
}
