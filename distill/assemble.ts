/**
 * The frozen base and the splices that were settled on, to the lines of the new file. Pure.
 * What replaces lines that edits wrote is theirs as well: so the lessons behind a text stay with it when it is reworded.
 */
import { belongTogether, type Document } from "./markdown.ts";
import type { Line, Splice } from "./plan.ts";
import { withoutTwins } from "./twins.ts";

export interface Assembled {
  readonly text: string;
  readonly lines: readonly Line[];
}

/**
 * @param splices without conflicts; in order of rank, which decides among those at one place
 * @param authors what the document's own lines came from, where edits wrote some of them; left out: none did
 */
export function assemble(document: Document, splices: readonly Splice[], authors: readonly Line[] = []): Assembled {
  const eol = commonest(document.ends);
  const page = new Page();
  const inserts = Map.groupBy(splices.filter(isInsertion), ({ from }) => from);
  const removals = splices.filter((splice) => !isInsertion(splice));
  for (let index = 0; index <= document.lines.length; index += 1) {
    for (const splice of inOrder(inserts.get(index) ?? [])) page.insert(splice);
    const removal = removals.find(({ from, to }) => from <= index && index < to);
    if (removal?.from === index) page.replace(inheriting(removal, authors.slice(removal.from, removal.to)));
    const text = document.lines[index];
    if (removal !== undefined || text === undefined) continue;
    page.keep({ edits: [], ...authors[index], text }, document.ends[index] ?? "");
  }
  page.joinTwins();
  return { text: page.text(eol), lines: page.lines };
}

function inheriting(removal: Splice, removed: readonly Line[]): Splice {
  const before = new Set(removed.flatMap(({ edits }) => edits));
  const ofBase =
    removed.length === 0 ||
    removed.some(({ text, edits, fixed }) => fixed || (edits.length === 0 && text.trim() !== ""));
  const lines = removal.lines.map((line) => ({
    ...line,
    edits: [...new Set([...line.edits, ...before])],
    ...(ofBase && { fixed: true }),
  }));
  return { ...removal, lines };
}

function isInsertion({ from, to }: Splice): boolean {
  return from === to;
}

function inOrder(splices: readonly Splice[]): Splice[] {
  return splices.toSorted((one, other) => one.slot - other.slot || other.level - one.level);
}

function commonest(ends: readonly string[]): string {
  const counts = [...Map.groupBy(ends.filter(Boolean), (end) => end)].map(([end, all]) => ({ end, count: all.length }));
  return counts.reduce((one, other) => (other.count > one.count ? other : one), { end: "\n", count: 0 }).end;
}

/** Takes lines one after the other and sees to the blank lines around what is new. */
class Page {
  #lines: (Line & { readonly end: string | null })[] = [];
  /** The block that was put in last, while nothing has followed it. */
  #open: { readonly edits: readonly string[]; readonly raw: boolean } | null = null;

  get lines(): readonly Line[] {
    return this.#lines.map(({ end: _, ...line }) => line);
  }

  insert({ lines, raw }: Splice): void {
    const [first] = lines;
    if (first === undefined) return;
    if (!raw) this.#separate(first.text, first.edits);
    this.#open = null;
    for (const line of lines) this.#lines.push({ ...line, ...(raw && { fixed: true }), end: null });
    this.#open = { edits: lines.at(-1)?.edits ?? [], raw };
  }

  /** What replaces text keeps the distances that the text had, but for a heading. */
  replace({ lines, raw }: Splice): void {
    const [first] = lines;
    const last = lines.at(-1);
    if (first === undefined || last === undefined) return;
    if (this.#open !== null || (!raw && isHeading(first.text))) this.#separate(first.text, first.edits);
    for (const line of lines) this.#lines.push({ ...line, end: null });
    this.#open = !raw && isHeading(last.text) ? { edits: last.edits, raw } : null;
  }

  keep(line: Line, end: string): void {
    if (this.#open !== null && !this.#open.raw) this.#separate(line.text, this.#open.edits);
    this.#open = null;
    this.#lines.push({ ...line, end });
  }

  /** Once all lines are there. */
  joinTwins(): void {
    this.#lines = withoutTwins(this.#lines);
  }

  text(eol: string): string {
    return this.#lines
      .map(
        ({ text, end }, index) => text + (end === null || (end === "" && index < this.#lines.length - 1) ? eol : end),
      )
      .join("");
  }

  #separate(next: string, edits: readonly string[]): void {
    const previous = this.#lines.at(-1)?.text ?? "";
    if (previous.trim() === "" || next.trim() === "" || belongTogether(previous, next)) return;
    this.#lines.push({ text: "", edits: this.#open?.edits ?? edits, end: null });
  }
}

function isHeading(text: string): boolean {
  return /^ {0,3}#{1,6}(\s|$)/.test(text);
}
