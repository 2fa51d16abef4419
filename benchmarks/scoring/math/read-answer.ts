/**
 * What a response gives as its answer, by the rules of Math-Verify 0.8. Places are tried by rank; within a rank the one
 * that ends last comes first:
 *   0 "final answer is …. I hope"   50 "final answer is …", boxes   100 "answer: …"   200 "answer …"   300 any formula or number
 * The first one that can be read is the answer. The text of the first one tried stands beside it: two answers whose
 * texts are the same are the same, even if neither can be read.
 */

import { matchAt, type Span, type SpanReader, spanReader } from "./latex-spans.ts";
import { LONGEST_RESPONSE, MOST_FORMULA_CHARACTERS, MOST_FORMULAS } from "./limits.ts";
import { normalizeLatex } from "./normalize-latex.ts";
import { isTooLarge, parseLatex } from "./parse-latex.ts";
import { type PlainReader, type PlainValue, plainReader } from "./plain-values.ts";
import { setOf, type Value } from "./syntax.ts";

export interface Answer {
  /** Null when nothing could be read. */
  readonly value: Value | null;
  /** Null when nothing was found. */
  readonly text: string | null;
}

interface Reading {
  readonly value: Value | null;
  readonly text: string;
}

/** A place that may hold the answer. */
interface Place {
  readonly start: number;
  readonly end: number;
  /** Characters that reading it costs. */
  readonly length: number;
  readonly read: () => Reading;
}

interface Readers {
  readonly text: string;
  readonly spans: SpanReader;
  readonly plain: PlainReader;
}

const FINAL_IS = /final answer is:?\s*/giy;
const FINAL = /final answer/gi;
const IS = /\s+is:?/y;
const ANSWER = /answer/gi;
const I_HOPE = /\.?\s?I hope/y;
const BEYOND_OUR_GRAMMAR = /\\(?:sum|prod|int|lim|partial)(?![a-zA-Z])|\\frac\{d\}/;
const PLACES_IN_RANK = 1_000;

/** Reads a whole response; only its end, when it is very long. */
export function readResponse(response: string): Answer {
  const text = response.slice(-LONGEST_RESPONSE);
  const readers = { text, spans: spanReader(text), plain: plainReader(text) };
  const budget = { formulas: MOST_FORMULAS, characters: MOST_FORMULA_CHARACTERS };
  let firstText: string | null = null;
  for (const placesOfRank of RANKS) {
    for (const place of placesOfRank(readers).sort((a, b) => b.end - a.end || a.start - b.start)) {
      budget.formulas -= 1;
      budget.characters -= place.length;
      if (budget.formulas < 0 || budget.characters < 0) return { value: null, text: firstText };
      const { value, text: found } = place.read();
      if (found !== "") firstText ??= found;
      if (value !== null || mayBeReadable(found)) return { value, text: firstText };
    }
  }
  return { value: null, text: firstText };
}

/**
 * True for a formula that only we cannot read: numbers within it must not be taken for the answer, as they may be where
 * nobody can read it.
 */
function mayBeReadable(text: string): boolean {
  return BEYOND_OUR_GRAMMAR.test(text) || isTooLarge(text);
}

