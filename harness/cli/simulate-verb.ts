/** What verb `simulate` does. */
import { loadBenchmark } from "../../benchmarks/index.ts";
import { FAULTS } from "../simulator/faults.ts";
import { startSimulator } from "../simulator/server.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import { askedOf } from "./options.ts";
import type { SimulateSettings } from "./simulate.ts";

export async function simulateVerb(settings: SimulateSettings, io: Io): Promise<void> {
  const { latency, faults } = settings;
  const asked = askedOf(settings, cacheDirectoryOf(io));
  const benchmarks = await Promise.all(settings.benchmark.map((name) => loadBenchmark(name, asked)));
  const keys = await Promise.all(benchmarks.map((benchmark) => benchmark.answerKey(benchmark.tasks)));
  const rates = Object.fromEntries(FAULTS.map((fault) => [fault, faults / FAULTS.length]));
  const server = await startSimulator({
    port: settings.port,
    key: keys.flat(),
    latency: latency === 0 ? { kind: "zero" } : { kind: "scaled", factor: latency },
    faults: faults === 0 ? { kind: "none" } : { kind: "rates", seed: 0, rates },
  });
  io.err(
    `The simulated model (no model, a statistical stand-in) serves ${keys.flat().length} tasks at ${server.url}; Ctrl-C ends it.`,
  );
  if (settings.json) io.out(JSON.stringify({ url: server.url, simulated: true, tasks: keys.flat().length }));
  await new Promise<void>((resolve) => io.signal.addEventListener("abort", () => resolve(), { once: true }));
  await server.close();
}
