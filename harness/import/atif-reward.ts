/**
 * The score of a trajectory from elsewhere. ATIF's schema has no field for it, so it stands in one of the places where
 * producers put it: in the document, in its last step, or in the files of a Harbor trial beside it.
 */
import { join } from "node:path";
import { z } from "zod";
import type { Score } from "../records.ts";
import { type AtifTrajectory, OWN } from "./atif-format.ts";
import { readText } from "./read-text.ts";

const Reward = z.union([z.number(), z.boolean().transform(Number)]);
const Holder = z.looseObject({ reward: Reward.optional(), score: Reward.optional() });
/** One number, or named numbers of which one is the reward. */
const Rewards = z.union([Reward.transform((reward) => ({ reward })), z.record(z.string(), Reward)]);
const TrialResult = z.looseObject({
  task_name: z.string().nullish(),
  verifier_result: z.looseObject({ reward: Reward.nullish(), rewards: Rewards.nullish() }).nullish(),
  exception_info: z.looseObject({ exception_type: z.string().nullish() }).nullish(),
});

/** What the files of a Harbor trial say, where there are any. */
export interface HarborTrial {
  readonly task: string | null;
  readonly rewards: Readonly<Record<string, number>> | null;
  /** Type of the exception that ended the trial. */
  readonly exception: string | null;
}

/** Reads `result.json` and `verifier/reward.json` or `.txt` of the trial folder, the folder of `agent/trajectory.json`. */
export async function readHarborTrial(trialFolder: string): Promise<HarborTrial> {
  const result = TrialResult.safeParse(await readJsonText(join(trialFolder, "result.json"))).data;
  const verifier = result?.verifier_result;
  const rewards =
    verifier?.rewards ??
    (typeof verifier?.reward === "number" ? { reward: verifier.reward } : null) ??
    Rewards.safeParse(await readJsonText(join(trialFolder, "verifier", "reward.json"))).data ??
    Rewards.safeParse(await readJsonText(join(trialFolder, "verifier", "reward.txt"))).data ??
    null;
  return { task: result?.task_name ?? null, rewards, exception: result?.exception_info?.exception_type ?? null };
}

async function readJsonText(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return text === null ? null : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The score that the trajectory or the trial beside it names; unscored, with why, when there is none that can be one. */
export function scoreOf(document: AtifTrajectory, { rewards }: Pick<HarborTrial, "rewards">): Score {
  const last = document.steps.at(-1);
  const places: readonly (readonly [string, unknown])[] = [
    ["extra of the document", plain(document.extra)],
    ["final_metrics", document.final_metrics],
    ["extra of final_metrics", document.final_metrics?.extra],
    ["metrics of the last step", last?.metrics],
    ["extra of the last step", plain(last?.extra)],
  ];
  for (const [place, holder] of places) {
    const read = Holder.safeParse(holder).data;
    const reward = read?.reward ?? read?.score;
    if (reward !== undefined) return scored({ reward }, place);
  }
  return rewards === null ? unscored("no reward is named in the trajectory or beside it") : scored(rewards, "verifier");
}

function plain(extra: Record<string, unknown> | null | undefined): unknown {
  return extra === null || extra === undefined
    ? null
    : Object.fromEntries(Object.entries(extra).filter(([name]) => name !== OWN));
}

/** `reward`, or the only number there is; what else is in [0, 1] is kept beside it. */
function scored(rewards: Readonly<Record<string, number>>, place: string): Score {
  const names = Object.keys(rewards);
  const name = names.includes("reward") ? "reward" : names.length === 1 ? names[0] : undefined;
  const value = name === undefined ? undefined : rewards[name];
  if (value === undefined) return unscored(`${place} names ${names.length} rewards and none "reward"`);
  if (!(value >= 0 && value <= 1)) return unscored(`the reward ${value} (${place}) is not in [0, 1]`);
  const others = Object.entries(rewards).filter(([other, number]) => other !== name && number >= 0 && number <= 1);
  const metrics = others.length === 0 ? {} : { metrics: Object.fromEntries(others) };
  return { kind: "scored", value, explanation: `imported reward ${value} (${place})`, ...metrics };
}

/** Nobody judged it as far as is known: counted and shown, never averaged, and no lesson is drawn from it. */
function unscored(detail: string): Score {
  return { kind: "unscored", reason: "benchmark-broken", detail };
}
