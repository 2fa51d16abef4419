/** What is known of a download that was begun: whether a server can go on with it, and does. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import type { HttpAnswer } from "../../harness/http.ts";

const Begun = z.object({
  url: z.string(),
  /** A strong one: a weak one does not promise the same bytes. */
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
});
export type Begun = z.infer<typeof Begun>;

/**
 * What the part was begun with, or null when it must be begun anew: it is of another address, or neither the server's word
 * nor a hash that is known would tell that two halves belong together.
 */
export async function readBegun(part: string, url: string, sha256: string | null): Promise<Begun | null> {
  const text = await readFile(`${part}.json`, "utf8").catch(() => "null");
  const begun = Begun.safeParse(parsed(text));
  if (!begun.success || begun.data.url !== url) return null;
  const { etag, lastModified } = begun.data;
  return sha256 === null && etag === null && lastModified === null ? null : begun.data;
}

export async function writeBegun(part: string, url: string, answer: HttpAnswer): Promise<void> {
  const begun: Begun = { url, etag: strongTag(answer), lastModified: answer.header("last-modified") };
  await writeFile(`${part}.json`, JSON.stringify(begun));
}

export async function forget(part: string): Promise<void> {
  await Promise.all([rm(part, { force: true }), rm(`${part}.json`, { force: true })]);
}

/** Headers that ask for the rest of the file, or for all of it when it has changed. */
export function rangeHeaders(from: number, begun: Begun | null): Record<string, string> {
  const validator = begun?.etag ?? begun?.lastModified;
  return { range: `bytes=${from}-`, ...(validator ? { "if-range": validator } : {}) };
}

/** Whether an answer 206 is the rest of the file that was begun. */
export function continues(answer: HttpAnswer, from: number, begun: Begun | null): boolean {
  const start = /^bytes (\d+)-/.exec(answer.header("content-range") ?? "")?.[1];
  const etag = strongTag(answer);
  const sameTag = etag === null || begun?.etag == null || etag === begun.etag;
  return Number(start) === from && sameTag;
}

/** Size of the whole file, where the server says it. */
export function totalOf(answer: HttpAnswer): number | null {
  const range = /\/(\d+)$/.exec(answer.header("content-range") ?? "")?.[1];
  if (range !== undefined) return Number(range);
  const length = answer.status === 200 ? answer.header("content-length") : null;
  const packed = (answer.header("content-encoding") ?? "identity") !== "identity";
  return length === null || packed ? null : Number(length);
}

function strongTag(answer: HttpAnswer): string | null {
  const etag = answer.header("etag");
  return etag?.startsWith('"') ? etag : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // half-written by a process that was killed: as good as none
  }
}
