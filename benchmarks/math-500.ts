/**
 * MATH-500: 500 problems of the test set of MATH in seven subjects, with free-form answers in LaTeX; all of them test.
 * Source: Lightman et al., arXiv:2305.20050; Hendrycks et al., arXiv:2103.03874. Licence: MIT.
 * Score: 1 when the answer is equal to the accepted one, whatever its form, by the rule `math` (`scoring/math/equivalence.ts`).
 * Beside it, `sameText`: equal as a text after normalisation, the stricter reading of lm-evaluation-harness.
 */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { loadPrompt } from "../harness/prompt.ts";
import type { Benchmark } from "../harness/roles.ts";
import { competitionBenchmark, dataFolder, type Judged, type Problem } from "./competition.ts";
import { readJsonLines } from "./json-lines.ts";
import type { LoadOptions } from "./load-options.ts";
import { judgeAime } from "./scoring/math/aime.ts";
import { judgeMath, MATH_RULES } from "./scoring/math/equivalence.ts";

const NAME = "math-500";
const PROMPT = loadPrompt(new URL("./prompts/boxed-problem.md", import.meta.url), ["problem", "form"]);
const FORM = "Give the answer exactly, in LaTeX, in the simplest form.";
const PROBLEMS = 500;
/** Ours, and that of the release. */
const FILES = ["math500.jsonl", "test.jsonl"];
const NO_BOX = "it could be the answer, but it is not in a box";

const Line = z.object({
  unique_id: z.string().min(1),
  problem: z.string().min(1),
  answer: z.string().min(1),
  subject: z.string().min(1),
});

/**
 * Loads the problems from `math500.jsonl`, or from the release's `test.jsonl`, which is the same file.
 * @throws SetupError when neither is there, or a line is broken
 */
export async function math500(options: LoadOptions): Promise<Benchmark> {
  const path = await dataFile(dataFolder(NAME, options));
  const lines = await readJsonLines(path, Line, "a problem of MATH-500");
  return competitionBenchmark(
    {
      name: NAME,
      problems: lines.map(problemOf),
      scorer: MATH_RULES,
      notices: lines.length === PROBLEMS ? [] : [`${path} has ${lines.length} of ${PROBLEMS} problems`],
      habits: ["no-remainder-check", "ignores-asked-range"],
      instruction: ({ statement }) => PROMPT.fill({ problem: statement, form: FORM }),
      handIn: (answer) => `\\boxed{${answer}}`,
      judge,
    },
    options,
  );
}

async function dataFile(data: string): Promise<string> {
  const [ours, release] = FILES.map((name) => join(data, name));
  const hasOurs = await access(ours ?? "").then(
    () => true,
    () => false,
  );
  const hasRelease = await access(release ?? "").then(
    () => true,
    () => false,
  );
  return (hasRelease && !hasOurs ? release : ours) ?? "";
}

function problemOf({ unique_id, problem, answer, subject }: z.infer<typeof Line>): Problem {
  return { id: unique_id, statement: problem.trim(), answer, kind: `math-500: ${subject}`, half: "test" };
}

function judge(wanted: string, submitted: string): Judged {
  const { right, found } = judgeMath(wanted, submitted);
  const sameText = judgeAime(wanted, submitted).right;
  return {
    right,
    found,
    metrics: { sameText: sameText ? 1 : 0 },
    amiss: !submitted.includes("\\boxed") && judgeMath(wanted, submitted, { alone: true }).right ? NO_BOX : null,
  };
}
