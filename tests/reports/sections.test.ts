import { describe, expect, test } from "vitest";
import { type ExperimentReport, experimentReport } from "../../reports/experiment.ts";
import { labelsOf } from "../../reports/page/charts-labels.ts";
import { costScoreSection } from "../../reports/page/cost-score.ts";
import type { IndexedRun, IndexedTask } from "../../reports/page/data.ts";
import { distillationsSection } from "../../reports/page/distillations.ts";
import { sentencesOf } from "../../reports/page/headline.ts";
import { linked, NO_LINKS, type PageLinks } from "../../reports/page/links.ts";
import { mergeTree } from "../../reports/page/merge-tree.ts";
import { negativeTransferSection } from "../../reports/page/negative-transfer.ts";
import { transferMaps, transferSection } from "../../reports/page/transfer-map.ts";
import { pageLinks } from "../../reports/page/trials.ts";
import { exampleDistillation, exampleReport } from "./example.ts";

const report = exampleReport();
const LINKS: PageLinks = {
  trial: (name) => `#trial=${name}`,
  diff: ({ arm, baseline }, task) => `#diff=${arm}.${baseline}.${task}`,
};
const markup = (section: { body: { text: string } } | null) => section?.body.text ?? "";
const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/** The report with the skill of two arms known as distilled, by two authors. */
function withTransfer(): ExperimentReport {
  const hashes = [...new Set(report.arms.map(({ skill }) => skill))].filter((hash) => hash !== null);
  const distillations = hashes.map((hash, index) => ({
    ...exampleDistillation(),
    name: `recipe ${index}`,
    model: index === 0 ? "sim/small" : "sim/large",
    skill: { path: "skill", hash },
  }));
  return { ...report, distillations };
}

describe("headline", () => {
  test("counts verdicts after Holm's adjustment and names the ends of the range, whatever their sign", () => {
    const differences = report.differences.slice(0, 3).map((difference, index) => ({
      ...difference,
      difference: [0.2, -0.3, 0.01][index]!,
      adjustment: { p: [0.01, 0.02, 0.9][index]!, comparisons: 3 },
    }));

    const [verdicts, range] = sentencesOf({ ...report, differences });

    expect(verdicts).toBe(
      "Of 3 differences from a baseline, 1 is a significant gain at 5 % after Holm’s adjustment for 3 comparisons, " +
        "1 is a significant loss, and 1 without evidence either way.",
    );
    expect(range).toMatch(/^They range from −30\.0 points \(.* n 30 × 2\) to \+20\.0 points \(.*95 % interval .*\)\.$/);
  });

  test("whether a lesson was kept is told by the report, not guessed from its words", () => {
    const lessons = exampleDistillation().lessons.map((lesson) => ({
      ...lesson,
      fate: { kind: "in doubt", detail: "", kept: false },
    }));

    expect(sentencesOf({ ...report, distillations: [{ ...exampleDistillation(), lessons }] })[2]).toMatch(
      /^1 distillation kept 0 of 14 lessons/,
    );
  });

  test("three sentences always: without a difference it tells the scores, without an arm's score that there is none", () => {
    const bare = { ...report, differences: [] };
    const unscored = { ...bare, arms: report.arms.map((arm) => ({ ...arm, mean: null })) };

    expect(sentencesOf(report)).toHaveLength(3);
    expect(sentencesOf(bare)[0]).toMatch(/^The arms score from \d+\.\d \(.* 95 % interval .* n \d+ × 2\) to /);
    expect(sentencesOf(unscored)[0]).toBe("12 arms, none of them with a score.");
    expect(sentencesOf(report)[2]).toMatch(
      /^1 distillation kept 11 of 14 lessons; all of it took [\d,]+ model calls and/,
    );
  });
});

