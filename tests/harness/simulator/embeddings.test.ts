import { expect, test } from "vitest";
import { memoryPrompt } from "../../../agents/memory-prompt.ts";
import { cosineNearness } from "../../../harness/memory/cosine.ts";
import type { Embedder } from "../../../harness/model/embeddings.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { item } from "../memory/support.ts";
import { agentRequest, entry, manyEntries, openSimulator, playTrial } from "./support.ts";

interface Answer {
  simulated: boolean;
  data: { index: number; embedding: number[] }[];
  usage: { prompt_tokens: number };
}

async function embeddingsOf(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/embeddings`, { method: "POST", body: JSON.stringify(body) });
}

const ask = async (url: string, input: string | string[]) =>
  (await (await embeddingsOf(url, { model: "sim/embedding", input })).json()) as Answer;

test("embeddings say that they are simulated, are equal for equal texts, and have length 1", async () => {
  const { url, requests } = await openSimulator({ key: [entry()] });
  const answer = await ask(url, ["Sum the rows.", "Sort the rows by date.", ""]);
  expect(answer.simulated).toBe(true);
  expect(answer.data.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(await ask(url, "Sum the rows.")).toMatchObject({ data: [{ index: 0, embedding: answer.data[0]!.embedding }] });
  expect(answer.data.map(({ embedding }) => Math.round(Math.hypot(...embedding) * 1000) / 1000)).toEqual([1, 1, 0]);
  expect(answer.usage.prompt_tokens).toBe(4 + 6);
  expect(requests().total).toBe(0); // chat completions are counted, and these are none
});

test("texts that share more words are nearer, whatever the case and the order of the words", async () => {
  const { url } = await openSimulator({ key: [entry()] });
  const embedder: Embedder = {
    name: "sim/embedding",
    endpoint: url,
    embed: async (texts) => (await ask(url, [...texts])).data.map(({ embedding }) => embedding),
  };
  const nearness = cosineNearness(["Sum the amounts of each group", "Sort the rows by date"], embedder);
  const [sum = 0, sort = 0] = await nearness.to("EACH GROUP: amounts, sum of", new AbortController().signal);
  expect(sum).toBeGreaterThan(0.7);
  expect(sort).toBeLessThan(0.3);
});

test.each([
  [404, { model: "sim/large", input: "x" }, /does not exist here.*sim\/embedding/],
  [400, { model: "sim/embedding" }, /no request for embeddings/],
  [400, { model: "sim/embedding", input: [] }, /no request for embeddings/],
])("a wrong request is answered with %i", async (status, body, message) => {
  const { url } = await openSimulator({ key: [entry()] });
  const response = await embeddingsOf(url, body);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(message);
});

test("a habit is cured by the remedy in a memory as by the remedy in a skill, and by no other item", async () => {
  const key = manyEntries(120, { habits: ["formula-without-value"], slips: {} });
  const habit = HABITS.find(({ name }) => name === "formula-without-value")!;
  const { title, rule, reason } = habit.lessons[0]!;
  const { post } = await openSimulator({ key });
  const countSigned = async (memory: string, skill?: string) => {
    const trials = await Promise.all(
      key.map((task) => {
        const request = agentRequest(task, skill === undefined ? {} : { skill });
        request.messages[0]!.content += memory;
        return playTrial(post, request);
      }),
    );
    return trials.filter(({ commands }) => commands.some((command) => habit.sign.test(command))).length;
  };
  const [none, cured, vague, skilled] = await Promise.all([
    countSigned(""),
    countSigned(memoryPrompt([item("a", { title, description: reason, content: rule })])),
    countSigned(memoryPrompt([item("a", { content: "Double-check the work before handing it in." })])),
    countSigned("", `# S\n\n- ${rule}\n`),
  ]);
  expect(none).toBeGreaterThan(30);
  expect(vague).toBe(none);
  expect(cured).toBe(skilled);
  expect(cured).toBeLessThan(none / 3);
});
