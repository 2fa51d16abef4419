/** The `/etc` of all sandboxes: our own user, names and time, and copies of what the loader and programs need. */
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS_FILE, LIMITS_SCRIPT } from "./frame.ts";

/** What the loader, Python, fonts and LibreOffice need of the host's; Debian's BLAS is found through `alternatives`. */
const COPIED = /^(alternatives|ld\.so\.cache|ld\.so\.conf|ld\.so\.conf\.d|fonts|libreoffice|python3(\.\d+)?)$/;

const OWN = {
  passwd: "agent:x:1000:1000:agent:/tmp:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n",
  group: "agent:x:1000:\nnogroup:x:65534:\n",
  hosts: "127.0.0.1 localhost sandbox\n",
  hostname: "sandbox\n",
  timezone: "Etc/UTC\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  "resolv.conf": "",
  "machine-id": `${"0".repeat(32)}\n`,
} as const;

/** Writes the folder `etc` below `root`: one mount, the same for every trial. */
export async function makeEtc(root: string): Promise<void> {
  const etc = join(root, "etc");
  await mkdir(etc);
  for (const [name, text] of [...Object.entries(OWN), [LIMITS_FILE, LIMITS_SCRIPT] as const])
    await writeFile(join(etc, name), text);
  await symlink("/usr/share/zoneinfo/Etc/UTC", join(etc, "localtime"));
  const there = (await readdir("/etc")).filter((name) => COPIED.test(name));
  await Promise.all(
    there.map((name) => cp(join("/etc", name), join(etc, name), { recursive: true, verbatimSymlinks: true })),
  );
}
