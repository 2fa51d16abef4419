/** What was asked for and everything that decides the result: what a folder is known by. */
import { hashJson } from "../harness/hash.ts";
import { FORMAT_VERSION } from "../harness/records.ts";
import type { Answerer, Caller } from "../harness/roles.ts";
import { REPAIR_PROMPT_HASH } from "./ask.ts";
import type { Settled } from "./distill-options.ts";
import type { DistillationManifest } from "./documents.ts";
import { ANALYST_LIMITS } from "./error-analyst.ts";
import { ERROR_ANALYST_HASHES } from "./error-analyst-tools.ts";
import { MERGER_HASH } from "./merge-group.ts";
import { PARAMETRIC_HASHES } from "./parametric.ts";
import { PROPOSER_HASHES } from "./propose.ts";
import { SINGLE_CALL_HASHES } from "./single-call-analyst.ts";
import { SKELETON_HASH } from "./skeleton.ts";
import { hashTrial } from "./trials.ts";

const PROMPT_HASHES = [
  REPAIR_PROMPT_HASH,
  ...ERROR_ANALYST_HASHES,
  ...SINGLE_CALL_HASHES,
  ...PROPOSER_HASHES,
  MERGER_HASH,
  SKELETON_HASH,
  ...PARAMETRIC_HASHES,
];

/** Of all prompts that distillations and drafts are made with, and of how often an analyst may reply. */
export const PROMPTS_IDENTITY = hashJson([PROMPT_HASHES, ANALYST_LIMITS.turns]);

/** Who answers single roles, and how it samples. */
function rolesOf(roles: ReadonlyMap<Caller, Answerer>): DistillationManifest["fingerprint"]["roles"] {
  const entries = [...roles].map(
    ([caller, { name, endpoint, sampling, simulated }]) =>
      [caller, { model: name, endpoint, simulated, sampling: { ...sampling } }] as const,
  );
  return Object.fromEntries(entries);
}

export function manifestOf(options: Settled): DistillationManifest {
  const { model, benchmark, sandboxes, start, trials, given = [] } = options;
  const { lessons, errorAnalyst, mode, draft, strategy, batch, merge, seed, name, shuffleMerge, truths } = options;
  const { fanIn, routeSupport, maxSkillLines, maxReferenceLines } = options;
  const limits = { fanIn, routeSupport, maxSkillLines, maxReferenceLines };
  return {
    version: FORMAT_VERSION,
    kind: "distillation",
    name,
    options: { lessons, errorAnalyst, mode, draft, strategy, batch, merge, ...limits, shuffleMerge, seed },
    fingerprint: {
      trials: hashJson(given.length === 0 ? trials.map(hashTrial) : [trials.map(hashTrial), given]),
      start: start?.hash ?? null,
      model: model.name,
      endpoint: model.endpoint,
      simulated: model.simulated,
      sampling: { ...model.sampling },
      prompts: PROMPTS_IDENTITY,
      benchmark:
        benchmark === null ? null : hashJson([benchmark.name, benchmark.split, benchmark.dataHash, benchmark.scorer]),
      sandbox: sandboxes?.identity ?? null,
      ...(truths && { truths: truths.identity }),
      ...(model.roles && { roles: rolesOf(model.roles.others) }),
    },
  };
}
