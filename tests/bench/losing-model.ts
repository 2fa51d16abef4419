/** The switch that breaks a distillation: a proposer that keeps silent on lessons of some themes, so that these get lost. */
import { fractionOf } from "../../harness/hash.ts";
import { unfence } from "../../harness/prompt.ts";
import type { Reply } from "../../harness/records.ts";
import type { Model, ModelCall } from "../../harness/roles.ts";
import { curedBy, HABITS } from "../../harness/simulator/habits.ts";

/**
 * @param share of the themes that are lost, in [0, 1]: of a theme all lessons, for those that are left teach the same
 * @param seed decides which
 */
export function losingModel(model: Model, share: number, seed: number): Model {
  const order = HABITS.map(({ name }) => name).sort(
    (one, other) => fractionOf("lost", seed, one) - fractionOf("lost", seed, other),
  );
  const lost = new Set(order.slice(0, Math.round(share * order.length)));
  return {
    ...model,
    async complete(call) {
      const completion = await model.complete(call);
      if (call.caller !== "proposer") return completion;
      const isLost = curedBy(lessonsIn(call)).some(({ name }) => lost.has(name));
      return isLost ? { ...completion, reply: SILENT } : completion;
    },
  };
}

const SILENT: Reply = {
  role: "assistant",
  content: '```json\n{"reasoning": "nothing to add", "edits": []}\n```',
  toolCalls: [],
  reasoning: null,
};

function lessonsIn({ messages }: ModelCall): string {
  const user = messages.find(({ role }) => role === "user")?.content ?? "";
  return unfence("lessons", user).join("\n").replaceAll("\\n", "\n");
}
