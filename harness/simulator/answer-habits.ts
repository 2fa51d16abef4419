/** Habits that spoil an answer given as text: questions on tables and documents, and mathematics. */
import { reworded } from "./answer-form.ts";
import type { Habit } from "./habit.ts";

const fullSentence: Habit = {
  name: "full-sentence",
  theme: "Answers as text",
  domains: ["workbook", "question"],
  propensity: { small: 0.4, large: 0.34 },
  kinds: [],
  source:
    "arXiv:2603.25158, table 1: WikiTableQuestions without a skill 21.5 (122B), with a skill on spreadsheets 74.7: most of the loss is form. On DocVQA (table 3) ANLS 0.642 without a skill and 0.806 with one. Size assumed.",
  spoil: {
    at: "text",
    change: (answer) => `The answer to the question is ${answer}.`,
    python: `answer = [(sheet, cell, f"The answer to the question is {value}.") for sheet, cell, value, *_ in answer]`,
  },
  says: "I answer in a full sentence, so that it can be understood on its own.",
  sign: /answer to the question is/i,
  remark: "# the bare value is handed in",
  practised: /bare value is handed in/,
  cures:
    /^(?=.*\b(?:sentences?|explanation|words around|prose)\b)(?=.*\b(?:bare|only|just|nothing but)\b[^.]{0,40}\b(?:values?|names?|numbers?|items?|spans?|cells?|answer)\b)/i,
  lessons: [
    {
      title: "Answer with the bare value",
      rule: "When a question asks for a value, submit only the value, spelt as in the source, and no sentence around it.",
      reason: "The value was right, but it was wrapped in a sentence.",
    },
    {
      title: "No words around an answer",
      rule: "Give just the name or number asked for, without explanation, unit or full stop.",
      reason: "The comparison is with the value itself.",
    },
  ],
};

const addsToTheSpan: Habit = {
  name: "adds-to-the-span",
  theme: "Answers as text",
  domains: ["question"],
  propensity: { small: 0.24, large: 0.18 },
  kinds: [],
  source:
    "arXiv:2603.25158, table 3: on DocVQA without a skill accuracy is 71.2 and ANLS 0.642 (122B), so some answers lie near the span and are not it; ANLS strips no unit and no currency. Size assumed.",
  spoil: { at: "text", change: (answer) => `${answer} (as stated on the page)`, python: null },
  says: "I give it in full and in the usual form, so that nobody has to look anything up.",
  sign: /nobody has to look anything up/,
  remark: "# copied as it stands, with nothing added",
  practised: /copied as it stands, with nothing added/,
  cures:
    /^(?=.*\b(?:printed|verbatim|letter by letter|character by character)\b)(?=.*\b(?:copy|copied|keep)\b)(?=.*\b(?:units?|currency|dates?|separators?)\b)/i,
  lessons: [
    {
      title: "Copy the span as it is printed",
      rule: "Copy the answer letter by letter: leave dates and separators in the form in which they are printed, and add no unit, currency or remark that is not there.",
      reason: "The value was read right but put into another form, and the comparison is by letters.",
    },
    {
      title: "No other form, no addition",
      rule: "Keep dates and amounts exactly as printed on the page; do not convert or round them, and append no unit of your own.",
      reason: "What was added or converted counted as wrong letters.",
    },
  ],
};

/** Adds to a core that is an integer; anything else is left alone. */
function addTo(answer: string, amount: bigint): string {
  return reworded(answer, (core) => (/^-?\d+$/.test(core.trim()) ? String(BigInt(core) + amount) : core));
}

/** Of competitions the models get nine in ten right without a skill; our own problems are made to be stumbled over. */
const ON_COMPETITIONS = 0.15;
const MATHEMATICS =
  "Design section 8 names it; no count is published. Assumed, with room to gain on our own problems; on competitions near DAPO 92 and 89, AIME 90 and 83 (arXiv:2603.25158, table 2).";

const noRemainderCheck: Habit = {
  name: "no-remainder-check",
  theme: "Check the result",
  domains: ["mathematics"],
  propensity: { small: 0.32, large: 0.25 },
  kinds: [],
  withoutProgram: ON_COMPETITIONS,
  source: MATHEMATICS,
  spoil: { at: "text", change: (answer) => addTo(answer, 1n), python: null },
  says: "The number that comes out is what I report.",
  sign: /number that comes out is what I report/,
  remark: "# reduced as the question asks, and checked by division",
  practised: /reduced as the question asks/,
  cures:
    /^(?=.*\bremainders?\b)(?=.*\breduc\w+)(?=.*\b(?:last step|before (?:you )?(?:answer|submit|report)\w*)\b)(?=.*\b(?:division|divisor|divid\w+|modulus)\b)/i,
  lessons: [
    {
      title: "Reduce at the end",
      rule: "Where a question asks for a remainder or for lowest terms, reduce the final value as the last step, and verify it by division.",
      reason: "The number itself was right, but it was reported before it was reduced.",
    },
    {
      title: "Check the remainder before handing in",
      rule: "Before you submit, hold the value against the modulus: a remainder is smaller than its divisor, and a fraction in lowest terms has no common divisor left; reduce what is not.",
      reason: "An unreduced value was handed in, and one look at its size would have shown it.",
    },
  ],
};

const ignoresAskedRange: Habit = {
  name: "ignores-asked-range",
  theme: "Check the result",
  domains: ["mathematics"],
  propensity: { small: 0.3, large: 0.24 },
  kinds: [],
  withoutProgram: ON_COMPETITIONS,
  source: MATHEMATICS,
  spoil: { at: "text", change: (answer) => addTo(answer, -1n), python: null },
  says: "The end of the range falls away, since the loop stops there.",
  sign: /end of the range falls away/,
  remark: "# both ends of the range count as the question has it",
  practised: /both ends of the range count/,
  cures:
    /^(?=.*\b(?:ends?|endpoints?|bounds?|first and (?:the )?last)\b)(?=.*\b(?:range|interval)\b)(?=.*\binclu\w+)(?=.*\b(?:check|test|verify|try|substitut\w+)\b)/i,
  lessons: [
    {
      title: "Test both ends of the range",
      rule: "Check each end of the range that is asked for by itself: does the wording include it, and does the loop? A range in Python stops before its second bound.",
      reason: "A case at the end of the interval was left out.",
    },
    {
      title: "Included means included",
      rule: "Substitute the first and the last value of the stated interval and verify that each is counted if the bounds are included, and not if they are excluded.",
      reason: "A count or sum was off by what stands at a bound.",
    },
  ],
};

/** What is added to a span comes before the sentence around it. */
export const ANSWER_HABITS: readonly Habit[] = [noRemainderCheck, ignoresAskedRange, addsToTheSpan, fullSentence];
