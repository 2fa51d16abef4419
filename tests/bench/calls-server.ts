/**
 * A lean model server in a process of its own, started by `fork`: every chat request is answered after the same time, with a
 * bash command and some thousand characters of words, the last of a conversation with `submit`. It reads no JSON: where a
 * conversation stands is told by the last `TURN:` in the request.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ServerTold {
  readonly url: string;
  readonly calls: number;
  readonly most: number;
  readonly cpuMs: number;
}

const [latencyMs = 2_000, turns = 10, characters = 10_000] = process.argv.slice(2).map(Number);
const WORDS =
  "the total of each region belongs below its last row and must be checked against the sheet before saving it ".split(
    " ",
  );

/** Words in an order of its own, so that no store can fold two replies into one. */
const TEXT = Array.from({ length: 40_000 }, (_, n) => WORDS[(n * n * 7 + n * 3) % WORDS.length]).join(" ");

let [calls, now, most] = [0, 0, 0];

const server = createServer((request, response) => {
  if (request.url === "/v1/models") return void response.end('{"data": [{"id": "bench"}]}');
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    calls += 1;
    now += 1;
    most = Math.max(most, now);
    const text = answer(turnOf(chunks), calls);
    setTimeout(() => {
      now -= 1;
      response.writeHead(200, { "content-type": "application/json" }).end(text);
    }, latencyMs);
  });
});
server.keepAliveTimeout = 60_000;

function turnOf(chunks: readonly Buffer[]): number {
  const body = Buffer.concat(chunks);
  const at = body.lastIndexOf("TURN:");
  return at === -1 ? 1 : Number.parseInt(body.toString("latin1", at + 5, at + 8), 10) + 1;
}

function answer(turn: number, call: number): string {
  const start = (call * 997) % (TEXT.length - characters);
  const content = `${call}: ${TEXT.slice(start, start + characters)}`;
  const command = `awk '{ s += $1 } END { print s }' input.txt > output.txt; cat output.txt; echo 'TURN'':${turn}'`;
  const todo =
    turn >= turns
      ? { name: "submit", arguments: '{"answer":""}' }
      : { name: "bash", arguments: JSON.stringify({ command }) };
  const message = {
    role: "assistant",
    content,
    tool_calls: [{ id: `call_${call}`, type: "function", function: todo }],
  };
  return JSON.stringify({
    id: `c${call}`,
    choices: [{ index: 0, finish_reason: "tool_calls", message }],
    usage: { prompt_tokens: 1_000 * turn, completion_tokens: Math.round(characters / 4) },
  });
}

server.listen(0, "127.0.0.1", () => process.send?.(told()));
process.on("message", () => process.send?.(told()));
process.on("disconnect", () => process.exit(0));

function told(): ServerTold {
  const { user, system } = process.cpuUsage();
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, calls, most, cpuMs: (user + system) / 1_000 };
}
