/** Looks at every byte of a journal that counts: pages, fragments, requests against their keys, answers against their seals. */
import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "../errors.ts";
import { sha256 } from "../hash.ts";
import { sealProblem } from "./calls.ts";
import { unpack } from "./pack.ts";
import { partStore } from "./parts.ts";
import { openForReading } from "./reading.ts";
import { callRows, type Row, type Unreadable } from "./scan.ts";
import { readRequest, textOfPieces } from "./stored-request.ts";

export interface DamagedCall {
  readonly key: string;
  readonly caller: string;
  readonly problem: string;
  /** True when its answer is whole: it can be read back although its request cannot be shown. */
  readonly answerIsWhole: boolean;
}

export interface Verified {
  readonly calls: number;
  /** With an answer that can be read back. */
  readonly whole: number;
  readonly damaged: readonly DamagedCall[];
  /** Parts of tables that cannot be read at all. */
  readonly unreadable: readonly Unreadable[];
  /** What SQLite says of its own pages; empty when they are in order. */
  readonly pages: readonly string[];
}

/** @throws SetupError when there is no journal there, or not even its first page can be read */
export function verifyJournal(path: string): Verified {
  using database = openForReading(path);
  const unreadable: Unreadable[] = [];
  const damaged: DamagedCall[] = [];
  let [calls, whole] = [0, 0];
  const check = checker(database);
  for (const row of callRows(database, (range) => unreadable.push(range))) {
    calls += 1;
    const problem = check(row);
    if (problem !== null) damaged.push(problem);
    if (row.answer !== null && (problem?.answerIsWhole ?? true)) whole += 1;
  }
  return { calls, whole, damaged, unreadable, pages: pageProblems(database) };
}

/** What is wrong with a stored call, or null. */
export function checker(database: DatabaseSync): (row: Row) => DamagedCall | null {
  const hasParts = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'parts'").get() !== undefined;
  const parts = hasParts ? partStore(database) : { read: (): never => fail("there are no parts") };
  return (row) => {
    const answer = row.answer === null ? null : answerProblem(row);
    const request = problemOf(() => {
      const read = readRequest(row.request);
      if (read.kind === "pieces" && sha256(textOfPieces(read.pieces, parts)) !== row.key)
        fail("its request is another than its key says");
    });
    const problem = [answer, request].filter((one) => one !== null).join("; ");
    if (problem === "") return null;
    return { key: String(row.key), caller: String(row.caller), problem, answerIsWhole: answer === null };
  };
}

function answerProblem(row: Row): string | null {
  const { key, answer, seal = null } = row;
  return sealProblem(String(key), { answer, seal }) ?? problemOf(() => JSON.parse(unpack(answer).toString("utf8")));
}

function problemOf(look: () => unknown): string | null {
  try {
    look();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function pageProblems(database: DatabaseSync): string[] {
  try {
    const found = database.prepare("PRAGMA quick_check(20)").all();
    return found.map((row) => String(Object.values(row)[0])).filter((text) => text !== "ok");
  } catch (error) {
    return [messageOf(error)];
  }
}

function fail(problem: string): never {
  throw new Error(problem);
}
