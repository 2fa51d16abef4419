/** The page in a real browser, opened from a disk as a reader does, with real clicks and keys. */
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, type TestContext, test } from "vitest";
import { writeReport } from "../../reports/page.ts";
import { NO_BROWSER, openBrowser } from "../support/browser.ts";
import { type ExampleExperiment, exampleExperiment, HOSTILE } from "./browser-example.ts";

const TASKS = 80;

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let browser: Browser | null;
let folder: string;
let example: ExampleExperiment;
/** One page that holds its trials, one with a folder of them beside it. */
let inside: string;
let beside: string;

beforeAll(async () => {
  browser = await openBrowser();
  if (browser === null) return;
  folder = await mkdtemp(join(tmpdir(), "trace2skill-page-"));
  example = await exampleExperiment(join(folder, "runs"), { tasks: TASKS, steps: 3 });
  [inside, beside] = [join(folder, "inside.html"), join(folder, "be side.html")];
  await writeReport(inside, example.report, example.runs);
  await writeReport(beside, example.report, example.runs, 0);
});

/** What the browser complained about in the pages of a test. */
let complaints: string[] = [];

afterEach(() => {
  const told = complaints;
  complaints = [];
  expect(told).toEqual([]);
});

/** Takes away what a test means to make the browser complain about; it must have. */
function expectComplaint(pattern: RegExp): void {
  expect(complaints.join("\n")).toMatch(pattern);
  complaints = complaints.filter((complaint) => !pattern.test(complaint));
}

afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** An open page, and what the browser asked for. */
interface Opened {
  readonly page: Page;
  readonly requests: string[];
}

async function open(context: TestContext, path: string, options: BrowserContextOptions = {}): Promise<Opened> {
  if (browser === null) return context.skip(NO_BROWSER);
  const world = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  onTestFinished(() => world.close());
  const page = await world.newPage();
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector("html[data-ready]");
  return { page, requests };
}

const tasks = (page: Page) => page.locator(".tasks-table tbody th").allTextContents();
const status = (page: Page) => page.locator("#tasks [role=status]").textContent();
const heading = (page: Page) => page.locator("#view h1");
const paper = (page: Page) => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
const hurt = (page: Page) => page.evaluate<unknown>("window.hurt");

test("a search narrows the tasks by what their instruction says, and an empty one brings them back", async (context) => {
  const { page } = await open(context, inside);
  expect(await status(page)).toBe(`${TASKS} of ${TASKS} tasks, 1 to 50 shown`);

  await page.keyboard.press("/");
  await page.keyboard.type("ZEBRA page");

  expect(await tasks(page)).toEqual(["task 1005"]);
  expect(await status(page)).toBe(`1 of ${TASKS} tasks`);
  await page.getByRole("searchbox").fill("");
  expect(await tasks(page)).toHaveLength(50);
});

test("a click on a column sorts by it, a second one the other way, and says so to those who cannot see it", async (context) => {
  const { page } = await open(context, inside);
  const means = async () => (await page.locator(".tasks-table td:nth-of-type(4) b").allTextContents()).map(Number);
  const sort = page.locator(".tasks-table thead").getByRole("button", { name: "evolved" });

  await sort.click();
  const ascending = await means();
  await sort.press("Enter");
  const descending = await means();

  expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
  expect(descending).toEqual(descending.toSorted((a, b) => b - a));
  expect(new Set([...ascending, ...descending])).toEqual(new Set([0, 50, 100]));
  expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("descending");
});

test("filters show what was lost against the baseline, one kind of task, and trials without a score", async (context) => {
  const { page } = await open(context, inside);
  const differences = () => page.locator(".tasks-table td:last-child").allTextContents();

  await page.getByLabel("Show").selectOption({ label: "Arm worse than baseline" });
  const lost = await differences();
  await page.getByLabel("Kind of task").selectOption("filter by dates");
  const kinds = await page.locator(".tasks-table td:nth-of-type(1)").allTextContents();
  await page.getByLabel("Kind of task").selectOption("");
  await page.getByLabel("Show").selectOption({ label: "With unscored trials" });

  expect(lost.length).toBeGreaterThan(0);
  expect(lost.every((text) => text.startsWith("−"))).toBe(true);
  expect(new Set(kinds)).toEqual(new Set(["filter by dates"]));
  expect(await tasks(page)).toEqual(["task 1003"]);
});

test("the two arms that are compared can stand alone, and the others come back", async (context) => {
  const { page } = await open(context, inside);
  const arms = () => page.locator(".tasks-table thead th.number button").allTextContents();

  await page.getByLabel("Columns").selectOption("two");
  await page.getByRole("combobox", { name: /^Arm/ }).selectOption({ label: "start" });
  const two = await arms();
  await page.getByLabel("Columns").selectOption("all");

  expect(two).toEqual(["no-skill", "start", "Difference"]);
  expect(await arms()).toEqual(["no-skill", "start", "evolved", "Difference"]);
});

