/** The page of ten thousand trials in a real browser: its size, its first paint, a search, and opening a trial. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { writeReport } from "../../reports/page.ts";
import { type ExampleSize, exampleExperiment } from "../reports/browser-example.ts";
import { NO_BROWSER, openBrowser } from "../support/browser.ts";
import { median } from "./measure.ts";

const STEPS = 8;
const TIMES = 5;
/** Few tasks of many arms have short tables; many tasks of few arms have long ones, and most to search, above all with long instructions. */
const SHAPES: readonly ExampleSize[] = [
  { tasks: 1_000, arms: ["no-skill", "start", "evolved", "shuffled", "same-length"], seeds: [41, 42] },
  { tasks: 5_000, arms: ["no-skill", "evolved"], seeds: [41] },
  { tasks: 5_000, arms: ["no-skill", "evolved"], seeds: [41], instruction: 1_000 },
].map((shape) => ({ ...shape, steps: STEPS }));
const MOST_MB = 15;
const WORDS = ["zebra", "task 19", "rows 2 to 30", "wanted 7", "submitted", "no such word"];

export async function pageBench(): Promise<void> {
  await using browser = await openBrowser();
  if (browser === null) return console.log(`  skipped: ${NO_BROWSER}`);
  for (const shape of SHAPES) await measureShape(browser, shape);
}

async function measureShape(browser: Browser, shape: ExampleSize): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-page-bench-"));
  try {
    const { report, runs } = await exampleExperiment(join(folder, "runs"), shape);
    const started = performance.now();
    const { page, folder: beside } = await writeReport(join(folder, "report.html"), report, runs);
    const writing = performance.now() - started;
    const trials = runs.reduce((sum, run) => sum + run.trials.length, 0);
    const { tasks, arms = [], seeds = [], instruction } = shape;
    const long = instruction === undefined ? "" : `, instructions of ${instruction} characters`;
    console.log(
      `  ${trials} trials of ${STEPS} steps, ${tasks} tasks, ${arms.length} arms, ${seeds.length} seeds${long}`,
    );
    const besideMb = beside === null ? "" : `, and ${megabytes(await sizeOf(beside))} beside it`;
    const { size } = await stat(page);
    console.log(
      `    page               ${megabytes(size)} (wanted: under ${MOST_MB} MB)${besideMb}, written in ${(writing / 1000).toFixed(1)} s`,
    );
    failUnless(size < MOST_MB * 1e6);
    await measurePage(browser, pathToFileURL(page).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measurePage(browser: Browser, address: string): Promise<void> {
  const [paints, readies, searches, openings]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let time = 0; time < TIMES; time += 1) {
    await using context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForSelector("html[data-ready]");
    readies.push(await page.evaluate<number>("performance.now()"));
    paints.push(await page.evaluate<number>(FIRST_PAINT));
    for (const word of WORDS) searches.push(await searchMs(page, word));
    await page.getByRole("searchbox").fill("");
    openings.push(await page.evaluate<number>(OPEN_LAST));
  }
  told("first paint", paints, 2000);
  told("table there", readies, 2000);
  told("search", searches, 200);
  told("open a trial", openings, 200);
}

const FIRST_PAINT = `new Promise((resolve) => {
  const find = () => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (paint) resolve(paint.startTime); else requestAnimationFrame(find);
  };
  find();
})`;

/** From the key to the table laid out anew. */
function searchMs(page: Page, word: string): Promise<number> {
  return page.evaluate<number>(`(() => {
    const field = document.getElementById("task-search");
    field.value = ${JSON.stringify(word)};
    const started = performance.now();
    field.dispatchEvent(new Event("input"));
    void document.body.offsetHeight;
    return performance.now() - started;
  })()`);
}

/** From the click to the steps on the page. */
const OPEN_LAST = `new Promise((resolve) => {
  const links = document.querySelectorAll(".tasks-table a[href^='#trial=']");
  const started = performance.now();
  const watch = new MutationObserver(() => {
    if (!document.querySelector("#view .steps")) return;
    watch.disconnect();
    void document.body.offsetHeight;
    resolve(performance.now() - started);
  });
  watch.observe(document.getElementById("view"), { childList: true });
  links[links.length - 1].click();
})`;

function told(what: string, times: readonly number[], wantedMs: number): void {
  const [middle, slowest] = [median(times), Math.max(...times)];
  console.log(
    `    ${what.padEnd(18)} median of ${times.length}: ${middle.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms (wanted: under ${wantedMs} ms)`,
  );
  failUnless(middle < wantedMs);
}

/** What is out of bounds ends the bench with an exit code of its own, when all is printed. */
function failUnless(within: boolean): void {
  if (within) return;
  console.log("      OUT OF BOUNDS");
  process.exitCode = 1;
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
