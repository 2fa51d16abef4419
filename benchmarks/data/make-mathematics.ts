/** Problems of mathematics, from the Parquet files of their sources to lines of JSON. */
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { SetupError } from "../../harness/errors.ts";
import { sha256 } from "../../harness/hash.ts";
import type { Folders } from "./make.ts";
import { parquetRows } from "./parquet.ts";
import type { Step } from "./source.ts";

/** DAPO's own wrapper around a problem, where a copy still has it. */
const WRAPPER =
  /^Solve the following math problem step by step\. The last line of your response should be of the form Answer: \$Answer[^\n]*\n+|\n+Remember to put your answer on its own line after "Answer:"\.?\s*$/g;
const CHINESE = /\p{Script=Han}/u;
const INTEGER = /^-?\d+$/;

const Message = z.object({ role: z.string(), content: z.string() });
/** The copies of this set name their columns in several ways. */
const DapoRow = z
  .object({
    problem: z.string().nullish(),
    question: z.string().nullish(),
    prompt: z.union([z.string(), z.array(Message)]).nullish(),
    answer: z.union([z.string(), z.number(), z.bigint()]).nullish(),
    reward_model: z.object({ ground_truth: z.union([z.string(), z.number(), z.bigint()]) }).nullish(),
  })
  .transform((row, context) => {
    const asked =
      typeof row.prompt === "string" ? row.prompt : row.prompt?.findLast(({ role }) => role === "user")?.content;
    const problem = row.problem ?? row.question ?? asked;
    const answer = row.answer ?? row.reward_model?.ground_truth;
    if (problem != null && answer != null) {
      return { problem: problem.replace(WRAPPER, "").trim(), answer: String(answer).trim() };
    }
    context.addIssue(`expected a problem and an answer, found the columns ${Object.keys(row).join(", ")}`);
    return z.NEVER;
  });

/**
 * DAPO-Math-17k without repeats (equal up to white space; the first row stays), Chinese problems, and answers that are no
 * integers. Ids are `dapo-` and the row in the source, from 0, so that they do not change with what is left out.
 */
export async function makeDapo(
  { from, to }: Extract<Step, { kind: "dapo" }>,
  { downloads, made }: Folders,
): Promise<string[]> {
  const seen = new Set<string>();
  const left = { repeats: 0, chinese: 0, others: 0 };
  const lines: string[] = [];
  let row = 0;
  for await (const { problem, answer } of checkedRows(join(downloads, from), DapoRow)) {
    const id = `dapo-${row}`;
    row += 1;
    const text = problem.replace(/\s+/gu, " ").trim();
    if (seen.has(text)) left.repeats += 1;
    else if (CHINESE.test(problem)) left.chinese += 1;
    else if (!INTEGER.test(answer)) left.others += 1;
    else lines.push(JSON.stringify({ id, problem, answer }));
    seen.add(text);
  }
  await writeFile(join(made, to), lines.map((line) => `${line}\n`).join(""));
  return [
    `${row} rows: ${left.repeats} repeats, ${left.chinese} Chinese problems and ${left.others} without an integer answer ` +
      `were left out; ${lines.length} problems stay. One of the source is a problem of AIME 2024 to 2026`,
  ];
}

const AimeRow = z.object({
  problem_idx: z.coerce.number().int().min(1).max(30),
  problem: z.string().min(1),
  answer: z.coerce.number().int().min(0).max(999),
});
const PROBLEMS_A_CONTEST = 15;

/** The 30 problems of a year in the official order. Their answers are checked against the hash of the official ones. */
export async function makeAime(
  { from, to, year, answersSha256 }: Extract<Step, { kind: "aime" }>,
  { downloads, made }: Folders,
): Promise<string[]> {
  const rows: { place: number; problem: string; answer: number }[] = [];
  for (const [contest, name] of from.entries()) {
    for await (const { problem_idx, problem, answer } of checkedRows(join(downloads, name), AimeRow)) {
      // A file a contest numbers its problems 1 to 15; one for both, 1 to 30.
      const within = from.length > 1 ? (problem_idx - 1) % PROBLEMS_A_CONTEST : problem_idx - 1;
      rows.push({ place: contest * PROBLEMS_A_CONTEST + within, problem, answer });
    }
  }
  rows.sort((a, b) => a.place - b.place);
  const found = sha256(rows.map(({ answer }) => answer).join(","));
  if (found !== answersSha256) {
    throw new SetupError(
      `AIME ${year}: ${from.join(", ")}: the ${rows.length} answers are not the 30 official ones in the official order`,
    );
  }
  const lines = rows.map(({ place, problem, answer }) => aimeLine(year, place, { problem, answer }));
  await writeFile(join(made, to), lines.join(""));
  return [];
}

function aimeLine(year: number, place: number, { problem, answer }: { problem: string; answer: number }): string {
  const [part, number] = [place < PROBLEMS_A_CONTEST ? "I" : "II", (place % PROBLEMS_A_CONTEST) + 1];
  const id = `aime${year}-${part}-${number}`;
  const line = { id, year, contest: `AIME ${part}`, number, problem, answer, answer_text: String(answer) };
  return `${JSON.stringify(line)}\n`;
}

/** Rows through their schema. @throws SetupError that names file, row and column */
export async function* checkedRows<T>(path: string, schema: z.ZodType<T>): AsyncIterable<T> {
  let row = 0;
  for await (const found of parquetRows(path)) {
    const parsed = schema.safeParse(found);
    if (!parsed.success) {
      throw new SetupError(`${basename(path)}, row ${row}: not as expected:\n${z.prettifyError(parsed.error)}`);
    }
    row += 1;
    yield parsed.data;
  }
}
