/** Why bubblewrap may not make namespaces on this machine, and what lets it. */
import { existsSync, readFileSync } from "node:fs";
import { hasCode } from "../errors.ts";

/** What the kernel says; null where it says nothing. */
export interface NamespaceFacts {
  /** `kernel.apparmor_restrict_unprivileged_userns`: Ubuntu since 24.04. */
  readonly apparmorRestricts: string | null;
  /** `kernel.unprivileged_userns_clone`: older Debian. */
  readonly unprivilegedClone: string | null;
  /** `user.max_user_namespaces`. */
  readonly maxUserNamespaces: string | null;
  readonly inContainer: boolean;
}

export interface Cause {
  readonly cause: string;
  readonly cure: string;
}

/** A file that cannot be run is no matter of namespaces. */
const NOT_RUNNABLE = /\b(EACCES|ENOENT|ENOEXEC)\b/;
const APPARMOR_PROFILE =
  "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\\n' | " +
  "sudo tee /etc/apparmor.d/bwrap && sudo apparmor_parser -r /etc/apparmor.d/bwrap";

/**
 * The most likely cause, most particular first.
 * @param said what bubblewrap said
 */
export function causeOf(said: string, facts: NamespaceFacts): Cause {
  if (facts.maxUserNamespaces === "0" || said.includes("ENOSPC")) {
    return {
      cause: "the kernel allows no more user namespaces (user.max_user_namespaces is used up)",
      cure: "sudo sysctl -w user.max_user_namespaces=15000",
    };
  }
  if (NOT_RUNNABLE.test(said)) {
    return { cause: "the program cannot be started", cure: "sudo apt-get install --reinstall bubblewrap util-linux" };
  }
  if (facts.unprivilegedClone === "0") {
    return {
      cause: "the kernel allows user namespaces to root alone (kernel.unprivileged_userns_clone is 0)",
      cure: "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    };
  }
  if (facts.inContainer) {
    return {
      cause: "this is a container whose engine bars namespaces",
      cure: "start the container with: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined",
    };
  }
  if (facts.apparmorRestricts === "1") {
    return {
      cause: "AppArmor bars user namespaces to programs without a profile (Ubuntu 24.04 and later)",
      cure: APPARMOR_PROFILE,
    };
  }
  return {
    cause: "the cause is not known",
    cure: "run `bwrap --unshare-all --ro-bind / / true` and look at what it says",
  };
}

export function readNamespaceFacts(): NamespaceFacts {
  return {
    apparmorRestricts: setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
    unprivilegedClone: setting("/proc/sys/kernel/unprivileged_userns_clone"),
    maxUserNamespaces: setting("/proc/sys/user/max_user_namespaces"),
    inContainer: existsSync("/.dockerenv") || existsSync("/run/.containerenv"),
  };
}

function setting(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "EACCES")) return null;
    throw error;
  }
}
