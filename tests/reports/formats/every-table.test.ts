/** What a number needs to be believed stands beside it in every table that has scores, whatever the format. */
import ExcelJS from "exceljs";
import { describe, expect, test } from "vitest";
import { tablesFor } from "../../../harness/cli/report-tables.ts";
import type { Difference } from "../../../reports/compare.ts";
import type { ExperimentReport } from "../../../reports/experiment.ts";
import { intervalText, points, sampleSize, signedPoints } from "../../../reports/format.ts";
import { csvFiles } from "../../../reports/formats/csv.ts";
import { tableLatex } from "../../../reports/formats/latex.ts";
import { escapeLatex } from "../../../reports/formats/latex-text.ts";
import { tableMarkdown } from "../../../reports/formats/markdown.ts";
import { tableText } from "../../../reports/formats/terminal.ts";
import { xlsxBytes } from "../../../reports/formats/xlsx.ts";
import { NO_LINKS } from "../../../reports/page/links.ts";
import { sectionsOf } from "../../../reports/page/sections.ts";
import type { Table } from "../../../reports/table.ts";
import { transferTables } from "../../../reports/transfer-table.ts";
import { manifest, trial } from "../../support/builders.ts";
import { exampleReport, NO_SOURCE } from "../example.ts";

/** One benchmark, so that every table is of the same scorer; each arm with a metric beside its score. */
function smallReport(): ExperimentReport {
  const report = exampleReport();
  const own = ({ benchmark }: { benchmark: string }) => benchmark === "sample-spreadsheet";
  return {
    ...report,
    arms: report.arms.filter(own).map((arm) => {
      const { tasks, mean, interval } = arm;
      return { ...arm, metrics: { accuracy: { tasks, mean, interval } } };
    }),
    differences: report.differences.filter(own),
    distillations: report.distillations.map((one) => ({
      ...one,
      skill: { ...one.skill, hash: report.arms[1]!.skill! },
    })),
  };
}

const report = smallReport();
const [arm] = report.arms;
const [difference] = report.differences;

function transfersOf(row: Difference): Table[] {
  const cell = {
    author: "large",
    user: row.arm.model,
    arm: row.arm.arm,
    result: { kind: "compared", difference: row },
  } as const;
  const matrix = { benchmark: "sheets", outOfDistribution: false, recipe: "deepened", baselines: [row.baseline.arm] };
  return transferTables([{ ...matrix, authors: ["large"], users: [row.arm.model], cells: [cell] }]);
}

const tables = tablesFor("xlsx", report, {
  ...NO_SOURCE,
  transfers: transfersOf(difference!),
  runs: [{ directory: "", manifest: manifest(), trials: [trial()] }],
});

const OF_ARM = {
  n: sampleSize(arm!),
  seeds: arm!.seeds.join(", "),
  interval: intervalText(arm!.interval),
  fingerprint: arm!.fingerprint,
  scorer: arm!.scorer,
  simulated: "simulated",
};
const OF_DIFFERENCE = {
  ...OF_ARM,
  n: sampleSize({ tasks: difference!.tasks, seeds: difference!.arm.seeds }),
  interval: intervalText(difference!.interval, signedPoints),
  fingerprint: difference!.arm.fingerprint,
};
const { interval: _, ...COUNTS_OF_DIFFERENCE } = OF_DIFFERENCE;
const { seeds: __, ...METRICS_OF_ARM } = OF_ARM;

/** Of every table, what has to stand in it. Counts of tasks have no interval; seeds of metrics stand with their arms. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  arms: OF_ARM,
  metrics: METRICS_OF_ARM,
  differences: OF_DIFFERENCE,
  "negative-transfer": COUNTS_OF_DIFFERENCE,
  "transfer-sheets": OF_DIFFERENCE,
  costs: { simulated: "simulated" },
  "lines-errors + successes": { simulated: "simulated" },
  "lessons-errors + successes": { simulated: "simulated" },
  trials: { seed: "41", scorer: manifest().fingerprint.scorer, simulated: "simulated" },
};

/** Ends of an interval stand in cells of their own, as numbers. */
const ends = (text: string) => text.split(" to ").map((end) => Number(end.replace("−", "-")));

async function sheetTexts(table: Table): Promise<string[]> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load((await xlsxBytes([table])).slice().buffer);
  const texts: string[] = [];
  workbook.worksheets[0]!.eachRow((row) => row.eachCell((cell) => texts.push(cell.text)));
  return texts;
}

test("the tables are all that a report can have", () => {
  expect(tables.map(({ id }) => id)).toEqual(Object.keys(NEEDED));
});

describe.each(tables.map((table) => [table.id, table] as const))("table %s", (id, table) => {
  const needed = Object.entries(NEEDED[id] ?? {});

  test.each([
    ["terminal", tableText(table).replace(/\s+/g, " "), (text: string) => text],
    ["Markdown", tableMarkdown(table).replaceAll("\\", ""), (text: string) => text],
    ["LaTeX", tableLatex(table), escapeLatex],
  ] as const)("has in %s what its numbers need", (_format, text, shown) => {
    for (const [name, value] of needed) expect(text, name).toContain(shown(value));
  });

  test.each(["CSV", "workbook"])("has in a %s what its numbers need", async (format) => {
    const files = csvFiles([table]).map(({ text }) => text);
    const texts = format === "CSV" ? files.join("").split(/[,\r\n]+/) : await sheetTexts(table);
    const numbers = texts.map(Number).map((number) => points(number / 100));
    for (const [name, value] of needed) {
      if (name === "interval" && !texts.includes(value))
        expect(numbers, name).toEqual(expect.arrayContaining(ends(value).map((end) => points(end / 100))));
      else expect((format === "CSV" ? files : texts).join("\n"), name).toContain(value);
    }
  });
});

test.each([
  ["arms", OF_ARM],
  ["differences", OF_DIFFERENCE],
  ["negative-transfer", COUNTS_OF_DIFFERENCE],
  ["transfer", OF_DIFFERENCE],
  ["cost-score", OF_ARM],
] as const)("section %s of the page has what its numbers need", (id, needed) => {
  const section = sectionsOf({ report, links: NO_LINKS, trials: null }).find((one) => one.id === id);

  for (const [name, value] of Object.entries(needed)) expect(section?.body.text, name).toContain(value);
});
