import { expect, test } from "vitest";
import { definitionText } from "../../../reports/experiments/definition-bytes.ts";
import { readExperiment } from "../../../reports/experiments/source.ts";
import { SOUND } from "../../support/experiments.ts";

const WHERE = "mine.yaml";
const TEXT = `# Prüfung\n${JSON.stringify(SOUND)}\n`;

test.each<[string, Uint8Array, string]>([
  [
    "Windows-1252",
    Buffer.from("name: x\nabout: für\n", "latin1"),
    "mine.yaml:2:9: expected text in UTF-8, found no UTF-8",
  ],
  ["UTF-16", Buffer.from(`\ufeff${TEXT}`, "utf16le"), "mine.yaml:1:1: expected text in UTF-8, found UTF-16"],
])("%s is told with its place, and never read as something else", (_, bytes, message) => {
  expect(() => definitionText(bytes, WHERE)).toThrow(message);
});

test.each([
  ["with a byte order mark", `\ufeff${TEXT}`],
  ["with the line ends of Windows", TEXT.replaceAll("\n", "\r\n")],
])("UTF-8 %s reads as without", (_, text) => {
  const { definition } = readExperiment(definitionText(Buffer.from(text), WHERE), WHERE);

  expect(definition).toMatchObject(SOUND);
});
