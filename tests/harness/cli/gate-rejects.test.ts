/** The gate against a skill that really hurts: an agent that is right, but for those whom the distilled lines lead astray. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadBenchmark } from "../../../benchmarks/index.ts";
import { startSimulator } from "../../../harness/simulator/server.ts";
import { trace2skill } from "../../support/command-line.ts";
import { readSelection } from "../../support/evolution.ts";
import { completion, localServer, sendJson } from "../../support/local-server.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const NAME = "number-rules";
const RULE = "Read the problem twice.";
const START = `---\nname: ${NAME}\ndescription: Rules for problems with numbers.\n---\n\n# Rules\n\n${RULE}\n`;
/** How a distilled line begins; the start skill has none. */
const DISTILLED = "- **";

/** Agents are right with the start skill's rule, unless a distilled line stands beside it; all other roles are the simulated model's. */
async function misledAgents() {
  const all = { settings: { split: "evolve" }, data: null, cacheDirectory: "", tasks: { kind: "all" } } as const;
  const benchmark = await loadBenchmark("sample-mathematics", all);
  const key = await benchmark.answerKey(benchmark.tasks);
  const simulator = await startSimulator({ key, latency: { kind: "zero" } });
  onTestFinished(() => simulator.close());
  return localServer(
    (request, response) => {
      const text = JSON.stringify(request.messages);
      const entry = key.find(({ instruction }) => text.includes(JSON.stringify(instruction).slice(1, -1)));
      const submits = JSON.stringify(request.tools ?? []).includes('"submit"');
      if (!submits || entry === undefined) {
        void fetch(`${simulator.url}/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(request),
        })
          .then((reply) => reply.json())
          .then((reply) => sendJson(response, reply));
        return;
      }
      const isRight = text.includes(RULE) && !text.includes(DISTILLED);
      const answer = isRight ? (entry.text ?? "") : "no idea";
      const call = { name: "submit", arguments: JSON.stringify({ answer }) };
      sendJson(response, completion("", { tool_calls: [{ id: "1", type: "function", function: call }] }));
    },
    ["sim/large"],
  );
}

test("a distilled skill that makes agents worse on held-back tasks is rejected: exit code 11, and the start skill stays", {
  timeout: 200_000,
}, async () => {
  const cwd = await temporaryFolder();
  const server = await misledAgents();
  const model = ["--model", "sim/large", "--base-url", server.url];
  await mkdir(join(cwd, NAME));
  await writeFile(join(cwd, NAME, "SKILL.md"), START);
  const run = ["run", "sample-mathematics", "--split", "evolve", "--tasks", "0:12", "--out", "run", ...model];
  expect(await trace2skill(run, { cwd })).toMatchObject({ code: 0 });

  const gate = [
    "distill",
    "run",
    "--start",
    NAME,
    "--gate",
    "--validation-share",
    "0.5",
    "--merge",
    "program",
    "--route-support",
    "1",
    "--out",
    "out",
    ...model,
  ];
  const { code, out, err } = await trace2skill(gate, { cwd });

  expect(code, err).toBe(11);
  expect(out).toMatch(/Gate, against the start skill: rejected\. difference -100\.0 points on 6 held-back tasks/);
  expect(await readFile(join(cwd, "out", "skill", NAME, "SKILL.md"), "utf8")).toBe(START);
  expect(await readFile(join(cwd, "out", "rejected", "skill", NAME, "SKILL.md"), "utf8")).toContain(DISTILLED);
  const { gate: found, used } = await readSelection(cwd, "out");
  expect(found).toMatchObject({
    verdict: "rejected",
    candidate: 0,
    baseline: 1,
    p: expect.closeTo(2 / 2 ** 6),
    wins: [],
    ties: 0,
  });
  expect(used).toMatchObject({ kind: "start" });
});
