/**
 * What Markdown may ask of its parser, told by a plain scan of its lines before anything is parsed: quotes and lists in
 * each other take stack, and marks of emphasis in one paragraph take time by the square of their number.
 */

export interface MarkdownLimits {
  readonly characters: number;
  /** Of one line. */
  readonly lineCharacters: number;
  /** Sum over paragraphs of the square of their marks, and over quoted or listed lines of the square of their depth. */
  readonly work: number;
}

/** A page of a skill: a second or two of the parser's time at the most. */
export const PAGE_LIMITS: MarkdownLimits = { characters: 500_000, lineCharacters: 50_000, work: 10_000_000 };
/** What one edit puts in: it is parsed several times. */
export const EDIT_LIMITS: MarkdownLimits = { characters: 20_000, lineCharacters: 4_000, work: 1_000_000 };

/** Quotes and lists in each other. */
const MOST_NESTED = 20;
/** Columns of indentation that can make one level of a list. */
const INDENT = 2;
/** A quoted or listed line against a mark, in the parser's time. Measured. */
const NESTING_WORK = 100;

const MARKS = /[*_[\]`<!]/g;
/** Quote and list marks at the start of a line. */
const NESTING = /^[ \t]*(?:(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))[ \t]*)+/;
/** Ends any paragraph before it. A list that starts with another number than 1 does not. */
const STARTS_BLOCK = /^ {0,3}(?:$|[-*+][ \t]+\S|1[.)][ \t]+\S|#{1,6}[ \t])/;
/** Only without indentation: others may belong to a list, and end with it. */
const OPENS_FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;
/** HTML and lists may hold what looks like a fence and is none. From such a line on, code counts like prose. */
const UNSURE = /^ {0,3}<|```|~~~/;

/** Why a text is not to be parsed, with its line from 1; or null. Takes time in proportion to the length of the text. */
export function markdownProblem(text: string, limits: MarkdownLimits): { line: number; message: string } | null {
  if (text.length > limits.characters)
    return { line: 1, message: `${text.length} characters, at most ${limits.characters} are read` };
  const lines = text.split(/\r\n|\n|\r/);
  const fences = new Fences();
  let marks = 0;
  let work = 0;
  for (const [index, content] of lines.entries()) {
    const problem = (message: string) => ({ line: index + 1, message });
    if (content.length > limits.lineCharacters)
      return problem(`a line of ${content.length} characters, at most ${limits.lineCharacters} are read`);
    if (fences.holds(content)) {
      marks = 0;
      continue;
    }
    const depth = depthOf(content);
    if (depth > MOST_NESTED) return problem(`${depth} quotes and lists in each other, at most ${MOST_NESTED} are read`);
    if (STARTS_BLOCK.test(content)) marks = 0;
    const added = content.match(MARKS)?.length ?? 0;
    work += (marks + added) ** 2 - marks ** 2 + NESTING_WORK * depth ** 2;
    marks += added;
    if (work > limits.work)
      return problem("too many marks of emphasis, links, code, quotes and lists close together to be read");
  }
  return null;
}

function depthOf(line: string): number {
  const [start] = NESTING.exec(line) ?? [];
  if (start === undefined) return 0;
  const indent = start.length - start.trimStart().length;
  return Math.floor(indent / INDENT) + (start.match(/>|[-*+.)]/g)?.length ?? 0);
}

/** Which lines are surely code, so that what they hold does not count. */
class Fences {
  #open: string | null = null;
  #trusted = true;

  holds(line: string): boolean {
    const open = this.#open;
    if (open === null) {
      const [, ticks, tildes] = (this.#trusted && OPENS_FENCE.exec(line)) || [];
      this.#open = ticks ?? tildes ?? null;
      if (this.#open === null && UNSURE.test(line)) this.#trusted = false;
      return this.#open !== null;
    }
    const closing = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1] ?? "";
    if (closing.startsWith(open)) this.#open = null;
    return true;
  }
}
