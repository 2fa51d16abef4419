/** All that is wrong with a skill, or worse than it could be, found at once and without a model. */
import { hiddenCharacter } from "../text.ts";
import { hasContents, MOST_LINES_WITHOUT_CONTENTS } from "./contents.ts";
import { contradictionsIn } from "./contradictions.ts";
import { readFrontMatter } from "./front-matter.ts";
import { headingProblems } from "./lint-headings.ts";
import { linkProblems, orphanProblems } from "./lint-links.ts";
import { PAGE_LIMITS } from "./markdown-limits.ts";
import { error, type Page, pageOf, warning } from "./page.ts";
import type { Problem } from "./problem.ts";
import { formatProblems, isUtf8, type SkillFiles } from "./skill.ts";
import { type Suspicious, suspiciousInstructions } from "./suspicious.ts";

/** Guidance of the Agent Skills format: what is longer belongs into a reference file. */
export const MOST_SKILL_LINES = 500;
const MOST_SKILL_TOKENS = 5_000;
/** Usual for English text with code; near enough for a warning. */
const CHARACTERS_PER_TOKEN = 4;
/** About a token each. */
const WORD_CHARACTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;
/** A longer reference is hard to read in part. */
export const MOST_REFERENCE_LINES = 300;

/**
 * Checks a skill's files: the Agent Skills rules, links both ways, headings, lengths, rules that contradict each other,
 * and instructions to fetch, execute, disclose, disable or override.
 * @param folder name of the folder they lie in, which must be the skill's name; null where there is none yet
 * @returns in order of file and line; empty when there is nothing to mend
 */
export function lintSkill({ files }: { readonly files: SkillFiles }, folder: string | null = null): Problem[] {
  const pages = [...files].flatMap(([file, bytes]) =>
    file.endsWith(".md") && isUtf8(bytes) ? [pageOf(file, bytes)] : [],
  );
  const problems = [
    ...formatProblems(files),
    ...folderProblems(files, folder),
    ...[...files]
      .filter(([file, bytes]) => file.endsWith(".md") && file !== "SKILL.md" && !isUtf8(bytes))
      .map(([file]) => notUtf8(file)),
    ...pages.flatMap((page) => [
      ...(page.unread === null ? [] : [page.unread]),
      ...hiddenProblems(page),
      ...headingProblems(page),
      ...linkProblems(page, files, pages),
      ...lengthProblems(page),
      ...contentsProblems(page),
    ]),
    ...contradictionProblems(pages),
    ...[...files].flatMap(([file, bytes]) => suspiciousProblems(file, bytes)),
    ...bodyProblems(files),
    ...headProblems(files),
    ...[...files.keys()].filter((file) => file.endsWith(".md") && file.split("/").length > 2).map(tooDeep),
    ...pathProblems(files),
    ...caseProblems(files),
    ...(pages.some(({ unread }) => unread !== null) || !files.has("SKILL.md") ? [] : orphanProblems(pages, files)),
  ];
  return problems.sort((a, b) => order(a.file, b.file) || a.line - b.line);
}

function hiddenProblems({ file, text }: Page): Problem[] {
  if (hiddenCharacter(text.replace(/^\uFEFF/, "")) === null) return [];
  return text.split("\n").flatMap((line, index) => {
    const code = hiddenCharacter(`${line}\n`);
    const message = `holds ${code}, which a reader does not see or which changes what is seen`;
    return code === null ? [] : [warning(file, index + 1, "hidden-character", message)];
  });
}

