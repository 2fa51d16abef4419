/** Kills the command line at random points of distillations, again and again, and tells what became of skill and calls. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { seededRandom } from "../../harness/random.ts";
import { SPENDING_FILE } from "../../harness/run/spending.ts";
import { startSimulator } from "../../harness/simulator/server.ts";
import { type Ended, start, trace2skill } from "../support/command-line.ts";

export interface KilledOptions {
  /** An empty folder to work in. */
  readonly folder: string;
  readonly kills: number;
  readonly tasks: number;
  readonly seed: number;
}

export interface Killed {
  /** Calls that one undisturbed distillation takes. */
  readonly needed: number;
  readonly kills: number;
  /** A distillation each, with the files that came out otherwise than undisturbed. */
  readonly rounds: readonly {
    readonly different: readonly string[];
    readonly kills: number;
    readonly sent: number;
    readonly lost: number;
  }[];
}

/**
 * Distils one run undisturbed, then over and over while killing it, until there were enough kills. Each round has a journal
 * of its own, and ends with a command that is left alone.
 * @throws Error when a command fails of itself
 */
export async function killDistillations({ folder, kills, tasks, seed }: KilledOptions): Promise<Killed> {
  const random = seededRandom(seed);
  const cache = join(folder, "cache");
  const benchmark = await loadBenchmark("sample-spreadsheet", {
    settings: { split: "evolve" },
    data: null,
    cacheDirectory: cache,
    tasks: { kind: "all" },
  });
  // Slow enough that a kill can fall between any two calls.
  const server = await startSimulator({
    key: await benchmark.answerKey(benchmark.tasks),
    latency: { kind: "fixed", ms: 20 },
  });
  const options = { cwd: folder, env: { XDG_CACHE_HOME: cache } };
  const common = ["--base-url", server.url, "--model", "sim/large"];
  const distill = (round: string) => [
    "distill",
    "run",
    "--out",
    join(round, "out"),
    "--fan-in",
    "2",
    "--width",
    "3",
    "--json",
    ...common,
  ];
  try {
    succeeded(
      await trace2skill(
        [
          "run",
          "sample-spreadsheet",
          "--split",
          "evolve",
          "--tasks",
          `0:${tasks}`,
          "--out",
          "run",
          "--json",
          ...common,
        ],
        options,
      ),
    );
    const before = server.requests().total;
    succeeded(await trace2skill(distill("whole"), options));
    const needed = server.requests().total - before;
    const wanted = await filesBelow(join(folder, "whole", "out"));
    const rounds: Killed["rounds"][number][] = [];
    for (let done = 0; done < kills; ) {
      const name = `round-${rounds.length}`;
      const sent = server.requests().total;
      let lost = 0;
      let own = 0;
      for (let alive = true; alive && done < kills; ) {
        const child = start(distill(name), options);
        const reached = server.requests().total + random.integer(0, 4);
        await Promise.race([child.ended, waitUntil(() => server.requests().total > reached)]);
        await setTimeout(random.integer(0, 40));
        child.kill("SIGKILL");
        const ended = await child.ended;
        alive = ended.code === null;
        if (!alive) succeeded(ended);
        done += alive ? 1 : 0;
        own += alive ? 1 : 0;
        lost += unanswered(join(folder, name, "journal.sqlite"));
      }
      succeeded(await trace2skill(distill(name), options));
      const different = differing(await filesBelow(join(folder, name, "out")), wanted);
      rounds.push({ different, kills: own, sent: server.requests().total - sent, lost });
    }
    return { needed, kills, rounds };
  } finally {
    await server.close();
  }
}

function succeeded({ code, err }: Ended): void {
  if (code !== 0) throw new Error(`the command ended with ${code}: ${err}`);
}

/** Calls whose answer had not arrived when the process died: only these may be sent again. */
function unanswered(path: string): number {
  if (!existsSync(path)) return 0;
  using journal = openJournal(path);
  return journal.unanswered();
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(2);
}

/** All but what analysts saw: `ls -l` prints the time of day, and rounds with journals of their own have times of their own. */
async function filesBelow(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = paths
    .sort()
    .map((path) => [path.slice(directory.length + 1), path] as const)
    // The account tells what was paid for, which a kill may make more, or fewer where its line was not written yet.
    .filter(([name]) => !name.startsWith("analyses/") && name !== SPENDING_FILE)
    .map(async ([name, path]) => [name, await readFile(path, "utf8")] as const);
  return new Map(await Promise.all(read));
}

/** Paths of files that only one has, or that differ by a byte. */
function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path)).sort();
}
