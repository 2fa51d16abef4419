/** Several models behind one: each caller is answered by its own, where it has one. */
import type { Answerer, Caller, Model } from "../roles.ts";

/**
 * A model that hands the calls of some callers to others.
 * Its own name, endpoint and sampling are those of `base`, which answers all other callers; `roles` tells the rest. It counts
 * as simulated when any of them is, so that no page shows its numbers as those of a real model.
 */
export function modelByRole(base: Model, others: ReadonlyMap<Caller, Model>): Model {
  if (others.size === 0) return base;
  const roles = new Map([...others].sort(([one], [other]) => (one < other ? -1 : 1)));
  return {
    ...base,
    simulated: base.simulated || [...roles.values()].some(({ simulated }) => simulated),
    roles: { base, others: roles },
    complete: (call) => (roles.get(call.caller) ?? base).complete(call),
  };
}

/** Who answers a caller. */
export function answererOf(model: Model, caller: Caller): Answerer {
  return model.roles?.others.get(caller) ?? model.roles?.base ?? model;
}
