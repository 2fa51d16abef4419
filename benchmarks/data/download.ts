/**
 * One file from the network, whole or not at all: it is written beside its place, gone on with where it broke off, and takes
 * its place only when its size and hash are right.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, stat, truncate } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode, messageOf, SetupError } from "../../harness/errors.ts";
import type { Http, HttpAnswer } from "../../harness/http.ts";
import { continues, forget, rangeHeaders, readBegun, totalOf, writeBegun } from "./begun.ts";

export interface DownloadOptions {
  readonly http: Http;
  readonly signal: AbortSignal;
  /** Told the size of the file so far, and the whole size where it is known. */
  readonly onBytes: (bytes: number, total: number | null) => void;
  /** Before the second try of what may pass; doubles with each further one that brings nothing new. */
  readonly firstWaitMs?: number;
}

export interface Wanted {
  readonly url: string;
  readonly sha256: string | null;
  readonly bytes: number | null;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
}

const TRIES = 6;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Of a file whose size is not known: far above any here, so that a body without end does not fill the disk. */
const MOST_BYTES = 8 * 1024 ** 3;
/** What comes beyond a size that is known, and is still kept to be looked at. */
const MOST_BEYOND_BYTES = 1024 ** 2;
/** What a later request may mend: time-outs, too many requests, servers in trouble. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What may be over at the next try. */
class PassingFault extends Error {
  readonly waitMs: number | null;
  constructor(problem: string, waitMs: number | null = null) {
    super(problem);
    this.waitMs = waitMs;
  }
}

/**
 * Downloads to `path`, unless it is there with the right hash. What was fetched before a break is kept in `path.part`, and the
 * next try, of this process or a later one, asks for the rest alone, if the server can do that and still has the same file.
 * @throws SetupError for a wrong hash or size, a refusal of the server, a full disk, and when no try succeeds
 */
export async function download(path: string, wanted: Wanted, options: DownloadOptions): Promise<Downloaded> {
  const there = await measured(path);
  if (there !== null && problemOf(there, wanted) === null) return there;
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await fetchPart(part, wanted, options);
    const found = (await measured(part)) ?? { sha256: "", bytes: 0 };
    await takePlace(path, found, wanted);
    return found;
  } catch (error) {
    options.signal.throwIfAborted();
    throw explained(error, path);
  }
}

/** Fills the part until it is whole and right; tries again what may pass, and a part of two halves that is wrong once more as a whole. */
async function fetchPart(part: string, wanted: Wanted, options: DownloadOptions): Promise<void> {
  let furthest = await sizeOf(part);
  let begunAnew = false;
  for (let failures = 0; ; ) {
    try {
      const resumed = await attempt(part, wanted, options);
      const problem = resumed ? problemOf((await measured(part)) ?? NOTHING, wanted) : null;
      if (problem === null || begunAnew) return;
      begunAnew = true;
      await forget(part);
    } catch (error) {
      if (!(error instanceof PassingFault)) throw error;
      options.signal.throwIfAborted();
      const size = await sizeOf(part);
      failures = size > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, size);
      if (failures >= TRIES) throw outOfTries(wanted.url, size, error);
      const waitMs = error.waitMs ?? (options.firstWaitMs ?? FIRST_WAIT_MS) * 2 ** (failures - 1);
      await sleep(Math.min(waitMs, LONGEST_WAIT_MS), undefined, { signal: options.signal });
    }
  }
}

/** One request. @returns whether the file is put together from more than one answer */
async function attempt(part: string, { url, sha256, bytes }: Wanted, options: DownloadOptions): Promise<boolean> {
  const begun = await readBegun(part, url, sha256);
  const from = begun === null ? 0 : await sizeOf(part);
  if (from > 0 && from === bytes) return true;
  const answer = await ask(url, from > 0 ? rangeHeaders(from, begun) : {}, options);
  if (answer.status === 206 && continues(answer, from, begun)) {
    await append(part, from, answer, { bytes, options });
    return true;
  }
  if (answer.status === 200) {
    await writeBegun(part, url, answer);
    await append(part, 0, answer, { bytes, options });
    return false;
  }
  await answer.discard();
  if (answer.status !== 206 && answer.status !== 416) throw refusal(answer, url);
  // It is another file by now, or shorter than the part.
  await forget(part);
  throw new PassingFault("the server has another file than the one that was begun");
}