test("pages of a long table follow each other, and the last one ends them", async (context) => {
  const { page } = await open(context, inside);

  await page.getByRole("button", { name: "Next" }).click();

  expect(await tasks(page)).toHaveLength(TASKS - 50);
  expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
});

test("a trial opens with its steps, all text as text; Escape goes back to where the reader was", async (context) => {
  const { page, requests } = await open(context, inside);
  await page.getByRole("searchbox").fill("task 1004");

  await page.locator(".tasks-table").getByRole("link", { name: "seed 42" }).first().click();
  await heading(page).waitFor();

  expect(await heading(page).textContent()).toBe("task 1004simulated");
  expect(await page.evaluate<string>("document.activeElement.tagName")).toBe("H1");
  expect(await page.locator(".steps > li").count()).toBe(3);
  expect(await page.locator(".steps .said").first().textContent()).toContain(HOSTILE.replace("\u202e", "\ufffd"));
  expect(await page.locator("#view img, #view script, .said b").count()).toBe(0);
  expect(await hurt(page)).toBeUndefined();
  await page.keyboard.press("Escape");
  expect(await page.locator("#overview").isVisible()).toBe(true);
  expect(await tasks(page)).toEqual(["task 1004"]);
  expect(requests).toEqual([pathToFileURL(inside).href]);
});

test("a long observation shows its start, and on a click all of it", async (context) => {
  const { page } = await open(context, inside);
  await page.locator(".tasks-table td a").first().click();
  const seen = page.locator(".steps .seen").first();

  expect(await seen.textContent()).not.toContain("row 29");
  await page.locator(".steps .more").first().click();

  expect(await seen.textContent()).toContain("row 29");
});

test("two arms on a task stand side by side, with the step where they part", async (context) => {
  const { page } = await open(context, inside);

  await page.locator(".tasks-table tbody tr").first().locator("td").last().getByRole("link").click();
  await heading(page).waitFor();

  const sides = await page.locator(".sides h2").allTextContents();
  expect(sides).toEqual(["no-skill, sim/large, seed 41", "evolved, sim/large, seed 41"]);
  expect(await page.locator("#view").textContent()).toContain("They do the same in the first step and part at step 2.");
  expect(await page.locator(".differing mark").allTextContents()).toContain('print(0, 1, "evolved")\n');
});

test("an address of a trial opens it straight away, and one that is not there is told", async (context) => {
  const { page } = await open(context, inside);
  const address = await page.locator(".tasks-table td a").first().getAttribute("href");

  await page.goto(`${pathToFileURL(inside).href}${address}`);
  await page.reload();
  await heading(page).waitFor();
  expect(await heading(page).textContent()).toContain("task 1000");
  await page.goto(`${pathToFileURL(inside).href}#trial=nowhere/t.1`);

  expect(await page.getByRole("alert").textContent()).toBe("This page holds no trial nowhere/t.1.");
});

test("a line of the skill opens to what is behind it, and from there to the trial that taught it", async (context) => {
  const { page } = await open(context, inside);

  await page.locator("#skills").getByText("Compute in Python and write the number").first().click();
  await page.locator("#skills").getByRole("link", { name: "evolve/sheet-10.41" }).first().click();
  await heading(page).waitFor();

  expect(await heading(page).textContent()).toContain("sheet-10");
  expect(await page.locator("#view .facts").first().textContent()).toContain("sample-spreadsheet evolve");
  expect(await page.locator(".steps > li").count()).toBe(3);
  await page.goBack();
  expect(await page.locator("#skills").isVisible()).toBe(true);
});

test("Back from a trial leads to where the reader was, also below the section whose address they came by", async (context) => {
  const { page } = await open(context, inside);
  const scrolled = () => page.evaluate<number>("window.scrollY");
  await page.locator(".contents").getByRole("link", { name: "Skills distilled" }).click();
  const heading = await scrolled();
  const line = page.locator("#skills").getByText("Compute in Python and write the number").last();
  await line.click();
  const left = await scrolled();

  await page.locator("#skills .behind").getByRole("link", { name: "evolve/sheet-10.41" }).click();
  await page.locator("#view h1").waitFor();
  await page.goBack();
  await page.locator("#skills").waitFor();

  expect(left).toBeGreaterThan(heading + 100);
  expect(Math.abs((await scrolled()) - left)).toBeLessThan(2);
});

