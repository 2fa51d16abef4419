import { expect, test } from "vitest";
import { FAULTS } from "../../harness/simulator/faults.ts";
import { delivered, playTwice, scoresOf } from "../support/chaotic-run.ts";
import { temporaryFolder } from "../support/temporary.ts";

const TRIALS = { benchmark: "sample-mathematics", tasks: "0:12", seeds: "41,42" };

test.each(["tools", "text"] as const)(
  "invariant 3 and 10: with a fifth of the calls failing in %s, all trials end, none is paid twice, and the scores are those of a calm run",
  {
    timeout: 300_000,
  },
  async (protocol) => {
    const play = async (rate: number) => playTwice({ ...TRIALS, protocol, rate, folder: await temporaryFolder() });
    const calm = await play(0);
    const { first, again } = await play(0.2);

    expect(calm.first.code, calm.first.err).toBe(0);
    expect(first.code, first.err).toBe(0);
    const failed = Object.values(first.server.faults).reduce((sum, times) => sum + times, 0);
    expect(Object.keys(first.server.faults).length).toBeGreaterThan(FAULTS.length / 3);
    expect(failed / first.server.total).toBeGreaterThan(0.1);
    expect(scoresOf(first.trials)).toEqual(scoresOf(calm.first.trials));
    expect(first.made).toBe(delivered(first.server));
    // Again: nothing is asked, nothing is paid, nothing has changed.
    expect(again.code, again.err).toBe(0);
    expect(again.made).toBe(0);
    expect(again.server.total).toBe(first.server.total);
    expect(again.trials).toEqual(first.trials);
  },
);
