/** Habits that spoil an answer given as text: questions on tables and documents, and mathematics. */
import type { Habit } from "./habit.ts";

const fullSentence: Habit = {
  name: "full-sentence",
  theme: "Answers as text",
  propensity: { small: 0.4, large: 0.34 },
  kinds: [],
  source:
    "arXiv:2603.25158, table 1: WikiTableQuestions without a skill 21.5 (122B), with a skill on spreadsheets 74.7: most of the loss is form. Size assumed.",
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
      rule: "When a question asks for a value, submit only the value, spelt as in the table, and no sentence around it.",
      reason: "The value was right, but it was wrapped in a sentence.",
    },
    {
      title: "No words around an answer",
      rule: "Give just the name or number asked for, without explanation, unit or full stop.",
      reason: "The comparison is with the value itself.",
    },
  ],
};

/** Adds to an answer that is an integer; anything else is left alone. */
function addTo(answer: string, amount: number): string {
  return /^-?\d+$/.test(answer.trim()) ? String(Number(answer) + amount) : answer;
}

const noRemainderCheck: Habit = {
  name: "no-remainder-check",
  theme: "Check the result",
  propensity: { small: 0.25, large: 0.18 },
  kinds: [],
  source: "Design section 8 names it; no count is published. Assumed.",
  spoil: { at: "text", change: (answer) => addTo(answer, 1), python: null },
  says: "The division is carried through once, and that settles it.",
  sign: /carried through once, and that settles/,
  remark: "# put back into the condition: the remainder agrees",
  practised: /the remainder agrees/,
  cures:
    /^(?=.*\bremainders?\b)(?=.*\b(?:substitut\w+|(?:put|plug\w*) (?:\w+ ){0,3}back)\b)(?=.*\b(?:condition|congruence|equation|divisor|modulus)\b)/i,
  lessons: [
    {
      title: "Check the remainder",
      rule: "Put the result back into each condition and verify the remainder by direct division, divisor by divisor, before answering.",
      reason: "The result was one off, and one division would have shown it.",
    },
    {
      title: "Substitute before submitting",
      rule: "Substitute the number found into the original congruence or equation and compare the remainders.",
      reason: "A slip of one survived to the end.",
    },
  ],
};

const ignoresAskedRange: Habit = {
  name: "ignores-asked-range",
  theme: "Check the result",
  propensity: { small: 0.25, large: 0.15 },
  kinds: [],
  source: "Design section 8 names it; no count is published. Assumed.",
  spoil: { at: "text", change: (answer) => addTo(answer, 1000), python: null },
  says: "This value solves it, whatever its size.",
  sign: /solves it, whatever its size/,
  remark: "# inside the range that was asked for",
  practised: /inside the range that was asked/,
  cures:
    /^(?=.*\b(?:range|interval|residue|form)\b)(?=.*\b(?:asked|requested|stated|demanded)\b)(?=.*\b(?:reduce\w*|modulo|modulus|mod|bring|between)\b)/i,
  lessons: [
    {
      title: "Give the answer in the range asked for",
      rule: "Read again which range or residue is asked for and reduce the result modulo the number named before you submit.",
      reason: "The value solved the equation but lay outside the range of allowed answers.",
    },
    {
      title: "Reduce at the end",
      rule: "If the answer must lie between stated bounds, bring it into the requested interval as the last step.",
      reason: "An unreduced value was handed in.",
    },
  ],
};

export const ANSWER_HABITS: readonly Habit[] = [noRemainderCheck, ignoresAskedRange, fullSentence];
