import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SandboxError } from "../../../harness/roles.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { DEFAULT_LIMITS } from "../../../harness/sandbox/limits.ts";
import { runProcess } from "../../../harness/sandbox/process.ts";
import { skill } from "../../support/distill-builders.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let sandboxes: OpenedSandboxes;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const OPTIONS = { timeoutMs: 20_000, signal: new AbortController().signal };

async function run(command: string, options: Partial<typeof OPTIONS> = {}) {
  await using sandbox = await sandboxes.open({ skill: null });
  return await sandbox.run(command, { ...OPTIONS, ...options }); // await: the sandbox lasts as long
}

test("files stay from one command to the next, in the folder that the host sees", async () => {
  await using sandbox = await sandboxes.open({ skill: null });
  await sandbox.run("echo one > a.txt", OPTIONS);
  expect((await sandbox.run("pwd; cat a.txt", OPTIONS)).output).toBe("/work\none\n");
  expect(await readdir(sandbox.directory)).toEqual(["a.txt"]);
});

test("invariant 1: no ground truth, data folder, home, project or other trial can be read", async () => {
  const secret = join(await temporaryFolder(), "golden.txt");
  await writeFile(secret, "CANARY");
  await using other = await sandboxes.open({ skill: null });
  await writeFile(join(other.directory, "theirs.txt"), "CANARY");
  const paths = [
    secret,
    other.directory,
    dirname(other.directory),
    resolve("."),
    process.env.HOME ?? "/root",
    "/home",
    "/root",
    "/var",
    "/srv",
  ];
  const { output } = await run(
    `for p in ${paths.map((path) => `'${path}'`).join(" ")}; do ls -A "$p" 2>&1; cat "$p" 2>/dev/null; done; ls -A / /tmp`,
  );
  expect(output).not.toMatch(/CANARY|theirs|golden\.txt\n$/);
  expect(output.match(/No such file or directory/g)).toHaveLength(paths.length);
});

test("invariant 1: the harness's environment and its processes are out of sight", async () => {
  process.env.CANARY_KEY = "CANARY";
  const { output } = await run(
    "env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'; ps -ef 2>/dev/null || ls /proc | grep -c '^[0-9]'",
  );
  delete process.env.CANARY_KEY;
  expect(output).not.toMatch(/CANARY|OPENAI|vitest/);
});

test("invariant 1: there is no network, not even to a server on this host", async () => {
  const server = createServer((socket) => socket.end("CANARY"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  const { output, exitCode } = await run(`exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`);
  await new Promise((done) => server.close(done));
  expect(exitCode).not.toBe(0);
  expect(output).toMatch(/Connection refused|unreachable/i);
});

test("nothing but the folder, /tmp and shared memory can be written", async () => {
  const places = "/ /usr /usr/bin /usr/share /etc /dev /run /proc /proc/sys/kernel /skill /home /tmp /dev/shm /work";
  const { output } = await run(`for p in ${places}; do touch $p/x 2>/dev/null && echo $p; done`);
  expect(output).toBe("/tmp\n/dev/shm\n/work\n");
});

test("no setting of the host's kernel can be written", async () => {
  const script = [
    "import os",
    "for folder, _, names in os.walk('/proc'):",
    "  if folder.split('/')[2:3] and folder.split('/')[2].isdigit(): continue",
    "  for name in names:",
    "    path = os.path.join(folder, name)",
    "    try: os.close(os.open(path, os.O_WRONLY)); print(path)",
    "    except OSError: pass",
  ];
  const { output, exitCode } = await run(`python3 - <<'END'\n${script.join("\n")}\nEND`);
  expect(exitCode).toBe(0);
  // /proc/self and thread-self are links to the process's own folder, which walk does not follow.
  expect(output).toBe("");
});

test("a folder that its commands have barred does not make their failure ours", async () => {
  await using sandbox = await sandboxes.open({ skill: null });
  await sandbox.run("chmod 000 /work; echo 'bwrap: x'", OPTIONS);
  expect(await sandbox.run("touch still && ls", OPTIONS)).toMatchObject({ exitCode: 0, output: "still\n" });
});

test("what cuts itself off from its parent's life still ends with the command, and does not hold it up", async () => {
  const mark = `63${Math.floor(performance.now())}`;
  const started = performance.now();
  const script = `import ctypes, os; ctypes.CDLL(None).prctl(1, 0); os.setsid(); os.execvp('sleep', ['sleep', '${mark}'])`;
  const result = await run(`python3 -c "${script}" & sleep 0.5; echo done`);
  expect(result).toMatchObject({ output: "done\n", exitCode: 0 });
  expect(await alive(`sleep ${mark}`)).toBe("");
  expect(performance.now() - started).toBeLessThan(15_000);
});

test("a time limit ends the whole tree: also what was sent to the background and left the session", async () => {
  const mark = `61${Math.floor(performance.now())}`;
  const result = await run(`sleep ${mark} & setsid nohup sleep ${mark} & trap '' TERM; sleep ${mark}`, {
    timeoutMs: 700,
  });
  expect(result.timedOut).toBe(true);
  expect(result.exitCode).toBeNull();
  await expect.poll(() => alive(`sleep ${mark}`)).toBe("");
});

test("what a command leaves running ends with the command", async () => {
  const mark = `62${Math.floor(performance.now())}`;
  const result = await run(`setsid nohup sleep ${mark} >/dev/null 2>&1 & echo done`);
  expect(result).toMatchObject({ output: "done\n", exitCode: 0 });
  await expect.poll(() => alive(`sleep ${mark}`)).toBe("");
});

test("an abort ends a running command", async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error("stop")), 200);
  await expect(run("sleep 60", { signal: abort.signal })).rejects.toThrow("stop");
});

