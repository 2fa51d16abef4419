import { join } from "node:path";
import { expect, test } from "vitest";
import { performDistill } from "../../../harness/cli/perform-distill.ts";
import { imageStore } from "../../../harness/images/image-store.ts";
import type { ImageReference } from "../../../harness/records.ts";
import type { ModelCall } from "../../../harness/roles.ts";
import type { Run } from "../../../harness/run/store.ts";
import { manifest, unseen } from "../../support/builders.ts";
import { distillScript } from "../../support/distill-script.ts";
import { questionTrial, truthOf } from "../../support/question-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** A run folder of that name with one passed trial, whose agent was shown this picture. */
async function runShowing(name: string, picture: string, number: number): Promise<Run> {
  const directory = join(await temporaryFolder(), name);
  const size = { mediaType: "image/png", width: 40, height: 30 } as const;
  const image = await imageStore(join(directory, "images")).keep(size, new TextEncoder().encode(picture));
  const trial = await questionTrial(number, truthOf(number), { images: [image] });
  const { id: _, ...stored } = trial;
  const benchmark = { name: "products", split: "evolve", data: null, taskIds: [trial.task.id] };
  return { directory, manifest: manifest({ benchmark }), trials: [stored] };
}

const imageOf = ({ messages }: ModelCall): ImageReference[] =>
  messages.flatMap((message) => (message.role === "user" ? (message.images ?? []) : []));

test("each analyst finds the images of its own trial's run, also where runs have the same name", async () => {
  const runs = [await runShowing("evolve", "first", 1), await runShowing("evolve", "second", 2)];
  const model = distillScript();
  await performDistill({
    runs,
    start: null,
    benchmark: null,
    sandboxes: null,
    model,
    lessons: "success",
    errorAnalyst: "single-call",
    seed: 1,
    name: "reading-pages",
    directory: join(await temporaryFolder(), "out"),
    seen: unseen,
    signal: new AbortController().signal,
    onCount: () => {},
  });

  const calls = model.asked.filter(({ caller }) => caller === "success-analyst");
  const pictures = calls.flatMap((call) => imageOf(call).map((image) => call.images?.read(image)));
  const texts = (await Promise.all(pictures)).map((bytes) => new TextDecoder().decode(bytes));
  expect(texts.sort()).toEqual(["first", "second"]);
});
