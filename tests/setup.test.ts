/** `setup.sh` as users run it, on machines made of stand-ins for the system's programs: npm, dpkg-query, apt-get, id, sudo. */
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support/temporary.ts";

const ROOT = join(import.meta.dirname, "..");
/** All that the script wants of Debian, in its order. */
const PACKAGES = [
  "bubblewrap",
  "python3",
  "python3-openpyxl",
  "python3-pandas",
  "python3-pil",
  "libreoffice-calc-nogui",
  "chromium",
];
/** Programs of the system that the script uses as they are. */
const REAL = ["bash", "env", "cat", "grep", "sha256sum", "dirname", "uname"];

interface Machine {
  node?: string | null;
  installed?: readonly string[];
  user?: "root" | "sudoer" | "plain";
  debian?: boolean;
  /** Exit code of npm ci. */
  npm?: number;
  /** Version of the Node that npm ci brings; null for none. */
  ownNode?: string | null;
  /** apt-get install fails so often before it works. */
  aptFailures?: number;
}

interface Checkout {
  run(): Promise<{ code: number; said: string; calls: string[] }>;
  directory: string;
}

/** A checkout with its own small world of programs, which write down how they are called. */
async function checkout(machine: Machine = {}): Promise<Checkout> {
  const {
    node = "v20.20.2",
    installed = PACKAGES,
    user = "root",
    debian = true,
    npm = 0,
    ownNode = "v24.21.0",
    aptFailures = 0,
  } = machine;
  const directory = await temporaryFolder();
  const bin = join(directory, "bin");
  await mkdir(bin);
  for (const name of ["setup.sh", "package.json", "package-lock.json"])
    await copyFile(join(ROOT, name), join(directory, name));
  await writeFile(join(directory, "installed"), `${installed.join("\n")}\n`);
  const program = async (name: string, body: string) => {
    await writeFile(join(bin, name), `#!/bin/bash\n${body}\n`);
    await chmod(join(bin, name), 0o755);
  };
  const noting = (name: string, body: string) => program(name, `echo "${name} $*" >> "${directory}/calls"\n${body}`);

  for (const name of REAL) await program(name, `exec /usr/bin/${name} "$@"`);
  if (node !== null) await program("node", `echo ${node}`);
  const bringNode =
    ownNode === null
      ? ""
      : `mkdir -p node_modules/.bin; printf '#!/bin/bash\\necho ${ownNode}\\n' > node_modules/.bin/node; chmod +x node_modules/.bin/node`;
  await noting("npm", `echo "npm says something"; PATH=/usr/bin; mkdir -p node_modules; ${bringNode}\nexit ${npm}`);
  await program("id", `echo ${user === "root" ? 0 : 1000}`);
  await noting("sudo", user === "sudoer" ? 'shift; "$@"' : "exit 1");
  if (debian) {
    const known = `while read -r known; do [ "$name" = "$known" ] && echo installed; done < "${directory}/installed"`;
    await program("dpkg-query", `for name in "$@"; do ${known}; done`);
    const install = `for name in "$@"; do case $name in -*|install) ;; *) echo "$name" >> "${directory}/installed";; esac; done`;
    const fail = `n=$(/usr/bin/grep -c 'apt-get install' "${directory}/calls"); [ "$n" -le ${aptFailures} ] && { echo "E: Unable to fetch"; exit 100; }`;
    await noting("apt-get", `[ "$1" = update ] && exit 0\n${fail}\n${install}`);
  }
  return { directory, run };

  async function run() {
    await writeFile(join(directory, "calls"), "");
    return new Promise<{ code: number; said: string; calls: string[] }>((resolve) => {
      execFile(
        "/bin/bash",
        [join(directory, "setup.sh")],
        { env: { PATH: bin }, cwd: "/" },
        async (error, out, err) => {
          const calls = (await readFile(join(directory, "calls"), "utf8")).split("\n").filter((line) => line !== "");
          resolve({ code: Number(error?.code ?? 0), said: out + err, calls });
        },
      );
    });
  }
}

test("on a fresh machine, root gets npm's packages and Debian's; the second time nothing is said or done, in under a second", async () => {
  const fresh = await checkout({ installed: [] });

  const first = await fresh.run();
  const started = performance.now();
  const second = await fresh.run();
  const durationMs = performance.now() - started;

  expect(first.code).toBe(0);
  expect(first.calls).toEqual([
    "npm ci --no-audit --no-fund --loglevel=error",
    `apt-get install -y --no-install-recommends ${PACKAGES.join(" ")}`,
  ]);
  expect(first.said).not.toContain("npm says something");
  expect(second).toEqual({ code: 0, said: "", calls: [] });
  expect(durationMs).toBeLessThan(1000);
});

test("only what is missing is installed, and a desktop's LibreOffice Calc will do", async () => {
  const machine = await checkout({
    installed: ["bubblewrap", "python3", "python3-openpyxl", "python3-pil", "libreoffice-calc", "chromium"],
  });

  expect((await machine.run()).calls.at(-1)).toBe("apt-get install -y --no-install-recommends python3-pandas");
});

