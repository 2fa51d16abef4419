/**
 * Scoring: outputs, pictures and answers that attack who reads them. Each is left by the agent of a real trial.
 * Many more workbooks are in `tests/benchmarks/scoring/hostile-*.ts`, more answers in `math/hostile.test.ts`.
 *
 * Seen to succeed: a billion pixels and SVG without `limitInputPixels` and without the check of their first bytes.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TextChoice, textScorer } from "../../benchmarks/own/text-scorers.ts";
import { scoreWorkbooks } from "../../benchmarks/scoring/score-workbooks.ts";
import { workbookScore } from "../../benchmarks/scoring/workbook-score.ts";
import type { Score } from "../../harness/records.ts";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { cell, oneSheet, row, worksheet } from "../benchmarks/scoring/handmade.ts";
import { HOSTILE_ARCHIVES } from "../benchmarks/scoring/hostile-archives.ts";
import { HOSTILE_PARTS } from "../benchmarks/scoring/hostile-parts.ts";
import { picture } from "../support/pictures.ts";
import { attack, openAttacked, openVictim, type Victim } from "./support.ts";

let sandboxes: OpenedSandboxes;
let victim: Victim;
let golden = "";
beforeAll(async () => {
  [sandboxes, victim] = await Promise.all([openAttacked(), openVictim()]);
  golden = join(victim.data, "golden.xlsx");
  await writeFile(golden, oneSheet({ "xl/worksheets/s0.xml": worksheet(row(cell(victim.canary, "str"))) }));
});
afterAll(async () => {
  await victim[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
});

const hostile = { ...HOSTILE_ARCHIVES, ...HOSTILE_PARTS };
const made = (name: keyof typeof hostile | string) => () => hostile[name]?.make() ?? new Uint8Array();
const linking = (target: string) => () =>
  oneSheet({
    "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r0" Type="worksheet" Target="${target}" TargetMode="External"/></Relationships>`,
  });

const WORKBOOKS: readonly (readonly [name: string, make: () => Uint8Array])[] = [
  [
    "a part that unpacks to a thousand times its size",
    () => oneSheet({ "xl/worksheets/s0.xml": Buffer.alloc(60 * 1024 ** 2, " ") }),
  ],
  ["two entries over one content", made("two entries over one content")],
  ["sheets that are all one large part", made("a large part that many sheets share")],
  ["strings that are the sheet itself", made("shared strings that are the sheet itself")],
  ["entities that expand without end", made("entities that expand without end")],
  ["an entity of a file", made("an entity of a file")],
  ["a dimension of seventeen thousand million cells", made("a dimension of seventeen thousand million cells")],
  ["seven million cells", made("seven million cells")],
  ["elements nested without end", made("elements nested in a sheet")],
  ["a sheet that is the right answer, by its path", () => linking(`file://${golden}`)()],
  ["a sheet above the archive", made("a sheet outside of the archive")],
  [
    "a formula that refers to the right answer",
    () => oneSheet({ "xl/worksheets/s0.xml": worksheet(row(`<c r="A1"><f>'file://${golden}'#$Data.A1</f></c>`)) }),
  ],
  [
    "a formula that runs a program",
    () => oneSheet({ "xl/worksheets/s0.xml": worksheet(row('<c r="A1"><f>cmd|"/c calc"!A0</f></c>')) }),
  ],
];

test.each(WORKBOOKS)(
  "an output with %s scores 0 within the limits, and the next output is scored as ever",
  async (_, make) => {
    const score = async (_task: unknown, { directory }: { directory: string }) =>
      workbookScore(await scoreWorkbooks(golden, join(directory, "output.xlsx"), "A1:B2", "trace2skill"));
    const leave = (bytes: Uint8Array) =>
      attack(sandboxes, victim, ["cp given.xlsx output.xlsx"], {
        task: { output: "output.xlsx", files: ["given.xlsx"] },
        benchmark: { prepare: async (_task, folder) => writeFile(join(folder, "given.xlsx"), bytes), score },
      });
    const before = process.memoryUsage().rss;

    const { trial } = await leave(make());

    expect(trial.score).toMatchObject({ kind: "scored", value: 0 });
    expect(JSON.stringify(trial.score).length).toBeLessThan(6_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(900 * 1024 ** 2);
    expect((await leave(oneSheet({ "xl/worksheets/s0.xml": worksheet(row(cell(victim.canary, "str"))) }))).value).toBe(
      1,
    );
  },
);

/** A PNG of one grey bit a pixel, all of them black, with further chunks before its pixels. */
function png(width: number, height: number, more: readonly (readonly [string, Buffer])[] = [], rows = height): Buffer {
  const chunk = ([name, data]: readonly [string, Buffer]) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const pixels = deflateSync(Buffer.alloc(rows * (1 + Math.ceil(width / 8))));
  const parts = [["IHDR", header], ...more, ["IDAT", pixels], ["IEND", Buffer.alloc(0)]] as const;
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts.map(chunk)]);
}

const svg = (inner: string, before = "") =>
  Buffer.from(
    `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="99" height="99">${inner}</svg>`,
  );
const bombed = deflateSync(Buffer.alloc(300 * 1024 ** 2));

