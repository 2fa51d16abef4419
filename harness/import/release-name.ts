/** What the name of a log of the official release says: `<agent>_<instance>_SUCCEED.md`. */

export interface ReleaseName {
  readonly task: string;
  readonly seed: number;
  /** Null for a log without a label. */
  readonly passed: boolean | null;
}

const LABEL = /_(SUCCEED|FAILED)$/;
const SEED = /_seed_(\d{1,9})$/;

/**
 * The agent's name may hold underscores, so it is cut off as the log spells it. A triage that ran twice left two labels;
 * they must agree. Ids of several seeds end in `_seed_<n>`.
 * @param seed of the folder, or null
 */
export function releaseName(file: string, agent: string, seed: number | null): ReleaseName {
  let stem = file.replace(/\.(md|jsonl)$/, "");
  const labels: string[] = [];
  for (let label = LABEL.exec(stem)?.[1]; label !== undefined; label = LABEL.exec(stem)?.[1]) {
    labels.push(label);
    stem = stem.replace(LABEL, "");
  }
  const own = SEED.exec(stem)?.[1];
  stem = stem.replace(SEED, "");
  const task = stem.startsWith(`${agent}_`) ? stem.slice(agent.length + 1) : (stem.split("_").at(-1) ?? "");
  const [label] = labels;
  const agree = label !== undefined && labels.every((one) => one === label);
  return { task, seed: own === undefined ? (seed ?? 0) : Number(own), passed: agree ? label === "SUCCEED" : null };
}