test("a changed lock file, or a Node that is gone, brings npm ci again", async () => {
  const machine = await checkout();
  await machine.run();

  await writeFile(join(machine.directory, "package-lock.json"), "{}");
  expect((await machine.run()).calls).toEqual(["npm ci --no-audit --no-fund --loglevel=error"]);
  await writeFile(join(machine.directory, "node_modules/.bin/node"), "#!/bin/bash\nexit 1\n");
  expect((await machine.run()).calls).toEqual(["npm ci --no-audit --no-fund --loglevel=error"]);
});

test("a user who may use sudo without a password gets the packages through it", async () => {
  const machine = await checkout({ installed: ["python3"], user: "sudoer" });

  const { code, calls } = await machine.run();

  expect(code).toBe(0);
  expect(calls.filter((call) => call.startsWith("apt-get"))).toHaveLength(1);
  expect(calls).toContain(
    "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends bubblewrap python3-openpyxl python3-pandas python3-pil libreoffice-calc-nogui chromium",
  );
});

test("a user without root or sudo is given the exact line, and what will not work until then", async () => {
  const machine = await checkout({
    installed: ["python3", "python3-openpyxl", "python3-pandas", "python3-pil"],
    user: "plain",
  });

  const { code, said, calls } = await machine.run();

  expect(code).toBe(0);
  expect(calls.some((call) => call.startsWith("apt-get"))).toBe(false);
  expect(said).toContain(
    "    sudo apt-get install -y --no-install-recommends bubblewrap libreoffice-calc-nogui chromium\n",
  );
  expect(said).toMatch(/Until then no agent can run: npm start, npm test and trace2skill run will fail/);
  expect(said).toMatch(/Without LibreOffice Calc, formulas cannot be calculated anew/);
  expect(said).toMatch(/Without Chromium, the tests that open a report in a browser are skipped/);
});

test("without Pillow alone agents can run, and only work on documents is said to suffer", async () => {
  const machine = await checkout({ installed: PACKAGES.filter((name) => name !== "python3-pil"), user: "plain" });

  const { said } = await machine.run();

  expect(said).toContain("    sudo apt-get install -y --no-install-recommends python3-pil\n");
  expect(said).toMatch(/Without Pillow, agents cannot crop or turn page images/);
  expect(said).not.toMatch(/no agent can run/);
});

test("without Chromium alone all works but the tests of pages, and any Chrome from a package will do", async () => {
  const installed = PACKAGES.filter((name) => name !== "chromium");
  const without = await (await checkout({ installed, user: "plain" })).run();
  const chrome = await (await checkout({ installed: [...installed, "google-chrome-stable"], user: "plain" })).run();

  expect(without.said).toContain("    sudo apt-get install -y --no-install-recommends chromium\n");
  expect(without.said).not.toMatch(/no agent can run/);
  expect(chrome.said).not.toContain("chromium");
});

test("old package lists are fetched anew when an installation fails, and a second failure is shown with the line to run", async () => {
  const recovering = await (await checkout({ installed: [], aptFailures: 1 })).run();
  const failing = await (await checkout({ installed: [], aptFailures: 2 })).run();

  expect(recovering.calls.map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
    "npm ci",
    "apt-get install",
    "apt-get update",
    "apt-get install",
  ]);
  expect(recovering).toMatchObject({ code: 0, said: expect.not.stringContaining("Unable to fetch") });
  expect(failing.said).toMatch(/E: Unable to fetch\n.*apt-get failed[\s\S]*apt-get install -y .*bubblewrap/);
  expect(failing.code).toBe(0);
});

test("another system is told the packages by name, and goes on", async () => {
  const { code, said } = await (await checkout({ debian: false })).run();

  expect(code).toBe(0);
  expect(said).toContain("this is not Debian");
  for (const name of PACKAGES) expect(said).toContain(name);
});

test.each<[string, Machine, RegExp]>([
  ["no Node", { node: null }, /Node is not installed. Install Node 20 or newer/],
  ["an old Node", { node: "v18.19.0" }, /Node 20 or newer is needed to install the npm packages, found v18.19.0/],
  ["an npm that fails", { npm: 1 }, /npm says something\nsetup: npm ci failed, see above/],
  [
    "no Node 24 for the machine",
    { ownNode: null },
    /npm brought no Node 24 for Linux \S+, and the system's is v20.20.2/,
  ],
])("%s: nothing can work, so it says why and exits with 1", async (_, machine, message) => {
  const { code, said } = await (await checkout(machine)).run();

  expect(said).toMatch(message);
  expect(code).toBe(1);
});

test("where npm has no Node 24 for the machine, a Node 24 of the system will do", async () => {
  const machine = await checkout({ node: "v24.3.0", ownNode: null });

  expect((await machine.run()).code).toBe(0);
  expect(await machine.run()).toMatchObject({ code: 0, said: "", calls: [] });
});

test("continuous integration does what the README tells users to do, and no more", async () => {
  const lines = (await readFile(join(ROOT, ".ci", "run"), "utf8")).trim().split("\n");

  expect(lines.at(-1)).toBe("./setup.sh && npm test");
  for (const file of [".ci/run", "setup.sh"]) expect((await stat(join(ROOT, file))).mode & 0o111, file).toBe(0o111);
});
