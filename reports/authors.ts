/** Which models a distillation is the work of. */
import type { Distillation } from "../distill/documents.ts";

/** `sim/large`, or `sim/large; error-analyst, merger: sim/small` where single roles had a model of their own. */
export function authorsText({ model, roles = {} }: Pick<Distillation["fingerprint"], "model" | "roles">): string {
  const others = Object.entries(roles).filter(([, role]) => role.model !== model);
  const byModel = Map.groupBy(others, ([, role]) => role.model);
  const parts = [...byModel].map(([name, own]) => `${own.map(([caller]) => caller).join(", ")}: ${name}`);
  return [model, ...parts].join("; ");
}
