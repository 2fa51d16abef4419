import { describe, expect, test } from "vitest";
import { writeParametric } from "../../distill/parametric.ts";
import { skeleton } from "../../distill/skeleton.ts";
import { SetupError } from "../../harness/errors.ts";
import type { Task } from "../../harness/records.ts";
import { ModelError } from "../../harness/roles.ts";
import { lintSkill } from "../../harness/skill/lint.ts";
import { skillText } from "../../harness/skill/skill.ts";
import { scriptedModel } from "../support/scripted-model.ts";

const TASKS: Task[] = [
  { id: "secret-7", instruction: "Add up 4711 and 815.", files: ["secret-7.csv"], output: "out.csv", kind: "sums" },
  {
    id: "secret-8",
    instruction: "Name the town.",
    files: ["page.PNG"],
    output: null,
    kind: "places",
    images: ["page.PNG"],
  },
];
const GOOD = "---\ndescription: How to add. Use it for sums.\n---\n\n# Adding\n\n## First\n\n- Look at all lines.\n";
const BROKEN = GOOD.replace("- Look at all lines.", "- See [more](references/more.md).");

async function written(replies: readonly string[]) {
  const model = scriptedModel(replies.map((content) => ({ content })));
  const asking = { model, seed: 3, signal: new AbortController().signal };
  const { skill, document } = await writeParametric("adding-up", TASKS, skeleton("adding-up", ["sums"]), asking);
  return { skill, document, asked: model.asked, text: skill === null ? null : skillText(skill, "SKILL.md") };
}

test("a draft gets the new skill's name, keeps its words and the format, and is paid for as its own caller", async () => {
  const { skill, document, asked, text } = await written([GOOD]);
  expect(text).toBe(
    GOOD.replace("---\n", "---\nname: adding-up\n").replace(
      "How to add. Use it for sums.",
      '"How to add. Use it for sums."',
    ),
  );
  expect(skill === null ? null : lintSkill(skill, "adding-up")).toEqual([]);
  expect(document).toMatchObject({ repaired: null, refused: null, usage: { calls: 1 } });
  expect(asked).toMatchObject([{ caller: "parametric", seed: 3, draw: 0 }]);
});

test("the model is told kinds of task and of file, and nothing of what a task says, is named or is answered with", async () => {
  const { asked } = await written([GOOD]);
  const told = asked[0]?.messages.at(-1)?.content ?? "";
  expect(told).toContain('"sums"');
  for (const kind of [".csv", ".png", "a short text", "a file .csv", "shown with the task"])
    expect(told).toContain(kind);
  expect(JSON.stringify(asked[0]?.messages)).not.toMatch(/secret|4711|815|town|page\./i);
});

describe("a page is found in what a model says", () => {
  test.each([
    ["in a fence", `Here it is:\n\n\`\`\`markdown\n${GOOD}\`\`\`\n\nI hope it helps.`],
    ["after thoughts", `<think>--- hm\n# No\n</think>\n${GOOD}`],
    ["after a greeting", `Sure!\n\n${GOOD}`],
  ])("%s", async (_, reply) => {
    expect((await written([reply])).text).toBe((await written([GOOD])).text);
  });

  test("with code in it, whose fences are no end", async () => {
    const page = `${GOOD}\n\`\`\`python\nprint(1)\n\`\`\`\n\n- After it.\n`;
    expect((await written([page])).text).toContain("```python\nprint(1)\n```\n\n- After it.");
    expect((await written([`\`\`\`\`markdown\n${page}\`\`\`\``])).text).toContain("- After it.");
  });
});

describe("a draft that breaks the format", () => {
  test("is asked for once more with all that is wrong, and the second is used", async () => {
    const { text, document, asked } = await written([BROKEN, GOOD]);
    expect(text).toContain("- Look at all lines.");
    expect(document.repaired).toContain("link-dead");
    expect(asked[1]?.messages.at(-1)?.content).toContain("references/more.md leads nowhere");
    expect(document.chat).toHaveLength(3);
  });

  test("twice is refused with the reason, and no third is asked for", async () => {
    const { skill, document } = await written([BROKEN, "---\n---\n"]);
    expect(skill).toBeNull();
    expect(document).toMatchObject({ refused: expect.stringContaining("link-dead"), usage: { calls: 2 } });
  });

  test("only by advice is used when it comes back no better", async () => {
    const plain = GOOD.replace(/^description.*\n/m, "name: mine\n");
    const { skill, document } = await written([plain, plain]);
    expect(skill?.description).toContain("tasks of these kinds: sums");
    expect(document.repaired).toContain("has no `description`");
    expect(document.refused).toBeNull();
  });
});

test("an endpoint that does not answer is told: nothing can be distilled without a start", async () => {
  const model = scriptedModel(() => {
    throw new ModelError("HTTP 500");
  });
  const asking = { model, seed: 1, signal: new AbortController().signal };
  const error = await writeParametric("a", TASKS, skeleton("a", []), asking).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SetupError);
  expect(String(error)).toMatch(/could not be asked for the draft.*HTTP 500.*--start/);
});
