import { expect, test } from "vitest";
import type { Attestation } from "../../harness/attest/attestation.ts";
import type { Outcome } from "../../harness/run/outcome.ts";
import { attestedOf } from "../../reports/attested.ts";
import { armsSection } from "../../reports/page/arms.ts";
import { RunSummary, summarize } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { manifest, task, trial } from "../support/builders.ts";

const attestation = (parts: Partial<Attestation> = {}): Attestation => ({
  visible: { "/work/input.xlsx": "0".repeat(64) },
  skill: null,
  canaries: [],
  flags: [],
  breaches: [],
  ...parts,
});
const reads = { "SKILL.md": ["prompt" as const], "references/rare.md": ["opened" as const] };

function summaryOf(...attestations: (Attestation | undefined)[]) {
  const trials = attestations.map((one, index) =>
    trial({ task: task({ id: `t-${index}` }), ...(one && { attestation: one }) }),
  );
  return summarize({ manifest: manifest(), trials });
}

/** Without the breaks of lines. */
const lineOf = (summary: RunSummary) => armsTable([summary]).replace(/\s+/g, " ");

test("an arm's attestation is one line, in the terminal and on the page", () => {
  const skill = { reads, watched: true };
  const flags = [{ rule: "outside", step: 0, found: "/home" }];

  const summary = summaryOf(attestation({ skill }), attestation({ skill, flags }));

  const line =
    "all 2 trials attested; 2 skill files in sight, SKILL.md in the prompt of 2, read beyond it: references/rare.md 2; " +
    "no canaries planted in the data, none of other trials seen; commands flagged in 1 trial (outside 1)";
  expect(lineOf(summary)).toContain(line);
  const page = armsSection({ arms: [summary], differences: [] } as unknown as Parameters<typeof armsSection>[0]);
  expect(page.body.text).toContain(line);
  expect(RunSummary.parse(summary)).toEqual(summary);
});

test("a bare arm says so; trials that are not fair, canaries and trials that say nothing are told aloud", () => {
  const canary = { kind: "canary" as const, detail: "it shows the canary of trial t-9.41" };

  expect(lineOf(summaryOf(attestation({ planted: 39 })))).toContain(
    "all 1 trial attested; no skill file in sight; no canary seen; no command flagged",
  );
  expect(lineOf(summaryOf(attestation({ breaches: [canary] }), undefined))).toContain(
    "1 of 2 trials attested; CANARY SEEN in 1 trial; NOT FAIR and unscored: 1 trial",
  );
});

test("attestations of 130,000 trials are added up", () => {
  const one = { attestation: attestation({ skill: { reads, watched: true } }) };

  expect(attestedOf(Array.from({ length: 130_000 }, () => one) as unknown as Outcome[])?.skill).toMatchObject({
    files: 2,
  });
});

test("a run of trials without attestation says nothing of it", () => {
  const summary = summaryOf(undefined, undefined);

  expect(summary).not.toHaveProperty("attested");
  expect(lineOf(summary)).not.toContain("attested");
});
