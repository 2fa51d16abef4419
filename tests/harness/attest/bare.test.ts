import { afterAll, beforeAll, expect, test } from "vitest";
import { skillsInBareWorld } from "../../../harness/attest/bare.ts";
import type { Sandbox } from "../../../harness/roles.ts";
import { SandboxError } from "../../../harness/roles.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { DEFAULT_LIMITS } from "../../../harness/sandbox/limits.ts";
import type { Skill } from "../../../harness/skill/skill.ts";
import { skill } from "../../support/distill-builders.ts";

let hasty: OpenedSandboxes;
beforeAll(async () => {
  hasty = await openSandboxes({ limits: { ...DEFAULT_LIMITS, commandMs: 1_000, outputBytes: 10_000 } });
});
afterAll(() => hasty[Symbol.asyncDispose]());

/** Looks in a sandbox with something in front of its first looks through a folder. */
async function lookWith(given: Skill | null, ...before: readonly string[]): Promise<string[]> {
  await using sandbox = await hasty.open({ skill: given });
  let looks = 0;
  const slowed: Sandbox = {
    ...sandbox,
    run: (command, options) =>
      sandbox.run(command.includes("find ") ? `${before[looks++] ?? ""}\n${command}` : command, options),
  };
  const world = { identity: hasty.identity, open: hasty.open };
  return await skillsInBareWorld(world, slowed, new AbortController().signal);
}

test("a skill is found by the folder where skills are, and by its file", async () => {
  expect(await lookWith(skill())).toEqual(["/skill", "/skill/SKILL.md"]);
});

test("where a command has too little time for all of the world, it is looked through part by part", async () => {
  expect(await lookWith(skill(), "sleep 2")).toEqual(["/skill", "/skill/SKILL.md"]);
});

test.each([
  ["has no time at all", ["sleep 2", "sleep 2"], "--sandbox-limits command=10s"],
  ["is ended for what it takes", ["timeout 5 yes"], "more than 625 KB of output"],
  ["has no program to look with", ["PATH=/nowhere"], "exit code 1"],
  ["ends before its end", ["exit 0"], "exit code 0"],
])("a look that %s proves nothing: the sandbox has failed", async (_, before, problem) => {
  const looked = lookWith(null, ...before);

  await expect(looked).rejects.toThrow(SandboxError);
  await expect(looked).rejects.toThrow(problem);
});
