/** What outlives whoever started it is found, whatever it is doing just then. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { hasCode } from "../../../harness/errors.ts";
import { endAll } from "../../../harness/sandbox/alive.ts";
import { straysWith } from "../../../harness/sandbox/strays.ts";
import { linesOfProcesses, mark } from "./support.ts";

function start(args: readonly string[]): number | undefined {
  const { pid } = spawn("/bin/bash", args, { stdio: "ignore", detached: true });
  onTestFinished(() => endAll(() => straysWith({ args: args.slice(-1) })));
  onTestFinished(() => endGroup(pid)); // before that: what it has started itself
  return pid;
}

function endGroup(pid: number | undefined): void {
  try {
    process.kill(-(pid ?? 0), "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

test("a process is found by arguments that no text can hold: the kernel was given them mended", async () => {
  const args = ["-c", `sleep ${mark()}; : \uD800`];
  const pid = start(args);

  await expect.poll(async () => (await straysWith({ args })).map((found) => found.pid)).toEqual([pid]);
});

/** Starts itself anew and ends, as often as is asked for: whoever lists processes and then reads of them comes too late for most. */
const RELAY = 'sleep 0.001; (( $1 > 0 )) && setsid -f /bin/bash -c "$0" "$0" $(( $1 - 1 )) "$2"';

test("what hands itself on from process to process is ended, and not taken for gone between two of them", async () => {
  for (let round = 0; round < 10; round += 1) {
    const own = mark();
    start(["-c", RELAY, RELAY, "10000", own]);
    await expect.poll(() => straysWith({ args: [own] }), { timeout: 20_000, interval: 1 }).not.toEqual([]);

    await endAll(() => straysWith({ args: [own] }));

    for (let look = 0; look < 20; look += 1) {
      await sleep(5);
      expect(linesOfProcesses(own)).toEqual([]);
    }
  }
});

test("a hundred that are ended at once share their looks: none waits for the others until its time is over", async () => {
  const own = Array.from({ length: 100 }, mark);
  const pids = [own[0], own.at(-1)].map((one) => start(["-c", "sleep 1000; :", one ?? ""]));

  await Promise.all(own.map((one) => endAll(() => straysWith({ args: [one], folders: [`/none-${one}/work`] }))));

  for (const pid of pids) expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
});
