import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeJson } from "../../../harness/run/files.ts";
import { createRun } from "../../../harness/run/store.ts";
import { runProcess } from "../../../harness/sandbox/process.ts";
import { manifest } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { localServer } from "../../support/local-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const SHORT_RUN = ["run", "sample-spreadsheet", "--tasks", "0:1"];

test.each([
  ["an unknown verb", ["frobnicate"], /unknown command 'frobnicate'/],
  ["an unknown option", ["run", "sample-spreadsheet", "--out", "x", "--frob"], /unknown option '--frob'/],
  [
    "an unknown benchmark",
    ["run", "imagenet", "--out", "x"],
    /unknown benchmark "imagenet"; there are: sample-spreadsheet/,
  ],
  [
    "an unknown model",
    [...SHORT_RUN, "--out", "x", "--model", "gpt-x"],
    /unknown model "gpt-x": built in are sim\/small.*--base-url/,
  ],
  ["a missing option", ["run", "sample-spreadsheet"], /required option '--out <dir>'/],
  ["tasks that are no rows", [...SHORT_RUN, "--tasks", "9:3", "--out", "x"], /--tasks 9:3 chooses nothing/],
  [
    "tasks that are half a range",
    [...SHORT_RUN, "--tasks", "0:", "--out", "x"],
    /--tasks must be one range such as 0:40/,
  ],
  ["a task given twice", [...SHORT_RUN, "--tasks", "a,a", "--out", "x"], /--tasks names a task twice/],
  [
    "a floor of connections above their cap",
    [...SHORT_RUN, "--min-connections", "9", "-j", "3", "--out", "x"],
    /--min-connections 9 is more than --max-connections 3/,
  ],
  [
    "an address that is none among several",
    [...SHORT_RUN, "--base-url", "http://a:1/v1,b:2", "--model", "m", "--out", "x"],
    /--base-url must be a URL .*or several with commas; found "b:2"/,
  ],
  ["an empty folder name", [...SHORT_RUN, "--out", ""], /--out must not be empty/],
  [
    "a seed too large",
    [...SHORT_RUN, "--seeds", "99999999999999999999", "--out", "x"],
    /--seeds must be at most 2147483647/,
  ],
  ["data for our own sample", [...SHORT_RUN, "--data", ".", "--out", "x"], /reads no data: leave --data out/],
  ["a port too large", ["simulate", "--port", "99999"], /--port must be at most 65535/],
  ["a run given twice", ["distill", "r", "r", "--out", "x"], /a run is given twice/],
  [
    "a draft and a start skill",
    ["distill", "r", "--mode", "create", "--start", "s", "--out", "x"],
    /--mode create starts from a draft, and --start s/,
  ],
  [
    "other orders of no merge",
    ["distill", "r", "--strategy", "sequential", "--shuffle-merge", "2", "--out", "x"],
    /--shuffle-merge merges the patches of --strategy parallel/,
  ],
  [
    "steps without steps",
    ["distill", "r", "--batch", "4", "--out", "x"],
    /--batch 4 is of --strategy sequential, and parallel takes no steps/,
  ],
  [
    "merging where nothing is merged",
    ["distill", "r", "--strategy", "retrieval", "--merge", "program", "--out", "x"],
    /--strategy retrieval makes none/,
  ],
  [
    "a choice among memories",
    ["distill", "r", "--strategy", "retrieval", "--gate", "--out", "x"],
    /choose among skills, and --strategy retrieval makes none/,
  ],
  [
    "a gate without tasks",
    ["distill", "--records", "r", "--gate", "--out", "x"],
    /--records names none: give run folders too/,
  ],
  [
    "a name that leads elsewhere",
    ["distill", "r", "--name", "../evil", "--out", "x"],
    /--name: expected small letters, digits and single hyphens/,
  ],
  ["a seed that repeats", [...SHORT_RUN, "--seeds", "1,1", "--out", "x"], /--seeds names a number twice/],
  [
    "a number that is none",
    [...SHORT_RUN, "--turn-limit", "many", "--out", "x"],
    /--turn-limit must be a whole number of at least 1, found "many"/,
  ],
  [
    "a base URL that is none",
    [...SHORT_RUN, "--base-url", "localhost", "--model", "m", "--out", "x"],
    /--base-url must be a URL/,
  ],
  [
    "a protocol that is none",
    [...SHORT_RUN, "--protocol", "xml", "--out", "x"],
    /--protocol must be one of tools, text/,
  ],
])("%s: exit code 2, and what was expected", async (_, args, message) => {
  const cwd = await temporaryFolder();
  const { code, out, err } = await trace2skill(args, { cwd });
  expect(err).toMatch(message);
  expect({ code, out }).toEqual({ code: 2, out: "" });
});

