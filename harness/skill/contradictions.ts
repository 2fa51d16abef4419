/**
 * Rules of a skill that say do and do not of the same thing, as far as a program can see it: two sentences with the same
 * verb and object and opposite sense, of which neither is limited by a condition that the other lacks. Few of the
 * contradictions that there may be, and few false alarms.
 */
export interface RuleText {
  readonly file: string;
  /** Of the paragraph's first line, from 1. */
  readonly line: number;
  /** A paragraph without Markdown's marks. */
  readonly text: string;
}

export interface Contradiction {
  readonly positive: Rule;
  readonly negative: Rule;
}

export interface Rule {
  readonly file: string;
  readonly line: number;
  readonly sentence: string;
  /** Stems of the verb and its object. */
  readonly core: string;
  /** Stems of what follows: purpose, place, condition. */
  readonly rest: string;
  readonly limited: boolean;
}

/** Said before a rule, whichever way it goes. */
const INTRODUCTION =
  /^(?:please|always|remember|make sure|be sure|ensure|it is (?:\w+ )?(?:important|essential|crucial|critical|necessary)|(?:you|agents?)(?= (?:must|should|may|can)\b))(?:,? that)?(?: you| agents?)?\s+(?:to\s+)?/i;
const NEGATIVE =
  /^(?:(?:must|should|may|can) ?(?:not|never)(?: ever)?|can't|don['\u2019]?t(?: ever)?|do not(?: ever)?|not to|never(?: ever)?|under no circumstances|avoid|no longer)\s+/i;
const POSITIVE = /^(?:always|must|should)(?: always)?\s+/i;
/** `Formulas must not be cached`: of whom, and what. */
const OF_A_THING = /^((?:[\w`'-]+ ){1,4}?)(?:must|should|may|can) (not |never |always )?(?=\w)/i;
/** What follows is shown as wrong, or as right beside it, and is no rule by itself. */
const EXAMPLE =
  /^(?:wrong|bad|incorrect|right|good|correct|better|don['\u2019]?ts?|do|dos|avoid|anti-?patterns?|mistakes?|pitfalls?|example|before|after|instead)(?: \([^)]*\))?$/i;
/** Where a rule stops to name its object. */
const BOUNDARY =
  /\s(?:to|for|when|whenever|where|if|unless|before|after|while|during|because|since|so|as|in|on|with|without|instead|rather|and|or|but|that|which|until|only|except|by|from|at|into|via|using|even|then|than)\b|[,;:()\u2013\u2014]/i;
/** A rule with one of these holds in some cases only. */
const LIMIT =
  /\b(?:if|unless|only|when|whenever|where|except|until|without|before|after|while|during|instead|rather|even|just|more than|less than|most|least|outside|inside|alone|both|as (?:the|long|asked|needed|required))\b/i;
const SMALL = new Set(["a", "an", "the", "your", "any", "this", "that", "these", "those", "its", "their", "very"]);
const LEAST_STEMS = 2;
const LONGEST_SENTENCE = 300;

/** Pairs of rules that contradict each other, in order of the negative one. */
export function contradictionsIn(texts: readonly RuleText[]): Contradiction[] {
  const rules = texts.flatMap(sentencesOf).flatMap(readRule);
  const positives = Map.groupBy(
    rules.filter(({ negative }) => !negative).map(({ rule }) => rule),
    ({ core }) => core,
  );
  return rules.flatMap(({ negative, rule }) => {
    if (!negative || rule.core.split(" ").length < LEAST_STEMS) return [];
    const against = (positives.get(rule.core) ?? []).find((other) => clash(rule, other));
    return against === undefined ? [] : [{ positive: against, negative: rule }];
  });
}

/** Said of just the same; or the prohibition is plain and the advice is without a limit. */
function clash(negative: Rule, positive: Rule): boolean {
  if (negative.rest === positive.rest) return true;
  return negative.rest === "" && !positive.limited;
}

interface Sentence extends RuleText {
  readonly sentence: string;
}

function sentencesOf(text: RuleText): Sentence[] {
  // A stop within `ws.max_row` or `3.5` ends nothing.
  return [...text.text.matchAll(/[^\n]+?(?:[.!?](?=\s|$)|\n|$)/g)].map((match) => ({
    ...text,
    line: text.line + text.text.slice(0, match.index).split("\n").length - 1,
    sentence: match[0].trim(),
  }));
}

function readRule({ file, line, sentence }: Sentence): { negative: boolean; rule: Rule }[] {
  // `Formulas: never …` is a rule behind a title.
  const titled = /^[A-Z][\w /'\u2019()-]{0,40}:\s+(?=\S)/.exec(sentence)?.[0] ?? "";
  if (EXAMPLE.test(titled.replace(/:\s+$/, ""))) return [];
  const said = sentence.slice(titled.length, LONGEST_SENTENCE).replace(/[.!?]+$/, "");
  const { negative, bare } = plainly(said);
  const end = BOUNDARY.exec(bare)?.index ?? bare.length;
  const [core, rest] = [stems(bare.slice(0, end)), stems(bare.slice(end))];
  return [{ negative, rule: { file, line, sentence, core, rest, limited: LIMIT.test(bare.slice(end)) } }];
}

/** The rule without the words that make it one; of a thing, with the thing first. */
function plainly(said: string): { negative: boolean; bare: string } {
  const rule = said.replace(INTRODUCTION, "").replace(INTRODUCTION, "");
  const negation = NEGATIVE.exec(rule)?.[0];
  if (negation !== undefined) {
    const bare = rule.slice(negation.length).replace(/^(?:ever|to)\s+/i, "");
    // `Avoid pandas` is `do not use pandas`, `avoid using pandas` as well.
    return { negative: true, bare: /^avoid/i.test(negation) && !/^\w+ing\b/i.test(bare) ? `use ${bare}` : bare };
  }
  const positive = rule.replace(POSITIVE, "");
  const thing = positive === rule ? OF_A_THING.exec(rule) : null;
  if (thing === null) return { negative: false, bare: positive };
  const [all, subject = "", sense = ""] = thing;
  return { negative: /not|never/i.test(sense), bare: `${subject}${rule.slice(all.length)}` };
}

function stems(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_][\p{L}\p{N}_.'-]*/gu) ?? [];
  return words
    .map((word) => word.replace(/[.'-]+$/, ""))
    .filter((word) => !SMALL.has(word))
    .map(stem)
    .join(" ");
}

/** `using` and `use`, `cells` and `cell`: enough to match a rule with its contrary. Names in code stay as they are. */
function stem(word: string): string {
  if (/[._\d]/.test(word) || word.length < 4) return word.replace(/e$/, "");
  return word.replace(/(?:ing|ed|es|s|e)$/, "");
}
