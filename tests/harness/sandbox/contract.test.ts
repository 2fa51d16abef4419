/** What every kind of sandbox promises, tried on each that this machine can make. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { openSandboxesOf } from "../../../harness/sandbox/open.ts";
import { linesOfProcesses, MB, mark, OPTIONS, runIn, SMALL } from "./support.ts";

const ENV = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ""]));

describe.each(["bubblewrap", "docker", "podman"] as const)("%s", (kind) => {
  let sandboxes: OpenedSandboxes;
  let missing: string | null = null;
  beforeAll(async () => {
    try {
      sandboxes = await openSandboxesOf({ kind, limits: SMALL }, ENV);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      missing = error.message;
    }
  });
  beforeEach((ctx) => {
    if (missing !== null) ctx.skip(missing);
  });
  afterAll(async () => {
    if (missing === null) await sandboxes[Symbol.asyncDispose]();
  });
  const run = (command: string, options: Partial<typeof OPTIONS> = {}) => runIn(sandboxes, command, options);

  test("files in /work and /tmp stay from one command to the next, variables and processes do not", async () => {
    await using sandbox = await sandboxes.open({ skill: null });
    await sandbox.run("echo one > a.txt; echo two > /tmp/b.txt; export LEFT=1; sleep 60 &", OPTIONS);

    const { output } = await sandbox.run('pwd; cat a.txt /tmp/b.txt; echo "left:$LEFT"; pgrep sleep', OPTIONS);

    expect(output).toBe("/work\none\ntwo\nleft:\n");
  });

  test("two trials see the same user, host, time zone, locale and environment, and none of the host's", async () => {
    process.env.CANARY_KEY = "CANARY";
    const look = "id -un; hostname; date +%Z; locale 2>/dev/null | head -n 1; env | sort; pwd; ls -A /work /tmp";

    const [one, other] = [await run(look), await run(look)];

    delete process.env.CANARY_KEY;
    expect(one.output).toBe(other.output);
    expect(one.output).toMatch(/^agent\nsandbox\nUTC\n/);
    expect(one.output).not.toMatch(/CANARY|OPENAI|npm_/);
  });

  test("no other trial, nothing of this project and no home can be read", async () => {
    await using other = await sandboxes.open({ skill: null });
    const places = [other.directory, dirname(other.directory), resolve("."), process.env.HOME ?? "/root"];

    const { output } = await run(`for p in ${places.map((path) => `'${path}'`).join(" ")}; do ls -A "$p"; done 2>&1`);

    const lines = output.trim().split("\n");
    expect(lines).toHaveLength(places.length);
    expect(lines.filter((line) => !/No such file|Permission denied/.test(line))).toEqual([]);
  });

  test("a server on this host cannot be reached, nor anything beyond", async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, "0.0.0.0", done));
    const { port } = server.address() as AddressInfo;

    const { output } = await run(
      `for h in 127.0.0.1 10.0.2.2 172.17.0.1 169.254.169.254 1.1.1.1; do timeout 2 bash -c "echo > /dev/tcp/$h/${port}" 2>&1 && echo REACHED; done`,
    );

    await new Promise((done) => server.close(done));
    expect(asked).toBe(0);
    expect(output).not.toContain("REACHED");
  });

  test("nothing but /work, /tmp and shared memory can be written", async () => {
    const places = "/ /usr /usr/bin /etc /dev /run /proc /skill /home /var /tmp /dev/shm /work";
    const { output } = await run(`for p in ${places}; do touch $p/x 2>/dev/null && echo $p; done`);
    // Engines leave root in a container the few MB of its own /dev.
    const engines = kind !== "bubblewrap" && process.getuid?.() === 0 ? "/dev\n" : "";
    expect(output).toBe(`${engines}/tmp\n/dev/shm\n/work\n`);
  });

  test("there are no capabilities, and programs with setuid get none", async () => {
    const { output } = await run("grep -E '^(CapEff|CapPrm|NoNewPrivs)' /proc/self/status");
    expect(output).toBe("CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
  });

  test("a time limit and the end of a command take all with them that it started", async () => {
    const sleeper = mark();

    const left = await run(`setsid nohup sleep ${sleeper} > /dev/null 2>&1 & echo done`);
    const timed = await run(`trap '' TERM; (setsid sleep ${sleeper} &); sleep ${sleeper}`, { timeoutMs: 1_500 });

    expect(left).toMatchObject({ output: "done\n", exitCode: 0 });
    expect(timed).toMatchObject({ timedOut: true, exitCode: null });
    expect(linesOfProcesses(sleeper)).toEqual([]);
  });

  test("an abort ends a running command", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("stop")), 300);
    await expect(run("sleep 60", { signal: abort.signal })).rejects.toThrow("stop");
  });

  test("a command that ends with the code of a killed or failed program is a command like any other", async () => {
    expect((await run("exit 125")).exitCode).toBe(125);
    expect((await run("exit 137")).exitCode).toBe(137);
  });

  test("output is cut where it is too long, with the number of bytes", async () => {
    const { output, exitCode, killed } = await run("head -c 30000 /dev/zero | tr '\\0' x");

    expect(output).toMatch(/^x{10000}\n\[output was cut: 20000 more bytes were not kept\]$/);
    expect({ exitCode, killed }).toEqual({ exitCode: 0, killed: undefined });
  });

  test.each([
    ["output without end", "yes", "more than 625 KB of output"],
    ["one file too large", "head -c 20000000 /dev/zero > big", "more than 16 MB in one file"],
    [
      "many files in a time too short to be watched",
      "for i in 1 2 3 4 5; do head -c 12000000 /dev/zero > f$i; done",
      "more than 48 MB of disk in /work and /tmp",
    ],
    [
      "files in /tmp, slowly",
      "for i in $(seq 40); do head -c 4000000 /dev/zero > /tmp/f$i; sleep 0.1; done",
      "more than 48 MB of disk in /work and /tmp",
    ],
    [
      "a hundred thousand empty files",
      `python3 -c 'import os\nos.mkdir("d")\nfor i in range(100000): os.close(os.open(f"d/{i}", os.O_CREAT))'`,
      "more than 48 MB of disk in /work and /tmp",
    ],
  ])("what strikes is named: %s", async (_, command, killed) => {
    expect(await run(command)).toMatchObject({ exitCode: null, killed });
  });

  test("a command that takes away what is too much may go on, and one that adds to it may not", async () => {
    await using sandbox = await sandboxes.open({ skill: null });
    await sandbox.run("for i in 1 2 3 4 5; do head -c 12000000 /dev/zero > f$i; done", OPTIONS);

    expect(await sandbox.run("echo more > more", OPTIONS)).toMatchObject({ killed: expect.stringContaining("disk") });
    const freed = await sandbox.run("rm f*; sleep 0.3; ls", OPTIONS);

    expect(freed).toMatchObject({ exitCode: 0, output: "more\n" });
  });

  test("memory over the limit, in one process, ends the command or is refused to it; neither takes the harness along", async () => {
    const hog = "python3 -c 'b = []\nwhile True: b.append(bytearray(8_000_000))'";
    const { killed, output, exitCode } = await run(hog);

    expect(exitCode).not.toBe(0);
    expect(killed ?? output).toMatch(/^more than 256 MB of memory$|MemoryError/);
    expect(process.memoryUsage().rss).toBeLessThan(2_000 * MB);
  });
});

test("where no engine answers, a container is refused with what to do, and nothing else is opened in its place", async () => {
  const asked = openSandboxesOf(
    { kind: "docker", limits: SMALL },
    { PATH: "/usr/bin", DOCKER_HOST: "unix:///no/sock" },
  );
  await expect(asked).rejects.toThrow(/^no docker answers: .* Install and start it .*--sandbox bubblewrap/);
});
