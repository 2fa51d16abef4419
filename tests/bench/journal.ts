/**
 * What the journal costs beside the calls: chats of 10 turns that grow to 30,000 tokens (120 KB), with no model at all. As it goes: 333
 * calls under way at 2 s each, 10,000 a minute. Without any wait: 64 at once, and one after the other, each in transactions of its own.
 * The ideal is to hash and write what is new in each call, once. Before: the whole request hashed and packed.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { hashJson, sha256 } from "../../harness/hash.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { verifyJournal } from "../../harness/journal/verify.ts";
import { seededRandom } from "../../harness/random.ts";

const CHATS = 1_000;
const TURNS = 10;
/** Characters a turn: a reply of 2,000 and an observation of 10,000. */
const REPLY = 2_000;
const OBSERVATION = 10_000;
const CALLS_A_MINUTE = 10_000;

interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export async function journalBench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "journal-bench-"));
  try {
    const path = join(folder, "journal.sqlite");
    const texts = textsOf(64);
    const calls = CHATS * TURNS;
    const pace = { path: join(folder, "paced.sqlite"), atOnce: 333, count: 333, callMs: 2_000 };
    await chats(texts, { path: join(folder, "warm.sqlite"), atOnce: 64, count: 100 });
    // Timers and texts are the bench's own: what the same chats take without a journal is taken off.
    const timers = ((await cpuOf(() => chats(texts, { ...pace, path: null }))) * CHATS) / pace.count;
    const paced = ((await cpuOf(() => chats(texts, pace))) * CHATS) / pace.count - timers;
    const alone = await cpuOf(() => chats(texts, { path: join(folder, "alone.sqlite"), atOnce: 1 }));
    const writing = await cpuOf(() => chats(texts, { path, atOnce: 64 }));
    const ideal = await cpuOf(() => bare(join(folder, "bare"), texts));
    const reading = await cpuOf(() => chats(texts, { path, atOnce: 64 }));
    const before = await cpuOf(() => asBefore(texts));
    const microseconds = (ms: number, count: number) => `${((ms * 1_000) / count).toFixed(0)} µs a call`;
    const share = (ms: number) =>
      `${(((ms / calls) * CALLS_A_MINUTE) / 600).toFixed(1)} % of a core at ${CALLS_A_MINUTE} calls a minute`;
    console.log(`${calls} calls, requests of up to 120 KB, processor time:`);
    console.log(
      `as it goes: ${microseconds(paced, calls)}, ${share(paced)}; the bench's own timers and texts took ${microseconds(timers, calls)} more`,
    );
    console.log(`64 at once: ${microseconds(writing, calls)}, ${share(writing)}`);
    console.log(`one after the other: ${microseconds(alone, calls)}, ${share(alone)}`);
    console.log(
      `ideal (each new message hashed and written once): ${microseconds(ideal, calls)}, ${share(ideal)}; ratio ${(writing / ideal).toFixed(1)}`,
    );
    console.log(`read back: ${microseconds(reading, calls)}, ${share(reading)}`);
    console.log(
      `before (the whole request hashed and packed): ${microseconds(before, BEFORE)}; ratio ${(before / BEFORE / (writing / calls)).toFixed(1)}`,
    );
    const { whole } = verifyJournal(path);
    const written = (CHATS * TURNS * (REPLY + OBSERVATION)) / 1e6;
    console.log(
      `${whole} of ${calls} answers whole; ${(statSync(path).size / 1e6).toFixed(0)} MB for ${written} MB of messages`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Plays all chats: pays for every call, or reads it back where it was paid. */
interface Played {
  /** Null: without any journal. */
  readonly path: string | null;
  readonly atOnce: number;
  readonly count?: number;
  readonly callMs?: number;
}

async function chats(texts: readonly string[], { path, atOnce, count = CHATS, callMs = 0 }: Played): Promise<void> {
  using journal = path === null ? null : openJournal(path);
  const { signal } = new AbortController();
  const answered = async (answer: unknown) => {
    if (callMs > 0) await sleep(callMs);
    return answer;
  };
  const tools = [{ type: "function", function: { name: "bash", description: "Runs a command.".repeat(20) } }];
  const play = async (chat: number) => {
    const messages: ChatMessage[] = [{ role: "system", content: "You work on workbooks." }];
    for (let turn = 0; turn < TURNS; turn += 1) {
      messages.push({ role: "user", content: `${chat}.${turn} ${textAt(texts, chat + turn, OBSERVATION)}` });
      const request = {
        endpoint: "http://localhost/v1",
        model: "m",
        temperature: 0.7,
        seed: 1,
        tools,
        messages: [...messages],
      };
      const text = journal?.textOf(request, 0);
      const reply = { role: "assistant", content: `${turn}.${chat} ${textAt(texts, chat * 7 + turn, REPLY)}` };
      const answer = { choices: [{ finish_reason: "stop", message: reply }], usage: { prompt_tokens: 1 } };
      if (journal === null || text === undefined) await answered(answer);
      else await journal.pay({ caller: "agent", draw: 0, text }, () => answered(answer), signal);
      messages.push(reply);
    }
  };
  let next = 0;
  const worker = async () => {
    while (next < count) await play(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function bare(path: string, texts: readonly string[]): Promise<void> {
  const file = openSync(path, "w");
  for (let chat = 0; chat < CHATS; chat += 1) {
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const text of [textAt(texts, chat + turn, OBSERVATION), textAt(texts, chat * 7 + turn, REPLY)]) {
        writeSync(file, `${sha256(text)} ${text}\n`);
      }
    }
  }
  closeSync(file);
}

const BEFORE = 200;

/** Requests of half the full length, which is the mean of a growing chat. */
async function asBefore(texts: readonly string[]): Promise<void> {
  const messages = Array.from({ length: TURNS }, (_, at) => ({
    role: "user",
    content: textAt(texts, at, (REPLY + OBSERVATION) / 2),
  }));
  for (let call = 0; call < BEFORE; call += 1) {
    const request = { model: "m", seed: call, messages };
    hashJson({ request, draw: 0 });
    gzipSync(JSON.stringify(request), { level: 1 });
  }
}

/** Words and numbers, as commands print them. */
function textsOf(count: number): string[] {
  const random = seededRandom(1);
  const word = () =>
    random.integer(0, 2) === 0 ? String(random.integer(0, 99_999)) : random.integer(0, 60_000_000).toString(36);
  return Array.from({ length: count }, () => Array.from({ length: 2_400 }, word).join(" "));
}

function textAt(texts: readonly string[], index: number, length: number): string {
  return texts[index % texts.length]?.slice(0, length) ?? "";
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
