/**
 * Exhausting: time, memory, processes, disk and output. Each attack asks for a small multiple of small limits, and ends by
 * itself soon, so that one that succeeds does no harm.
 *
 * Seen to succeed with the watchers' strikes taken out: processes and memory. Before the watchers knew of them: files
 * that no folder shows or whose names are no UTF-8, sockets and page tables.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { attack, MB, openAttacked, openVictim, python, runIn, SMALL, type Victim, whileWatched } from "./support.ts";

let sandboxes: OpenedSandboxes;
let victim: Victim;
beforeAll(async () => {
  [sandboxes, victim] = await Promise.all([openAttacked({ ...SMALL, diskBytes: 24 * MB }), openVictim()]);
});
afterAll(async () => {
  await victim[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
});

const PROCESSES = "more than 64 processes";
const MEMORY = "more than 256 MB of memory";
const DISK = "more than 24 MB of disk in /work and /tmp";
const FILE = "more than 16 MB in one file";
const OUTPUT = "more than 625 KB of output";

const ATTACKS: readonly (readonly [name: string, command: string, killed: string])[] = [
  // Each stops by itself after some generations.
  ["a fork bomb", "f() { [ $1 = 0 ] || { f $(($1 - 1)) & f $(($1 - 1)) & }; sleep 3; }; f 7", PROCESSES],
  [
    "a fork bomb deaf to signals",
    "trap '' TERM INT HUP; f() { [ $1 = 0 ] || { f $(($1 - 1)) & f $(($1 - 1)) & }; sleep 3; }; f 7",
    PROCESSES,
  ],
  [
    "a fork bomb of sessions",
    `f() { [ $1 = 0 ] || for i in 1 2; do setsid bash -c "$(declare -f f); f $(($1 - 1))" & done; sleep 3; }; f 7`,
    PROCESSES,
  ],
  [
    "dead children that nobody asks for",
    python("import os, time", "for i in range(150):", "  if os.fork() == 0: os._exit(0)", "time.sleep(4)"),
    PROCESSES,
  ],
  [
    "threads",
    python("import threading, time", "for i in range(150): threading.Thread(target=time.sleep, args=(4,)).start()"),
    PROCESSES,
  ],
  ["memory of one", python("import time", "b = bytearray(b'x') * 400_000_000", "time.sleep(4)"), MEMORY],
  [
    "memory of many",
    `for i in 1 2 3 4 5; do ${`python3 -c 'import time; b = bytearray(b"x") * 80_000_000; time.sleep(4)' & `} done; wait`,
    MEMORY,
  ],
  [
    "memory that is shared",
    python(
      "import mmap, time",
      "m = mmap.mmap(-1, 400_000_000)",
      "for i in range(0, 400_000_000, 4096): m[i] = 1",
      "time.sleep(4)",
    ),
    MEMORY,
  ],
  [
    "page tables of memory that is only read",
    python(
      "import mmap, time",
      "for n in range(7):",
      "  m = mmap.mmap(-1, 1 << 37, flags=34 | 0x4000, prot=1)",
      "  [m[i] for i in range(0, 1 << 37, 1 << 21)]",
      "  globals()[f'm{n}'] = m",
      "time.sleep(4)",
    ),
    MEMORY,
  ],
  [
    "sockets filled and never read",
    python(
      "import os, socket, time",
      "kept = []",
      "for n in range(3):",
      "  if os.fork() > 0: continue",
      "  for i in range(480):",
      "    pair = socket.socketpair(); kept.append(pair)",
      "    for s in pair:",
      "      s.setblocking(False)",
      "      try:",
      "        while True: s.send(bytes(30_000))",
      "      except BlockingIOError: pass",
      "  time.sleep(4); os._exit(0)",
      "time.sleep(5)",
    ),
    MEMORY,
  ],
  ["a large file", "head -c 20000000 /dev/zero > big", FILE],
  ["many large files", "for i in $(seq 8); do head -c 15000000 /dev/zero > f$i; done; sleep 3", DISK],
  [
    "files in /tmp and /work",
    "for i in 1 2 3; do head -c 15000000 /dev/zero > /tmp/f$i; head -c 15000000 /dev/zero > f$i; done; sleep 3",
    DISK,
  ],
  [
    "many links and folders",
    python("import os", "for i in range(7_000): os.symlink('x', f'l{i}')", "import time; time.sleep(3)"),
    DISK,
  ],
  [
    "files with names that are no UTF-8",
    python(
      "import os, time",
      "for i in range(6):",
      "  open(b'\\xff%d' % i, 'wb').write(bytes(15_000_000))",
      "time.sleep(3)",
    ),
    DISK,
  ],
  [
    "files in a folder with such a name",
    python(
      "import os, time",
      "os.mkdir(b'\\xfe')",
      "for i in range(6):",
      "  open(b'\\xfe/%d' % i, 'wb').write(bytes(15_000_000))",
      "time.sleep(3)",
    ),
    DISK,
  ],
  [
    "files deeper than a path can be long",
    python(
      "import os, time",
      "for i in range(25):",
      "  os.mkdir('d' * 200); os.chdir('d' * 200)",
      "for i in range(6): open(str(i), 'wb').write(bytes(15_000_000))",
      "time.sleep(3)",
    ),
    DISK,
  ],
  [
    "files in a folder that is barred",
    "mkdir d; for i in $(seq 6); do head -c 15000000 /dev/zero > d/f$i; done; chmod 000 d; sleep 3",
    DISK,
  ],
  [
    "files that are deleted and open",
    python(
      "import os, time",
      "kept = []",
      "for i in range(6):",
      "  kept.append(open('gone', 'wb')); os.unlink('gone'); kept[-1].write(bytes(15_000_000)); kept[-1].flush()",
      "time.sleep(3)",
    ),
    DISK,
  ],
  [
    "files that are deleted, open, and barred to all but root",
    python(
      "import ctypes, os, time",
      "ctypes.CDLL(None).prctl(4, 0)",
      "kept = []",
      "for i in range(4):",
      "  kept.append(open('gone', 'wb')); os.unlink('gone'); kept[-1].write(bytes(15_000_000)); kept[-1].flush()",
      "time.sleep(3)",
    ),
    DISK,
  ],
  [
    "memory of many that bar a look at it",
    `for i in 1 2 3 4 5; do ${`python3 -c 'import ctypes, time; ctypes.CDLL(None).prctl(4, 0); b = bytearray(b"x") * 80_000_000; time.sleep(4)' & `} done; wait`,
    MEMORY,
  ],
  [
    "files that are deleted, closed and mapped",
    python(
      "import ctypes, os, time",
      "libc = ctypes.CDLL(None); libc.mmap.restype = ctypes.c_void_p",
      "for i in range(6):",
      "  f = open('gone', 'w+b'); f.write(bytes(15_000_000)); f.flush()",
      "  libc.mmap(None, ctypes.c_size_t(4096), 1, 1, f.fileno(), ctypes.c_long(0)); f.close(); os.unlink('gone')",
      "time.sleep(3)",
    ),
    DISK,
  ],
  [
    "files that are deleted and under way in a socket",
    python(
      "import os, socket, time",
      "a, b = socket.socketpair()",
      "for i in range(6):",
      "  f = open('gone', 'wb'); f.write(bytes(15_000_000)); f.flush()",
      "  socket.send_fds(a, [b'x'], [f.fileno()]); f.close(); os.unlink('gone')",
      "time.sleep(3)",
    ),
    DISK,
  ],
  ["output without end", "timeout 5 yes", OUTPUT],
  ["errors without end", "timeout 5 yes >&2", OUTPUT],
  ["output without end of what is no text", "timeout 5 cat /dev/zero", OUTPUT],
  ["output of many at once, some detached", "for i in 1 2 3 4; do setsid timeout 5 yes & done; timeout 5 yes", OUTPUT],
];

test("a million small files: whoever makes them is ended, and told why", async () => {
  await using little = await openAttacked({ ...SMALL, diskBytes: 4 * MB });
  const make =
    "for ((i = 0; i < 1000000 && SECONDS < 8; i++)); do echo x > f$i; [ $i -lt 3000 ] || sleep 0.01; done; echo made";

  expect(await runIn(little, make)).toMatchObject({ killed: "more than 4 MB of disk in /work and /tmp", output: "" });
});

/** What a function of the C library returns, and why. */
function asked(call: string): string {
  return `python3 -c 'import ctypes; l = ctypes.CDLL(None, use_errno=True); print(l.${call}, ctypes.get_errno())'`;
}

