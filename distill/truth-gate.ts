/**
 * The last gate before a skill is written: no line that distillation added may hold a ground truth of any task, evolve or test.
 * An edit that brought one is refused, and where it was merged, what it covers takes its place but for what holds the truth too.
 * What is told of a truth is that there was one: never its value, and of a test task never its name (invariant 9).
 */
import type { Applied, Files } from "./apply.ts";
import { type Common, commonness } from "./common-values.ts";
import type { Merge } from "./documents.ts";
import type { ScanReport } from "./guard-reports.ts";
import { pathProblem } from "./paths.ts";
import type { Edit, Patch } from "./records.ts";
import type { Made } from "./strategy.ts";
import { type FindTruths, type Held, type Truth, truthFinder } from "./truth-scan.ts";
import type { TruthSource } from "./truth-source.ts";

export interface GateOptions {
  readonly base: Files;
  readonly source: TruthSource;
  /** Titles of lessons by id; those that hold a truth name no reference file. */
  readonly titles: ReadonlyMap<string, string>;
  /** Routes and applies edits to the frozen base. */
  readonly make: (edits: readonly Edit[], titles: ReadonlyMap<string, string>) => Made;
  /** The inputs that a merge made this edit of; none for one that was proposed. */
  readonly coveredBy: (edit: string) => readonly Edit[];
}

export interface Refused {
  readonly edit: string;
  readonly reason: string;
}

export interface Passed extends Made {
  readonly refused: readonly Refused[];
  readonly scan: ScanReport;
}

/** Makes the skill of the edits, scans it, and makes it again without what was refused, until nothing is found. */
export async function passTruthGate(edits: readonly Edit[], options: GateOptions): Promise<Passed> {
  const truths = await options.source.truths();
  const scanner = scannerOf(truths, options);
  const titles = await cleanTitles(options.titles, scanner);
  const { clean, refused } = await withoutSecrets(edits, options.coveredBy, scanner);
  let left = clean;
  for (;;) {
    const made = options.make(left, titles);
    const { leaks, common } = await scanner.leaksIn(made.applied);
    if (leaks.length === 0) return { ...made, refused, scan: reportOf(truths, refused, common) };
    // What no edit holds alone came about by their meeting, so none of them can stay.
    const guilty = new Map(
      leaks.flatMap(({ truth, edits: behind }) => authorsOf(behind, made).map((id) => [id, truth])),
    );
    if (!left.some(({ id }) => guilty.has(id))) throw new Error("a line with a ground truth has no edit to refuse");
    for (const [edit, truth] of guilty) refused.push({ edit, reason: reasonOf(truth) });
    left = left.filter(({ id }) => !guilty.has(id));
  }
}

/** A truth on a line, with the edits behind it. */
interface Leak {
  readonly truth: Truth;
  readonly edits: readonly string[];
}

type Counts = Partial<Record<Common, number>>;

interface Scanner {
  /** The first truth that a text holds and that is not common. */
  secretIn(text: string): Promise<Truth | null>;
  leaksIn(applied: Applied): Promise<{ leaks: Leak[]; common: Counts }>;
}

function scannerOf(truths: readonly Truth[], { base, source }: GateOptions): Scanner {
  const find = truthFinder(truths);
  const startText = pagesOf(base)
    .map(({ text }) => text)
    .join("\n\n");
  const commonOf = commonness({ truths, find, source, startText });
  const secretOf = async ({ truths: held }: Held) => {
    const kinds = await Promise.all(held.map(commonOf));
    // One task that gives a value away makes it no secret of the others.
    const kind = kinds.find((one) => one !== null) ?? null;
    return { truth: kind === null ? (held[0] ?? null) : null, kind };
  };
  return {
    async secretIn(text) {
      for (const held of find(text)) {
        const { truth } = await secretOf(held);
        if (truth !== null) return truth;
      }
      return null;
    },
    async leaksIn(applied) {
      const leaks: Leak[] = [];
      const common: Counts = {};
      for (const { held, edits } of hitsIn(applied, find)) {
        const { truth, kind } = await secretOf(held);
        if (truth !== null) leaks.push({ truth, edits });
        if (kind !== null) common[kind] = (common[kind] ?? 0) + 1;
      }
      return { leaks, common };
    },
  };
}

