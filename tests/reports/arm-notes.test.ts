import { expect, test } from "vitest";
import { armNotes } from "../../reports/arm-notes.ts";
import { armsSection } from "../../reports/page/arms.ts";
import type { RunSummary } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { exampleReport } from "./example.ts";

const report = exampleReport();
const troubled: RunSummary = {
  ...report.arms[0]!,
  placebo: { kind: "shuffled", seed: 3, of: "f".repeat(64) },
  unisolated: true,
  learned: 6,
  memory: { hash: "m", leftOut: 4 },
  exits: { submitted: 50, "format-errors": 8, "time-limit": 2 },
  usage: { ...report.arms[0]!.usage, calls: 9, untold: 2 },
};

test("what a reader must know of an arm is told in the same sentences in the terminal and on the page", () => {
  const notes = armNotes(troubled);
  const page = armsSection({ ...report, arms: [troubled] }).body.text;
  const terminal = armsTable([troubled]).replace(/\s+/g, " ");

  expect(notes).toEqual([
    "not the skill ffffffffffff but a placebo of it: shuffled, seed 3",
    "ran with --sandbox none: its commands could read answers, files and the network",
    "the skill was distilled from 6 of these 30 tasks: no held-out score",
    "the memory was drawn from 4 of these 30 tasks: each was shown only what others taught",
    "of 60 trials, ended not by a submission but 8 by format-errors, 2 by time-limit",
    "the server told no tokens for 2 calls of 9: sums of tokens are too low",
  ]);
  for (const note of notes) {
    expect(page).toContain(`<small class="quiet">${note}</small>`);
    expect(terminal).toContain(note);
  }
});

test("of an arm where all went well nothing is told", () => {
  const fine = { ...report.arms[0]!, exits: { submitted: 60 } };

  expect(armNotes(fine)).toEqual([]);
});
