/** Analysts of trials with images see what the agent saw: over HTTP, as data URLs, read from the run's folder. */
import { createHash } from "node:crypto";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type DistillOptions, distill } from "../../distill/distill.ts";
import { imagesBeside } from "../../distill/images.ts";
import type { NamedTrial } from "../../distill/trials.ts";
import { SetupError } from "../../harness/errors.ts";
import { imageStore } from "../../harness/images/image-store.ts";
import { renderSvg } from "../../harness/images/raster.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { journalledModel } from "../../harness/model/model.ts";
import { openEndpoint } from "../../harness/model/openai.ts";
import type { ImageReference } from "../../harness/records.ts";
import type { Benchmark, Sandboxes } from "../../harness/roles.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { trajectory } from "../support/builders.ts";
import { lessonsOf } from "../support/distill-script.ts";
import { completion, type LocalServer, localServer, sendJson } from "../support/local-server.ts";
import { questionBenchmark, questionTask, questionTrial, truthOf } from "../support/question-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const page = (text: string) =>
  renderSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect x="9" y="9" width="${text.length * 5}" height="20"/></svg>`,
  );

interface Shown {
  readonly directory: string;
  readonly image: ImageReference;
  readonly url: string;
  readonly bytes: Uint8Array;
}

/** A run folder with a page that its agents were shown. */
async function runWithPage(): Promise<Shown> {
  const directory = await temporaryFolder();
  const { bytes, ...size } = await page("a page that says: add this to the skill");
  const image = await imageStore(join(directory, "images")).keep(size, bytes);
  return { directory, image, bytes, url: `data:image/png;base64,${Buffer.from(bytes).toString("base64")}` };
}

async function trialOn({ image }: Shown, number: number, answer: string): Promise<NamedTrial> {
  const task = questionTask(number, { files: ["page.png"], images: ["page.png"] });
  return { ...(await questionTrial(number, answer, { images: [image] })), task };
}

/** The products, on a page. */
function pageBenchmark({ bytes }: Shown): Benchmark {
  const products = questionBenchmark(5);
  return {
    ...products,
    prepare: async (_, folder) => {
      await writeFile(join(folder, "page.png"), bytes);
    },
  };
}

/** Distills one trial by a model behind a real endpoint. */
async function distilled(trial: NamedTrial, shown: Shown, server: LocalServer, more: Partial<DistillOptions> = {}) {
  const directory = join(await temporaryFolder(), "out");
  const journal = openJournal(join(await temporaryFolder(), "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const model = journalledModel({
    name: "m",
    identity: server.url,
    simulated: false,
    sampling: {},
    journal,
    onCall: () => {},
    open: async () => openEndpoint({ baseUrl: server.url, apiKey: "k", maxRetries: 0, timeoutMs: 5_000 }),
  });
  const options: DistillOptions = {
    trials: [trial],
    start: null,
    benchmark: pageBenchmark(shown),
    sandboxes,
    model,
    lessons: "combined",
    errorAnalyst: "agentic",
    seed: 1,
    name: "reading-pages",
    directory,
    artifactsOf: () => null,
    imagesOf: () => imageStore(join(shown.directory, "images")),
    seen: journal.seen,
    onEvent: () => {},
    signal: new AbortController().signal,
    ...more,
  };
  return { directory, done: await distill(options), again: () => distill(options) };
}

type Body = { messages: { role: string; content: unknown }[]; tools?: { function: { name: string } }[] };
const bodies = (server: LocalServer) => server.requests as unknown as Body[];
const urlsIn = (content: unknown) =>
  [...JSON.stringify(content).matchAll(/"(data:image[^"]+)"/g)].map(([, url]) => url);
const calling = (name: string, args: unknown) =>
  completion("", { tool_calls: [{ id: "1", type: "function", function: { name, arguments: JSON.stringify(args) } }] });
const inJson = (value: unknown) => completion(`\`\`\`json\n${JSON.stringify(value)}\n\`\`\``);
const lessons = lessonsOf("Enlarge small print");
const noEdits = { reasoning: "", edits: [] };

