/**
 * Escalating: to more than a user without rights in a world of its own.
 *
 * Seen to succeed with `--seccomp` taken out: namespaces, tracing, files by handle, keys, events, faults, rings, calls of 32 bits
 * and other cores. The others have a second guard behind it (no capabilities, nothing mounted, no setuid).
 */
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenedSandboxes } from "../../harness/sandbox/driver.ts";
import { processesWith } from "./held.ts";
import { openAttacked, openVictim, python, REACHED, runIn, SMALL, type Victim } from "./support.ts";

let sandboxes: OpenedSandboxes;
let victim: Victim;
beforeAll(async () => {
  [sandboxes, victim] = await Promise.all([openAttacked(SMALL), openVictim()]);
});
afterAll(async () => {
  await victim[Symbol.asyncDispose]();
  await sandboxes[Symbol.asyncDispose]();
});

const isX64 = process.arch === "x64";
/** Makes a system call; says REACHED when the kernel did it, or refused it for another reason than that nobody may. */
const call = (x64: number, arm64: number, ...args: (number | string)[]) =>
  python(
    "import ctypes",
    "libc = ctypes.CDLL(None, use_errno=True)",
    `done = libc.syscall(${[isX64 ? x64 : arm64, ...args].join(", ")})`,
    "print('REACHED' if done >= 0 or ctypes.get_errno() not in (1, 13, 38) else ctypes.get_errno())",
  );
/** The machine's own code, put into memory and run. */
const machineCode = (bytes: string) =>
  python(
    "import ctypes, mmap",
    "m = mmap.mmap(-1, 4096, prot=7)",
    `m.write(bytes.fromhex('${bytes}'))`,
    "f = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(m)))",
    "print('REACHED' if f() >= 0 else 'refused')",
  );

