/** What `--clusters` says of tasks that resemble each other: those of a kind, or as a file has them. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { firstOf } from "../../reports/format.ts";
import { type RunTrials, unitOf } from "../../reports/rows.ts";
import type { ClusterOf } from "../../reports/summary.ts";
import { SetupError } from "../errors.ts";

const Clusters = z.record(z.string(), z.string().min(1));
const BY_KIND = "kind";
const MOST_NAMED = 3;

/**
 * The cluster of each unit of those runs. Cases of one family are one unit, and in one cluster.
 * @param asked `kind`, or a JSON file that has a cluster for the id of each task or family
 * @throws SetupError for a file that cannot be read, that is something else, or that lacks tasks of the runs
 */
export async function clustersOf(asked: string, runs: readonly RunTrials[]): Promise<ClusterOf> {
  const tasks = runs.flatMap(({ trials }) => trials.map(({ task }) => task));
  const names =
    asked === BY_KIND
      ? new Map(tasks.map((task) => [unitOf(task), task.kind]))
      : new Map(Object.entries(await readClusters(asked)));
  const units = [...new Set(tasks.map(unitOf))];
  const lacking = units.filter((unit) => !names.has(unit));
  if (lacking.length > 0) {
    throw new SetupError(
      `${asked}: expected a cluster for each of ${units.length} tasks, found none for ${lacking.length}: ` +
        `${firstOf(lacking, MOST_NAMED)}. Add them; a task that stands alone is a cluster of its own`,
    );
  }
  return (unit) => names.get(unit) ?? unit;
}

async function readClusters(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new SetupError(
      `--clusters ${path}: cannot be read. Give kind, or a JSON file such as {"task-1": "table-7"}`,
      {
        cause,
      },
    );
  });
  const parsed = Clusters.safeParse(jsonOrNull(text));
  if (parsed.success) return parsed.data;
  throw new SetupError(
    `${path}: expected a JSON object with a cluster's name for each task, such as {"task-1": "table-7"}; found something else`,
    { cause: parsed.error },
  );
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // what is no JSON is no object of names either, and told as such
  }
}
