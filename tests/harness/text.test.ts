import { expect, test } from "vitest";
import { hiddenCharacter, printable } from "../../harness/text.ts";

test("text that could steer a terminal or turn the reading direction is made visible, on one line", () => {
  expect(printable("a\u001b[2Jb\u202ec\u0007\r\n d\u009b")).toBe("a�[2Jb�c� d�");
  expect(printable("Zürich 東京 “x” – 1")).toBe("Zürich 東京 “x” – 1");
});

test.each([
  ["an escape", "a\u001b[31m", "U+001B"],
  ["a turned direction", "a\u202eb", "U+202E"],
  ["a tag that no font shows", "a\u{e0041}", "U+E0041"],
  ["a line separator", "a\u2028b", "U+2028"],
  ["a carriage return within a line", "a\rb", "U+000D"],
  ["half a character", "a\ud800", "U+D800"],
  ["nothing hidden", "Zürich\t東京 👍🏽\r\nb", null],
])("%s is found in a text", (_, text, code) => {
  expect(hiddenCharacter(text)).toBe(code);
});
