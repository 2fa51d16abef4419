import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { readJson } from "../../benchmarks/json-file.ts";
import { readJsonLines } from "../../benchmarks/json-lines.ts";
import { temporaryFolder } from "../support/temporary.ts";

const Line = z.looseObject({ id: z.string() });

async function fileOf(bytes: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), "lines.jsonl");
  await writeFile(path, bytes);
  return path;
}

function read(path: string) {
  return readJsonLines(path, Line, "a line");
}

test("a byte order mark, Windows line ends and empty lines do not matter, and a broken line is named by its number", async () => {
  expect(await read(await fileOf('\uFEFF{"id":"é"}\r\n\r\n{"id":"b"}\r\n'))).toEqual([{ id: "é" }, { id: "b" }]);
  await expect(read(await fileOf('{"id":"a"}\n\n{"id":7}\n'))).rejects.toThrow(/lines\.jsonl:3: not a line/);
});

test("a file in another encoding is refused: its letters would be lost silently", async () => {
  const text = '{"id":"é"}\n';
  for (const bytes of [Buffer.from(text, "latin1"), Buffer.from(`\uFEFF${text}`, "utf16le")]) {
    await expect(read(await fileOf(bytes))).rejects.toThrow(/lines\.jsonl: expected UTF-8/);
    await expect(readJson(await fileOf(bytes), Line)).rejects.toThrow(/expected UTF-8/);
  }
});

test("half of a surrogate pair is refused with its line, wherever it stands; a whole pair is not", async () => {
  expect(await read(await fileOf('{"id":"\\ud83d\\ude00"}\n'))).toEqual([{ id: "😀" }]);
  for (const line of ['{"id":"\\ud800"}', '{"id":"a","truth":{"\\udfff":1}}', '{"id":"a","truth":[["\\uD800x"]]}']) {
    await expect(read(await fileOf(`{"id":"a"}\n${line}\n`))).rejects.toThrow(/lines\.jsonl:2: .*surrogate/);
  }
});

test("what is no regular file is refused: a pipe would be waited for forever", async () => {
  const pipe = join(await temporaryFolder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  await expect(read(pipe)).rejects.toThrow(/cannot read .*pipe: it is no regular file/);
  await expect(readJson(pipe, Line)).rejects.toThrow(/no regular file/);
  await expect(read("/dev/zero")).rejects.toThrow(/no regular file/);
});
