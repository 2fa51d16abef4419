/** The tool as users get it: packed, installed into an empty folder, run from there. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDistillation } from "../distill/store.ts";
import { temporaryFolder } from "./support/temporary.ts";

const ROOT = join(import.meta.dirname, "..");
const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";
const INSTALL_MS = 300_000;

interface Lock {
  packages: Record<string, { resolved?: string; link?: boolean; optionalDependencies?: Record<string, string> }>;
}

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a program as a user's shell would, without what this project's own npm scripts put in the environment. */
function run(file: string, args: readonly string[], cwd: string, path = SYSTEM_PATH): Promise<Ended> {
  const { HOME = cwd, TMPDIR = "/tmp", http_proxy = "", https_proxy = "" } = process.env;
  const env = { PATH: path, HOME, TMPDIR, http_proxy, https_proxy };
  return new Promise((resolve) => {
    execFile(file, [...args], { cwd, env, maxBuffer: 64e6 }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trace2skill-packaging-"));
  const packed = await run(
    "npm",
    ["pack", "--silent", "--pack-destination", folder],
    ROOT,
    `${join(ROOT, "node_modules/.bin")}:${SYSTEM_PATH}`,
  );
  expect(packed, "npm pack").toMatchObject({ code: 0 });
  await writeFile(join(folder, "package.json"), "{}");
  const tarball = packed.out.trim().split("\n").at(-1) ?? "";
  const installed = await run(
    "npm",
    ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", `./${tarball}`],
    folder,
  );
  expect(installed, "npm install").toMatchObject({ code: 0 });
}, INSTALL_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the packed tool is compiled, carries its prompts, and leaves sources and tests at home", async () => {
  const root = join(folder, "node_modules", "trace2skill");
  const files = await readdir(root, { recursive: true });

  expect((await readdir(root)).sort()).toEqual(
    ["LICENSE", "bin", "dist", "package.json", ...(existsSync(join(ROOT, "README.md")) ? ["README.md"] : [])].sort(),
  );
  expect(files.filter((file) => file.endsWith(".ts"))).toEqual([]);
  for (const source of await readdir(join(ROOT, "agents", "prompts")))
    expect(files).toContain(join("dist", "agents", "prompts", source));
});

test("npx trace2skill doctor works in an empty folder, on a Node 24 of its own whatever the system's Node is", async () => {
  const { code, out, err } = await run("npx", ["trace2skill", "doctor", "--json"], folder);

  expect({ code, err: withoutNpmNotices(err) }).toEqual({ code: 0, err: "" });
  const { findings } = JSON.parse(out) as { findings: { name: string; found: string }[] };
  expect(findings.find(({ name }) => name === "Node")?.found).toMatch(/^2[4-9]\./);
});

test("npx trace2skill --version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

  expect((await run("npx", ["trace2skill", "--version"], folder)).out).toBe(`${version}\n`);
});

test("an older Node starts the tool on the Node beside it, arguments, output and exit code included", async (ctx) => {
  const old = (await run("node", ["--version"], folder)).out.trim();
  if (!/^v2[0-3]\./.test(old)) ctx.skip(`the system's Node is ${old}, not one from 20 to 23`);
  const bin = join(folder, "node_modules", "trace2skill", "bin", "trace2skill.js");

  const { code, err } = await run("node", [bin, "frobnicate"], folder);

  expect(err).toContain("unknown command 'frobnicate'");
  expect(code).toBe(2);
});

test("an older Node with none beside it says what is needed", async (ctx) => {
  const old = (await run("node", ["--version"], folder)).out.trim();
  if (!/^v2[0-3]\./.test(old)) ctx.skip(`the system's Node is ${old}, not one from 20 to 23`);
  const lonely = await temporaryFolder();
  await symlink(join(ROOT, "bin"), join(lonely, "bin"));
  await writeFile(join(lonely, "package.json"), '{"type":"module"}');

  const { code, out, err } = await run(
    "node",
    ["--preserve-symlinks", "--preserve-symlinks-main", join(lonely, "bin", "trace2skill.js")],
    lonely,
  );

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^trace2skill needs Node 24 or newer; this is v2[0-3]\..*npm installed none beside the tool\.\n/);
});

test("the lock file names every package of every platform, so that npm ci takes it, and no address", () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${name}, wanted by ${path}`),
  );

  expect(missing).toEqual([]);
  expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});

/** npm speaks of its own settings there; the tool must not. */
function withoutNpmNotices(err: string): string {
  return err
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("npm "))
    .join("\n");
}

test("npx trace2skill demo makes the main table in small in an empty folder, its skills are scanned for the answers of both halves, and a second one reads all back", {
  timeout: 300_000,
}, async () => {
  // Among the first eleven evolve tasks the small size has one success, which its skills from successes are made of.
  const few = ["--evolve-tasks", "11", "--test-tasks", "2", "--ood-tasks", "2"];
  const demo = () => run("npx", ["trace2skill", "demo", "--json", ...few], folder);

  const { code, out, err } = await demo();
  const again = await demo();

  expect(code, err).toBe(0);
  const { calls, arms, differences, tables, paths } = JSON.parse(out);
  expect(calls.made).toBeGreaterThan(0);
  expect(tables.map(({ id, simulated }: { id: string; simulated: boolean }) => [id, simulated])).toEqual([
    ["spreadsheet", true],
    ["spreadsheet-layout", true],
  ]);
  // 15 conditions with two users on two benchmarks; all but the first are compared.
  expect([arms.length, differences.length, tables[1].rows.length]).toEqual([60, 56, 15]);
  expect(existsSync(paths.report)).toBe(true);
  for (const skill of paths.skills) {
    const { scan } = await readDistillation(resolve(folder, skill));
    expect(scan?.values.evolve).toBeGreaterThan(100);
    expect(scan?.values.test).toBeGreaterThan(100);
  }
  expect(JSON.parse(again.out).calls, again.err).toEqual({ made: 0, fromJournal: 0 });
});
