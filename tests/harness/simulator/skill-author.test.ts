import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeParametric } from "../../../distill/parametric.ts";
import { skeleton } from "../../../distill/skeleton.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { type CallTold, journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import { curedBy } from "../../../harness/simulator/habits.ts";
import { lintSkill } from "../../../harness/skill/lint.ts";
import { skillText } from "../../../harness/skill/skill.ts";
import { sumTask } from "../../support/sum-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { openSimulator } from "./support.ts";

test.each(["sim/small", "sim/large"])(
  "%s drafts a skill that keeps the format and cures nothing, for one call that is paid once",
  async (name) => {
    const { url } = await openSimulator({ key: [] });
    const journal = openJournal(join(await temporaryFolder(), "journal.sqlite"));
    onTestFinished(() => journal[Symbol.dispose]());
    const calls: CallTold[] = [];
    const model = journalledModel({
      name,
      identity: url,
      simulated: true,
      sampling: {},
      journal,
      onCall: (call) => calls.push(call),
      open: async () => openEndpoint({ baseUrl: url, apiKey: "k", maxRetries: 0, timeoutMs: 5_000 }),
    });
    const write = () => {
      const asking = { model, seed: 41, signal: new AbortController().signal };
      return writeParametric("adding-up", [sumTask(1)], skeleton("adding-up", ["sum"]), asking);
    };
    const { skill, document } = await write();
    const text = skill === null ? "" : (skillText(skill, "SKILL.md") ?? "");

    expect(document).toMatchObject({ repaired: null, refused: null });
    expect(skill === null ? null : lintSkill(skill, "adding-up")).toEqual([]);
    expect(text).toContain("tasks of these kinds: sum.");
    expect(curedBy(text)).toEqual([]);
    expect((await write()).skill?.hash).toBe(skill?.hash);
    expect(calls.map(({ caller, completion }) => [caller, completion.fromJournal])).toEqual([
      ["parametric", false],
      ["parametric", true],
    ]);
  },
);
