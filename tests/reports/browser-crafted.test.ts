/** The page in a real browser against crafted addresses, exchanged files and very long trials, and with the keyboard alone. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, type TestContext, test } from "vitest";
import { sha256 } from "../../harness/hash.ts";
import { imageStore } from "../../harness/images/image-store.ts";
import type { Trial } from "../../harness/records.ts";
import { trialName } from "../../harness/run/store.ts";
import { writeReport } from "../../reports/page.ts";
import { NO_BROWSER, openBrowser } from "../support/browser.ts";
import { exampleExperiment } from "./browser-example.ts";

const TASKS = 120;
const STEPS = 450;

let browser: Browser | null;
let folder: string;
let inside: string;
/** One task, and trials of many steps. */
let long: string;
/** The same, with the trials in files beside it. */
let exchanged: string;

beforeAll(async () => {
  browser = await openBrowser();
  if (browser === null) return;
  folder = await mkdtemp(join(tmpdir(), "trace2skill-crafted-"));
  const [many, few] = [
    await exampleExperiment(join(folder, "runs"), { tasks: TASKS, steps: 1, seeds: [41] }),
    await exampleExperiment(join(folder, "long"), { tasks: 1, steps: STEPS, seeds: [41] }),
  ];
  [inside, long, exchanged] = ["inside.html", "long.html", "exchanged.html"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeReport(inside, many.report, many.runs);
  await writeReport(long, few.report, few.runs);
  await writeReport(exchanged, few.report, few.runs, 0);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function open(context: TestContext, address: string, options: BrowserContextOptions = {}) {
  if (browser === null) return context.skip(NO_BROWSER);
  const world = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  onTestFinished(() => world.close());
  const page = await world.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, complaints };
}

interface Decoded {
  decode(): Promise<void>;
}

const addressOf = (path: string) => pathToFileURL(path).href;
const ready = (page: Page) => page.waitForSelector("html[data-ready]");
const focused = (page: Page) => page.evaluate<string | null>("document.activeElement.textContent");

test("an address that is no address is told, at once and later, and the table of tasks stays", async (context) => {
  const { page, complaints } = await open(context, `${addressOf(inside)}#trial=%`);
  await ready(page);

  expect(await page.getByRole("alert").textContent()).toBe("This page holds no trial %.");
  await page.keyboard.press("Escape");
  expect(await page.locator(".tasks-table tbody tr").count()).toBe(50);
  for (const crafted of ["#trial=%E0%A4%A", "#diff=%..%", "#diff=..", "#trial=__proto__/constructor.41"]) {
    await page.evaluate(`location.hash = ${JSON.stringify(crafted)}`);
    await page.getByText("This page holds no trial").waitFor();
    await page.keyboard.press("Escape");
  }
  expect(complaints).toEqual([]);
});

test("a page that lost the place for its tasks says so, and is silent about nothing", async (context) => {
  if (browser === null) return context.skip(NO_BROWSER);
  const cut = join(folder, "cut.html");
  await writeFile(cut, (await readFile(inside, "utf8")).replace('id="tasks"', 'id="gone"'));

  const { page, complaints } = await open(context, addressOf(cut));
  await page.waitForLoadState("load");

  await expect.poll(() => complaints).toEqual(["the page has no tasks"]);
});

test("a file beside the page that was exchanged is told, and nothing is waited for", async (context) => {
  const { page } = await open(context, addressOf(exchanged));
  await ready(page);
  const trials = join(folder, "exchanged.trials");
  const names = await readdir(trials);
  for (const [index, name] of names.entries()) {
    const chunk = name.slice(0, -3);
    await writeFile(join(trials, name), index % 2 === 0 ? "/* empty */" : `trace2skillChunk("${chunk}","%%%");`);
  }

  for (const link of await page.locator(".tasks-table tbody td a[href^='#trial']").all()) {
    await link.click();
    expect(await page.getByRole("alert").textContent()).toMatch(/Make the page again\.$/);
    await page.keyboard.press("Escape");
  }
});

test("after a trial the keyboard is where it was, and after a page of the table on the next button", async (context) => {
  const { page } = await open(context, addressOf(inside));
  await ready(page);
  const link = page.locator(".tasks-table td a").nth(7);
  await link.focus();

  await page.keyboard.press("Enter");
  await page.locator("#view h1").waitFor();
  await page.keyboard.press("Escape");

  expect(await link.evaluate((one) => one.matches(":focus"))).toBe(true);
  await page.getByRole("button", { name: "Next" }).press("Enter");
  expect(await focused(page)).toBe("Next");
  await page.keyboard.press("Enter");
  expect(await focused(page)).toBe("Previous");
});

test("of a trial of hundreds of steps the first are shown and the others on clicks, on paper all of them", async (context) => {
  const { page, complaints } = await open(context, addressOf(long));
  await ready(page);
  const steps = page.locator(".steps > li");
  await page.locator(".tasks-table td a").first().click();
  await page.locator("#view h1").waitFor();

  expect(await steps.count()).toBe(200);
  await page.getByRole("button", { name: "Show the next 200 of 250 more" }).click();
  expect(await steps.count()).toBe(400);
  await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
  expect(await steps.count()).toBe(STEPS);
  expect(await page.locator("#view button.more").count()).toBe(0);
  expect(complaints).toEqual([]);
});

/** One red pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);

/** More than the script keeps unpacked, between two showings of one image. */
const OTHERS = 10;

test("images that a model was shown are on the page, each held once; one that is gone is told by its name", async (context) => {
  const { report, runs } = await exampleExperiment(join(folder, "seen"), { tasks: 2, steps: 1, seeds: [41] });
  const gone = { sha256: sha256("gone"), mediaType: "image/jpeg", width: 3, height: 4 };
  for (const { directory, trials } of runs) {
    const store = imageStore(join(directory, "images"));
    const keep = (byte: number) =>
      store.keep({ mediaType: "image/png", width: 1, height: 1 }, Buffer.concat([PIXEL, Buffer.from([byte])]));
    const [kept, ...others] = await Promise.all(Array.from({ length: OTHERS + 1 }, (_, index) => keep(index)));
    for (const { task, seed } of trials) {
      const path = join(directory, "trials", `${trialName(task.id, seed)}.json`);
      const trial = JSON.parse(await readFile(path, "utf8")) as Trial;
      Object.assign(trial.trajectory!.prompt[1]!, { images: [kept, ...others, gone] });
      Object.assign(trial.trajectory!.steps[0]!, { images: [kept] });
      await writeFile(path, JSON.stringify(trial));
    }
  }
  const [packed, apart] = [join(folder, "seen.html"), join(folder, "apart.html")];
  await writeReport(packed, report, runs);
  await writeReport(apart, report, runs, 0);

  expect((await readdir(join(folder, "apart.trials"))).length).toBe(2 + OTHERS); // all trials, and each image once
  for (const path of [packed, apart]) {
    const { page, complaints } = await open(context, addressOf(path));
    await ready(page);
    await page.locator(".tasks-table td a").first().click();
    await page
      .locator(".images img[src]")
      .nth(1 + OTHERS)
      .waitFor({ state: "attached" });
    const widths = await page
      .locator(".images img")
      .evaluateAll((all) =>
        Promise.all(all.map((one) => (one as unknown as Decoded).decode().then(() => one.getAttribute("alt")))),
      );
    expect(widths).toHaveLength(2 + OTHERS);
    expect([widths[0], widths.at(-1)]).toEqual(["image 1, 1 × 1 pixels", "image 1, 1 × 1 pixels"]);
    expect(await page.locator("#view").textContent()).toContain(`images/${gone.sha256}.jpg of the run folder`);
    expect(complaints).toEqual([]);
  }
  expect(await readFile(inside, "utf8")).not.toContain("img-src");
});

test("on a sheet of paper no table is wider than the paper, whatever the number of arms", async (context) => {
  const { page } = await open(context, addressOf(inside), { viewport: { width: 718, height: 1000 } }); // A4 less its margins
  await ready(page);

  await page.emulateMedia({ media: "print" });

  const wider = "[...document.querySelectorAll('.part')].filter((one) => one.scrollWidth > one.clientWidth).length";
  expect(await page.evaluate<number>(wider)).toBe(0);
  expect(await page.evaluate<number>("document.querySelector('#differences .plot').clientWidth")).toBeGreaterThan(80);
});

test("with scripts switched off, all but the trials is there, and no control that would do nothing", async (context) => {
  const { page } = await open(context, addressOf(inside), { javaScriptEnabled: false });

  expect(await page.locator("#tasks").textContent()).toContain("by a script of its own: allow it to run");
  expect(await page.locator("#arms table").first().isVisible()).toBe(true);
  expect(await page.locator("#theme").isVisible()).toBe(false);
});

type Match = (left: readonly string[], right: readonly string[]) => [number, number][];

test("equal members of two lists are matched in order; of lists too long for it, what they share at both ends", async () => {
  const file = join(import.meta.dirname, "../../reports/page/browser/match.js");
  const { matchEqual }: { matchEqual: Match } = await import(pathToFileURL(file).href);
  const numbered = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name} ${index}`);

  expect(matchEqual([..."abcxdyz"], [..."abdqyz"])).toEqual([
    [0, 0],
    [1, 1],
    [4, 2],
    [5, 4],
    [6, 5],
  ]);
  expect(matchEqual([], ["a"])).toEqual([]);
  expect(matchEqual(["a", "a"], ["a"])).toEqual([[0, 0]]);
  const long = matchEqual(["start", ...numbered(60_000, "x"), "end"], ["start", ...numbered(60_000, "y"), "end"]);
  expect(long).toEqual([
    [0, 0],
    [60_001, 60_001],
  ]);
});