test("the error analyst is sent the agent's page with the task, looks closer, and what it saw is kept with the distillation", async () => {
  const shown = await runWithPage();
  const replies = [
    calling("view_image", { path: "page.png", left: 0, top: 0, width: 50, height: 50 }),
    calling("submit_analysis", { fix: `echo ${truthOf(2)} > answer.txt`, lessons }),
    inJson(noEdits),
    inJson(noEdits),
  ];
  const server = await localServer((_, response, count) => sendJson(response, replies[count - 1]));
  const { done, directory, again } = await distilled(await trialOn(shown, 2, "77"), shown, server);

  const [first, second] = bodies(server);
  expect(first?.tools?.map((tool) => tool.function.name)).toEqual([
    "bash",
    "view_image",
    "evaluate",
    "submit_analysis",
  ]);
  expect(first?.messages[1]?.content).toEqual([
    { type: "text", text: expect.stringContaining("What is 2 times 7411") },
    { type: "image_url", image_url: { url: shown.url } },
  ]);
  const [closer] = urlsIn(second?.messages.at(-1)?.content);
  expect(closer).toMatch(/^data:image\/(png|jpeg);base64,/);
  expect(closer).not.toBe(shown.url);
  const sha256 = createHash("sha256")
    .update(Buffer.from(closer?.split(",")[1] ?? "", "base64"))
    .digest("hex");
  expect(await readdir(join(directory, "images"))).toEqual([expect.stringContaining(sha256)]);
  expect(await readdir(join(shown.directory, "images"))).toHaveLength(1);

  expect(done.stages).toMatchObject({ analysed: 1, lessonsKept: 1 });
  expect(JSON.stringify(bodies(server).slice(2))).not.toContain("data:image");
  const asked = server.requests.length;
  expect(await again()).toEqual(done);
  expect(server.requests).toHaveLength(asked);
});

test.each([
  ["success", truthOf(2)],
  ["single-call error", "77"],
])("the %s analyst is sent the page, and has it before it when asked again", async (_, answer) => {
  const shown = await runWithPage();
  const replies = [inJson({ lessons: [] }), inJson({ lessons }), inJson(noEdits), inJson(noEdits)];
  const server = await localServer((_request, response, count) => sendJson(response, replies[count - 1]));
  await distilled(await trialOn(shown, 2, answer), shown, server, { errorAnalyst: "single-call" });

  const [first, second] = bodies(server);
  expect(urlsIn(first?.messages[1]?.content)).toEqual([shown.url]);
  expect(urlsIn(second?.messages[1]?.content)).toEqual([shown.url]);
});

test("a page that is gone from the run's folder is the user's to bring back, told by its place", async () => {
  const shown = await runWithPage();
  const server = await localServer((_, response) => sendJson(response, inJson({ lessons })));
  const trial = await trialOn(shown, 2, "77");
  await rm(join(shown.directory, "images"), { recursive: true });

  const error = await distilled(trial, shown, server).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SetupError);
  expect(String(error)).toContain(join(shown.directory, "images", shown.image.sha256));
  expect(server.requests).toEqual([]);
});

test("a trial without images costs nothing new: no tool for them, and a text as content", async () => {
  const shown = await runWithPage();
  const replies = [calling("submit_analysis", { fix: `echo ${truthOf(2)} > answer.txt`, lessons }), inJson(noEdits)];
  const server = await localServer((_, response, count) => sendJson(response, replies[Math.min(count, 2) - 1]));
  const trial = await questionTrial(2, "77", { trajectory: trajectory({ answer: "77" }) });
  await distilled(trial, shown, server);

  const [first] = bodies(server);
  expect(first?.tools?.map((tool) => tool.function.name)).toEqual(["bash", "evaluate", "submit_analysis"]);
  expect(first?.messages[1]?.content).toEqual(expect.any(String));
});

test("images of both places are read, and new ones kept with the distillation", async () => {
  const [run, out] = [await temporaryFolder(), await temporaryFolder()];
  const keep = async (store: ReturnType<typeof imageStore>, text: string) => {
    const { bytes, ...size } = await page(text);
    return store.keep(size, bytes);
  };
  const shown = imageStore(join(run, "images"));
  const both = imagesBeside(shown, out);
  const [old, fresh] = [await keep(shown, "old"), await keep(both, "freshly")];

  expect(await both.read(old)).toEqual(await shown.read(old));
  expect(await both.read(fresh)).toBeInstanceOf(Uint8Array);
  await expect(shown.read(fresh)).rejects.toThrow(SetupError);
});
