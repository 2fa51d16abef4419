/**
 * AIME 2024, 2025 and 2026: 30 problems a year (I and II, 15 each) with answers from 0 to 999; all of them test.
 * Source: the MAA's American Invitational Mathematics Examination; problems are for evaluation only.
 * Score: 1 when the last box holds the answer, by lm-evaluation-harness's rule for AIME: texts are compared, not values,
 * and the answer may be written as the MAA does, with three digits (025). Beside it, `integer`: the integer of the last box,
 * or after the last "Answer:", whatever its form. avg@k is the mean over k seeds.
 */
import { join } from "node:path";
import { z } from "zod";
import { loadPrompt } from "../harness/prompt.ts";
import type { Benchmark } from "../harness/roles.ts";
import { competitionBenchmark, dataFolder, type Judged, type Problem } from "./competition.ts";
import { readJsonLines } from "./json-lines.ts";
import type { LoadOptions } from "./load-options.ts";
import { AIME_RULES, judgeAime } from "./scoring/math/aime.ts";
import { lastInteger } from "./scoring/math/last-integer.ts";

const PROMPT = loadPrompt(new URL("./prompts/boxed-problem.md", import.meta.url), ["problem", "form"]);
const FORM = "The answer is an integer from 0 to 999.";
const PROBLEMS_A_YEAR = 30;
const WRONG_FORM = "the integer is right, but it does not stand alone in the last box";

export type AimeYear = 2024 | 2025 | 2026;

const Line = z.object({
  id: z.string().min(1).optional(),
  year: z.coerce.number().optional(),
  contest: z.string().optional(),
  number: z.int().optional(),
  problem: z.string().min(1),
  /** Some copies keep leading zeros, in a text. */
  answer: z
    .union([z.int(), z.string().regex(/^\d{1,3}$/)])
    .transform(Number)
    .pipe(z.int().min(0).max(999)),
});

/**
 * Loads the problems of a year from `aime_YEAR.jsonl`, a line a problem: {id, year, contest, number, problem, answer}. Lines
 * without an id, as other copies have them, are numbered in their order.
 * @throws SetupError when the file is missing, or a line is broken
 */
export async function aime(year: AimeYear, options: LoadOptions): Promise<Benchmark> {
  const name = `aime-${year}`;
  const path = join(dataFolder(name, options), `aime_${year}.jsonl`);
  const OfYear = Line.refine((line) => line.year === undefined || line.year === year, {
    error: `expected a problem of ${year}`,
    path: ["year"],
  });
  const lines = await readJsonLines(path, OfYear, `a problem of AIME ${year}`);
  const problems = lines.map(({ id, problem, answer }, index): Problem => {
    const statement = problem.trim();
    return { id: id ?? `aime${year}-${index + 1}`, statement, answer: String(answer), kind: "aime", half: "test" };
  });
  return competitionBenchmark(
    {
      name,
      problems,
      scorer: AIME_RULES,
      notices: lines.length === PROBLEMS_A_YEAR ? [] : [`${path} has ${lines.length} of ${PROBLEMS_A_YEAR} problems`],
      habits: ["no-remainder-check", "ignores-asked-range"],
      instruction: ({ statement }) => PROMPT.fill({ problem: statement, form: FORM }),
      handIn: (answer) => `\\boxed{${answer}}`,
      judge,
    },
    options,
  );
}

function judge(wanted: string, submitted: string): Judged {
  const { right, found } = judgeAime(wanted, submitted);
  const integer = lastInteger(submitted) === BigInt(wanted);
  return {
    right: right || judgeAime(wanted.padStart(3, "0"), submitted).right,
    found: submitted.trim() === "" ? null : found,
    metrics: { integer: integer ? 1 : 0 },
    amiss: integer ? WRONG_FORM : null,
  };
}