const ATTACKS: readonly (readonly [name: string, command: string])[] = [
  [
    "a shell with set-user-id of its own",
    "cp /bin/bash b; chmod 6755 b; ./b -p -c '[ $(id -u) != $(id -ru) ] && echo REACHED'; chown root:root b && ./b -p -c '[ $(id -u) = 0 ] && echo REACHED'",
  ],
  [
    "programs with set-user-id of the machine",
    "for p in su sudo mount passwd newgrp chsh gpasswd newuidmap pkexec; do f=$(command -v $p) && [ -u $f ] && timeout 2 $f --version > /dev/null 2>&1; done; grep -q 'NoNewPrivs:.0' /proc/self/status && echo REACHED; su -c 'echo REACHED' < /dev/null",
  ],
  [
    "another user",
    python(
      "import os",
      "for call in (os.setuid, os.setgid):",
      "  try: call(0); print('REACHED')",
      "  except OSError: pass",
      "try: os.setgroups([0]); print('REACHED')",
      "except OSError: pass",
    ),
  ],
  [
    "capabilities",
    "grep -E 'Cap(Prm|Eff|Inh|Amb|Bnd)' /proc/self/status | grep -v 0000000000000000 && echo REACHED; cp /bin/true t; setcap cap_sys_admin+ep t && echo REACHED",
  ],
  ["a user namespace", "unshare -U -r id && echo REACHED"],
  ["all namespaces by another bubblewrap", "bwrap --unshare-all --ro-bind / / true && echo REACHED"],
  ["a namespace by clone", call(56, 220, "0x10000000 | 17", 0, 0, 0, 0)],
  [
    "a namespace by clone3, whose flags no filter sees",
    python(
      "import ctypes",
      "libc = ctypes.CDLL(None, use_errno=True)",
      "args = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)",
      "pid = libc.syscall(435, args, 88)",
      "print('REACHED' if pid > 0 else '') if pid else __import__('os')._exit(0)",
    ),
  ],
  [
    "the namespaces of the first process",
    "nsenter -t 1 -a true && echo REACHED; nsenter -t $$ -U true && echo REACHED",
  ],
  ["tracing the first process", call(101, 117, 16, 1, 0, 0)],
  [
    "the memory of the first process",
    "head -c 1 /proc/1/mem && echo REACHED; dd if=/dev/zero of=/proc/1/mem bs=1 count=1 conv=notrunc && echo REACHED",
  ],
  ["tracing one's own children", call(101, 117, 0, 0, 0, 0)],
  [
    "mounts",
    "mkdir m; mount -t tmpfs none m && { echo REACHED; umount m; }; mount -t proc none m && { echo REACHED; umount m; }; mount -o remount,rw / && echo REACHED",
  ],
  ["mounts by the newer calls", call(430, 430, "b'tmpfs'", 0)],
  [
    "taking away what is mounted over",
    "umount /proc/sys && echo REACHED; umount -l /proc && echo REACHED; umount -l / && echo REACHED",
  ],
  [
    "another root",
    "mkdir r; cp -r /usr/bin/true r; chroot r /true; [ $? = 0 ] && echo REACHED; chroot / true && echo REACHED",
  ],
  ["files by handle", call(304, 265, -100, 0, 0)],
  [
    "where the kernel sends its dumps",
    `[ -w /proc/sys/kernel/core_pattern ] && cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern && echo REACHED`,
  ],
  [
    "settings of the kernel",
    "for f in $(find /proc/sys -type f 2> /dev/null | head -n 2000); do [ -w $f ] && ! [ -d $f ] && : >> $f && { echo $f; echo REACHED; break; }; done",
  ],
  ["the kernel's emergency keys", "[ -w /proc/sysrq-trigger ] && : >> /proc/sysrq-trigger && echo REACHED"],
  [
    "control groups",
    "ls /sys/fs/cgroup && echo REACHED; mkdir c; mount -t cgroup2 none c && { echo REACHED; umount c; }",
  ],
  [
    "a user map of its own",
    "for f in uid_map gid_map setgroups; do echo '0 0 1' > /proc/self/$f && echo REACHED; done",
  ],
  ["the kernel's keys", call(250, 219, 0, -3, 0)],
  ["programs in the kernel", call(321, 280, 5, 0, 0)],
  ["events of the kernel", call(298, 241, 0, 0, -1, -1, 0)],
  ["faults of memory", call(323, 282, 1)],
  ["calls in a ring", call(425, 425, 1, 0)],
  [
    "network cards of its own",
    "ip link add v0 type dummy && echo REACHED; ip link set lo down && echo REACHED; ip tuntap add t0 mode tun && echo REACHED",
  ],
  ["modules", call(313, 273, -1, "b''", 0)],
  ["the machine's clock", "date -s @0 && echo REACHED"],
  ["calls of 32 bits", isX64 ? machineCode("b814000000cd80c3") : "echo refused"],
  ["calls of the x32 kind", isX64 ? machineCode("b827000040 0f05 c3".replaceAll(" ", "")) : "echo refused"],
  [
    "a higher priority, in real time too",
    "nice -n -20 true 2>&1 | grep -q 'cannot set' || echo REACHED; chrt -f 1 true && echo REACHED; ionice -c 1 true && echo REACHED",
  ],
  ["other cores", "taskset -p ffff $$ && echo REACHED"],
  [
    "larger limits",
    "ulimit -n 4096 && echo REACHED; ulimit -f unlimited && echo REACHED; ulimit -u unlimited && echo REACHED; ulimit -d unlimited && echo REACHED",
  ],
  ["to be spared when memory is short", "echo -1000 > /proc/self/oom_score_adj && echo REACHED"],
  [
    "typing into the user's terminal",
    `${python("import fcntl, os", "for place in ('/dev/tty', '/dev/stdin', '/dev/pts/0'):", "  try: fcntl.ioctl(os.open(place, os.O_RDWR), 0x5412, b'x'); print('REACHED')", "  except OSError: pass")}\n[ -n "$(ls /dev/pts | grep -v ptmx)" ] && echo REACHED`,
  ],
];

test.each(ATTACKS)("%s: refused", async (_, command) => {
  const { output } = await runIn(sandboxes, `PATH=$PATH:/usr/sbin\n${command}\necho tried`);

  expect(output).toMatch(/^tried$/m);
  expect(output).not.toMatch(REACHED);
});

test("commands are no root of the machine: what they make belongs to nobody who has rights", async () => {
  await using sandbox = await sandboxes.open({ skill: null });
  const marked = `8${Math.floor(Math.random() * 1e12)}`;
  const abort = new AbortController();
  const running = sandbox.run(`: > made; sleep ${marked}`, { timeoutMs: 60_000, signal: abort.signal });
  const ended = running.catch(() => "stopped");
  const sleeper = () => processesWith(marked).find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n");
  await expect.poll(sleeper, { timeout: 9_000 }).toBeDefined();
  const status = readFileSync(`/proc/${sleeper()}/status`, "utf8");
  const { uid: owner } = await stat(join(sandbox.directory, "made"));
  abort.abort();

  expect(await ended).toBe("stopped");
  expect(status).toMatch(/^CapEff:\s+0{16}$/m);
  expect(status).toMatch(/^CapBnd:\s+0{16}$/m);
  const uids = /^Uid:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/m.exec(status)?.slice(1).map(Number);
  // A control group is entered by the user of the tool.
  const user = sandboxes.heldBy.startsWith("control groups") ? process.getuid?.() : owner;
  expect(uids).toEqual([user, user, user, user]);
  if (!sandboxes.heldBy.startsWith("control groups")) expect(owner).not.toBe(0);
});
