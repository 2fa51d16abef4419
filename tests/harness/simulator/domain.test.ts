import { expect, test } from "vitest";
import { loadBenchmark } from "../../../benchmarks/index.ts";
import { domainOf, domainOfText } from "../../../harness/simulator/domain.ts";
import { asked } from "../../support/load-options.ts";

test("each sample is work of one kind, told by the key and by the text of the task alone", async () => {
  const domains: [string, string][] = [
    ["sample-spreadsheet", "workbook"],
    ["sample-tables", "workbook"],
    ["sample-mathematics", "mathematics"],
    ["sample-documents", "question"],
  ];
  for (const [name, domain] of domains) {
    const { tasks, answerKey } = await loadBenchmark(name, asked({ split: "test" }));
    const entries = await answerKey(tasks);
    expect(new Set(entries.map(domainOf)), name).toEqual(new Set([domain]));
    expect(new Set(tasks.map(({ instruction }) => domainOfText(instruction))), name).toEqual(new Set([domain]));
  }
});

test("a trajectory tells what kind of work an unknown task is, where its words do not", () => {
  expect(domainOfText("Please sort the list.\nbash: python3 -c 'import openpyxl'")).toBe("workbook");
  expect(domainOfText("Read the date off receipt.jpg. Answer: a date")).toBe("question");
  expect(domainOfText("Put the result into \\boxed{}.")).toBe("mathematics");
  expect(domainOfText("Which town is it?")).toBe("question");
});
