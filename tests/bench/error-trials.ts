/** Failed trials in any number, each with one slip that the simulated model knows; nothing of them needs a sandbox. */
import type { NamedTrial } from "../../distill/trials.ts";
import { NO_USAGE, type Step } from "../../harness/records.ts";
import { HABITS } from "../../harness/simulator/habits.ts";
import { task, trajectory, trial } from "../support/builders.ts";

/** What an agent says whose habit bites is a sign of it; half the trials show none, so that lessons differ as they do in life. */
const SAID = HABITS.filter(({ sign, says }) => sign.test(says)).map(({ says }) => says);

export function errorTrials(count: number): NamedTrial[] {
  return Array.from({ length: count }, (_, index) => errorTrial(index));
}

function errorTrial(index: number): NamedTrial {
  const id = `w-${String(index).padStart(5, "0")}`;
  const says = index % 2 === 0 ? (SAID[(index / 2) % SAID.length] ?? "") : "I compute the column.";
  const step: Step = {
    reply: { role: "assistant", content: says, toolCalls: [], reasoning: null },
    action: { kind: "command", command: "python3 work.py" },
    observation: `wrote output.xlsx with ${index} rows`,
    usage: NO_USAGE,
    modelMs: 0,
    commandMs: 0,
  };
  return {
    ...trial({
      task: task({ id, instruction: `Fill in the column of workbook ${index} from the sheet beside it.` }),
      trajectory: trajectory({ steps: [step] }),
      score: { kind: "scored", value: 0, explanation: "differs" },
    }),
    id: `run/${id}.41`,
  };
}
