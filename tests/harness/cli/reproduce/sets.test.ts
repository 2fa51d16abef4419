import { expect, test } from "vitest";
import { chooseSets, setText } from "../../../../harness/cli/reproduce/sets.ts";
import { DOCVQA, DOCVQA_LATER } from "../../../../reports/paper/docvqa.ts";
import { MATHEMATICS } from "../../../../reports/paper/mathematics.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const CHOSEN = {
  name: "Vrf",
  choice: { benchmark: "spreadsheetbench", split: "test" },
  tasks: 100,
  of: 100,
  published: 200,
  standsFor: null,
} as const;

test("data that is not whole does not pass for the paper's: its number stands beside", () => {
  expect(setText(CHOSEN)).toBe("Vrf: spreadsheetbench/test, 100 of 100 tasks; the paper has 200.");
  expect(setText({ ...CHOSEN, tasks: 20, of: 200 })).toBe("Vrf: spreadsheetbench/test, 20 of 200 tasks.");
});

test("agents that write calls as text do so on every set, those that skills are distilled from included", async () => {
  const asked = {
    data: new Map<string, string>(),
    simulated: true,
    cacheDirectory: await temporaryFolder(),
    howMany: () => 2,
  };

  const text = await chooseSets(MATHEMATICS, { ...asked, protocol: "text" });
  const tools = await chooseSets(MATHEMATICS, { ...asked, protocol: "tools" });

  expect(text.map(({ name, choice }) => [name, choice.protocol])).toEqual([
    ["evolve", "text"],
    ["D-Test", "text"],
  ]);
  expect(tools.map(({ choice }) => "protocol" in choice)).toEqual([false, false]);
});

test.each([DOCVQA, DOCVQA_LATER])(
  "$id: the paper's two parts are all 5,349 questions of the validation set",
  ({ sets }) => {
    expect(Object.values(sets).reduce((sum, { published }) => sum + published, 0)).toBe(5_349);
  },
);