async function ask(
  url: string,
  headers: Record<string, string>,
  { http, signal }: DownloadOptions,
): Promise<HttpAnswer> {
  try {
    return await http.get(url, headers, signal);
  } catch (error) {
    throw new PassingFault(causeOf(error));
  }
}

interface Body {
  readonly bytes: number | null;
  readonly options: DownloadOptions;
}

/** Writes the body from `start` on; what stood there is cut off. */
async function append(part: string, start: number, answer: HttpAnswer, { bytes, options }: Body): Promise<void> {
  const total = totalOf(answer);
  const most = bytes === null ? MOST_BYTES : bytes + MOST_BEYOND_BYTES;
  await using file = await open(part, start === 0 ? "w" : "a");
  if (start > 0) await truncate(part, start);
  let at = start;
  for await (const chunk of passing(answer.body)) {
    at += chunk.length;
    if (at > most) throw await endless(part, most, answer);
    await file.appendFile(chunk);
    options.onBytes(at, total ?? bytes);
  }
  await file.sync();
  if (total !== null && at !== total) throw new PassingFault(`the answer ended at ${at} of ${total} bytes`);
}

/** Ends an answer that is larger than its file can be; nothing of it is of use. */
async function endless(part: string, most: number, answer: HttpAnswer): Promise<SetupError> {
  await answer.discard();
  await forget(part);
  return new SetupError(`the server sends more than the ${most} bytes that ${basename(part, ".part")} has at most`);
}

/** What breaks while the body is read may pass; what breaks while it is written does not. */
async function* passing(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new PassingFault(causeOf(error));
  }
}

/** Gives the part its name, or one that tells it is not what was wanted, so that it can be looked at. */
async function takePlace(path: string, found: Downloaded, wanted: Wanted): Promise<void> {
  const problem = problemOf(found, wanted);
  await rename(`${path}.part`, problem === null ? path : `${path}.refused`);
  await forget(`${path}.part`);
  if (problem === null) return;
  throw new SetupError(
    `${wanted.url}\nis not what it should be: ${problem}. What came is kept in ${path}.refused. ` +
      "Either the file was changed at its source, or something on the way changes it (a proxy, a login page)",
  );
}

const NOTHING: Downloaded = { sha256: "", bytes: 0 };

function problemOf(found: Downloaded, { sha256, bytes }: Wanted): string | null {
  if (bytes !== null && found.bytes !== bytes) return `expected ${bytes} bytes, found ${found.bytes}`;
  if (sha256 !== null && found.sha256 !== sha256) return `expected SHA-256 ${sha256}, found ${found.sha256}`;
  return null;
}

/** Hash and size of a file, or null when there is none. */
export async function measured(path: string): Promise<Downloaded | null> {
  if (!((await stat(path).catch(() => null))?.isFile() ?? false)) return null;
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

function refusal({ status, header }: HttpAnswer, url: string): Error {
  if (PASSING.has(status)) {
    const after = Number(header("retry-after") ?? Number.NaN);
    return new PassingFault(`the server answered ${status}`, Number.isFinite(after) ? after * 1_000 : null);
  }
  const cause =
    status === 401 || status === 403
      ? "it wants a login, or does not serve this machine"
      : status === 404 || status === 410
        ? "there is no such file any more"
        : "it cannot be had this way";
  return new SetupError(`${url}\nthe server answered ${status}: ${cause}`);
}

function outOfTries(url: string, size: number, { message }: Error): SetupError {
  return new SetupError(
    `${url}\ncould not be fetched in ${TRIES} tries: ${message}. The first ${size} bytes are kept: give the same command again to go on`,
  );
}

function explained(error: unknown, path: string): unknown {
  if (hasCode(error, "ENOSPC") || hasCode(error, "EDQUOT")) {
    const again = "What was fetched is kept: free some space and give the same command again";
    return new SetupError(`no room left to write ${path}. ${again}`, { cause: error });
  }
  return error;
}

/** fetch says "fetch failed" or "terminated", and why in its cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return messageOf(cause) || messageOf(error);
}
