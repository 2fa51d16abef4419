/** The model's socket under programs that mean no good: real connections to it, written by hand. */
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type Gateway, openGateway } from "../../../harness/model/gateway.ts";
import { NO_USAGE, type Usage } from "../../../harness/records.ts";
import { type Completion, type Model, RefusedRequestError } from "../../../harness/roles.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const ANSWER: Completion = {
  reply: { role: "assistant", content: "hello", toolCalls: [], reasoning: null },
  finishReason: "stop",
  usage: { ...NO_USAGE, calls: 1, inputTokens: 9, outputTokens: 1 },
  fromJournal: false,
  durationMs: 0,
};

/** A gateway to a model that takes its time, and how many calls it had at once. */
async function slowGateway(answer: () => Completion = () => ANSWER, most = 1_000_000) {
  const calls = { now: 0, most: 0, all: 0 };
  const model: Model = {
    ...{ name: "m", endpoint: "none", simulated: false, sampling: {} },
    async complete({ signal }) {
      calls.now += 1;
      calls.all += 1;
      calls.most = Math.max(calls.most, calls.now);
      await sleep(60, undefined, { signal }).finally(() => {
        calls.now -= 1;
      });
      return answer();
    },
  };
  const path = join(await temporaryFolder(), "s");
  const spent = ({ inputTokens, outputTokens }: Usage) =>
    inputTokens + outputTokens >= most ? `${most} tokens` : null;
  const gateway: Gateway = await openGateway({ path, model, seed: 1, spent, signal: new AbortController().signal });
  onTestFinished(() => gateway[Symbol.asyncDispose]());
  return { gateway, path, calls };
}

function request(text: string, length?: number): string {
  const body = JSON.stringify({ messages: [{ role: "user", content: text }] });
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${length ?? body.length}\r\n\r\n${body}`;
}

/** Writes to the socket and reads until so many answers are there; none is waited for where none is wanted. */
async function send(path: string, text: string, answers: number): Promise<number[]> {
  const socket = connect(path);
  let said = "";
  await new Promise<void>((resolve) => {
    const statuses = () => said.match(/HTTP\/1\.1 \d+/g)?.length ?? 0;
    socket.on("data", (data) => {
      said += data;
      if (statuses() >= answers) resolve();
    });
    socket.on("close", () => resolve());
    socket.on("error", () => resolve());
    socket.write(text, () => (answers === 0 ? setTimeout(resolve, 30) : undefined));
  });
  socket.destroy();
  return (said.match(/(?<=HTTP\/1\.1 )\d+/g) ?? []).map(Number);
}

test("more programs than are answered at once wait for their turn, and all are answered", async () => {
  const { path, calls } = await slowGateway();

  const statuses = await Promise.all(Array.from({ length: 40 }, (_, at) => send(path, request(`ask ${at}`), 1)));

  expect(statuses.flat()).toEqual(Array(40).fill(200));
  expect(calls).toMatchObject({ most: 16, all: 40 });
});

test("requests written one behind the other into one connection pass neither the calls at once nor the tokens", async () => {
  const { gateway, path, calls } = await slowGateway(() => ANSWER, 100);

  const statuses = await send(path, Array.from({ length: 200 }, (_, at) => request(`ask ${at}`)).join(""), 200);

  expect(calls.most).toBe(16);
  expect(calls.all).toBeLessThanOrEqual(10 + 16);
  expect(gateway.usage.calls).toBe(calls.all);
  expect(statuses.filter((status) => status === 429)).toHaveLength(200 - calls.all);
});

test("a flood of requests is refused beyond what is held, and the next one is answered", async () => {
  const { path, calls } = await slowGateway();

  const statuses = await send(path, Array.from({ length: 400 }, (_, at) => request(`ask ${at}`)).join(""), 400);

  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(100);
  expect(calls.most).toBe(16);
  expect(await send(path, request("after"), 1)).toEqual([200]);
});

test("what is cut off, half written or no HTTP is nobody's fault but its writer's", async () => {
  const { gateway, path } = await slowGateway();

  await send(path, request("a", 10_000), 0);
  await send(path, request("a") + request("b", 10_000), 0);
  await send(path, "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 0);
  await send(path, request("a"), 0);

  expect(() => gateway.assertSound()).not.toThrow();
  expect(await send(path, request("after"), 1)).toEqual([200]);
});

test("a request that the server does not take is answered to the program, and makes no trial unscored", async () => {
  const { gateway, path } = await slowGateway(() => {
    throw new RefusedRequestError("http://secret:1/v1 answered 400 bad tool", "bad tool");
  });

  expect(await send(path, request("a"), 1)).toEqual([400]);
  expect(() => gateway.assertSound()).not.toThrow();
});
