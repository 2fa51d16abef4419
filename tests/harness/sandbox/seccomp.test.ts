/** The filter as the kernel runs it, and for the architecture that this machine is not, as a reader of its bytes runs it. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { assemble, load, verdict, when } from "../../../harness/sandbox/seccomp/bpf.ts";
import { filterFor } from "../../../harness/sandbox/seccomp/filter.ts";
import {
  ABSENT,
  CLONE,
  FORBIDDEN,
  IOCTL,
  PERSONALITY,
  SOCKET,
  SOCKETPAIR,
} from "../../../harness/sandbox/seccomp/refused.ts";
import { runIn } from "./support.ts";

let sandboxes: OpenedSandboxes;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const [EPERM, ENOSYS] = [1, 38];
const ALL = [...FORBIDDEN, ...ABSENT, CLONE, SOCKET, SOCKETPAIR, IOCTL, PERSONALITY];

test("every call that is refused is refused by the kernel, with the error that was meant", async (ctx) => {
  if (process.arch !== "x64" && process.arch !== "arm64") ctx.skip(`no filter for ${process.arch}`);
  const architecture = process.arch === "x64" ? "x64" : "arm64";
  const calls = [
    ...FORBIDDEN.map((call) => ({ call, error: EPERM })),
    ...ABSENT.map((call) => ({ call, error: ENOSYS })),
  ]
    .map(({ call, error }) => ({ name: call.name, number: call[architecture], error }))
    .filter(({ number }) => number !== null);
  const script = [
    "import ctypes, json",
    "libc = ctypes.CDLL(None, use_errno=True)",
    "found = {}",
    `for call in json.loads('${JSON.stringify(calls)}'):`,
    "  ctypes.set_errno(0)",
    // All arguments are -1: what passes the filter by mistake fails for another reason, and does nothing.
    "  libc.syscall(call['number'], -1, -1, -1, -1, -1, -1)",
    "  found[call['name']] = ctypes.get_errno()",
    "print(json.dumps(found))",
  ];

  const { output } = await runIn(sandboxes, `python3 - <<'END'\n${script.join("\n")}\nEND`);

  expect(JSON.parse(output)).toEqual(Object.fromEntries(calls.map(({ name, error }) => [name, error])));
});

test.each([
  ["a user namespace", "unshare --user true", /Operation not permitted/],
  [
    "namespaces by clone",
    `python3 -c 'import ctypes; l = ctypes.CDLL(None, use_errno=True); l.syscall(${process.arch === "x64" ? 56 : 220}, 0x10000000 | 17, 0, 0, 0, 0); print(ctypes.get_errno())'`,
    /^1\n$/,
  ],
  [
    "a socket out of the virtual machine",
    "python3 -c 'import socket; socket.socket(40, 1)'",
    /Address family not supported/,
  ],
  ["raw packets", "python3 -c 'import socket; socket.socket(17, 3)'", /Address family not supported/],
  ["typing into a terminal", `python3 -c 'import fcntl; fcntl.ioctl(0, 0x5412, b"x")'`, /Operation not permitted/],
  ["another personality", "setarch --addr-no-randomize true", /Operation not permitted/],
  [
    "calls of a kernel to come",
    `python3 -c 'import ctypes; l = ctypes.CDLL(None, use_errno=True); l.syscall(9999); print(ctypes.get_errno())'`,
    /^38\n$/,
  ],
])("%s: refused", async (_, command, said) => {
  expect((await runIn(sandboxes, `${command} 2>&1 < /dev/null`)).output).toMatch(said);
});

test("what programs need goes on: threads, subprocesses, pipes, local sockets, terminals' questions", async () => {
  const script = [
    "import asyncio, os, socket, subprocess, tempfile, threading",
    "threading.Thread(target=print, args=('thread',)).start()",
    "print(subprocess.run(['echo', 'child'], capture_output=True, text=True).stdout, end='')",
    "a, b = socket.socketpair(); a.send(b'pair'); print(b.recv(9).decode())",
    "s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(s.getsockname()); print('loopback')",
    "async def go(): print((await (await asyncio.create_subprocess_exec('echo', 'async', stdout=-1)).communicate())[0].decode(), end='')",
    "asyncio.run(go()); print(os.isatty(0), len(os.urandom(4)), os.path.exists(tempfile.mkdtemp()))",
  ];
  const { output } = await runIn(sandboxes, `python3 -u - <<'END'\n${script.join("\n")}\nEND`);
  expect(output.split("\n").sort().join(" ").trim()).toBe("False 4 True async child loopback pair thread");
});

test("the numbers are those of the kernel's own headers", (ctx) => {
  const headers = { x64: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", arm64: "/usr/include/asm-generic/unistd.h" };
  if (!Object.values(headers).every(existsSync)) ctx.skip("the kernel's headers are not installed: linux-libc-dev");
  for (const [architecture, path] of Object.entries(headers)) {
    const lines = readFileSync(path, "utf8").matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm);
    const known = new Map([...lines].map(([, name = "", number]) => [name, Number(number)]));
    for (const call of ALL) {
      expect([call.name, call[architecture as "x64" | "arm64"]]).toEqual([call.name, known.get(call.name) ?? null]);
    }
  }
});

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const errno = (number: number) => 0x00050000 + number;

test.each([
  ["arm64", 0xc00000b7, "arm64"],
  ["x64", 0xc000003e, "x64"],
] as const)("%s: verdicts by the bytes of the filter", (_, audit, architecture) => {
  const filter = filterFor(architecture) ?? Buffer.alloc(0);
  const judge = (call: { x64: number | null; arm64: number | null }, first = 0, second = 0, arch: number = audit) =>
    run(filter, dataOf(call[architecture] ?? -1, arch, [first, second]));
  const mount = FORBIDDEN.find(({ name }) => name === "mount");
  const read = { x64: 0, arm64: 63 };

  expect(judge(read)).toBe(ALLOW);
  expect(judge(mount ?? read)).toBe(errno(EPERM));
  expect(judge(read, 0, 0, 0x40000003)).toBe(KILL); // 32 bits
  expect(judge(CLONE, 17)).toBe(ALLOW);
  expect(judge(CLONE, 0x10000000 | 17)).toBe(errno(EPERM));
  expect(judge(SOCKET, 1)).toBe(ALLOW);
  expect(judge(SOCKET, 40)).toBe(errno(97));
  expect(judge(IOCTL, 0, 0x5401)).toBe(ALLOW);
  expect(judge(IOCTL, 0, 0x5412)).toBe(errno(EPERM));
  expect(judge(PERSONALITY, 0xffffffff)).toBe(ALLOW);
  expect(judge(PERSONALITY, 0x0040000)).toBe(errno(EPERM));
  expect(judge({ x64: 457, arm64: 457 })).toBe(errno(ENOSYS));
  if (architecture === "x64") expect(judge({ x64: 0x40000000 + 165, arm64: 0 })).toBe(errno(ENOSYS));
});

test("there is no filter for an architecture whose numbers are not known", () => {
  expect([filterFor("riscv64"), filterFor("ia32")]).toEqual([null, null]);
});

test("a block runs when its test holds, and is skipped when it does not", () => {
  const program = assemble([
    ...load(0),
    ...when("greater", 5, verdict(1)),
    ...when("equal", 5, verdict(2)),
    ...verdict(3),
  ]);
  expect([6, 5, 4].map((number) => run(program, dataOf(number, 0, [])))).toEqual([1, 2, 3]);
  expect(() => when("equal", 1, Array.from({ length: 256 }, () => verdict(1)).flat())).toThrow(RangeError);
});

/** The kernel's `struct seccomp_data`. */
function dataOf(number: number, architecture: number, args: readonly number[]): Buffer {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(architecture, 4);
  for (const [index, value] of args.entries()) data.writeUInt32LE(value >>> 0, 16 + 8 * index);
  return data;
}

/** Runs a program of classic BPF, as far as filters use it. */
function run(program: Buffer, data: Buffer): number {
  const tests: Record<number, (value: number, operand: number) => boolean> = {
    21: (value, operand) => value === operand,
    37: (value, operand) => value > operand,
    53: (value, operand) => value >= operand,
    69: (value, operand) => (value & operand) !== 0,
  };
  let loaded = 0;
  for (let at = 0; at < program.length; at += 8) {
    const [code, operand] = [program.readUInt16LE(at), program.readUInt32LE(at + 4)];
    if (code === 0x06) return operand;
    if (code === 0x20) loaded = data.readUInt32LE(operand);
    else at += 8 * program.readUInt8(at + (tests[code]?.(loaded, operand) ? 2 : 3));
  }
  throw new Error("the program has no end");
}