/** What is found on lines that edits wrote; what the start skill has on its own lines is the user's. */
function hitsIn({ files, lines }: Applied, find: FindTruths): { held: Held; edits: readonly string[] }[] {
  const behind = new Map(lines.map(({ file, line, edits }) => [`${file}:${line}`, edits]));
  return pagesOf(files).flatMap(({ file, text }) =>
    find(text).flatMap((held) => {
      const span = Array.from({ length: held.to - held.from + 1 }, (_, index) => held.from + index);
      const edits = [...new Set(span.flatMap((line) => behind.get(`${file}:${line}`) ?? []))];
      return edits.length === 0 ? [] : [{ held, edits }];
    }),
  );
}

/** The edits that wrote a line; of a file that routing made, those that were routed to it. */
function authorsOf(behind: readonly string[], { routed }: Made): string[] {
  const files = new Set(routed.made.filter(({ id }) => behind.includes(id)).map(({ body }) => body.file));
  const inside = routed.edits.filter(({ body }) => files.has(body.file)).map(({ id }) => id);
  const own = behind.filter((id) => routed.edits.some((edit) => edit.id === id));
  return own.length > 0 ? own : inside;
}

async function withoutSecrets(
  edits: readonly Edit[],
  coveredBy: GateOptions["coveredBy"],
  scanner: Scanner,
): Promise<{ clean: Edit[]; refused: Refused[] }> {
  const refused = new Map<string, Refused>();
  const sift = async (some: readonly Edit[]): Promise<Edit[]> => {
    const kept: Edit[] = [];
    for (const edit of some) {
      const secret = await scanner.secretIn(textOf(edit));
      if (secret === null) kept.push(edit);
      else {
        refused.set(edit.id, { edit: edit.id, reason: reasonOf(secret) });
        kept.push(...(await sift(coveredBy(edit.id))));
      }
    }
    return kept;
  };
  const clean = await sift(edits);
  return { clean: [...new Map(clean.map((edit) => [edit.id, edit])).values()], refused: [...refused.values()] };
}

/** What an edit puts into a skill. */
function textOf({ body }: Edit): string {
  const texts = [
    "heading" in body ? body.heading : "",
    "link" in body ? body.link : "",
    "content" in body ? body.content : "",
    body.op === "create_file" ? body.file : "",
  ];
  return texts.filter((text) => text !== "").join("\n\n");
}

async function cleanTitles(titles: GateOptions["titles"], scanner: Scanner): Promise<Map<string, string>> {
  const clean = new Map<string, string>();
  for (const [lesson, title] of titles) if ((await scanner.secretIn(title)) === null) clean.set(lesson, title);
  return clean;
}

/** @param common counts of what may stand there, by why */
function reportOf(
  truths: readonly Truth[],
  refused: readonly Refused[],
  common: Readonly<Partial<Record<Common, number>>>,
): ScanReport {
  const values = (split: Truth["split"]) =>
    new Set(truths.filter((truth) => truth.split === split).map(({ value }) => value)).size;
  return { values: { evolve: values("evolve"), test: values("test") }, refused: refused.length, common: { ...common } };
}

function reasonOf({ split, task }: Truth): string {
  const whose = split === "test" ? "a task of the test half" : `task ${task}`;
  return `it holds a value of the answer of ${whose}`;
}

function pagesOf(files: Files): { file: string; text: string }[] {
  return [...files]
    .filter(([file]) => pathProblem(file) === null)
    .map(([file, bytes]) => ({ file, text: new TextDecoder().decode(bytes) }));
}

/** By the id of a merged edit, the edits that its merge covered by it. */
export function coveredByOf(patches: readonly Patch[], merges: readonly Merge[]): GateOptions["coveredBy"] {
  const known = new Map(
    [...patches, ...merges.map(({ output }) => output)].flatMap(({ edits }) =>
      edits.map((edit) => [edit.id, edit] as const),
    ),
  );
  const covered = new Map<string, Edit[]>();
  for (const fate of merges.flatMap(({ fates }) => fates)) {
    const input = known.get(fate.edit);
    if (fate.kind !== "merged" || input === undefined) continue;
    for (const into of fate.into.filter((id) => id !== fate.edit)) {
      const inputs = covered.get(into);
      if (inputs === undefined) covered.set(into, [input]);
      else inputs.push(input);
    }
  }
  return (edit) => covered.get(edit) ?? [];
}
