/**
 * DAPO-Math: problems rewritten so that the answer is one integer; 400 to distill skills from, 100 to judge them on.
 * Source: Yu et al., arXiv:2503.14476, DAPO-Math-17k. Licence: Apache-2.0. Which problems the paper's 400 and 100 are is not
 * published: ours are chosen by a hash and listed in `dapo-math-choice.ts`.
 * Score: 1 by DAPO's usual rule (`minerva`): the text after the last "Answer:" of the last 300 characters is the answer.
 * It is the one that DAPO trains and reports with, and the form that the instruction asks for. Beside it, `strictBox`: the
 * last box of the last 100 characters holds exactly the answer; and `integer`: the integer that is given, whatever its form.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, SetupError } from "../harness/errors.ts";
import { loadPrompt } from "../harness/prompt.ts";
import type { Benchmark } from "../harness/roles.ts";
import { competitionBenchmark, dataFolder, type Judged, type Problem } from "./competition.ts";
import { DAPO_EVOLVE_IDS, DAPO_TEST_IDS } from "./dapo-math-choice.ts";
import { readJsonLines } from "./json-lines.ts";
import type { LoadOptions } from "./load-options.ts";
import { DAPO_RULES, judgeMinerva, judgeStrictBox } from "./scoring/math/dapo.ts";
import { lastInteger } from "./scoring/math/last-integer.ts";

const NAME = "dapo-math";
const PROMPT = loadPrompt(new URL("./prompts/answer-line-problem.md", import.meta.url), ["problem"]);
const FILE = /^dapo_math.*\.jsonl$/;
const INTEGER = /^-?\d+$/;
const WRONG_FORM = 'the integer is right, but the last line is not of the form "Answer: N"';

export const DapoLine = z.object({
  id: z.string().min(1),
  problem: z.string().min(1),
  answer: z.union([z.string(), z.int()]).transform(String).pipe(z.string().regex(INTEGER, "expected an integer")),
});
export type DapoLine = z.infer<typeof DapoLine>;

/**
 * Loads the listed problems of a split from the lines `{id, problem, answer}` of a file `dapo_math*.jsonl`: that of
 * `trace2skill data fetch dapo-math`, or a part of it. Ids are `dapo-` and the row in the source.
 * @throws SetupError when the folder holds no such file, or none of the listed problems
 */
export async function dapoMath(options: LoadOptions): Promise<Benchmark> {
  const data = dataFolder(NAME, options);
  const lines = await readLines(data);
  const { split } = options.settings;
  const byId = new Map(lines.map((line) => [line.id, line]));
  const problems = listed(split).flatMap(({ id, half }) => {
    const line = byId.get(id);
    return line === undefined ? [] : [problemOf(line, half)];
  });
  const missing = listed(split).length - problems.length;
  return competitionBenchmark(
    {
      name: NAME,
      problems,
      scorer: DAPO_RULES,
      notices:
        missing === 0 ? [] : [`${missing} of ${listed(split).length} problems of split "${split}" are not in ${data}`],
      habits: ["no-remainder-check", "ignores-asked-range"],
      instruction: ({ statement }) => PROMPT.fill({ problem: statement }),
      handIn: (answer) => `Answer: ${answer}`,
      judge,
    },
    options,
  );
}

function listed(split: string): { id: string; half: "evolve" | "test" }[] {
  const evolve = DAPO_EVOLVE_IDS.map((id) => ({ id, half: "evolve" as const }));
  const test = DAPO_TEST_IDS.map((id) => ({ id, half: "test" as const }));
  return split === "evolve" ? evolve : split === "test" ? test : [...evolve, ...test];
}

async function readLines(data: string): Promise<DapoLine[]> {
  const names = await readdir(data).catch((cause: unknown) => fail(`cannot read ${data}: ${messageOf(cause)}`, cause));
  const [name] = names.filter((found) => FILE.test(found)).sort();
  if (name === undefined) {
    fail(
      `${data}: expected a file dapo_math.jsonl of lines {id, problem, answer}, found ${names.join(", ") || "nothing"}`,
    );
  }
  return readJsonLines(join(data, name), DapoLine, "a problem of DAPO-Math");
}

/** In 52 of the first 1,000 problems, the backslash and f of a `\frac` became a form feed. */
function problemOf({ id, problem, answer }: DapoLine, half: "evolve" | "test"): Problem {
  return { id, statement: problem.replaceAll("\f", "\\f").trim(), answer: String(BigInt(answer)), kind: "dapo", half };
}

function judge(wanted: string, submitted: string): Judged {
  const { right, found } = judgeMinerva(wanted, submitted);
  const integer = lastInteger(submitted) === BigInt(wanted);
  return {
    right,
    found: found === "[INVALID]" ? null : found,
    metrics: { strictBox: judgeStrictBox(wanted, submitted).right ? 1 : 0, integer: integer ? 1 : 0 },
    amiss: integer ? WRONG_FORM : null,
  };
}

function fail(problem: string, cause?: unknown): never {
  throw new SetupError(`${NAME}: ${problem}`, { cause });
}
