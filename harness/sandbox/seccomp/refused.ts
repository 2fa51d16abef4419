/**
 * System calls that no task needs and that attacks are made of, with their numbers. From number 424 on all architectures
 * agree; before, x86_64 has a table of its own and arm64 the generic one.
 */

export interface SystemCall {
  readonly name: string;
  /** Null where the architecture has none. */
  readonly x64: number | null;
  readonly arm64: number | null;
}

/** Calls of later kernels are as if they were not there, until somebody has looked at them: here up to `futex_requeue`. */
export const LAST_KNOWN = 456;

/** Answered with EPERM. */
export const FORBIDDEN: readonly SystemCall[] = [
  // File systems of one's own.
  { name: "mount", x64: 165, arm64: 40 },
  { name: "umount2", x64: 166, arm64: 39 },
  { name: "pivot_root", x64: 155, arm64: 41 },
  { name: "chroot", x64: 161, arm64: 51 },
  { name: "move_mount", x64: 429, arm64: 429 },
  { name: "open_tree", x64: 428, arm64: 428 },
  { name: "fsopen", x64: 430, arm64: 430 },
  { name: "fsconfig", x64: 431, arm64: 431 },
  { name: "fsmount", x64: 432, arm64: 432 },
  { name: "fspick", x64: 433, arm64: 433 },
  { name: "mount_setattr", x64: 442, arm64: 442 },
  { name: "swapon", x64: 167, arm64: 224 },
  { name: "swapoff", x64: 168, arm64: 225 },
  { name: "quotactl", x64: 179, arm64: 60 },
  { name: "quotactl_fd", x64: 443, arm64: 443 },
  // Namespaces (`clone` is looked into).
  { name: "unshare", x64: 272, arm64: 97 },
  { name: "setns", x64: 308, arm64: 268 },
  // Other processes' memory and descriptors.
  { name: "ptrace", x64: 101, arm64: 117 },
  { name: "process_vm_readv", x64: 310, arm64: 270 },
  { name: "process_vm_writev", x64: 311, arm64: 271 },
  { name: "process_madvise", x64: 440, arm64: 440 },
  { name: "kcmp", x64: 312, arm64: 272 },
  { name: "pidfd_getfd", x64: 438, arm64: 438 },
  // Keys of the kernel, programs and events in it.
  { name: "add_key", x64: 248, arm64: 217 },
  { name: "request_key", x64: 249, arm64: 218 },
  { name: "keyctl", x64: 250, arm64: 219 },
  { name: "bpf", x64: 321, arm64: 280 },
  { name: "perf_event_open", x64: 298, arm64: 241 },
  { name: "userfaultfd", x64: 323, arm64: 282 },
  // The kernel itself.
  { name: "init_module", x64: 175, arm64: 105 },
  { name: "finit_module", x64: 313, arm64: 273 },
  { name: "delete_module", x64: 176, arm64: 106 },
  { name: "create_module", x64: 174, arm64: null },
  { name: "get_kernel_syms", x64: 177, arm64: null },
  { name: "query_module", x64: 178, arm64: null },
  { name: "kexec_load", x64: 246, arm64: 104 },
  { name: "kexec_file_load", x64: 320, arm64: 294 },
  { name: "reboot", x64: 169, arm64: 142 },
  { name: "syslog", x64: 103, arm64: 116 },
  { name: "acct", x64: 163, arm64: 89 },
  { name: "lookup_dcookie", x64: 212, arm64: 18 },
  { name: "nfsservctl", x64: 180, arm64: 42 },
  { name: "_sysctl", x64: 156, arm64: null },
  { name: "sysfs", x64: 139, arm64: null },
  { name: "ustat", x64: 136, arm64: null },
  { name: "uselib", x64: 134, arm64: null },
  // Files by handle, whatever folder they are in; watches on whole file systems.
  { name: "open_by_handle_at", x64: 304, arm64: 265 },
  { name: "name_to_handle_at", x64: 303, arm64: 264 },
  { name: "fanotify_init", x64: 300, arm64: 262 },
  { name: "fanotify_mark", x64: 301, arm64: 263 },
  // The machine's clock, names, consoles and ports.
  { name: "settimeofday", x64: 164, arm64: 170 },
  { name: "clock_settime", x64: 227, arm64: 112 },
  { name: "adjtimex", x64: 159, arm64: 171 },
  { name: "clock_adjtime", x64: 305, arm64: 266 },
  { name: "sethostname", x64: 170, arm64: 161 },
  { name: "setdomainname", x64: 171, arm64: 162 },
  { name: "vhangup", x64: 153, arm64: 58 },
  { name: "iopl", x64: 172, arm64: null },
  { name: "ioperm", x64: 173, arm64: null },
  { name: "modify_ldt", x64: 154, arm64: null },
  // The cores and memory nodes that were given.
  { name: "sched_setaffinity", x64: 203, arm64: 122 },
  { name: "mbind", x64: 237, arm64: 235 },
  { name: "set_mempolicy", x64: 238, arm64: 237 },
  { name: "set_mempolicy_home_node", x64: 450, arm64: 450 },
  { name: "migrate_pages", x64: 256, arm64: 238 },
  { name: "move_pages", x64: 279, arm64: 239 },
];

/** Answered with ENOSYS, as on a kernel without them, so that programs take the other way that they have. */
export const ABSENT: readonly SystemCall[] = [
  // Memory that no process shows to have, so that no sum over processes holds it.
  { name: "memfd_create", x64: 319, arm64: 279 },
  { name: "memfd_secret", x64: 447, arm64: 447 },
  { name: "shmget", x64: 29, arm64: 194 },
  { name: "msgget", x64: 68, arm64: 186 },
  // A second way into the kernel past most filters; programs do without.
  { name: "io_uring_setup", x64: 425, arm64: 425 },
  { name: "io_uring_enter", x64: 426, arm64: 426 },
  { name: "io_uring_register", x64: 427, arm64: 427 },
  // Its flags lie in memory, where no filter can look; the C library falls back to `clone`.
  { name: "clone3", x64: 435, arm64: 435 },
];

/** Allowed or not by an argument. */
export const CLONE: SystemCall = { name: "clone", x64: 56, arm64: 220 };
export const SOCKET: SystemCall = { name: "socket", x64: 41, arm64: 198 };
export const SOCKETPAIR: SystemCall = { name: "socketpair", x64: 53, arm64: 199 };
export const IOCTL: SystemCall = { name: "ioctl", x64: 16, arm64: 29 };
export const PERSONALITY: SystemCall = { name: "personality", x64: 135, arm64: 92 };
