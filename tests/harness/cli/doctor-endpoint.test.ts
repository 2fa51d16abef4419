import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hashJson } from "../../../harness/hash.ts";
import { Manifest } from "../../../harness/manifest.ts";
import { startSimulator } from "../../../harness/simulator/server.ts";
import { trace2skill } from "../../support/command-line.ts";
import { modelServer, openai, vllm } from "../../support/model-servers.ts";
import { temporaryFolder } from "../../support/temporary.ts";

interface Told {
  ok: boolean;
  endpoints: {
    model: string;
    endpoint: string;
    path: string | null;
    uses: { name: string; value: string }[];
    changes: string[];
    capabilities: { name: string; verdict: string; found: string }[];
  }[];
}

/** A machine's cache of its own. */
async function machine() {
  const folder = await temporaryFolder();
  const cache = join(folder, "cache");
  const run = (...args: string[]) =>
    trace2skill(args, { cwd: folder, env: { XDG_CACHE_HOME: cache, OPENAI_API_KEY: "key-1" } });
  return { folder, cache, run };
}

async function simulator(): Promise<string> {
  const server = await startSimulator({ key: [] });
  onTestFinished(() => server.close());
  return server.url;
}

test("an endpoint is told for people: what works, what a run will use, what it took, where it is kept", async () => {
  const { run, cache } = await machine();
  const server = await modelServer(vllm({ tools: false }));

  const { code, out, err } = await run("doctor", "--base-url", `${server.url}/`);

  expect(code).toBe(0);
  expect(out).toContain(`${server.url}, model qwen: vllm 0.11.0`);
  expect(out).toMatch(/^no +tools +refused, 400: "auto" tool choice requires/m);
  expect(out).toMatch(/^ +protocol +text \(--protocol text\)/m);
  expect(out).toMatch(/^ +thinking +on unless switched off with --thinking off/m);
  expect(out).toMatch(/^\d+ calls: \d+ tokens in, \d+ out/m);
  expect(out).toContain(`kept in ${cache}`);
  expect(err).toContain(`asking ${server.url}`);
  expect(await readdir(join(cache, "trace2skill", "servers"))).toHaveLength(1);
});

test("--json is one document; several endpoints with commas are told one after the other, and one that fails makes the exit 1", async () => {
  const { run } = await machine();
  const [good, gone] = await Promise.all([modelServer(vllm()), modelServer({})]);
  await gone.close();

  const { code, out } = await run("doctor", "--base-url", `${good.url},${gone.url}`, "--model", "qwen", "--json");
  const told = JSON.parse(out) as Told;

  expect({ code, ok: told.ok }).toEqual({ code: 1, ok: false });
  expect(told.endpoints.map(({ endpoint }) => endpoint)).toEqual([good.url, gone.url]);
  expect(told.endpoints[0]).toMatchObject({ path: expect.stringContaining("servers"), changes: [] });
  expect(told.endpoints[1]).toMatchObject({ path: null, capabilities: [{ name: "answers", verdict: "no" }] });
});

test("the key of the environment is sent, and stands in nothing that is told or kept", async () => {
  const { run, cache } = await machine();
  const server = await modelServer(openai("key-1"));

  const { code, out } = await run("doctor", "--base-url", server.url, "--model", "small", "--json");
  const { endpoints } = JSON.parse(out) as Told;

  expect(code).toBe(0);
  expect(out + (await readFile(endpoints[0]!.path!, "utf8"))).not.toContain("key-1");
  expect(cache).not.toBe("");
});

test("the simulated model can be looked at without a server, and is not kept: its name says all of it", async () => {
  const { run, cache } = await machine();

  const { code, out } = await run("doctor", "--model", "sim/large", "--json");

  expect(code).toBe(0);
  expect((JSON.parse(out) as Told).endpoints[0]).toMatchObject({ path: null, model: "sim/large" });
  await expect(readdir(join(cache, "trace2skill", "servers"))).rejects.toThrow("ENOENT");
});

test.each([
  ["a model without an endpoint", ["--model", "qwen"], /unknown model "qwen".*--base-url/],
  ["an address that is none", ["--base-url", "localhost:8000"], /--base-url must be a URL/],
  ["a password in the address", ["--base-url", "http://me:pw@localhost/v1"], /OPENAI_API_KEY/],
  ["long prompts without an endpoint", ["--probe-context"], /--probe-context needs an endpoint/],
  ["no time at all", ["--base-url", "http://localhost/v1", "--timeout", "0"], /--timeout/],
])("%s is wrong use", async (_, args, message) => {
  const { run } = await machine();

  const { code, out, err } = await run("doctor", ...args);

  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(message);
});

