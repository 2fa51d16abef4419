import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type AnalyseOptions, analyse } from "../../distill/analyse.ts";
import { atOnce } from "../../distill/at-once.ts";
import { type FanOut, fanOut, prefixLines } from "../../distill/fan-out.ts";
import { propose } from "../../distill/propose.ts";
import type { NamedTrial } from "../../distill/trials.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { journalledModel } from "../../harness/model/model.ts";
import { openEndpoint } from "../../harness/model/openai.ts";
import { unseen } from "../support/builders.ts";
import { lesson, skill } from "../support/distill-builders.ts";
import { type Answer, completion, type LocalServer, localServer, sendJson } from "../support/local-server.ts";
import { sumTrial } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";

const LESSONS = '```json\n{"lessons": [{"title": "T", "rule": "Check it.", "reason": "Else."}]}\n```';
const EDITS = '```json\n{"reasoning": "", "edits": []}\n```';
const signal = new AbortController().signal;
const COUNT = 12;
const trials: NamedTrial[] = Array.from({ length: COUNT }, (_, index) => sumTrial(index + 1, 1));
const options: AnalyseOptions = {
  start: skill(),
  lessons: "success",
  errorAnalyst: "single-call",
  bench: null,
  artifactsOf: () => null,
  imagesOf: () => null,
  seen: unseen,
  context: "c",
};

async function setup(
  answer: Answer,
  how: { lead: boolean; leadMs?: number },
): Promise<FanOut & { server: LocalServer }> {
  const server = await localServer(answer);
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
  return { ...fanOut(model, how), server };
}

const textsOf = ({ requests }: LocalServer): string[] =>
  requests.map(({ messages }) => (messages as { content: string }[]).map(({ content }) => content).join("\n"));
const analyseAll = ({ model }: FanOut) =>
  atOnce(trials, { width: 128, signal }, (trial) => analyse(trial, options, { model, seed: 1, signal }));

test("the requests of all analysts begin with the same bytes: instructions, format and skill", async () => {
  const fan = await setup((_, response) => sendJson(response, completion(LESSONS)), { lead: true });
  await analyseAll(fan);

  const texts = textsOf(fan.server);
  expect(texts).toHaveLength(COUNT);
  const [share] = fan.shares();
  const prefix = texts[0]?.slice(0, (share?.sharedCharacters ?? 0) / COUNT) ?? "";
  expect(texts.every((text) => text.startsWith(prefix))).toBe(true);
  expect(prefix).toContain("Role: success analyst");
  expect(prefix).toContain("Always re-calc before saving.");
  expect(prefix).not.toContain("Add up the numbers of file number 1.");
  expect(share).toMatchObject({ caller: "success-analyst", openings: COUNT, inputTokens: 7 * COUNT });
  // The trajectories of these trials are a line long; with real ones of 20,000 tokens the share is smaller.
  expect((share?.sharedCharacters ?? 0) / (share?.characters ?? 1)).toBeGreaterThan(0.9);
});

test("proposers share instructions and skill; what the server read from its cache is told", async () => {
  const cached = { prompt_tokens: 1000, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 640 } };
  const fan = await setup((_, response) => sendJson(response, { ...completion(EDITS), usage: cached }), { lead: true });
  const sources = trials.map(({ id }) => ({
    trial: id,
    lessons: [lesson({ id: `${id}#1`, trial: id, rule: `Mind ${id}.` })],
  }));
  await atOnce(sources, { width: 128, signal }, (source) =>
    propose(source, skill(), { model: fan.model, seed: 1, signal }),
  );

  const [share] = fan.shares();
  expect(share).toMatchObject({ openings: COUNT, inputTokens: 1000 * COUNT, cachedTokens: 640 * COUNT });
  expect((share?.sharedCharacters ?? 0) / (share?.characters ?? 1)).toBeGreaterThan(0.9);
  expect(prefixLines(fan.shares())).toEqual([
    expect.stringMatching(
      /^proposer: 12 openings, 9\d % of their characters in the common prefix; 7680 of 12000 prompt tokens cached by the server$/,
    ),
  ]);
});

test("one call goes ahead, and the others follow when it was answered", async () => {
  let release = () => {};
  const answered = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fan = await setup(
    (_, response, count) =>
      void (count === 1 ? answered : Promise.resolve()).then(() => sendJson(response, completion(LESSONS))),
    { lead: true, leadMs: 60_000 },
  );
  const all = analyseAll(fan);
  while (fan.server.requests.length < 1) await setTimeout(5);
  await setTimeout(100);
  expect(fan.server.requests).toHaveLength(1);
  release();
  expect(await all).toHaveLength(COUNT);
  expect(fan.server.requests).toHaveLength(COUNT);
});

test("they do not wait longer than the prefix takes to be read, and not at all where there is no cache to fill", async () => {
  for (const how of [{ lead: true, leadMs: 50 }, { lead: false }]) {
    const held: (() => void)[] = [];
    const fan = await setup((_, response) => void held.push(() => sendJson(response, completion(LESSONS))), how);
    const all = analyseAll(fan);
    while (held.length < COUNT) await setTimeout(5);
    for (const answer of held) answer();
    expect(await all).toHaveLength(COUNT);
  }
});

test("a lead that fails holds nobody up, and one that is stopped stops the others", async () => {
  const failing = await setup(
    (_, response, count) =>
      count === 1 ? sendJson(response, { error: {} }, 500) : sendJson(response, completion(LESSONS)),
    { lead: true, leadMs: 60_000 },
  );
  const analyses = await analyseAll(failing);
  expect(analyses.filter(({ outcome }) => outcome.kind === "failed")).toHaveLength(1);

  const stop = new AbortController();
  const fan = await setup(() => undefined, { lead: true, leadMs: 60_000 });
  const stopped = atOnce(trials, { width: 128, signal: stop.signal }, (trial, own) =>
    analyse(trial, options, { model: fan.model, seed: 1, signal: own }),
  );
  while (fan.server.requests.length < 1) await setTimeout(5);
  stop.abort(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
});