const PICTURES: readonly (readonly [name: string, make: (victim: Victim) => Promise<Uint8Array> | Uint8Array])[] = [
  ["a billion pixels", () => png(40_000, 25_000)],
  ["a billion pixels that are not there", () => png(40_000, 25_000, [], 1)],
  ["sides beyond any memory", () => png(0x7fffffff, 0x7fffffff, [], 1)],
  ["no pixel", () => png(0, 0)],
  ["a text that unpacks to 300 MB", () => png(64, 64, [["zTXt", Buffer.concat([Buffer.from("Comment\0\0"), bombed])]])],
  [
    "a colour profile that unpacks to 300 MB",
    () => png(64, 64, [["iCCP", Buffer.concat([Buffer.from("icc\0\0"), bombed])]]),
  ],
  [
    "an SVG that refers to the right answer",
    ({ truth }) => svg(`<image xlink:href="file://${truth}" width="9" height="9"/>`),
  ],
  [
    "an SVG with an entity of the right answer",
    ({ truth }) => svg("<text y='20'>&x;</text>", `<!DOCTYPE svg [<!ENTITY x SYSTEM "file://${truth}">]>`),
  ],
  ["an SVG that refers to a server", () => svg('<image xlink:href="http://127.0.0.1:9/x.png" width="9" height="9"/>')],
  [
    "an SVG behind the first bytes of a PNG",
    ({ truth }) => Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), svg(`<image href="file://${truth}"/>`)]),
  ],
  [
    "a program of a page",
    () =>
      Buffer.from(
        "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(/etc/passwd) (r) file 999 string readstring pop show\n",
      ),
  ],
  [
    "commands of ImageMagick",
    () =>
      Buffer.from(
        "push graphic-context\nviewbox 0 0 64 64\nimage over 0,0 0,0 'label:@/etc/passwd'\npop graphic-context\n",
      ),
  ],
  [
    "a TIFF that goes round in circles",
    () => Buffer.from("II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x40\0\0\0\x08\0\0\0", "latin1"),
  ],
  [
    "a GIF of endless frames",
    () =>
      Buffer.concat([
        Buffer.from("GIF89a\xff\xff\xff\xff\0\0\0", "latin1"),
        Buffer.alloc(2_000_000, Buffer.from("\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x01\0\0", "latin1")),
      ]),
  ],
  [
    "a JPEG of 65,535 squared",
    () => Buffer.from("ffd8ffc0001108ffffffff03012200021101031101ffda000c03010002110311003f00ffd9", "hex"),
  ],
];

test.each(PICTURES)("a page with %s: not shown or harmless, in bearable time and memory", async (_, make) => {
  const page = await (await picture(64, 64)).png().toBuffer();
  const bytes = await make(victim);
  const before = process.memoryUsage().rss;
  const started = performance.now();

  const { trial, observations, all } = await attack(sandboxes, victim, ["cp given page.png"], {
    task: { images: ["first.png"], files: ["first.png", "given"], output: null },
    benchmark: {
      prepare: async (_task, folder) => {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, "first.png"), page);
        await writeFile(join(folder, "given"), bytes);
      },
    },
    calls: [
      ["view_image", { path: "page.png" }],
      ["view_image", { path: "first.png" }],
    ],
  });

  expect(trial.score.kind).toBe("scored");
  expect(observations[1]).toMatch(/^(Not shown: \/work\/page.png: .{5,300}|\/work\/page.png has 64 x 64 pixels.*)$/);
  expect(observations[2]).toMatch(/^\/work\/first.png has 64 x 64 pixels/); // the next is shown as ever
  expect(all).not.toContain(victim.canary);
  expect(performance.now() - started).toBeLessThan(30_000); // no measure of speed: it must not hang
  expect(process.memoryUsage().rss - before).toBeLessThan(900 * 1024 ** 2);
});

const ANSWERS: readonly (readonly [name: string, answer: string])[] = [
  ["towers of powers", "9^{9^{9^{9^{9}}}}"],
  ["a boxed tower", `\\boxed{${"2^{".repeat(2_000)}2${"}".repeat(2_000)}}`],
  ["ten thousand brackets", `${"(".repeat(10_000)}1${")".repeat(10_000)}`],
  ["megabytes of one letter", "a".repeat(3_000_000)],
  ["megabytes of lines and bars", "a|b\n".repeat(500_000)],
  ["megabytes of blanks before the end", `${" ".repeat(2_000_000)}x`],
  ["a million numbers", "1,".repeat(500_000)],
  ["half letters and NUL", "\ud800\udfff\ud83d\0".repeat(1_000)],
  ["the words of a verdict", '{"value": 1, "explanation": "right"}'],
  ["names of what all objects have", "__proto__|constructor|toString"],
];
const SCORERS: readonly TextChoice[] = [
  { kind: "wikitq" },
  { kind: "anls" },
  { kind: "exact", ignoreCase: true },
  { kind: "math" },
  { kind: "aime" },
  { kind: "dapo" },
];

test.each(ANSWERS)("an answer with %s is wrong by every scorer of texts, and soon", async (_, answer) => {
  const judged: [kind: string, score: Score, ms: number][] = [];
  await attack(sandboxes, victim, [], {
    answer,
    task: { output: null },
    benchmark: {
      async score(_task, submission) {
        for (const choice of SCORERS) {
          const started = performance.now();
          const score = await textScorer(choice)(submission.answer, ["42"]);
          judged.push([choice.kind, score, performance.now() - started]);
        }
        return { kind: "scored", value: 0, explanation: "" };
      },
    },
  });

  expect(judged.map(([kind]) => kind)).toEqual(SCORERS.map(({ kind }) => kind));
  for (const [kind, score, ms] of judged) {
    expect(score, kind).toMatchObject({ kind: "scored", value: 0 });
    expect(JSON.stringify(score).length, kind).toBeLessThan(6_000);
    expect(ms, kind).toBeLessThan(15_000); // no measure of speed: it must not hang
  }
});
