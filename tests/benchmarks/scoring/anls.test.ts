import { expect, test } from "vitest";
import { answerSimilarity } from "../../../benchmarks/scoring/anls.ts";

const anls = (prediction: string, ...answers: string[]) => answerSimilarity(prediction, answers).anls;

test.each<[string, string, string[], number]>([
  ["capitals and outer white space do not matter, though white space dilutes", " ITC limited", ["itc Limited"], 1],
  ["the best of the answers counts", "paul", ["saul's", "Paul", "x"], 1],
  ["both empty are equal", "", [""], 1],
  ["nothing is nothing like something", "", ["a"], 0],
  ["a letter of four", "cart", ["card"], 0.75],
  ["just half counts", "ab", ["ax"], 0.5],
  ["less than half is nothing", "abc", ["axy"], 0],
  ["punctuation counts", "$ 5.00", ["$5.00"], 1 - 1 / 6],
  ["runs of white space become one, but the raw length divides", "a    b", ["a  c"], 1 - 1 / 6],
])("%s: %j against %j", (_, prediction, answers, expected) => {
  expect(anls(prediction, ...answers)).toBeCloseTo(expected, 12);
});

test("lengths are those of Python: code points, of the text in capitals", () => {
  expect(anls("😀a", "😁a")).toBe(0.5); // four units of UTF-16 would make it 0.75
  expect(anls("ß", "x")).toBe(0.5); // capitals of ß are two letters
  expect(anls("ﬃx", "ﬃy")).toBe(0.75); // capitals of the ligature are three
  expect(anls("Σ", "σ")).toBe(1);
  expect(anls("ΑΣ", "ας")).toBe(1); // a sigma that ends a word
});

test("white space is Python's: NBSP and the separators 1C to 1F are, zero-width space and the byte order mark are not", () => {
  for (const space of ["\u00a0", "\x1c", "\x1f", "\u0085", "\u2003", "\u3000"])
    expect(anls(`${space}a${space}b`, "a b"), space).toBe(1);
  for (const none of ["\u200b", "\ufeff"]) expect(anls(`a${none}b`, "a b"), none).toBeCloseTo(2 / 3, 12);
});

test("half a character, and more kinds of characters than UTF-16 has units, do not matter", () => {
  expect(anls("\ud83d", "\ud83d")).toBe(1);
  const every = Array.from({ length: 70_000 }, (_, index) => String.fromCodePoint(0x20000 + index)).join("");
  expect(anls(every, "\u{20000}")).toBe(0);
});

test("without an answer there is nothing to compare with", () => {
  expect(() => answerSimilarity("a", [])).toThrow(RangeError);
});

test.each([
  ["one word", "x".repeat(1_000_000), 0],
  ["many words", "some words and more ".repeat(50_000), 0],
  ["mostly white space, so that it could count", `4${" ".repeat(1_000_000)}2`, 1],
  ["diluted to just half, so that the distance is needed", "x ".repeat(250_000) + " ".repeat(500_000), 0.5],
])("a prediction of a million characters costs milliseconds: %s", (_, prediction, expected) => {
  const started = performance.now();
  expect(anls(prediction, "4 2", "an answer of thirty characters")).toBeCloseTo(expected, 4);
  expect(performance.now() - started).toBeLessThan(500); // some tens on an idle machine
});
