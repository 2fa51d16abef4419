import { expect, test } from "vitest";
import { EditBody } from "../../../distill/records.ts";
import { fence } from "../../../harness/prompt.ts";
import { curedBy, HABITS, VAGUE_LESSONS } from "../../../harness/simulator/habits.ts";
import { openSimulator } from "./support.ts";

type Ask = Awaited<ReturnType<typeof openSimulator>>["ask"];
interface Reply {
  reasoning: string;
  edits: (Record<string, string> & { lessons: string[]; covers: string[] })[];
  dropped: { edit: string; reason: string }[];
}

const SKILL =
  "SKILL.md\n---\nname: s\n---\n\n# Spreadsheets\n\n```\n## Rows and columns\n```\n\n## Where To Write\n\n- Look.\n";

async function askEditor(
  ask: Ask,
  role: "proposer" | "merger",
  fenced: unknown,
  { model = "sim/large", seed = 41 } = {},
): Promise<Reply> {
  const content = `${fence("skill-file", SKILL)}\n\n${fence(role === "proposer" ? "lessons" : "patches", JSON.stringify(fenced))}`;
  const messages = [
    { role: "system", content: `Role: ${role}\n\nEdit.` },
    { role: "user", content },
  ];
  const { choices } = await ask({ model, seed, messages });
  return JSON.parse(/```json\n([\s\S]*)\n```/.exec(choices[0]!.message.content!)![1]!);
}

const lessonOf = (name: string, wording = 0) => ({
  ...HABITS.find((habit) => habit.name === name)!.lessons[wording]!,
  id: `${name}#${wording}`,
});

test("the proposer files each lesson as a bullet under its theme, and the words still cure", async () => {
  const { ask } = await openSimulator({ key: [] });
  const lessons = HABITS.flatMap(({ name, lessons: wordings }) => wordings.map((_, index) => lessonOf(name, index)));
  const { edits } = await askEditor(ask, "proposer", lessons);
  expect(edits.map(({ lessons: [id] }) => id)).toEqual(lessons.map(({ id }) => id));
  for (const { lessons: ids, covers: _, ...body } of edits) {
    expect(EditBody.parse(body)).toEqual(body);
    expect(body.content).toMatch(/^- \S[^\n]*$/);
    expect(curedBy(body.content!).map(({ name }) => `${name}`)).toEqual([ids[0]!.split("#")[0]]);
  }
});

test("a theme that the skill has as a heading is appended to, as the file spells it; a heading in a code block is none", async () => {
  const { ask } = await openSimulator({ key: [] });
  const { edits } = await askEditor(ask, "proposer", [
    lessonOf("wrong-sheet"),
    lessonOf("ascending-deletes"),
    { ...VAGUE_LESSONS[0], id: "v" },
  ]);
  expect(edits).toMatchObject([
    { op: "append_to_section", section: "Where To Write" },
    { op: "add_section", after: null, heading: "Rows and columns" },
    { op: "add_section", heading: "General practice" },
  ]);
});

const edit = (id: string, support: number, content: string, heading = "Cell types") => ({
  id,
  support,
  op: "add_section",
  file: "SKILL.md",
  after: null,
  heading,
  content: `- ${content}`,
});

const PATCHES = Array.from({ length: 6 }, (_, n) => ({
  id: `p${n}`,
  reasoning: "",
  edits: HABITS.slice(0, 8).map(({ name, lessons }) => edit(`p${n}.${name}`, n + 1, lessons[n % lessons.length]!.rule)),
}));

test("the merger makes one edit of those that cure the same, in its best supported words, and accounts for every input", async () => {
  const { ask } = await openSimulator({ key: [] });
  const { edits, dropped } = await askEditor(ask, "merger", PATCHES, { seed: 3 });
  expect(dropped).toEqual([]);
  for (const { covers, content } of edits) {
    expect(covers).toHaveLength(6);
    const [habit] = curedBy(content!);
    expect(covers).toEqual(PATCHES.map(({ id }) => `${id}.${habit!.name}`));
    expect(content).toBe(PATCHES[5]!.edits.find(({ id }) => id === `p5.${habit!.name}`)!.content);
  }
});

test("now and then it forgets a group, the small model more often; asked once more, it draws again", async () => {
  const { ask } = await openSimulator({ key: [] });
  const forgotten = async (model: string) => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const merged = await Promise.all(seeds.map((seed) => askEditor(ask, "merger", PATCHES, { model, seed })));
    return merged.map(({ edits }) => 8 - edits.length).reduce((sum, count) => sum + count, 0) / (40 * 8);
  };
  expect(await forgotten("sim/large")).toBeLessThan(0.07);
  expect(await forgotten("sim/small")).toBeGreaterThan(0.04);
  expect(await forgotten("sim/small")).toBeLessThan(0.14);
});

test("vague edits are gathered, kept or dropped with a reason; edits it does not understand pass as they are", async () => {
  const { ask } = await openSimulator({ key: [] });
  const vague = [edit("v1", 1, "Double-check the work."), edit("v2", 2, "Take care.")];
  const other = {
    id: "c",
    support: 1,
    op: "create_file",
    file: "references/x.md",
    content: "# X",
    link: "- Read references/x.md.",
  };
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, seed) =>
      askEditor(ask, "merger", [{ id: "p", reasoning: "", edits: [...vague, other] }], { seed }),
    ),
  );
  const drops = outcomes.filter(({ dropped }) => dropped.length > 0);
  expect(drops.length).toBeGreaterThan(8);
  expect(drops.length).toBeLessThan(27);
  for (const { dropped } of drops)
    expect(dropped).toMatchObject(
      [{ edit: "v1", reason: /careful/ }, { edit: "v2" }].map(({ edit: id }) => ({
        edit: id,
        reason: expect.stringContaining("careful"),
      })),
    );
  const kept = outcomes.flatMap(({ edits }) => edits);
  const { id, support, ...body } = other;
  expect(kept).toContainEqual({ ...body, covers: [id] });
  expect(support).toBe(1);
  expect(kept.some(({ covers, content }) => covers.length === 2 && content === "- Take care.")).toBe(true);
});

test("what is no JSON in the fence gives an empty patch, not a failure", async () => {
  const { ask } = await openSimulator({ key: [] });
  expect(await askEditor(ask, "proposer", "nothing")).toMatchObject({ edits: [] });
  expect(await askEditor(ask, "merger", { a: 1 })).toMatchObject({ edits: [], dropped: [] });
});
