import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import type { Io } from "../../../harness/cli/io.ts";
import { addSandboxOptions, type SandboxSettings, sandboxAsked } from "../../../harness/cli/sandbox-options.ts";
import { Manifest } from "../../../harness/manifest.ts";
import { openSandboxesOf } from "../../../harness/sandbox/open.ts";
import { RunSummary } from "../../../reports/summary.ts";
import { attack, openVictim } from "../../attacks/support.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const RUN = ["run", "sample-spreadsheet", "--tasks", "0:1", "--out", "r"];

test.each([
  ["an unknown kind", ["--sandbox", "jail"], /--sandbox must be one of bubblewrap, docker, podman, none, found "jail"/],
  ["an image without containers", ["--sandbox", "none:x"], /takes an image with docker or podman only/],
  ["an unknown limit", ["--sandbox-limits", "ram=2g"], /--sandbox-limits must be one of memory, cpu, .* found "ram"/],
  ["a size without unit", ["--sandbox-limits", "memory=2"], /memory must be 256m or 2g, at least 64m; found 2/],
  [
    "a limit under which nothing starts",
    ["--sandbox-limits", "processes=1"],
    /processes must be 128, at least 8; found 1/,
  ],
  ["less than a tenth of a core", ["--sandbox-limits", "cpu=0.05"], /cpu must be 2 or 0.5, at least 0.1; found 0.05/],
  ["a limit without value", ["--sandbox-limits", "memory"], /takes NAME=VALUE, found memory/],
  ["a time that no timer holds", ["--sandbox-limits", "command=9999999s"], /command must be at most 2147483s/],
  ["output that no text holds", ["--sandbox-limits", "output=4g"], /output must be at most 64m; found 4g/],
  ["memory that no machine has", ["--sandbox-limits", "memory=99999999g"], /memory must be at most 1048576g/],
  ["a limit twice", ["--sandbox-limits", "cpu=1,cpu=2"], /names cpu twice/],
  ["a network", ["--network", "open"], /--network must be one of none, model, found "open"/],
  [
    "two time limits that differ",
    ["--sandbox-limits", "command=5s", "--command-time-limit", "9"],
    /--command-time-limit says 9 s and --sandbox-limits command=5s: give one of them/,
  ],
])("%s: exit code 2, and what was expected", async (_, options, message) => {
  const { code, out, err } = await trace2skill([...RUN, ...options], { cwd: await temporaryFolder() });
  expect(err).toMatch(message);
  expect({ code, out }).toEqual({ code: 2, out: "" });
});

test("a limit that is asked for holds in a trial, and what broke it is told to the model; half a core is one", async () => {
  const command = addSandboxOptions(new Command()).exitOverride();
  command.parse(["--sandbox-limits", "output=1k,cpu=0.5"], { from: "user" });
  const { signal } = new AbortController();
  const io: Io = { out: () => {}, err: () => {}, exit: () => {}, env: {}, terminal: false, signal };
  const asked = sandboxAsked(command.opts<SandboxSettings>(), io);
  await using sandboxes = await openSandboxesOf(asked, { PATH: "/usr/bin:/bin" });
  await using victim = await openVictim();

  const { observations } = await attack(sandboxes, victim, ["nproc", "timeout 5 yes"]);

  expect(sandboxes.limits).toMatchObject({ outputBytes: 1_024, cpus: 0.5 });
  expect(observations[1]).toMatch(/\[killed: more than 64 KB of output\]$/);
  expect(sandboxes.heldBy).toMatch(/^control groups|whole ones: 1/);
});

test("--explain-sandbox needs no run folder, and a run does", async () => {
  const cwd = await temporaryFolder();
  const run = ["run", "sample-spreadsheet"];

  expect(await trace2skill([...run, "--explain-sandbox"], { cwd })).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^An agent's world/),
  });
  const { code, err } = await trace2skill(run, { cwd });
  expect(err).toMatch(/required option '--out <dir>' not specified/);
  expect(code).toBe(2);
});

test("--explain-sandbox tells programs, libraries, paths and limits as agents find them, and runs nothing", async () => {
  const cwd = await temporaryFolder();
  const limits = ["--sandbox-limits", "memory=2g,cpu=1,processes=128,file=64m,disk=512m,command=30s,output=1m"];

  const { code, out } = await trace2skill([...RUN, ...limits, "--explain-sandbox"], { cwd });
  const { out: document } = await trace2skill([...RUN, ...limits, "--explain-sandbox", "--json"], { cwd });

  expect(code).toBe(0);
  expect(out).toMatch(/^An agent's world: bubblewrap\/2 memory=2147483648,cpu=1,processes=128,/);
  for (const line of [
    /memory +2 GB of memory/,
    /cpu +1 core$/m,
    /command +30 s/,
    /openpyxl \d/,
    /python3 +3\./,
    /\/work +the trial/,
  ]) {
    expect(out).toMatch(line);
  }
  expect(out).toMatch(/user +agent \(1000:1000\) on sandbox, time zone UTC, in \/work/);
  expect(JSON.parse(document)).toMatchObject({
    limits: [["memory", "2 GB of memory"], ...Array(6).fill(expect.anything())],
  });
  expect(existsSync(join(cwd, "r"))).toBe(false);
});

test("--sandbox none is warned of, and its results say so wherever they stand; other limits are another fingerprint", async () => {
  const cwd = await temporaryFolder();
  const made = await trace2skill([...RUN, "--sandbox", "none", "--model", "sim/large"], { cwd });
  const held = await trace2skill([...RUN.slice(0, -1), "h", "--sandbox-limits", "processes=64"], { cwd });
  const page = await trace2skill(["report", "r", "--out", "page.html"], { cwd });

  expect({ code: made.code, held: held.code, page: page.code }).toEqual({ code: 0, held: 0, page: 0 });
  expect(made.err).toMatch(/^WARNING: --sandbox none\. What the model writes runs as you/m);
  expect(made.out).toMatch(/ran with --sandbox none/);
  expect(await readFile(join(cwd, "page.html"), "utf8")).toContain("ran with --sandbox none");
  const [none, other] = await Promise.all(["r", "h"].map((folder) => read(join(cwd, folder))));
  expect(none?.manifest.fingerprint.sandbox).toBe("none/1");
  expect(none?.summary).toMatchObject({ unisolated: true, scored: 1 });
  expect(other?.manifest.fingerprint.sandbox).toBe("bubblewrap/2 processes=64");
  expect(other?.summary.unisolated).toBeUndefined();
  expect(held.err).not.toContain("WARNING");
});

test("a run without a sandbox is not gone on with in one", async () => {
  const cwd = await temporaryFolder();
  await trace2skill([...RUN, "--sandbox", "none"], { cwd });
  const { code, err } = await trace2skill(RUN, { cwd });
  expect(err).toMatch(/holds another run \(sandbox: "none\/1" there, "bubblewrap\/2" asked\)/);
  expect(code).toBe(1);
});

async function read(folder: string) {
  const json = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8")) as unknown;
  return {
    manifest: Manifest.parse(await json("manifest.json")),
    summary: RunSummary.parse(await json("summary.json")),
  };
}