test("the colours switch, and stay switched when the page is opened again", async (context) => {
  const { page } = await open(context, inside, { colorScheme: "light" });
  const light = await paper(page);

  await page.getByLabel("Colours").selectOption("dark");
  const dark = await paper(page);
  await page.reload();
  await page.waitForSelector("html[data-ready]");

  expect(dark).not.toBe(light);
  expect(await paper(page)).toBe(dark);
  await page.evaluate("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }");
  await page.getByLabel("Colours").selectOption("auto");
  expect(await paper(page)).toBe(light);
});

test("on paper the controls are gone, the colours light, the table is there, and of a trial all is shown", async (context) => {
  const { page } = await open(context, inside, { colorScheme: "dark" });

  await page.emulateMedia({ media: "print" });
  const pdf = await page.pdf({ format: "A4" });

  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(await page.locator(".controls").isVisible()).toBe(false);
  expect(await page.locator(".tasks-table").isVisible()).toBe(true);
  expect(await paper(page)).toBe("rgb(252, 252, 250)");
  await page.emulateMedia({ media: "screen" });
  await page.locator(".tasks-table td a").first().click();
  await heading(page).waitFor();
  await page.pdf({ format: "A4" });
  expect(await page.locator(".steps .seen").first().textContent()).toContain("row 29");
});

test("trials in a folder beside the page are read from the disk when one is opened, and only then", async (context) => {
  const { page, requests } = await open(context, beside);
  expect(requests).toHaveLength(1);

  await page.locator(".tasks-table td a").first().click();
  await heading(page).waitFor();

  expect(await page.locator(".steps > li").count()).toBe(3);
  expect(requests).toHaveLength(2);
  expect(requests[1]).toMatch(/\/be%20side\.trials\/[0-9a-f]{16}\.js$/);
  expect(await hurt(page)).toBeUndefined();
});

test("a page that was moved away from its folder says what is missing, and the next click tries again", async (context) => {
  const { page } = await open(context, beside);
  const trials = join(folder, "be side.trials");
  await rename(trials, `${trials}.away`);

  await page.locator(".tasks-table td a").first().click();

  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").textContent()).toContain("Keep the folder be side.trials beside this page");
  await rename(`${trials}.away`, trials);
  await page.keyboard.press("Escape");
  await page.locator(".tasks-table td a").first().click();
  await page.locator(".steps").waitFor();
  expectComplaint(/ERR_FILE_NOT_FOUND/);
});

test("the policy stops what a stranger might add: markup from a string, a script, a request", async (context) => {
  const { page } = await open(context, inside);

  const tried = await page.evaluate<string[]>(`Promise.all([
    () => { document.body.innerHTML = "<p>"; },
    () => { document.head.append(Object.assign(document.createElement("script"), { text: "window.hurt = 3" })); },
    () => { document.body.setAttribute("onclick", "window.hurt = 4"); document.body.click(); if (!window.hurt) throw new Error("did not run"); },
    () => fetch("data:text/plain,x"),
  ].map(async (attempt) => attempt()).map((attempt) => attempt.then(() => "done", () => "stopped")))`);

  expect(tried).toEqual(["stopped", "stopped", "stopped", "stopped"]);
  expect(await hurt(page)).toBeUndefined();
  expectComplaint(/Content Security Policy|TrustedHTML|TrustedScript/);
});

/** The starts of those whose contents would have to be scrolled to the side. */
function tooWide(parts: { scrollWidth: number; clientWidth: number; textContent: string | null }[]): string[] {
  return parts
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map(({ textContent }) => textContent?.slice(0, 40) ?? "");
}

test.for([
  ["light", 1280],
  ["dark", 390],
] as const)(
  "overview, a trial and two side by side break no rule of axe, and fit: %s, %i pixels wide",
  { timeout: 180_000 },
  async ([colorScheme, width], context) => {
    const { page } = await open(context, inside, { colorScheme, viewport: { width, height: 900 } });
    const addressOf = (link: string) => page.locator(link).first().getAttribute("href");
    const places = [
      { address: "#arms", shows: "#overview" },
      { address: await addressOf(".tasks-table td a"), shows: "#view .steps" },
      { address: await addressOf(".tasks-table td:last-child a"), shows: "#view .sides" },
    ];
    await page.getByRole("searchbox").fill("task 100"); // rows are alike, and axe looks at each for long
    await page.evaluate(await readFile(AXE, "utf8"));

    for (const { address, shows } of places) {
      await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
      await page.locator(shows).first().waitFor();
      const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
      const told = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" ")}`,
      );
      expect(told, shows).toEqual([]);
      expect(await page.evaluate<number>("document.documentElement.scrollWidth"), shows).toBeLessThanOrEqual(width);
      expect(await page.locator("#tasks, #view .part").evaluateAll(tooWide), shows).toEqual([]);
    }
  },
);
