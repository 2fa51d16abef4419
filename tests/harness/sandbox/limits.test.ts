/** Limits over all processes of a command together, as bubblewrap's watcher and the kernel hold them. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import { coresHeld, parseCores } from "../../../harness/sandbox/cores.ts";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { bytesText, DEFAULT_LIMITS, limitsIdentity } from "../../../harness/sandbox/limits.ts";
import { linesOfProcesses, mark, OPTIONS, runIn, SMALL } from "./support.ts";

let sandboxes: OpenedSandboxes;
beforeAll(async () => {
  sandboxes = await openSandboxes({ limits: { ...SMALL, commandMs: 3_000 } });
});
afterAll(() => sandboxes[Symbol.asyncDispose]());
const run = (command: string) => runIn(sandboxes, command);

const python = (...lines: string[]) => `python3 - <<'END'\n${lines.join("\n")}\nEND`;

test.each([
  ["memory in one process", python("b = []", "while True: b.append(bytearray(8_000_000))"), "memory"],
  [
    "memory in many processes, each of them small",
    `for i in 1 2 3 4 5; do ${"python3 -c 'import time; b = bytearray(80_000_000); time.sleep(5)' & "} done; wait`,
    "memory",
  ],
  [
    "memory that processes share",
    python(
      "import mmap, time",
      "m = mmap.mmap(-1, 300_000_000)",
      "for i in range(0, 300_000_000, 4096): m[i] = 1",
      "time.sleep(5)",
    ),
    "memory",
  ],
  ["a fork bomb", ":(){ :|:& };:; sleep 5", "processes"],
  [
    "a fork bomb that leaves its session",
    'f(){ setsid bash -c "$(declare -f f); f & f" & f; }; f; sleep 5',
    "processes",
  ],
  [
    "threads",
    python("import threading, time", "for i in range(200): threading.Thread(target=time.sleep, args=(5,)).start()"),
    "processes",
  ],
  ["time that the sandbox limits, not the caller", "sleep 30", "command"],
  [
    "files that are deleted and still open",
    python(
      "import os, time",
      "kept = []",
      "for i in range(8):",
      "  kept.append(open('gone', 'wb')); os.unlink('gone'); kept[-1].write(bytes(10_000_000)); kept[-1].flush()",
      "time.sleep(2.5)",
    ),
    "disk",
  ],
])("%s: the command is ended and told why", async (_, command, limit) => {
  const texts: Record<string, string> = {
    memory: "more than 256 MB of memory",
    processes: "more than 64 processes",
    command: "more than 3 s",
    disk: "more than 48 MB of disk in /work and /tmp",
  };
  expect(await run(command)).toMatchObject({ exitCode: null, killed: texts[limit] });
});

test("memory that forked processes share with their parent counts once", async () => {
  const script = python(
    "import os, time",
    "b = bytearray(100_000_000)",
    "for i in range(5):",
    "  if os.fork() == 0: time.sleep(1); os._exit(0)",
    "time.sleep(1.2); print('shared')",
  );
  expect(await run(script)).toMatchObject({ exitCode: 0, output: "shared\n" });
});

test.each([
  ["a file of a terabyte that takes no room", "truncate -s 1T sparse; stat -c %s sparse", /File size limit exceeded/],
  [
    "memory files, which no process shows to have",
    "python3 -c 'import os; os.memfd_create(\"m\")'",
    /Function not implemented/,
  ],
  ["more open files than a process may have", "ulimit -n", /^1024\n$/],
])("%s: refused by the kernel", async (_, command, said) => {
  expect((await run(command)).output).toMatch(said);
});

const CONNECTIONS = [
  "import socket, sys, time",
  "server = socket.create_server(('127.0.0.1', 0)); kept = []",
  "for i in range(90):",
  "  kept.append(socket.create_connection(server.getsockname())); kept.append(server.accept()[0])",
];

test("connections that hold nothing are no memory", async () => {
  const idle = python(...CONNECTIONS, "time.sleep(0.3); print('idle')");
  expect(await run(idle)).toMatchObject({ exitCode: 0, output: "idle\n" });
});

test("connections that are filled and never read are", async () => {
  const fill = [
    "for s in kept:",
    "  s.setblocking(False)",
    "  try:",
    "    while True: s.send(bytes(1_000_000))",
    "  except BlockingIOError: pass",
  ];
  expect(await run(python(...CONNECTIONS, ...fill, "time.sleep(2)"))).toMatchObject({
    killed: "more than 256 MB of memory",
  });
});

test("what a killed bomb leaves is nothing", async () => {
  const name = mark();
  await run(`exec -a ${name} bash -c ':(){ :|:& };:; sleep 5'`);
  expect(linesOfProcesses(name)).toEqual([]);
});

test("a command has the cores that it may have, and cannot take others", async () => {
  await using one = await openSandboxes({ limits: { ...DEFAULT_LIMITS, cpus: 1 } });
  const { output } = await runIn(one, "nproc; taskset -p ffff $$ 2>&1; nproc");
  const own = parseCores(/^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0");

  // By control groups the time is limited, not the cores.
  const cores = one.heldBy.startsWith("control groups") ? own.length : 1;
  expect(output.trim().split("\n").at(0)).toBe(String(cores));
  expect(output.trim().split("\n").at(-1)).toBe(String(cores));
  expect(output).toMatch(/Operation not permitted/);
});

test("the harness goes on while a command fills its pipes, memory and process table", async () => {
  const stalls: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    stalls.push(performance.now() - last);
    last = performance.now();
  }, 10);
  await using wide = await openSandboxes({ limits: SMALL, width: 4 });

  const ends = await Promise.all([
    runIn(wide, "yes"),
    runIn(wide, ":(){ :|:& };:; sleep 5"),
    runIn(wide, "python3 -c 'b = []\nwhile True: b.append(bytearray(8_000_000))'"),
    runIn(wide, "echo fine"),
  ]);

  clearInterval(timer);
  expect(ends.slice(0, 2).map(({ killed }) => killed)).toEqual([
    "more than 625 KB of output",
    "more than 64 processes",
  ]);
  // Where the machine is slow to look, the kernel refuses it memory first.
  expect(ends[2]?.killed ?? ends[2]?.output).toMatch(/^more than 256 MB of memory$|MemoryError/);
  expect(ends[3]).toMatchObject({ output: "fine\n", exitCode: 0 });
  expect(Math.max(...stalls)).toBeLessThan(2_000); // generous, for two cores are shared
});

test("limits that nobody changed are no part of a fingerprint, and the caller's time is told elsewhere", async () => {
  expect(limitsIdentity(DEFAULT_LIMITS)).toBe("");
  expect(limitsIdentity({ ...DEFAULT_LIMITS, commandMs: 5_000 })).toBe("");
  expect(limitsIdentity({ ...DEFAULT_LIMITS, memoryBytes: 1024 ** 3, processes: 8 })).toBe(
    "memory=1073741824,processes=8",
  );
  expect(sandboxes.identity).toMatch(/^bubblewrap\/2 memory=268435456,processes=64,/);
});

test("bytes are told in the largest unit that they fill", () => {
  expect([2 * 1024 ** 3, 1.5 * 1024 ** 3, 256 * 1024 ** 2, 10_000].map(bytesText)).toEqual([
    "2 GB",
    "1.5 GB",
    "256 MB",
    "9.8 KB",
  ]);
});

test("what is held of the cores is told: whole ones, or nothing", () => {
  expect(coresHeld(0.5, true)).toBe("cores by taskset, which gives whole ones: 1");
  expect(coresHeld(1.5, true)).toMatch(/: 2$/);
  expect(coresHeld(0.5, false)).toBe("cores by nothing, for there is no /usr/bin/taskset");
});

test("lists of cores are read as the kernel writes them", () => {
  expect(parseCores("0-3,8,10-11")).toEqual([0, 1, 2, 3, 8, 10, 11]);
  expect(parseCores("5")).toEqual([5]);
});

test("an abort before the command starts it not at all", async () => {
  await using sandbox = await sandboxes.open({ skill: null });
  const signal = AbortSignal.abort(new Error("stop"));
  await expect(sandbox.run("touch started", { ...OPTIONS, signal })).rejects.toThrow("stop");
  expect((await sandbox.run("ls", OPTIONS)).output).toBe("");
});
