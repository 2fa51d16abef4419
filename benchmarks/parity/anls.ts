/** The similarities that the script of the Robust Reading Competition gave (`cases.jsonl`), beside ours. */
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../harness/errors.ts";
import { readJsonLines } from "../json-lines.ts";
import { answerSimilarity } from "../scoring/anls.ts";
import type { Parity, ParityCase } from "./parity.ts";

const FILE = "cases.jsonl";
const TOLERANCE = 1e-9;

const RecordedCase = z.object({
  id: z.string(),
  /** The model whose answer it is, or how it was made. */
  origin: z.string(),
  question: z.string().nullish(),
  answers: z.array(z.string()).min(1),
  prediction: z.string(),
  official_anls: z.number(),
  "accurate_at_0.5": z.boolean(),
});
type RecordedCase = z.infer<typeof RecordedCase>;

/** Two verdicts a case: the similarity, and whether it is accurate. @throws UsageError when rules are asked for: there is one set */
export const anlsParity: Parity = async function* (folder, { rules, signal }) {
  if (rules !== null) throw new UsageError("anls has one set of rules: leave --rules out");
  for (const recorded of await readJsonLines(join(folder, FILE), RecordedCase, "a recorded verdict of anls")) {
    signal.throwIfAborted();
    yield* judge(recorded);
  }
};

function judge(recorded: RecordedCase): ParityCase[] {
  const { id, origin, prediction, answers } = recorded;
  const ours = answerSimilarity(prediction, answers);
  const accurate = recorded["accurate_at_0.5"];
  const common = { file: FILE, id, group: origin, detail: detailOf(recorded), reason: null };
  return [
    {
      ...common,
      rule: "anls",
      agrees: Math.abs(ours.anls - recorded.official_anls) <= TOLERANCE,
      recorded: String(recorded.official_anls),
      ours: String(ours.anls),
    },
    {
      ...common,
      rule: "accuracy",
      agrees: ours.accurate === accurate,
      recorded: String(accurate),
      ours: String(ours.accurate),
    },
  ];
}

const LONGEST = 200;

function detailOf({ answers, prediction }: RecordedCase): string {
  return `answers ${JSON.stringify(answers).slice(0, LONGEST)}, prediction ${JSON.stringify(prediction).slice(0, LONGEST)}`;
}
