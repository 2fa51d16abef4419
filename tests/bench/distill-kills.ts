import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killDistillations } from "../chaos/killed-distillation.ts";

const KILLS = 50;

/** Wanted: the same skill after every round, and no call sent twice but those under way at a kill. */
export async function killsBench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  try {
    const { needed, kills, rounds } = await killDistillations({ folder, kills: KILLS, tasks: 12, seed: 20 });
    const twice = rounds.map(({ sent, lost }) => Math.max(0, sent - needed - lost));
    const same = rounds.filter(({ different }) => different.length === 0).length;
    const lost = rounds.reduce((sum, round) => sum + round.lost, 0);
    console.log(
      `  ${kills} kills over ${rounds.length} distillations of ${needed} calls: ${same} of ${rounds.length} came out the same to the byte (skill, patches, merges, document); ` +
        `${lost} calls were under way at a kill, ${twice.reduce((sum, one) => sum + one, 0)} others paid twice`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
