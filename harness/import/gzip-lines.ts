/** Lines of a compressed text file, one at a time, with limits: a few megabytes of gzip can unpack to as many gigabytes. */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { jsonProblem } from "../json.ts";

const MB = 1024 ** 2;
const MAX_LINE_BYTES = 64 * MB;

/** What a file may unpack to. */
export interface LineLimits {
  readonly bytes: number;
  readonly lines: number;
}
/** More than the records of a run hold. */
const MOST: LineLimits = { bytes: 512 * MB, lines: 100_000 };
const LINE_FEED = 0x0a;

/**
 * Gives each line with its number, from 1, to `take`.
 * @param cure what to say when there is no such file
 * @throws SetupError naming file and line: no gzip, no UTF-8, or more than a record of a run can hold; and what `take` throws
 */
export async function eachGzipLine(
  path: string,
  take: (line: string, number: number) => void,
  cure: string,
  limits = MOST,
): Promise<void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  try {
    await pipeline(createReadStream(path), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const line of linesIn(chunks, path, limits.bytes)) {
        number += 1;
        if (number > limits.lines)
          throw new SetupError(`${path} has more than ${limits.lines} lines. Is it the right file?`);
        take(decoder.decode(line), number);
      }
    });
  } catch (cause) {
    if (cause instanceof SetupError) throw cause;
    if (hasCode(cause, "ENOENT") || hasCode(cause, "ENOTDIR")) throw new SetupError(`cannot find ${path}. ${cure}`);
    if (hasCode(cause, "EISDIR")) throw new SetupError(`${path} is a folder, expected a file. ${cure}`);
    if (cause instanceof Error && "syscall" in cause) throw cause;
    throw new SetupError(`${path} is damaged: expected gzip of UTF-8 lines of JSON, found: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/**
 * One line of JSON that can be stored and hashed.
 * @param wanted what the line is to hold, for the message
 * @throws SetupError
 */
export function parseJsonLine(line: string, where: string, wanted: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SetupError(
      `${where}: expected one JSON object a line, found ${JSON.stringify(line.slice(0, 60))}: ${messageOf(cause)}`,
      { cause },
    );
  }
  const unusable = jsonProblem(value);
  if (unusable !== null) throw new SetupError(`${where}: expected ${wanted}, but ${unusable}`);
  return value;
}

/** Bytes of one line after the other; never more than one line and one chunk are held. */
async function* linesIn(chunks: AsyncIterable<Buffer>, path: string, mostBytes: number): AsyncGenerator<Buffer> {
  let number = 1;
  let total = 0;
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > mostBytes)
      throw new SetupError(`${path} unpacks to more than ${mostBytes / MB} MB. Is it the right file?`);
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, end)]);
      begun = [];
      length = 0;
      number += 1;
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > MAX_LINE_BYTES)
      throw new SetupError(
        `${path}:${number}: the line is longer than ${MAX_LINE_BYTES / MB} MB. Is it the right file?`,
      );
  }
  if (length > 0) yield Buffer.concat(begun);
}
