/**
 * Which files of a folder are opened, by whoever, in whatever namespace: inotify of Linux, through one small process for all
 * folders, for Node does not tell of it. The access times of files tell nothing: a read-only mount does not write them.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export interface Watch {
  /** Paths that were opened since, from the folder, sorted; null when that cannot be told. Ends the watching. */
  end(): Promise<string[] | null>;
}

const PYTHON = "/usr/bin/python3";
/**
 * Reads lines `["watch" or "end", id, folder]` and answers each with a line `[id, opened or null]`. What was opened before an
 * answer is asked for is in the kernel's queue by then. IN_OPEN is 0x20, a folder's own 0x40000000, an overflow 0x4000.
 */
const PROGRAM = `
import ctypes, json, os, select, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.inotify_init1(os.O_NONBLOCK)
folders, opened, lost = {}, {}, set()
def drain():
    while True:
        try: data = os.read(fd, 1 << 16)
        except BlockingIOError: return
        at = 0
        while at < len(data):
            wd, mask, _, size = struct.unpack_from("iIII", data, at)
            name = data[at + 16:at + 16 + size].rstrip(b"\\0")
            at += 16 + size
            if mask & 0x4000: lost.update(opened)
            elif wd in folders and name and not mask & 0x40000000:
                key, folder = folders[wd]
                if key in opened: opened[key].add(os.path.join(folder, name).decode("utf-8", "replace"))
def watch(key, root):
    opened[key] = set()
    for place, _, _ in os.walk(os.fsencode(root)):
        wd = libc.inotify_add_watch(fd, place, 0x20)
        if wd < 0: lost.add(key)
        else:
            below = os.path.relpath(place, os.fsencode(root))
            folders[wd] = (key, b"" if below == b"." else below)
    return None if fd < 0 or key in lost else []
def end(key):
    drain()
    if key not in opened: return None
    for wd in [wd for wd, (owner, _) in folders.items() if owner == key]:
        libc.inotify_rm_watch(fd, wd)
        del folders[wd]
    found = opened.pop(key, set())
    return None if key in lost else sorted(found)
pending = b""
while True:
    ready, _, _ = select.select([0] + ([fd] if fd >= 0 else []), [], [])
    if fd in ready: drain()
    if 0 not in ready: continue
    data = os.read(0, 1 << 16)
    if not data: break
    *lines, pending = (pending + data).split(b"\\n")
    for line in lines:
        op, key, root = json.loads(line)
        print(json.dumps([key, watch(key, root) if op == "watch" else end(key)]), flush=True)
`;

type Watcher = ChildProcessByStdio<Writable, Readable, null>;

let watcher: Watcher | null = null;
let count = 0;
const waiting = new Map<number, (opened: string[] | null) => void>();

/** Watches a folder and those below it, as they are now; resolves when it is watched. Where it cannot be, `end` says null. */
export async function watchOpened(folder: string): Promise<Watch> {
  if (process.platform !== "linux" || !existsSync(PYTHON)) return { end: async () => null };
  const id = count++;
  const isWatched = (await ask("watch", id, folder)) !== null;
  return {
    async end() {
      const opened = await ask("end", id, "");
      return isWatched ? opened : null;
    },
  };
}

async function ask(op: "watch" | "end", id: number, folder: string): Promise<string[] | null> {
  watcher ??= openWatcher();
  const one = watcher;
  hold(one, true);
  try {
    return await new Promise((resolve) => {
      waiting.set(id, resolve);
      one.stdin.write(`${JSON.stringify([op, id, folder])}\n`);
    });
  } finally {
    waiting.delete(id);
    if (waiting.size === 0) hold(one, false);
  }
}

/** It ends with this process, however this one ends: its input is closed then. */
function openWatcher(): Watcher {
  const child = spawn(PYTHON, ["-I", "-S", "-c", PROGRAM], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {},
    detached: true, // Ctrl-C reaches this process alone, which asks until its trials have ended
  });
  const fail = () => {
    if (watcher === child) watcher = null; // another is started for the next folder
    for (const answer of waiting.values()) answer(null);
  };
  child.on("error", fail);
  child.once("exit", fail);
  child.stdin.on("error", fail);
  createInterface(child.stdout).on("line", (line) => {
    const [id, opened] = JSON.parse(line) as [number, string[] | null]; // by our own program
    waiting.get(id)?.(opened);
  });
  return child;
}

/** Whether it keeps this process from ending. */
function hold(child: Watcher, held: boolean): void {
  for (const part of [child, child.stdin, child.stdout]) {
    const handle = part as { ref?: () => void; unref?: () => void };
    if (held) handle.ref?.();
    else handle.unref?.();
  }
}
