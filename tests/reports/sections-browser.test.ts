/** Charts, the transfer map and the skill with its origins in a real browser, wide and narrow, light and dark. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, type TestContext, test } from "vitest";
import { writeReport } from "../../reports/page.ts";
import { NO_BROWSER, openBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { exampleExperiment } from "./browser-example.ts";
import { exampleDistillation, exampleReport } from "./example.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let browser: Browser | null;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
});

/** The example's report with a skill that two models used, and the trials that its lessons name. */
async function writtenPage(): Promise<string> {
  const folder = await temporaryFolder();
  const { runs } = await exampleExperiment(join(folder, "runs"), { tasks: 4, steps: 1 });
  const report = exampleReport();
  const hash = report.arms.find(({ arm }) => arm.startsWith("evolved"))?.skill ?? "";
  const distillation = { ...exampleDistillation(), skill: { path: "skill", hash } };
  const path = join(folder, "report.html");
  await writeReport(path, { ...report, distillations: [distillation] }, runs);
  return path;
}

async function open(
  context: TestContext,
  options: BrowserContextOptions,
): Promise<{ page: Page; complaints: string[] }> {
  if (browser === null) return context.skip(NO_BROWSER);
  const path = await writtenPage();
  const world = await browser.newContext(options);
  onTestFinished(() => world.close());
  const page = await world.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector("html[data-ready]");
  return { page, complaints };
}

test("a taught line opens by the keyboard, leads to its lesson on the page, and from there to the trial", async (context) => {
  const { page, complaints } = await open(context, { viewport: { width: 1280, height: 900 } });
  const block = page.locator("details.taught").first();

  await block.locator("summary").focus();
  await page.keyboard.press("Enter");
  await block.getByRole("link", { name: "Write values, not formulas" }).click();
  expect(new URL(page.url()).hash).toBe("#lesson-0-0");
  expect(await page.locator("#lesson-0-0").isVisible()).toBe(true);
  await block.getByRole("link", { name: "evolve/sheet-10.41" }).click();

  expect(await page.locator("#view h1").textContent()).toContain("sheet-10");
  expect(complaints).toEqual([]);
});

const OUTSIDE = `[...document.querySelectorAll(".chart")].flatMap((chart) => {
  const { left, right } = chart.getBoundingClientRect();
  return [...chart.querySelectorAll("text")]
    .map((text) => [text.textContent, text.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.left < left - 1 || box.right > right + 1))
    .map(([text]) => text);
})`;
const INK = 'getComputedStyle(document.querySelector(".chart .role-mark text")).fill';
const OPEN_ALL = 'document.querySelectorAll("#overview details").forEach((details) => { details.open = true; })';
const INCLUDED = ["#headline", "#transfer", "#cost-score", "#negative-transfer", "#skills"];

test.for([
  { colorScheme: "light", width: 1280, size: "wide", ink: "rgb(28, 30, 34)" },
  { colorScheme: "dark", width: 390, size: "narrow", ink: "rgb(231, 229, 224)" },
] as const)(
  "$colorScheme, $width pixels: one drawing of each chart is seen, its labels keep inside, and axe finds nothing",
  { timeout: 60_000 },
  async ({ colorScheme, width, size, ink }, context) => {
    const { page, complaints } = await open(context, { colorScheme, viewport: { width, height: 900 } });

    const seen = page.locator(".chart svg:visible");
    expect(await seen.evaluateAll((all) => all.map((svg) => svg.getAttribute("class")))).toEqual([size, size, size]);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    // A colour that was drawn in would be the same in both themes.
    expect(await page.evaluate(INK)).toBe(ink);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    await page.evaluate(OPEN_ALL);
    await page.evaluate(await readFile(AXE, "utf8"));
    const { violations } = await page.evaluate<AxeResults>(
      `axe.run({ include: ${JSON.stringify(INCLUDED.map((id) => [id]))} }, { resultTypes: ["violations"] })`,
    );
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" ")}`),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  },
);