/** What YAML allows and other readers of skills do not; ours does. */
const NOT_EVERYWHERE: readonly (readonly [RegExp, string])[] = [
  [/^[ \t]*[\w-]+:[ \t]*[{[]/m, "a map or list in brackets"],
  [/^[ \t]*[\w-]+:[ \t]*[&*!][^ \t]/m, "an anchor, an alias or a tag"],
  [/---/, "`---`, where some end the head"],
];

function headProblems(files: SkillFiles): Problem[] {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(files.get("SKILL.md"));
  const { bodyLine, problems } = readFrontMatter(text);
  const head = text.split("\n").slice(1, Math.max(1, bodyLine - 2));
  if (problems.length > 0) return [];
  return [
    ...(text.startsWith("\uFEFF")
      ? [warning("SKILL.md", 1, "head-strict", "a byte order mark stands before the head, so that some find none")]
      : []),
    ...NOT_EVERYWHERE.flatMap(([pattern, what]) => {
      const at = head.findIndex((line) => pattern.test(line));
      const message = `the validator of the format refuses a head with ${what}; write it another way`;
      return at < 0 ? [] : [warning("SKILL.md", at + 2, "head-strict", message)];
    }),
  ];
}

/** Names that Windows does not take, and what a terminal or a reader trips over. */
const ODD_NAME = /[<>:"|?*]|[ .]$|^ |^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

function pathProblems(files: SkillFiles): Problem[] {
  return [...files.keys()].flatMap((file) => {
    const odd =
      /[\n\t\r]/.test(file) || hiddenCharacter(file) !== null || file.split("/").some((part) => ODD_NAME.test(part));
    return odd ? [warning(file, 1, "path-odd", "some systems do not take this name, or do not show it as it is")] : [];
  });
}

/** Paths that are one path where the case of letters does not count. */
function caseProblems(files: SkillFiles): Problem[] {
  const spelt = Map.groupBy(files.keys(), (file) => file.toLowerCase());
  return [...spelt.values()].flatMap(([first, ...others]) =>
    others.map((file) => error(file, 1, "path-case", `many systems take it and ${first} for the same file`)),
  );
}

function folderProblems(files: SkillFiles, folder: string | null): Problem[] {
  const { name } = readFrontMatter(new TextDecoder().decode(files.get("SKILL.md")));
  if (folder === null || name === "" || name === folder) return [];
  const message = `the name is ${JSON.stringify(name)} and the folder ${JSON.stringify(folder)}; clients want them equal`;
  return [error("SKILL.md", 1, "name-folder", message)];
}

function bodyProblems(files: SkillFiles): Problem[] {
  const bytes = files.get("SKILL.md");
  if (bytes === undefined || !isUtf8(bytes)) return [];
  const { body, bodyLine } = readFrontMatter(new TextDecoder().decode(bytes));
  const words = body.match(WORD_CHARACTER)?.length ?? 0;
  const tokens = Math.ceil(words + (body.length - words) / CHARACTERS_PER_TOKEN);
  if (body.trim() === "") return [error("SKILL.md", bodyLine, "body-empty", "there is nothing after the front matter")];
  if (tokens <= MOST_SKILL_TOKENS) return [];
  return [
    warning(
      "SKILL.md",
      bodyLine,
      "too-long",
      `about ${tokens} tokens, advised are at most ${MOST_SKILL_TOKENS}; move detail to references/`,
    ),
  ];
}

function lengthProblems({ file, text }: Page): Problem[] {
  const lines = text.trimEnd().split("\n").length;
  const most = file === "SKILL.md" ? MOST_SKILL_LINES : MOST_REFERENCE_LINES;
  if (lines <= most) return [];
  return [warning(file, most + 1, "too-long", `${lines} lines, advised are at most ${most}; split it`)];
}

function contentsProblems({ file, text, outline, unread }: Page): Problem[] {
  const lines = text.trimEnd().split("\n").length;
  if (file === "SKILL.md" || unread !== null || lines <= MOST_LINES_WITHOUT_CONTENTS || hasContents(outline)) return [];
  const message = `${lines} lines without a table of contents at the start; advised above ${MOST_LINES_WITHOUT_CONTENTS}`;
  return [warning(file, 1, "contents-missing", message)];
}

function contradictionProblems(pages: readonly Page[]): Problem[] {
  const texts = pages.flatMap(({ file, outline: { paragraphs } }) => paragraphs.map((one) => ({ file, ...one })));
  return contradictionsIn(texts).map(({ positive, negative }) => {
    const message = `${JSON.stringify(negative.sentence)} against ${JSON.stringify(positive.sentence)} in ${positive.file}:${positive.line}`;
    return warning(negative.file, negative.line, "contradiction", message);
  });
}

/** As pages are (`page.ts`): read once. */
const SUSPICIOUS = new WeakMap<Uint8Array, readonly Suspicious[]>();

function suspiciousIn(bytes: Uint8Array): readonly Suspicious[] {
  const found = SUSPICIOUS.get(bytes) ?? suspiciousInstructions(new TextDecoder().decode(bytes));
  SUSPICIOUS.set(bytes, found);
  return found;
}

/** Scripts are read too. A skill may name a download in good faith; what else is found here has no place in one. */
function suspiciousProblems(file: string, bytes: Uint8Array): Problem[] {
  if (bytes.length > PAGE_LIMITS.characters)
    return file.endsWith(".md")
      ? []
      : [warning(file, 1, "not-checked", "too long to look for suspicious instructions")];
  if (!isUtf8(bytes)) return [];
  return suspiciousIn(bytes).map(({ line, kind, excerpt }) => {
    const message = `an instruction to ${kind}: ${JSON.stringify(excerpt)}`;
    return kind === "fetch"
      ? warning(file, line, `suspicious-${kind}`, message)
      : error(file, line, `suspicious-${kind}`, message);
  });
}

/** SKILL.md first. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "SKILL.md" || b === "SKILL.md") return a === "SKILL.md" ? -1 : 1;
  return a < b ? -1 : 1;
}

const tooDeep = (file: string) =>
  warning(file, 1, "too-deep", "advised is one folder below the skill, such as references/topic.md");
const notUtf8 = (file: string) => error(file, 1, "utf-8", "is no UTF-8 text");