describe("charts", () => {
  const charts = markup(costScoreSection(report));

  test("are drawn for wide pages and for phones, with a name and every number for those who cannot see them", () => {
    expect(count(charts, /<svg class="wide" role="img"/g)).toBe(2);
    expect(count(charts, /<svg class="narrow" role="img"/g)).toBe(2);
    const [, told] = charts.match(/<desc>([\s\S]*?)<\/desc>/) ?? [];
    for (const arm of report.arms.filter(({ benchmark }) => benchmark === "sample-spreadsheet"))
      expect(told).toContain(`${arm.arm}, ${arm.model}: `);
    expect(told).toMatch(/score \d+\.\d, 95 % interval \d+\.\d to \d+\.\d, n 30 × 2/);
  });

  test("have no style, no colour and no font of their own, so that the policy holds and both themes do", () => {
    const tags = charts.match(/<(?:svg|g|path|line|text|rect)\b[^>]*>/g) ?? [];

    expect(tags.length).toBeGreaterThan(100);
    expect(tags.filter((tag) => /\s(style|font-family|href|on\w+)=/.test(tag))).toEqual([]);
    expect(tags.filter((tag) => /(?:fill|stroke)="(?!none|transparent|var\(--\w+\))/.test(tag))).toEqual([]);
  });

  test("are the same whenever they are drawn, and hold no hostile text as markup", () => {
    const hostile = { ...report, arms: report.arms.map((arm) => ({ ...arm, arm: `</svg><script>${arm.arm}\u202e` })) };

    expect(markup(costScoreSection(exampleReport()))).toBe(charts);
    expect(markup(costScoreSection(hostile))).not.toMatch(/<script|\u202e/);
  });

  test("one arm, or none with a score, is no chart", () => {
    expect(costScoreSection({ ...report, arms: report.arms.slice(0, 1) })).toBeNull();
    expect(costScoreSection({ ...report, arms: report.arms.map((arm) => ({ ...arm, mean: null })) })).toBeNull();
  });
});

describe("labels of points", () => {
  const size = { width: 400, height: 280 };

  test("stand beside their points, to the left where there is no room to the right", () => {
    const [near, far] = labelsOf(
      [
        { x: 10, y: 50, text: "no skill" },
        { x: 390, y: 200, text: "evolved" },
      ],
      size,
    );

    expect(near).toMatchObject({ x: 20, y: 50, side: "right" });
    expect(far).toMatchObject({ x: 380, y: 200, side: "left" });
  });

  test("of points in one place stand apart from each other, and a long one is cut", () => {
    const points = Array.from({ length: 6 }, (_, index) => ({ x: 100, y: 140 + index, text: `arm ${index}` }));
    const labels = labelsOf([...points, { x: 0, y: 20, text: "x".repeat(200) }], size);

    const rows = labels
      .slice(0, 6)
      .map(({ y }) => y)
      .sort((a, b) => a - b);
    for (const [index, y] of rows.slice(1).entries()) expect(y - rows[index]!).toBeGreaterThanOrEqual(15);
    expect(labels.map(({ text }) => text.slice(0, 5))).toEqual([
      "arm 0",
      "arm 1",
      "arm 2",
      "arm 3",
      "arm 4",
      "arm 5",
      "xxxxx",
    ]);
    expect(labels[6]?.text).toMatch(/^x{20,40}…$/);
  });
});

describe("merge tree", () => {
  test("has a point for every patch and a line for every one that was merged, however many there are", () => {
    const patches = (size: number) => [
      ...Array.from({ length: size }, (_, index) => ({ id: `p${index}`, level: 0, into: "m", trials: 1 })),
      { id: "m", level: 1, into: null, trials: size },
    ];
    const tree = (size: number) =>
      mergeTree({ ...exampleDistillation(), origin: { start: null, patches: patches(size), edits: [], files: [] } })
        .text;
    const [wide] = tree(323).match(/<svg class="wide"[\s\S]*?<\/svg>/) ?? [""];

    expect(count(wide, /fill="var\(--accent\)"/g)).toBe(325); // 324 and the invisible root
    expect(count(wide, /stroke="var\(--quiet\)"/g)).toBe(323);
    expect(wide).not.toContain("NaN");
    expect(tree(323)).toContain("Merge tree: 323 patches of single trials above");
    expect(tree(1)).toContain("Merge tree: 1 patch of single trials above");
  });

  test("is left out where nothing was merged, and levels are told in numbers all the same", () => {
    const { text } = mergeTree({ ...exampleDistillation(), origin: undefined } as ReturnType<
      typeof exampleDistillation
    >);

    expect(text).not.toContain("<svg");
    expect(text).toContain("<b>38</b><span>patches</span>");
  });
});

describe("whose skill helps whom", () => {
  test("a skill's differences are found by its hash, one for each model that used it, against its first baseline", () => {
    const [map] = transferMaps(withTransfer());

    expect(map?.users).toEqual(["sim/small", "sim/large"]);
    expect(map?.rows.map(({ skill, author }) => [skill, author])).toEqual([
      ["recipe 0", "sim/small"],
      ["recipe 1", "sim/large"],
    ]);
    for (const { cells } of map?.rows ?? [])
      for (const { user, difference } of cells) {
        expect(difference?.arm.model).toBe(user);
        expect(difference?.baseline.arm).toBe("no skill");
      }
  });

  test("a cell has its interval, n, p and fingerprint, is shaded by its size, and says so of a loss", () => {
    const shown = withTransfer();
    const losing = {
      ...shown,
      differences: shown.differences.map((row) => ({ ...row, difference: -0.25, interval: { low: -0.4, high: -0.1 } })),
    };
    const body = markup(transferSection(losing));

    expect(count(body, /<td role="cell" class="loss-3"/g)).toBe(8);
    expect(body).toMatch(
      /−25\.0[\s\S]*?−40\.0 to −10\.0<\/small><small>n 30 × 2, p [<\d. ]+ against no skill<\/small><small><code class="fingerprint">[0-9a-f]{12}/,
    );
    expect(body).toContain('<span class="tag">simulated</span>');
    expect(body).toContain("scored by workbook-range/1, seeds 41, 42");
  });

  test("an unused skill, and a single skill with a single user, make no map", () => {
    expect(transferSection(report)).toBeNull();
    expect(
      transferMaps(experimentReport({ name: "", runs: [], differences: [], costs: [], distillations: [] })),
    ).toEqual([]);
  });
});

describe("negative transfer", () => {
  const broken = report.differences.map((row, index) => ({
    ...row,
    items: {
      ...row.items,
      passed: 9,
      harmed: index < 2 ? ["sheet-101", "sheet-102"] : index === 2 ? ["sheet-102"] : [],
    },
  }));

  test("lists first the tasks that are broken most often, each linked to both trials", () => {
    const body = markup(negativeTransferSection(broken, LINKS));
    const [, tasks] = body.split("The tasks that are broken most often");

    expect(tasks!).toContain('data-label="Comparisons that break it">3<');
    expect(tasks!.indexOf("sheet-102")).toBeLessThan(tasks!.indexOf("sheet-101"));
    expect(count(tasks!, /#diff=[0-9a-f]{12}\.[0-9a-f]{12}\.sheet-102/g)).toBe(3);
    expect(count(body, /<td role="cell" class="number" data-label="Passed before">9</g)).toBe(
      report.differences.length,
    );
  });

  test("says of both tables what was scored, by which rules, and on which seeds", () => {
    const body = markup(negativeTransferSection(broken, LINKS));
    const [, scored = ""] = body.match(/<small class="quiet">(score, [^<]*)<\/small>/) ?? [];

    expect(scored).toBe("score, scored by workbook-range/1, seeds 41, 42; score, scored by denotation/1, seeds 41, 42");
    expect(body.split(scored)).toHaveLength(3);
  });

  test("says so where nothing is broken", () => {
    const whole = broken.map((row) => ({ ...row, items: { ...row.items, harmed: [] } }));

    expect(markup(negativeTransferSection(whole, NO_LINKS))).toContain(
      "No arm breaks a task that its baseline passes.",
    );
    expect(negativeTransferSection([], NO_LINKS)).toBeNull();
  });
});

describe("the skill, line by line", () => {
  const body = markup(distillationsSection([exampleDistillation()], LINKS));

  test("a taught line opens to its edit, to lessons on the page and to their trials; a line of the start skill says so", () => {
    const [block] = body.match(/<details class="skill-block taught support-4">[\s\S]*?<\/details>/) ?? [""];

    expect(block).toContain('<span class="line-support">14</span>');
    expect(block).toContain("append to section (e-0), merged from 14 edits, from 1 lesson");
    expect(block).toContain('<a href="#lesson-0-0">Write values, not formulas without a cached value</a>');
    expect(block).toContain('<a href="#trial=evolve/sheet-10.41">evolve/sheet-10.41</a>');
    expect(count(body, /id="lesson-0-0"/g)).toBe(1);
    expect(body).toMatch(
      /<details class="skill-block"><summary><span class="line-support"><\/span><span class="skill-line"><span class="line-number">1<\/span><code># Spreadsheet work<\/code><\/span>\n.*\n<\/summary>\n<div class="behind"><p>of the start skill<\/p>/,
    );
  });

  test("every line opens, also of a skill that was drafted or made from nothing, and says what it comes from", () => {
    const { origin, ...distillation } = exampleDistillation();
    const kinds = ["frame", "parametric", "start", "split"] as const;
    const lines = kinds.map((kind) => ({ text: `from ${kind}`, edits: [], origin: kind }));

    const text = markup(
      distillationsSection([
        { ...distillation, origin: { ...origin!, start: null, files: [{ file: "SKILL.md", lines }] } },
      ]),
    );

    const told = [
      ...text.matchAll(/<code>from (\w+)<\/code>[\s\S]*?<div class="behind"><p>([^<]*)<\/p><\/div><\/details>/g),
    ];
    expect(told.map(([, kind, origins]) => [kind, origins])).toEqual([
      ["frame", "of the frame that the harness gives a new skill"],
      ["parametric", "of the model’s own draft, before any trial"],
      ["start", "of the start skill, moved here"],
      ["split", "written by the harness when it moved a page’s part"],
    ]);
    expect(text).not.toContain("skill-block taught");
  });

  test("what the harness wrote to hold rare edits has no support of its own", () => {
    const distillation = exampleDistillation();
    const edits = distillation.origin!.edits.map((edit) => ({ ...edit, by: "harness" as const }));

    const text = markup(distillationsSection([{ ...distillation, origin: { ...distillation.origin!, edits } }]));

    expect(text).toContain('taught support-0"><summary><span class="line-support"></span>');
    expect(text).toContain("written by the harness to hold edits of little support");
  });

  test("without the origin of its lines, the rest is shown as before", () => {
    const { origin: _, ...bare } = exampleDistillation();

    expect(markup(distillationsSection([bare]))).not.toContain("skill-text");
    expect(markup(distillationsSection([bare]))).toContain("Best supported lines");
  });
});

test("a lesson leads to the trial of the run whose agents had the skill that was deepened", () => {
  const asked: unknown[] = [];
  const trial: PageLinks["trial"] = (name, skill) => {
    asked.push([name, skill]);
    return null;
  };

  distillationsSection([exampleDistillation()], { ...LINKS, trial });

  expect(asked).toContainEqual(["evolve/sheet-10.41", exampleDistillation().origin!.start]);
});

test("runs of one name are told apart by the skill that a lesson's distillation deepened; without it none is guessed", () => {
  const run = { key: "a", name: "evolve-000000000000", skillHash: null } as IndexedRun;
  const task = { id: "t1", name: "t1" } as IndexedTask;
  const trial = (place: number) => [place, 0, 43, 1, "submitted", 1, "", null] as const;
  const deepened = { ...run, key: "b", name: "evolve-111111111111", skillHash: "s" };
  const links = pageLinks({ runs: [run, deepened], tasks: [task], trials: [trial(0), trial(1)], chunks: [] });

  expect(links.trial("evolve/t1.43", null)).toBe("#trial=a/t1.43");
  expect(links.trial("evolve/t1.43", "s")).toBe("#trial=b/t1.43");
  expect(links.trial("evolve/t1.43")).toBeNull();
  expect(links.trial("evolve-111111111111/t1.43")).toBe("#trial=b/t1.43");
  expect(links.trial("other/t1.43", null)).toBeNull();
});

test("a section can link within the page only", () => {
  expect(() => linked("https://example.org", "out")).toThrow(RangeError);
  expect(linked(null, "<b>").text).toBe("&lt;b&gt;");
});