const RUN = ["run", "sample-mathematics", "--split", "test", "--tasks", "0:1", "--model", "sim/small"];
const manifestIn = async (folder: string) =>
  Manifest.parse(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")));

test("a run names the server that the doctor saw, beside a fingerprint that does not change by it; going on with it adds another", async () => {
  const { run, folder, cache } = await machine();
  const url = await simulator();
  const out = join(folder, "runs", "one");
  const go = () => run(...RUN, "--base-url", url, "--out", out);

  await go();
  const before = await manifestIn(out);
  await run("doctor", "--base-url", url, "--model", "sim/small");
  await go();
  const after = await manifestIn(out);
  await changeKept(cache, (report) => ({ ...report, server: { kind: "vllm", version: "9" } }));
  await go();
  await go();

  expect(before.servers).toBeUndefined();
  expect(after.servers).toMatchObject([
    { endpoint: url, model: "sim/small", kind: "simulated", capabilities: { tools: "yes" } },
  ]);
  expect(Object.keys(after.servers![0]!.capabilities)).not.toContain("seed");
  expect(hashJson(after.fingerprint)).toBe(hashJson(before.fingerprint));
  expect((await manifestIn(out)).servers?.map(({ kind }) => kind)).toEqual(["simulated", "vllm"]);
});

test("a run that asks for what the doctor saw fail is told so, and goes on; a damaged record counts as none", async () => {
  const { run, folder, cache } = await machine();
  const url = await simulator();
  await run("doctor", "--base-url", url, "--model", "sim/small");
  await changeKept(cache, (report) => ({
    ...report,
    capabilities: report.capabilities.map((one) =>
      one.name === "tools" ? { ...one, verdict: "no", found: "refused", cure: "mend it" } : one,
    ),
  }));

  const told = await run(...RUN, "--base-url", url, "--out", join(folder, "runs", "tools"));
  const quiet = await run(...RUN, "--base-url", url, "--protocol", "text", "--out", join(folder, "runs", "text"));
  await changeKept(cache, () => "{");
  const damaged = await run(...RUN, "--base-url", url, "--out", join(folder, "runs", "again"));

  expect(told.err).toMatch(/note: on \d{4}-\d\d-\d\d the doctor found no tools at http.*\(refused\): mend it/);
  expect(quiet.err).not.toContain("doctor");
  expect([told.code, quiet.code, damaged.code]).toEqual([0, 0, 0]);
  expect((await manifestIn(join(folder, "runs", "again"))).servers).toBeUndefined();
});

test("runs on servers that the doctor saw differ are compared with a warning, and the report shows the servers", async () => {
  const { run, folder, cache } = await machine();
  const url = await simulator();
  const [one, two] = [join(folder, "runs", "one"), join(folder, "runs", "two")];
  await run("doctor", "--base-url", url, "--model", "sim/small");
  await run(...RUN, "--base-url", url, "--out", one, "--arm", "one");
  await changeKept(cache, (report) => ({ ...report, contextTokens: 8_192 }));
  await run(...RUN, "--base-url", url, "--out", two, "--arm", "two");

  const compared = await run("compare", one, two);
  const page = join(folder, "report.html");
  await run("report", one, two, "--out", page, "--name", "r");

  expect(compared.code).toBe(10); // no evidence: the model is the same
  expect(compared.out.replace(/\s+/g, " ")).toContain(
    "the doctor saw other servers behind two and one: context (8192, 262144)",
  );
  const html = await readFile(page, "utf8");
  expect(html).toMatch(/<h2[^>]*>Servers<\/h2>/);
  expect(html).toContain("262,144");
});

type Kept = Record<string, unknown> & { capabilities: { name: string }[] };

/** Rewrites what the doctor kept: another server has come under the same address. */
async function changeKept(cache: string, change: (report: Kept) => unknown): Promise<void> {
  const servers = join(cache, "trace2skill", "servers");
  await mkdir(servers, { recursive: true });
  const path = join(servers, (await readdir(servers))[0]!);
  const changed = change(JSON.parse(await readFile(path, "utf8")) as Kept);
  await writeFile(path, typeof changed === "string" ? changed : JSON.stringify(changed));
}
