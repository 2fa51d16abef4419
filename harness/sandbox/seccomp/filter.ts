/** The seccomp filter of every sandbox: what the kernel refuses to agents, whatever else they may find to be open. */
import { assemble, type Block, load, verdict, when } from "./bpf.ts";
import {
  ABSENT,
  CLONE,
  FORBIDDEN,
  IOCTL,
  LAST_KNOWN,
  PERSONALITY,
  SOCKET,
  SOCKETPAIR,
  type SystemCall,
} from "./refused.ts";

type Architecture = "x64" | "arm64";

/** As `seccomp_data.arch` names them: AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64. */
const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
/** The numbers of the x32 ABI, which would pass by all others. */
const X32_BIT = 0x40000000;

const NUMBER = 0;
const ARCHITECTURE = 4;
/** Lower half of an argument. */
const argument = (index: number) => 16 + 8 * index;

const ALLOW = verdict(0x7fff0000);
const KILL = verdict(0x80000000);
const refuseWith = (errno: number) => verdict(0x00050000 | errno);
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACE = 0x7e020000;
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: of the others, AF_VSOCK for one leads out of a virtual machine. */
const FAMILIES = [1, 2, 10, 16];
/** TIOCSTI and TIOCLINUX write into the input of a terminal. */
const TERMINAL_INPUT = [0x5412, 0x541c];
/** Linux, with and without 32-bit addresses or an old uname; and the question which it is. */
const PERSONALITIES = [0, 0x8, 0x20000, 0x20008, 0xffffffff];

/** The filter for a machine, or null where there is none: the numbers of system calls are the architecture's own. */
export function filterFor(architecture: string): Buffer | null {
  return architecture === "x64" || architecture === "arm64" ? seccompFilter(architecture) : null;
}

/** The filter as bubblewrap's `--seccomp` reads it: about 1.5 KB. All that is not refused is allowed. */
function seccompFilter(architecture: Architecture): Buffer {
  const on = (call: SystemCall, block: Block) => {
    const number = call[architecture];
    return number === null ? [] : when("equal", number, block);
  };
  const families = unlessAnyOf(argument(0), FAMILIES, refuseWith(EAFNOSUPPORT));
  return assemble([
    ...load(ARCHITECTURE),
    ...when("equal", AUDIT[architecture], [
      ...load(NUMBER),
      ...(architecture === "x64" ? when("atLeast", X32_BIT, refuseWith(ENOSYS)) : []),
      ...when("greater", LAST_KNOWN, refuseWith(ENOSYS)),
      ...ABSENT.flatMap((call) => on(call, refuseWith(ENOSYS))),
      ...FORBIDDEN.flatMap((call) => on(call, refuseWith(EPERM))),
      ...on(CLONE, [...load(argument(0)), ...when("anyBit", NEW_NAMESPACE, refuseWith(EPERM)), ...ALLOW]),
      ...on(SOCKET, families),
      ...on(SOCKETPAIR, families),
      ...on(IOCTL, [
        ...load(argument(1)),
        ...TERMINAL_INPUT.flatMap((request) => when("equal", request, refuseWith(EPERM))),
        ...ALLOW,
      ]),
      ...on(PERSONALITY, unlessAnyOf(argument(0), PERSONALITIES, refuseWith(EPERM))),
      ...ALLOW,
    ]),
    ...KILL, // 32-bit calls of a 64-bit machine have numbers of their own
  ]);
}

function unlessAnyOf(offset: number, values: readonly number[], otherwise: Block): Block {
  return [...load(offset), ...values.flatMap((value) => when("equal", value, ALLOW)), ...otherwise];
}
