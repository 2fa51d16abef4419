/**
 * What the harness adds to model calls of 2 s: wall time beside the ideal (calls x latency / places), memory, and how long the
 * event loop was held up. Limits start at their cap; trajectories end near 30,000 tokens; the server has a process of its own.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { chaosSection } from "./calls-chaos.ts";
import type { ServerTold } from "./calls-server.ts";
import type { Asked, Outcome } from "./calls-worker.ts";
import { measure } from "./measure.ts";

const TURNS = 10;
const LATENCY_MS = 2_000;
/** A reply, so that ten of them and what is shown in return come near 30,000 tokens of four characters. */
const CHARACTERS = 11_500;

interface Part extends Omit<Asked, "url"> {
  readonly wantedMb: number;
}

const PARTS: readonly Part[] = [
  { trials: 400, inFlight: 128, sandboxed: true, wantedMb: 300 },
  { trials: 3_200, inFlight: 1_024, sandboxed: false, wantedMb: 800 },
  // One round, in which no other trial takes the places of those that are still laid out, or at their end already.
  { trials: 1_024, inFlight: 1_024, sandboxed: false, wantedMb: 800 },
];

export async function callsBench(): Promise<void> {
  for (const part of PARTS) await benchPart(part);
  await chaosSection();
}

async function benchPart({ wantedMb, ...part }: Part): Promise<void> {
  const args = [LATENCY_MS, TURNS, CHARACTERS].map(String);
  const server = fork(new URL("calls-server.ts", import.meta.url), args);
  try {
    const { url } = await told(server);
    const worker = new URL("calls-worker.ts", import.meta.url).pathname;
    const { out } = await measure(process.execPath, [
      "--semi-space-growth-factor=1",
      worker,
      JSON.stringify({ ...part, url }),
    ]);
    server.send({});
    print(part, wantedMb, JSON.parse(out) as Outcome, await told(server));
  } finally {
    server.kill();
  }
}

async function told(server: ReturnType<typeof fork>): Promise<ServerTold> {
  const [message] = await once(server, "message");
  return message as ServerTold;
}

function print(
  { trials, inFlight, sandboxed }: Omit<Asked, "url">,
  wantedMb: number,
  outcome: Outcome,
  server: ServerTold,
): void {
  const idealMs = (trials * TURNS * LATENCY_MS) / inFlight;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const perCall = (ms: number) => `${(ms / server.calls).toFixed(2)} ms`;
  console.log(
    [
      `  ${trials} trials of ${TURNS} turns, ${inFlight} in flight (most seen by the server: ${server.most}), ${sandboxed ? "sandboxed commands" : "no sandboxes"}:`,
      `    wall ${seconds(outcome.wallMs)}, ideal ${seconds(idealMs)}, ratio ${(outcome.wallMs / idealMs).toFixed(3)} (wanted: 1.10); ${outcome.scored} of ${trials} scored, ${server.calls} calls`,
      `    processor: harness ${seconds(outcome.cpuMs)} (${perCall(outcome.cpuMs)} a call), commands ${seconds(outcome.commandsCpuMs)} (starting them ${seconds(outcome.starterCpuMs)}), server ${seconds(server.cpuMs)}`,
      `    memory at most ${outcome.peakMb.toFixed(0)} MB (wanted: ${wantedMb}); event loop held up: p99 ${outcome.delayP99Ms.toFixed(1)} ms (wanted: 50), at most ${outcome.delayMaxMs.toFixed(0)} ms`,
    ].join("\n"),
  );
}