test("output is capped, and the notice says how much was cut", async () => {
  const { output, exitCode } = await run("head -c 3000000 /dev/zero | tr '\\0' x");
  expect(exitCode).toBe(0);
  expect(output).toMatch(/^x{1048576}\n\[output was cut: 1951424 more bytes were not kept\]$/);
});

test.each([
  [
    "nested deeper than a path can be long",
    "for i in $(seq 60); do mkdir -p $(printf 'd%.0s' $(seq 200)); cd d*; done",
  ],
  ["barred to its owner", "mkdir -p a/b; touch a/b/c; chmod 000 a/b a"],
])("a folder that is %s is deleted with the sandbox", async (_, command) => {
  const sandbox = await sandboxes.open({ skill: null });
  expect(await sandbox.run(command, OPTIONS)).toMatchObject({ exitCode: 0, output: "" });
  await sandbox[Symbol.asyncDispose]();
  expect(existsSync(sandbox.directory)).toBe(false);
});

test("a command longer than the kernel takes as an argument runs all the same", async () => {
  const text = "x".repeat(300_000);
  expect((await run(`cat <<'END' | wc -c\n${text}\nEND`)).output).toBe("300001\n");
});

test("a command with a NUL in it, which no argument can hold, fails as bash has it fail, and not as a fault of ours", async () => {
  expect(await run("echo a\0b")).toMatchObject({ output: expect.stringMatching(/binary file/), exitCode: 126 });
  expect(await run("echo a\nprintf 'b\0'")).toMatchObject({ output: "a\nb", exitCode: 0 });
});

test("a time limit beyond what timers hold is no time limit, and not none at all", async () => {
  await using long = await openSandboxes({ limits: { ...DEFAULT_LIMITS, commandMs: 10 ** 10 } });
  await using sandbox = await long.open({ skill: null });

  const ended = await sandbox.run("sleep 0.2; echo done", { ...OPTIONS, timeoutMs: 10 ** 10 });

  expect(ended).toMatchObject({ output: "done\n", timedOut: false });
});

test("a command that prints bwrap's words is a command like any other", async () => {
  expect(await run("echo 'bwrap: setting up uid map: Permission denied'; exit 1")).toMatchObject({ exitCode: 1 });
});

test("a sandbox that cannot be made is a fault of ours, with bubblewrap's words", async () => {
  await using sandbox = await sandboxes.open({ skill: skill() });
  await sandbox.run("true", OPTIONS);
  await rm(sandbox.inside?.skill ?? "", { recursive: true });

  const failing = sandbox.run("touch ran", OPTIONS);

  await expect(failing).rejects.toBeInstanceOf(SandboxError);
  await expect(failing).rejects.toThrow(/^bubblewrap failed: bwrap: Can't find source path .*skill/);
  expect(await readdir(sandbox.directory)).toEqual([]);
});

test("what the system refuses while a sandbox is opened or used is a fault of the sandbox, and not the end of a run", async () => {
  await using own = await openSandboxes();
  await using sandbox = await own.open({ skill: null });
  await rm(dirname(dirname(sandbox.directory)), { recursive: true });

  await expect(sandbox.run("true", OPTIONS)).rejects.toBeInstanceOf(SandboxError);
  await expect(own.open({ skill: null })).rejects.toBeInstanceOf(SandboxError);
});

test("two sandboxes show the same world to the same command", async () => {
  const look = "pwd; id; hostname; env | sort; ls -A / /work /etc; date +%Z";
  expect((await run(look)).output).toBe((await run(look)).output);
});

test("Python with openpyxl and pandas is there, and LibreOffice where the host has it", async () => {
  const { output } = await run(
    "/usr/bin/python3 -c 'import openpyxl, pandas; print(openpyxl.__name__, pandas.__name__)'",
  );
  expect(output).toBe("openpyxl pandas\n");
});

async function alive(command: string): Promise<string> {
  const { output } = await runProcess("/bin/ps", ["-eo", "args"], { timeoutMs: 5_000 });
  return output
    .split("\n")
    .filter((line) => line === command)
    .join("\n");
}

test("what was laid out for a trial, and its skill, is the agent's own inside, whoever runs the tool; links are not followed", async () => {
  const outside = join(await temporaryFolder(), "outside");
  await writeFile(outside, "CANARY");
  await using sandbox = await sandboxes.open({ skill: skill() });
  await mkdir(join(sandbox.directory, "deep"));
  await writeFile(join(sandbox.directory, "deep", "input.txt"), "in", { mode: 0o600 });
  await symlink(outside, join(sandbox.directory, "link"));

  const look =
    "stat -c '%U %n' . deep deep/input.txt /tmp /skill /skill/SKILL.md; cat deep/input.txt; cat link; echo x >> deep/input.txt";
  const { output } = await sandbox.run(look, OPTIONS);

  expect(output).toBe(
    "agent .\nagent deep\nagent deep/input.txt\nagent /tmp\nagent /skill\nagent /skill/SKILL.md\nincat: link: No such file or directory\n",
  );
  expect((await stat(outside)).uid).toBe(process.getuid?.());
});

test("commands are no root of the machine, even where the tool is", async () => {
  await using sandbox = await sandboxes.open({ skill: null });
  const abort = new AbortController();
  const running = sandbox.run("sleep 61234.5", { ...OPTIONS, signal: abort.signal }).catch(() => null);
  const find = async () => (await runProcess("/bin/ps", ["-eo", "uid,args"], { timeoutMs: 5_000 })).output;
  await expect.poll(find).toMatch(/^ *\d+ sleep 61234\.5$/m);

  const uid = /^ *(\d+) sleep 61234\.5$/m.exec(await find())?.[1];
  abort.abort();
  await running;

  expect(uid).not.toBe("0");
});