test("a task that is not there is told, exit code 1", async () => {
  const { code, err } = await trace2skill([
    "run",
    "sample-spreadsheet",
    "--tasks",
    "no-such-task",
    "--out",
    join(await temporaryFolder(), "r"),
  ]);
  expect(err).toMatch(/there is no task "no-such-task"/);
  expect(code).toBe(1);
});

test("a data set that is not there says where it is expected", async () => {
  const directory = await temporaryFolder();
  const run = (data: string) => trace2skill(["run", "spreadsheetbench", "--data", data, "--out", join(directory, "r")]);
  const missing = await run(join(directory, "nowhere"));
  expect(missing.err).toMatch(/nowhere/);
  expect(missing.code).toBe(1);
  await mkdir(join(directory, "broken"));
  await writeFile(join(directory, "broken", "dataset.json"), "[{]");
  const broken = await run(join(directory, "broken"));
  expect(broken.err).toMatch(/dataset\.json/);
  expect(broken.code).toBe(1);
});

test("a skill folder that breaks the format is refused with all its problems at once", async () => {
  const directory = await temporaryFolder();
  await mkdir(join(directory, "Bad_Name"));
  await writeFile(join(directory, "Bad_Name", "SKILL.md"), "---\nname: Bad_Name\nversion: 2\n---\n# x\n");
  const { code, err } = await trace2skill([
    ...SHORT_RUN,
    "--skill",
    join(directory, "Bad_Name"),
    "--out",
    join(directory, "r"),
  ]);
  expect(err).toMatch(/`description` is required/);
  expect(err).toMatch(/`version` is no key/);
  expect(err).toMatch(/small letters/);
  expect(code).toBe(1);
});

test("a page that cannot be written is told without a stack", async () => {
  const cwd = await temporaryFolder();
  await createRun(join(cwd, "run"), manifest());
  const { code, err } = await trace2skill(["report", "run", "--out", "run/manifest.json/report.html"], { cwd });
  expect(err).toMatch(/^error: cannot (write|make the folder) .*manifest\.json/);
  expect(code).toBe(1);
});

test("a machine whose Python does not run is refused, and no trial scores 0 for it", async (context) => {
  const directory = await temporaryFolder();
  const bin = join(import.meta.dirname, "..", "..", "..", "bin", "trace2skill.js");
  const hide = 'mount --bind /dev/null "$(readlink -f /usr/bin/python3)" || exit 77';
  const run = `'${process.execPath}' '${bin}' ${SHORT_RUN.join(" ")} --model sim/small --out '${join(directory, "r")}'`;
  const env = { PATH: "/usr/bin:/bin", HOME: directory };
  const result = await runProcess("/usr/bin/unshare", ["-m", "bash", "-c", `${hide}; ${run}`], {
    timeoutMs: 30_000,
    env,
  });
  if (result.exitCode === 77 || /unshare failed/.test(result.output)) context.skip("no right to mount here");
  expect(result.output).toMatch(/agents need Python 3 with openpyxl and pandas.*apt-get install/s);
  expect(result.exitCode).toBe(1);
  expect(existsSync(join(directory, "r", "trials", "lookup-across-sheets-1.41.json"))).toBe(false);
});

test("a folder in which another process is at work is refused", async () => {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, "run"));
  await writeFile(join(cwd, "run", "lock"), String(process.ppid));
  const { code, err } = await trace2skill([...SHORT_RUN, "--out", "run"], { cwd });
  expect(err).toMatch(new RegExp(`another process \\(${process.ppid}\\) is at work in .*run`));
  expect(code).toBe(1);
});

