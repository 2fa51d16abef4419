import { expect, test } from "vitest";
import { differencesSection } from "../../reports/page/differences.ts";
import { exampleReport } from "./example.ts";

const { differences } = exampleReport();
const textOf = (rows: typeof differences, links?: Parameters<typeof differencesSection>[1]) =>
  differencesSection(rows, links)!.body.text;

test("without a difference there is no section", () => {
  expect(differencesSection([])).toBeNull();
});

test("each difference shows what it could have seen, its p and the adjusted one, and says its verdict in words", () => {
  const text = textOf(differences);

  expect(text.match(/MDE \d+\.\d</g)).toHaveLength(differences.length);
  expect(text.match(/Holm (&lt; )?\d\.\d{3}</g)).toHaveLength(differences.length);
  expect(text).toMatch(/<summary>evolved [^<]*\+36\.7, gain \(\+20\.5 to \+52\.9, n 30 × 2, simulated\)<\/summary>/);
  expect(text).toMatch(/<p>Negative transfer: of \d+ tasks that no skill passes/);
  expect(text).toContain("Holm&#39;s adjustment is for 12 comparisons, ");
});

test("a warning that many differences share stands once, with which they are", () => {
  const warnings = [{ kind: "few" as never, text: "with 5 tasks no outcome is significant" }];
  const rows = differences.slice(0, 3).map((row, index) => ({ ...row, warnings: index < 2 ? warnings : [] }));

  const text = textOf(rows);

  expect(text.match(/no outcome is significant/g)).toHaveLength(1);
  expect(text).toContain("<b>2 of 3 differences:</b> with 5 tasks no outcome is significant");
  expect(text.match(/<ul class="warnings">[\s\S]*?<\/ul>/)![0]).toContain(rows[1]!.arm.arm);
  expect(textOf(rows.slice(1))).toMatch(/<li><b>[^<]+:<\/b> with 5 tasks/);
});

test("one comparison alone is not adjusted", () => {
  const alone = { ...differences[0]!, adjustment: { p: differences[0]!.p, comparisons: 1 } };

  expect(textOf([alone])).not.toContain("Holm");
});

test("tasks lead to their two trials side by side where the page holds them, and names stay text", () => {
  const [row] = differences;
  const hostile = { ...row!, wins: ["<b>task</b>"], losses: [], ties: [] };

  const text = textOf([hostile], {
    trial: () => null,
    diff: ({ arm, baseline }) => `#diff=${arm},${baseline}`,
  });

  expect(text).toContain(
    `<a href="#diff=${row!.arm.fingerprint},${row!.baseline.fingerprint}">&lt;b&gt;task&lt;/b&gt;</a>`,
  );
});

test("of thousands of tied tasks the first are named and the others counted", () => {
  const ties = Array.from({ length: 5000 }, (_, index) => `task-${index}`);

  const text = textOf([{ ...differences[0]!, ties }]);

  expect(text).toContain("task-199");
  expect(text).not.toContain("task-200");
  expect(text).toContain("and 4,800 more");
});
