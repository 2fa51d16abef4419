import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { readJson, readJsonFiles, writeJson } from "../../../harness/run/files.ts";
import { SealedError, whileLearning } from "../../../harness/run/sealed-reading.ts";
import { readOutcomes } from "../../../harness/run/store.ts";
import { temporaryFolder } from "../../support/temporary.ts";

async function sealed() {
  const root = await temporaryFolder();
  const seal = { learner: "skill", guarded: [root], open: [join(root, "evolve")] };
  const [inner, outer] = [join(root, "evolve", "a.json"), join(root, "evolve-2.json")];
  return { root, seal, inner, outer };
}

test("whoever learns reads what it learns from, and no other document of the guarded folders", async () => {
  const { root, seal, outer } = await sealed();
  await writeJson(outer, { score: 1 });
  const elsewhere = join(await temporaryFolder(), "elsewhere.json");

  await whileLearning(seal, async () => {
    expect(await readJson(join(root, "evolve", "none.json"), z.unknown())).toEqual({ kind: "missing" });
    expect(await readJson(elsewhere, z.unknown())).toEqual({ kind: "missing" });
    await expect(readJson(outer, z.unknown())).rejects.toThrow(SealedError);
    await expect(readOutcomes(root)).rejects.toThrow("scores of other runs are closed");
    await expect(readJson(join(root, "evolve", "..", "evolve-2.json"), z.unknown())).rejects.toThrow(SealedError);
    await expect(readJsonFiles([outer], z.unknown()).next()).rejects.toThrow(SealedError);
  });
});

test("the seal holds across awaits and timers, and for nobody else meanwhile", async () => {
  const { seal, outer } = await sealed();
  await writeJson(outer, { score: 1 });
  const reading = whileLearning(seal, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return readJson(outer, z.unknown());
  });
  const refused = expect(reading).rejects.toThrow(SealedError); // looked for before it can come

  await expect(readJson(outer, z.unknown())).resolves.toMatchObject({ kind: "read" });
  await refused;
});