/** Reads an accepted answer: a formula, or a text with one in it, such as a worked solution. */
export function readAccepted(answer: string): Answer {
  return /\\boxed|(?<!\\)\$|\\\[/.test(answer) ? readResponse(answer) : readAlone(answer);
}

/** Reads an answer that stands alone: all of it is the formula, unless it holds a box. */
export function readAlone(answer: string): Answer {
  return answer.includes("\\boxed") ? readResponse(answer) : latexReading(answer, "all", false);
}

const RANKS: readonly ((readers: Readers) => Place[])[] = [
  (readers) => finalAnswers(readers, true),
  (readers) => [...finalAnswers(readers, false), ...boxes(readers)],
  (readers) => answers(readers, true),
  (readers) => answers(readers, false),
  anywhere,
];

function latexReading(text: string, mode: "all" | "last", percent: boolean): Reading {
  const normal = normalizeLatex(text, mode);
  const value = parseLatex(normal);
  return { value: value !== null && percent ? { kind: "percent", of: value } : value, text: normal };
}

function listPlace(start: number, list: readonly Span[]): Place {
  return {
    start,
    end: list.at(-1)?.end ?? start,
    length: list.reduce((length, { content }) => length + content.length, 0),
    read() {
      const readings = list.map(({ content, percent }) => latexReading(content, "all", percent));
      const values = readings.flatMap(({ value }) => (value === null ? [] : [value]));
      const [first = { value: null, text: "" }] = readings;
      if (readings.length < 2 || values.length < readings.length) return first;
      const items = values.flatMap((value) => (value.kind === "set" ? value.items : [value]));
      return { value: setOf(items), text: readings.map(({ text }) => text).join(" and ") };
    },
  };
}

function plainPlace(start: number, { end, value, text }: PlainValue): Place {
  return { start, end, length: text.length, read: () => ({ value, text }) };
}

/** Places from left to right, none within another of the same kind. */
function places(starts: Iterable<number>, placeAt: (start: number) => Place | null): Place[] {
  const found: Place[] = [];
  let free = 0;
  for (const start of starts) {
    if (start < free) continue;
    const place = placeAt(start);
    if (place === null) continue;
    found.push(place);
    free = place.end;
  }
  return found.slice(-PLACES_IN_RANK);
}

function startsOf(pattern: RegExp, text: string): number[] {
  return [...text.matchAll(pattern)].map(({ index }) => index);
}

function finalAnswers(readers: Readers, withHope: boolean): Place[] {
  const { text } = readers;
  const starts = startsOf(FINAL, text);
  const latexAt = (at: number, start: number) => listFrom(readers, at, start);
  const plainAt = (at: number, start: number) => plainFrom(readers, at, start, false);
  return [latexAt, plainAt].flatMap((read) =>
    places(starts, (start) => {
      if (withHope) return hopeful(text, start, read);
      for (let gap = 0; gap <= 100; gap += 1) {
        const [is] = matchAt(IS, text, start + 12 + gap) ?? [];
        if (is === undefined) continue;
        const after = start + 12 + gap + is.length;
        const [spaces = ""] = read === latexAt ? (matchAt(/\s*/y, text, after) ?? []) : [];
        const place = read(after + spaces.length, start);
        if (place !== null) return place;
      }
      return null;
    }),
  );
}

function hopeful(text: string, start: number, read: (at: number, start: number) => Place | null): Place | null {
  const [opening] = matchAt(FINAL_IS, text, start) ?? [];
  if (opening === undefined) return null;
  const after = start + opening.length;
  const place = read(after, start) ?? read(after - 1, start);
  const [hope] = place === null ? [] : (matchAt(I_HOPE, text, place.end) ?? []);
  return place === null || hope === undefined ? null : { ...place, end: place.end + hope.length };
}

function boxes({ text, spans }: Readers): Place[] {
  const listed = places(formulaStarts(text), (start) => {
    const list = spans.listAt(start, { boxedOnly: true });
    return list.length === 0 ? null : listPlace(start, list);
  });
  const start = text.indexOf("\\boxed{");
  const end = text.lastIndexOf("}") + 1;
  if (start < 0 || end < start + 9) return listed;
  const content = text.slice(start, end);
  const bare: Place = { start, end, length: 0, read: () => latexReading(content, "last", false) };
  return [...listed, bare];
}

function formulaStarts(text: string): number[] {
  return startsOf(/[$\\-]|\s\[/g, text);
}

function answers(readers: Readers, withColon: boolean): Place[] {
  const { text } = readers;
  const starts = startsOf(ANSWER, text).filter((start) => !withColon || text[start + 6] === ":");
  const from = (start: number) => start + (withColon ? 7 : 6);
  const latex = places(starts, (start) => firstWithin(50, (gap) => listFrom(readers, from(start) + gap, start)));
  const plain = places(
    starts,
    (start) => afterEquals(readers, from(start), start) ?? inLine(readers, from(start), start),
  );
  return [...latex, ...plain];
}

/** After the last equals sign near by, in the same line. */
function afterEquals(readers: Readers, from: number, start: number): Place | null {
  const line = readers.text.slice(from, from + 101).split("\n")[0] ?? "";
  for (let gap = line.length - 1; gap >= 0; gap -= 1) {
    if (line[gap] !== "=") continue;
    const [spaces = ""] = matchAt(/\s*/y, readers.text, from + gap + 1) ?? [];
    const after = from + gap + 1 + spaces.length;
    const place =
      plainFrom(readers, after, start, true) ?? (spaces === "" ? null : plainFrom(readers, after - 1, start, true));
    if (place !== null) return place;
  }
  return null;
}

function inLine(readers: Readers, from: number, start: number): Place | null {
  const lineEnd = readers.text.slice(from, from + 51).indexOf("\n");
  return firstWithin(lineEnd < 0 ? 50 : lineEnd, (gap) => plainFrom(readers, from + gap, start, true));
}

function firstWithin(most: number, read: (gap: number) => Place | null): Place | null {
  for (let gap = 0; gap <= most; gap += 1) {
    const place = read(gap);
    if (place !== null) return place;
  }
  return null;
}

function listFrom({ spans }: Readers, at: number, start: number): Place | null {
  const list = spans.listAt(at, { boxedOnly: false });
  return list.length === 0 ? null : listPlace(start, list);
}

function plainFrom({ text, plain }: Readers, at: number, start: number, noEqualsAfter: boolean): Place | null {
  if (at < 0 || at > text.length) return null;
  const sum = plain.sumAt(at);
  const usable = sum !== null && !(noEqualsAfter && matchAt(/\s*=/y, text, sum.end) !== null) ? sum : null;
  const found = usable ?? plain.numberAt(at, { noEqualsAfter });
  return found === null ? null : plainPlace(start, found);
}

function anywhere(readers: Readers): Place[] {
  const { text, plain } = readers;
  const starts = [0, ...startsOf(/[\s=]/g, text)];
  const placed = (start: number, found: PlainValue | null) => (found === null ? null : plainPlace(start, found));
  return [
    ...places(formulaStarts(text), (start) => listFrom(readers, start, start)),
    ...places(starts, (start) => placed(start, plain.sumAt(start))),
    ...places(starts, (start) => placed(start, plain.numberAt(start, { noEqualsAfter: false }))),
  ];
}