const PIPES = python(
  "import fcntl, os",
  "pipes = [os.pipe() for _ in range(450)]",
  "for _, end in pipes:",
  "  os.set_blocking(end, False)",
  "  try: fcntl.fcntl(end, 1031, 1 << 20)",
  "  except OSError: pass",
  "  try:",
  "    while True: os.write(end, bytes(65_536))",
  "  except BlockingIOError: pass",
  "print(len(pipes), 'pipes hold', sum(fcntl.fcntl(end, 1032) for _, end in pipes) // 1_000_000, 'MB')",
);

test.each(ATTACKS)("%s: ended, and told why", async (_, command, killed) => {
  const { stallMs, result } = await whileWatched(() => runIn(sandboxes, command));

  expect(result).toMatchObject({ exitCode: null, killed });
  expect(result.durationMs).toBeLessThan(12_000);
  // Generous: what is claimed is that the harness is not held up as long as the attack lasts, also where two cores are shared.
  expect(stallMs).toBeLessThan(2_000);
});

test.each([
  [
    "files of a terabyte with nothing in them",
    "truncate -s 1T sparse; fallocate -l 1T f; true",
    /(File size limit exceeded[\s\S]*){2}/,
  ],
  ["memory files", "python3 -c 'import os; os.memfd_create(\"m\")'", /^OSError: \[Errno (1|38)\]/m],
  ["memory of the old kind", asked("shmget(0, 100000000, 0o1600)"), /^-1 (1|38)$/m],
  [
    "shared memory beyond 64 MB",
    "for i in $(seq 6); do head -c 15000000 /dev/zero > /dev/shm/f$i; done",
    /^head: .*: No space left on device$/m,
  ],
  [
    "more open files than a process may have",
    python("import os", "for i in range(1100): os.dup(0)"),
    /^OSError: \[Errno 24\] Too many open files$/m,
  ],
  ["locked memory", asked("mlockall(3)"), /^-1 (1|12)$/m],
  ["dumps of memory", "ulimit -c unlimited && kill -SEGV $$", /cannot modify limit: Operation not permitted$/m],
  // The kernel holds all pipes of a user to 64 MB, and each beyond to a page.
  ["memory in pipes that nobody reads", PIPES, /^450 pipes hold [3-9]\d MB$/m],
])("%s: refused by the kernel", async (_, command, refusal) => {
  const { output } = await runIn(sandboxes, command);

  expect(output).toMatch(refusal);
});

