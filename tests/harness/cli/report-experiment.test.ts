import { join } from "node:path";
import { expect, test } from "vitest";
import { ofExperiment } from "../../../harness/cli/report-experiment.ts";
import { seededRandom } from "../../../harness/random.ts";
import { NO_USAGE } from "../../../harness/records.ts";
import { writeJson } from "../../../harness/run/files.ts";
import { makeFolder } from "../../../harness/run/store.ts";
import { experiment } from "../../support/experiments.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test.each([
  ["sim/large", true],
  ["sim/huge", false],
])("what %s drafts over HTTP is simulated by its name, as in runs: %s", async (model, simulated) => {
  const root = await temporaryFolder();
  const [directory, unit] = [join(root, "exp"), join(root, "units", "draft")];
  await makeFolder(directory);
  await makeFolder(unit);
  const definition = experiment({
    models: { large: { model, baseUrl: "http://127.0.0.1:9/v1" } },
    skills: { known: { parametric: { author: "large" } } },
    arms: [{ name: "known", skill: "known" }],
    users: ["large"],
  });
  const skill = { name: "known", author: "large", path: "../units/draft/skill/known", hash: "a1" };
  const skills = [{ ...skill, distillation: null, minutes: null }];
  await writeJson(join(directory, "experiment.json"), {
    ...{ version: 1, kind: "experiment-record", definition, cells: [], skills },
  });
  await writeJson(join(unit, "draft.json"), { version: 1, chat: [], repaired: null, refused: null, usage: NO_USAGE });

  const { costs } = await ofExperiment(directory, { random: () => seededRandom(1) });
  expect(costs).toMatchObject([{ cost: { part: "draft known", model, simulated }, endpoint: "http://127.0.0.1:9/v1" }]);
});