test("score refuses a run whose kept outputs are gone, and leaves its scores", async () => {
  const cwd = await temporaryFolder();
  const run = ["run", "sample-spreadsheet", "--tasks", "totals-by-group-1", "--model", "sim/small", "--out", "run"];
  expect((await trace2skill(run, { cwd })).code).toBe(0);
  const path = join(cwd, "run", "trials", "totals-by-group-1.41.json");
  const before = await readFile(path, "utf8");
  await rm(join(cwd, "run", "artifacts"), { recursive: true });
  const { code, err } = await trace2skill(["score", "run"], { cwd });
  expect(err).toMatch(/1 of 1 kept outputs are gone/);
  expect(code).toBe(1);
  expect(await readFile(path, "utf8")).toBe(before);
});

test("a run folder of another format version is refused", async () => {
  const directory = await temporaryFolder();
  for (const name of ["one", "two"]) await createRun(join(directory, name), manifest());
  await writeJson(join(directory, "one", "manifest.json"), { ...manifest(), version: 99 });
  const { code, err } = await trace2skill(["compare", join(directory, "two"), join(directory, "one")]);
  expect(err).toMatch(/format version 99/);
  expect(code).toBe(1);
});

test("an endpoint that does not answer ends the run at once, exit code 1, and the same command goes on later", async () => {
  const directory = await temporaryFolder();
  const server = await localServer(() => {});
  await server.close();
  const { code, err } = await trace2skill([
    ...SHORT_RUN,
    "--base-url",
    server.url,
    "--model",
    "m",
    "--out",
    join(directory, "r"),
  ]);
  expect(err).toMatch(/nothing answers at/);
  expect(err).not.toMatch(/at .*\.ts:\d+/); // no stack
  expect(code).toBe(1);
});

test.each([
  [401, '{"error":{"message":"no"}}', "application/json", /refused the key \(401\)/],
  [200, "<html>hello</html>", "text/html", /no OpenAI-compatible endpoint/],
])("an endpoint that answers %d %s is told, exit code 1", async (status, body, type, message) => {
  const { createServer } = await import("node:http");
  const server = createServer((_, response) => response.writeHead(status, { "content-type": type }).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as { port: number };
    const args = [
      ...SHORT_RUN,
      "--base-url",
      `http://127.0.0.1:${port}/v1`,
      "--model",
      "m",
      "--out",
      join(await temporaryFolder(), "r"),
    ];
    const { code, err } = await trace2skill(args);
    expect(err).toMatch(message);
    expect(code).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test.each(["demo", "run", "score", "distill", "compare", "report", "import", "doctor", "simulate"])(
  "%s --help ends with an example",
  async (verb) => {
    const { code, out } = await trace2skill([verb, "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/Usage: trace2skill/);
    expect(out).toMatch(new RegExp(`Examples?:\\n\\s+trace2skill ${verb}`));
  },
);

test("a run of a benchmark that is not known here is named, exit code 1", async () => {
  const cwd = await temporaryFolder();
  const asked = manifest();
  const benchmark = { ...asked.benchmark, name: "no-such", split: "evolve", sealed: [] };
  await createRun(join(cwd, "run"), { ...asked, benchmark });
  const { code, err } = await trace2skill(["distill", "run", "--out", "out"], { cwd });
  expect(err).toMatch(/run: its manifest names the benchmark "no-such", which is not known here; there are: sample-/);
  expect(code).toBe(1);
});

test("a distillation into the folder of a run is refused, and told what lies there", async () => {
  const cwd = await temporaryFolder();
  const run = ["run", "sample-mathematics", "--split", "evolve", "--tasks", "0:1", "--model", "sim/large"];
  await trace2skill([...run, "--out", "run"], { cwd });
  const { code, err } = await trace2skill(["distill", "run", "--start", "none", "--out", "run"], { cwd });
  expect(err).toMatch(/manifest\.json is of something else than a distillation.*Give another folder/);
  expect(code).toBe(1);
});

test("a distillation of a run that is not done, or in part unreadable, says of how many trials it is", async () => {
  const cwd = await temporaryFolder();
  const run = ["run", "sample-mathematics", "--split", "evolve", "--tasks", "0:3", "--model", "sim/large"];
  await trace2skill([...run, "--out", "run"], { cwd });
  const [first = ""] = await readdir(join(cwd, "run", "trials"));
  await writeFile(join(cwd, "run", "trials", first), '{"version":1,');
  const { err } = await trace2skill(["distill", "run", "--start", "none", "--out", "out"], { cwd });
  expect(err).toMatch(/run: 2 of 3 trials are done and readable; the same run command makes the others/);
});
