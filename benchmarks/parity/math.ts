/** The verdicts of public graders of mathematics (`cases.jsonl`), beside ours: rules `dapo`, `aime` and `math`. */
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../harness/errors.ts";
import { readJsonLines } from "../json-lines.ts";
import { judgeAime } from "../scoring/math/aime.ts";
import { judgeMinerva, judgeStrictBox } from "../scoring/math/dapo.ts";
import { judgeMath } from "../scoring/math/equivalence.ts";
import { whyNotAsMathVerify } from "../scoring/math/reasons.ts";
import type { Parity, ParityCase } from "./parity.ts";

const FILE = "cases.jsonl";
const LONGEST_SHOWN = 160;

const GRADERS = ["dapo_minerva", "dapo_strict_box", "lm_eval_aime", "math_verify"] as const;
type Grader = (typeof GRADERS)[number];

const RecordedCase = z.object({
  id: z.string(),
  /** A whole response, or an answer on its own. */
  kind: z.enum(["response", "answer"]),
  /** How the candidate was made from the accepted answer. */
  bend: z.string(),
  gold: z.string(),
  candidate: z.string(),
  /** Not every grader was run on every case. */
  verdicts: z.object(
    Object.fromEntries(GRADERS.map((grader) => [grader, z.boolean().optional()])) as Record<
      Grader,
      z.ZodOptional<z.ZodBoolean>
    >,
  ),
});
type RecordedCase = z.infer<typeof RecordedCase>;

interface Judgement {
  readonly right: boolean;
  readonly found: string | null;
  /** Why another verdict would be no fault, where that is known. */
  readonly reason: string | null;
}

const JUDGES: Readonly<
  Record<Grader, { readonly rules: string; readonly judge: (recorded: RecordedCase) => Judgement }>
> = {
  dapo_minerva: { rules: "dapo", judge: ({ gold, candidate }) => exactly(judgeMinerva(gold, candidate)) },
  dapo_strict_box: { rules: "dapo", judge: ({ gold, candidate }) => exactly(judgeStrictBox(gold, candidate)) },
  lm_eval_aime: { rules: "aime", judge: ({ gold, candidate }) => exactly(judgeAime(gold, candidate)) },
  math_verify: {
    rules: "math",
    judge({ gold, candidate, kind }) {
      const verdict = judgeMath(gold, candidate, { alone: kind === "answer" });
      return { ...verdict, reason: whyNotAsMathVerify(verdict) };
    },
  },
};

/** A verdict for each grader that judged a case. @throws UsageError for rules that are none of the three */
export const mathParity: Parity = async function* (folder, { rules, signal }) {
  const graders = GRADERS.filter((grader) => rules === null || JUDGES[grader].rules === rules);
  if (graders.length === 0)
    throw new UsageError(`math has no rules ${JSON.stringify(rules)}; there are: dapo, aime, math`);
  for (const recorded of await readJsonLines(join(folder, FILE), RecordedCase, "a recorded verdict on mathematics")) {
    signal.throwIfAborted();
    for (const grader of graders) {
      const verdict = recorded.verdicts[grader];
      if (verdict !== undefined) yield compared(recorded, grader, verdict);
    }
  }
};

function compared(recorded: RecordedCase, grader: Grader, verdict: boolean): ParityCase {
  const { right, found, reason } = JUDGES[grader].judge(recorded);
  const agrees = right === verdict;
  return {
    file: FILE,
    id: recorded.id,
    group: recorded.bend,
    rule: grader,
    agrees,
    recorded: told(verdict),
    ours: told(right),
    detail: `accepted ${shown(recorded.gold)}, found ${found === null ? "nothing" : shown(found)} in ${shown(recorded.candidate)}`,
    reason: agrees ? null : reason,
  };
}

function exactly({ right, found }: { readonly right: boolean; readonly found: string | null }): Judgement {
  return { right, found, reason: null };
}

function told(right: boolean): string {
  return right ? "right" : "wrong";
}

/** The end of a text, where its answer is. */
function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `…${text.slice(-LONGEST_SHOWN)}` : text);
}
