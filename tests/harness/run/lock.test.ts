import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { lockFolder } from "../../../harness/run/lock.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const TAKER = fileURLToPath(new URL("lock-taker.ts", import.meta.url));
/** Of a process that has ended. */
const deadPid = () => String(spawnSync("true").pid);

test("of several processes that all see a dead one's lock, one gets the folder at a time", async () => {
  const folder = await temporaryFolder();
  const dead = deadPid();
  await writeFile(join(folder, "lock"), dead);
  const takers = [1, 2, 3, 4].map(async () => {
    const child = spawn(process.execPath, [TAKER, folder, "60", dead], { stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    const [code] = await once(child, "close");
    return { code, err };
  });

  for (const { code, err } of await Promise.all(takers)) expect(code, err).toBe(0);
  expect(await readdir(folder)).toEqual(["lock"]);
});

test("one that was killed while it removed a lock holds nobody up", async () => {
  const folder = await temporaryFolder();
  const names = ["lock", "lock.breaking", "lock.breaking.breaking"];
  for (const name of names) await writeFile(join(folder, name), deadPid());
  {
    await using _lock = await lockFolder(folder);
    expect(await readFile(join(folder, "lock"), "utf8")).toBe(String(process.pid));
  }

  expect(await readdir(folder)).toEqual([]);
});

test("work of one process waits for its own other work; what an earlier process of its id left counts for nothing", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "lock"), String(process.pid));
  {
    await using _lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow("this process is at work in");
  }

  await using _again = await lockFolder(folder);
});

test("a lock that another has by now is left to it", async () => {
  const folder = await temporaryFolder();
  {
    await using _lock = await lockFolder(folder);
    await writeFile(join(folder, "lock"), String(process.ppid));
  }

  expect(await readFile(join(folder, "lock"), "utf8")).toBe(String(process.ppid));
});
