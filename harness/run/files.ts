/** Files that are either whole or not there: written beside their place, then renamed. */
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { z } from "zod";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { FORMAT_VERSION } from "../records.ts";
import { refuseSealedPath } from "./sealed-reading.ts";

/**
 * Writes text whole or not at all.
 * @throws SetupError when the disk is full or the place is not writable
 */
export function writeText(path: string, text: string): Promise<void> {
  return writeWhole(path, text);
}

/** As `writeText`, for text or bytes. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await replaceFile(path, content).catch((cause: unknown) => {
    throw notWritten(path, cause);
  });
}

/** What the user is told, where it is the user's to mend. */
function notWritten(path: string, cause: unknown): unknown {
  const told = cause instanceof Error && "syscall" in cause ? cause.message : null;
  const problem = ["ENOSPC", "EDQUOT"].some((code) => hasCode(cause, code))
    ? "the disk is full. What was finished is kept: free some space and give the same command again"
    : ["EACCES", "EROFS", "EPERM"].some((code) => hasCode(cause, code))
      ? "the folder is not writable. Choose another with --out"
      : told;
  return problem === null ? cause : new SetupError(`cannot write ${path}: ${problem}`, { cause });
}

/** The kept library for this (write-file-atomic 8.0) takes a short write on a nearly full disk for a whole one; `writeFile` does not. Synced. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryOf(path);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Writes a JSON document, indented, with a final newline. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeText(path, jsonText(value));
}

/**
 * As `writeJson`, at once and not synced, for what a thousand units of work may write in the same second: a killed process
 * leaves it whole, a power cut may take or damage the last ones, which then count as not done. Handed to threads step by
 * step, and synced, it takes this thread three times as long.
 */
export function writeJsonAtOnce(path: string, value: unknown): void {
  const temporary = temporaryOf(path);
  try {
    const file = openSync(temporary, "wx");
    try {
      writeFileSync(file, jsonText(value));
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    try {
      rmSync(temporary, { force: true });
    } catch {} // of the same cause, which is told
    throw notWritten(path, cause);
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

function temporaryOf(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** What a stored file turned out to be. `broken` is half-written or damaged; `other-version` must not be guessed at. */
export type Stored<T> =
  | { readonly kind: "read"; readonly value: T }
  | { readonly kind: "missing" }
  | { readonly kind: "broken"; readonly problem: string }
  | { readonly kind: "other-version"; readonly version: unknown };

/**
 * Reads a JSON document of this format version through its schema; damage is told, not thrown.
 * @throws SealedError for one that is closed to whoever asks (`sealed-reading.ts`)
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<Stored<T>> {
  refuseSealedPath(path);
  try {
    return readStored(await readFile(path, "utf8"), schema);
  } catch (error) {
    return notRead(error);
  }
}

/** So many files are read without a pause: some milliseconds. */
const FILES_AT_ONCE = 64;

/**
 * As `readJson`, of thousands of small files in order. Read one after the other without a thread between, they take a third
 * of the time, and never more than one of them is open.
 */
export async function* readJsonFiles<T>(paths: readonly string[], schema: z.ZodType<T>): AsyncGenerator<Stored<T>> {
  for (const [index, path] of paths.entries()) {
    if (index % FILES_AT_ONCE === FILES_AT_ONCE - 1) await nextTurn(); // others in this process go on meanwhile
    refuseSealedPath(path);
    try {
      yield readStored(readFileSync(path, "utf8"), schema);
    } catch (error) {
      yield notRead(error);
    }
  }
}

function notRead(error: unknown): Stored<never> {
  if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return { kind: "missing" };
  if (error instanceof SyntaxError || hasCode(error, "EISDIR")) return { kind: "broken", problem: messageOf(error) };
  throw error;
}

/** @throws SyntaxError when it is no JSON */
function readStored<T>(text: string, schema: z.ZodType<T>): Stored<T> {
  const value: unknown = JSON.parse(text);
  const version = typeof value === "object" && value !== null && "version" in value ? value.version : undefined;
  if (version !== undefined && version !== FORMAT_VERSION) return { kind: "other-version", version };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: "read", value: parsed.data };
  const [issue] = parsed.error.issues;
  return {
    kind: "broken",
    problem: `${issue?.path.join(".") || "the document"}: ${issue?.message ?? "is not as expected"}`,
  };
}
