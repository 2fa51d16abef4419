import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Finding } from "../../../harness/doctor/finding.ts";
import { machineFindings, nodeFinding } from "../../../harness/doctor/machine.ts";
import { causeOf } from "../../../harness/doctor/namespaces.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const BIN = fileURLToPath(new URL("../../../bin/trace2skill.js", import.meta.url));

interface Report {
  ok: boolean;
  findings: Finding[];
}

/** The doctor's report from within bubblewrap, which takes something away from the machine. */
function doctorInside(...bubblewrap: string[]): Promise<{ code: number; report: Report }> {
  return new Promise((resolve) => {
    const args = ["--dev-bind", "/", "/", ...bubblewrap, "--", process.execPath, BIN, "doctor", "--json"];
    execFile("/usr/bin/bwrap", args, (error, out) =>
      resolve({ code: Number(error?.code ?? 0), report: JSON.parse(out) as Report }),
    );
  });
}

/** What a machine may lack and be sound. */
const ADVISED = ["cores", "memory", "disk", "cgroups", "containers"];
const lacks = ({ findings }: Report) =>
  findings.filter(({ ok, name }) => !ok && !ADVISED.includes(name)).map(({ name }) => name);

test("on a machine that setup.sh has set up nothing is missing, and every finding says what it is for", async () => {
  const { code, out } = await trace2skill(["doctor", "--json"], { cwd: await temporaryFolder() });
  const report = JSON.parse(out) as Report;

  expect(lacks(report)).toEqual([]);
  expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  expect(report.findings.map(({ name }) => name)).toEqual([
    ...["Node", "cores", "memory", "disk", "runs folder", "bubblewrap", "containers"],
    ...["seccomp", "cgroups", "sandbox"],
    ...["python3", "openpyxl", "pandas", "Pillow", "LibreOffice"],
  ]);
  expect(report.findings.every(({ why, found }) => why !== "" && found !== "")).toBe(true);
});

test("for people it is a line each, and the conclusion", async () => {
  const { out } = await trace2skill(["doctor"], { cwd: await temporaryFolder() });

  expect(out).toMatch(/^ok +Node +24\./);
  expect(out).toMatch(/^ok +openpyxl +\d+\.\d+/m);
  expect(out.trimEnd()).toMatch(/This machine can do the main job: trace2skill demo$/);
});

test("where user namespaces are used up, bubblewrap is found but no sandbox, and the cure is told", async () => {
  const { code, report } = await doctorInside("--unshare-user", "--disable-userns");

  expect({ code, ok: report.ok, lacks: lacks(report) }).toEqual({ code: 1, ok: false, lacks: ["sandbox"] });
  const sandbox = report.findings.find(({ name }) => name === "sandbox");
  expect(sandbox?.found).toContain("max_user_namespaces is used up");
  expect(sandbox?.cure).toBe("sudo sysctl -w user.max_user_namespaces=15000");
  expect(report.findings.find(({ name }) => name === "containers")).not.toMatchObject({
    found: expect.stringContaining("not needed"),
  });
  expect(report.findings.find(({ name }) => name === "pandas")?.found).toMatch(/outside a sandbox/);
});

test("without bubblewrap no agent is run, and the cure is to install it", async () => {
  const { code, report } = await doctorInside("--tmpfs", "/usr/bin");

  expect({ code, ok: report.ok }).toEqual({ code: 1, ok: false });
  expect(report.findings.find(({ name }) => name === "bubblewrap")).toMatchObject({
    ...{ ok: false, required: true, found: "not installed" },
    cure: "sudo apt-get install bubblewrap",
  });
  expect(report.findings.find(({ name }) => name === "sandbox")?.found).toMatch(/^bubblewrap is not installed/);
});

test("without LibreOffice or Pillow the main job can be done; without pandas it cannot", async () => {
  const without = async (path: string) => doctorInside("--ro-bind", "/dev/null", path);

  const office = await without("/usr/bin/soffice");
  const pillow = await without("/usr/lib/python3/dist-packages/PIL/__init__.py");
  const pandas = await without("/usr/lib/python3/dist-packages/pandas/__init__.py");

  expect({ code: office.code, lacks: lacks(office.report) }).toEqual({ code: 0, lacks: ["LibreOffice"] });
  expect({ code: pillow.code, lacks: lacks(pillow.report) }).toEqual({ code: 0, lacks: ["Pillow"] });
  expect({ code: pandas.code, lacks: lacks(pandas.report) }).toEqual({ code: 1, lacks: ["pandas"] });
  expect(pandas.report.findings.find(({ name }) => name === "pandas")?.cure).toBe(
    "sudo apt-get install python3-pandas",
  );
});

test("an older Node is not enough, whatever its minor version", () => {
  expect(["24.0.0", "26.1.0", "22.99.0", "9.9.9"].map((version) => nodeFinding(version).ok)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("a runs folder that cannot be made is told, whoever asks; one that is not there yet is fine", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "file"), "");
  const runsFolder = async (path: string) => (await machineFindings(path)).at(-1);

  expect(await runsFolder(join(folder, "new", "runs"))).toMatchObject({ ok: true, cure: null });
  expect(await runsFolder(join(folder, "file"))).toMatchObject({
    ok: false,
    found: expect.stringContaining("ENOTDIR"),
  });
  expect(await runsFolder("/proc/none/runs")).toMatchObject({ ok: false, required: true });
  expect(await readdir(folder)).toEqual(["file"]);
});

const FACTS = { apparmorRestricts: null, unprivilegedClone: null, maxUserNamespaces: "15000", inContainer: false };

test.each([
  ["Ubuntu 24.04", "bwrap: setting up uid map: Permission denied", { apparmorRestricts: "1" }, /apparmor_parser/],
  ["Ubuntu in a container", "bwrap: No permissions", { apparmorRestricts: "1", inContainer: true }, /docker run/],
  ["old Debian", "bwrap: No permissions", { unprivilegedClone: "0" }, /unprivileged_userns_clone=1/],
  ["a kernel without user namespaces", "bwrap: No space left", { maxUserNamespaces: "0" }, /max_user_namespaces=/],
  ["a bwrap that cannot be run", "spawn EACCES", {}, /--reinstall bubblewrap/],
  ["anything else", "bwrap: surprise", {}, /look at what it says/],
])("the cure for %s", (_, said, facts, cure) => {
  expect(causeOf(said, { ...FACTS, ...facts }).cure).toMatch(cure);
});