test.each([
  ["all cores", "for i in 1 2 3 4 5 6; do (while :; do :; done) & done; wait"],
  ["time, by sleeping", "sleep 100"],
  ["time, by waiting for input", "cat; read x < <(sleep 100)"],
  ["time, deaf and stopped", "trap '' TERM; kill -STOP $$"],
])("%s: ended when the time is up, and the harness goes on meanwhile", async (_, command) => {
  const { stallMs, result } = await whileWatched(() => runIn(sandboxes, `${command} 0<> <(sleep 100)`, 500));

  expect(result).toMatchObject({ timedOut: true, exitCode: null });
  expect(result.durationMs).toBeLessThan(8_000);
  expect(stallMs).toBeLessThan(2_000);
});

test("a hundred megabytes of one line are read to their end or cut, and what is kept is small", async () => {
  const { observations, trial } = await attack(sandboxes, victim, ["head -c 100000000 /dev/zero | tr '\\0' x"]);

  expect(observations[0]).toMatch(/\[killed: more than 625 KB of output\]$/);
  expect(JSON.stringify(trial).length).toBeLessThan(50_000);
});

test("others run while bombs go off beside them", async () => {
  await using wide = await openAttacked({ ...SMALL, memoryBytes: 128 * MB });
  const bombs = ATTACKS.filter(([name]) => ["a fork bomb", "memory of one", "output without end"].includes(name));

  const [fine] = await Promise.all([runIn(wide, "echo fine"), ...bombs.map(([, command]) => runIn(wide, command))]);

  expect(fine).toMatchObject({ output: "fine\n", exitCode: 0 });
});
