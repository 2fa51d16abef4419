/** A process that takes a folder again and again, and leaves it each time as if it were killed: with the lock of a dead process. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { FolderTaken, lockFolder } from "../../../harness/run/lock.ts";

const [folder = "", rounds = "0", dead = "0"] = process.argv.slice(2);
const holding = join(folder, "holding");
const left = join(folder, `left-by-${process.pid}`);

for (let round = 0; round < Number(rounds); ) {
  try {
    await lockFolder(folder);
  } catch (error) {
    if (!(error instanceof FolderTaken)) throw error;
    await setImmediate();
    continue;
  }
  writeFileSync(holding, "", { flag: "wx" }); // throws where another is in there
  await setImmediate();
  rmSync(holding);
  writeFileSync(left, dead);
  renameSync(left, join(folder, "lock"));
  round += 1;
}
