import { expect, test } from "vitest";
import { formOf, reworded, wrongAnswer } from "../../../harness/simulator/answer-form.ts";

test("the core of an answer is found in a box, behind Answer:, or is all of it", () => {
  const cores = [
    "Answer: 42",
    "So x = 7 and y = 6.\nAnswer: 42",
    "\\boxed{42}",
    "It is \\boxed{7}, no: \\boxed{42}.",
    "Answer: $\\boxed{42}$",
    "42",
  ].map((text) => formOf(text).core);
  expect(cores).toEqual(["42", "42", "42", "42", "42", "42"]);
  expect(formOf("\\boxed{\\frac{3}{4}} as wanted").core).toBe("\\frac{3}{4}");
  expect(formOf("\\boxed{ never closed").core).toBe("\\boxed{ never closed");
  expect(formOf("No answer: given\nat all").core).toBe("No answer: given\nat all");
});

test("an answer with another core keeps its form", () => {
  expect(reworded("All in all.\nAnswer: 42\n", () => "43")).toBe("All in all.\nAnswer: 43\n");
  expect(reworded("$\\boxed{42}$.", (core) => `${core}0`)).toBe("$\\boxed{420}$.");
});

test("a wrong answer is never the right one, and looks like one", () => {
  const wrong = (text: string) => wrongAnswer({ text });
  expect(wrong("Answer: 62")).toBe("Answer: 127");
  expect(wrong("\\boxed{0}")).toBe("\\boxed{3}");
  expect(wrong("\\boxed{-\\frac{3}{14}}")).toBe("\\boxed{-\\frac{3}{31}}");
  expect(wrong("Answer: 123456789012345678901234567890")).toBe("Answer: 246913578024691357802469135783");
  expect(wrong("EUR 1,245.80")).toBe("EUR 2,491.63");
  expect(wrong("0.05")).toBe("0.13");
  expect(wrong("12 March 2026")).toBe("12 March 4055");
  expect(wrong("Leeds")).toBe("not stated");
  expect(wrongAnswer({ text: "Answer: 5", decoy: "6" })).toBe("Answer: 6");
  expect(wrongAnswer({ text: "Leeds", decoy: "York" })).toBe("York");
});
