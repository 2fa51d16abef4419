import { expect, test } from "vitest";
import { fence } from "../../../harness/prompt.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { type Ask, agentRequest, entry, manyEntries, openSimulator, playTrial } from "./support.ts";

const KEY = manyEntries(120, { habits: ["formula-without-value"], slips: {} });
const FORMULA = HABITS.find(({ name }) => name === "formula-without-value")!;
const GOOD_SKILL = `# S\n\n## Formulas and values\n\n- ${FORMULA.lessons[0]!.rule}\n`;
const LINKING_SKILL = "# S\n\n- When you write formulas, read references/formulas.md first.\n";

type Post = (body: unknown) => Promise<Response>;

/** How many trials of the key end with a script that has the sign. */
async function countSigned(post: Post, ask: Ask, observe?: (command: string) => string) {
  const trials = await Promise.all(KEY.map((task) => playTrial(post, agentRequest(task, ask), observe)));
  return trials.filter(({ commands }) => commands.some((command) => FORMULA.sign.test(command))).length;
}

test("a trial is a look, one script and a submission; Python starts once", async () => {
  const { post } = await openSimulator({ key: [entry({ habits: [] })] });
  const { commands, answer } = await playTrial(post, agentRequest(entry()));
  expect(commands[0]).toBe("ls -l /work");
  expect(commands).toHaveLength(2);
  expect(commands.join("\n").match(/python3/g)).toHaveLength(1);
  expect(answer).toBe("");
});

test("in the text protocol the same actions stand as JSON after Action:", async () => {
  const { ask } = await openSimulator({ key: [entry()] });
  const request = agentRequest(entry(), { protocol: "text" });
  const { choices } = await ask(request);
  const { content, tool_calls } = choices[0]!.message;
  expect(tool_calls).toBeUndefined();
  expect(JSON.parse(content!.split("Action:\n")[1]!)).toEqual({ name: "bash", arguments: { command: "ls -l /work" } });
  const second = await ask({
    ...request,
    messages: [...request.messages, { role: "assistant", content }, { role: "user", content: "Observation:\ntotal 8" }],
  });
  expect(JSON.parse(second.choices[0]!.message.content!.split("Action:\n")[1]!).arguments.command).toContain(
    "output.xlsx",
  );
});

test("a habit bites less with its remedy in the prompt, and no less with a skill that does not teach it", async () => {
  const { post } = await openSimulator({ key: KEY });
  const [none, weak, good] = await Promise.all([
    countSigned(post, {}),
    countSigned(post, { skill: "# S\n\nBe careful with formulas and values." }),
    countSigned(post, { skill: GOOD_SKILL }),
  ]);
  expect(none).toBeGreaterThan(30);
  expect(weak).toBe(none);
  expect(good).toBeLessThan(none / 3);
  expect(good).toBeGreaterThan(0); // adherence is not perfect
});

test("a remedy in a reference file helps only the trials that opened it and were shown its text", async () => {
  const { post } = await openSimulator({ key: KEY });
  const shown = (command: string) =>
    command.includes("cat /skill/references/formulas.md") ? `total 8\n${GOOD_SKILL}` : "total 8";
  const [none, linked, unreadable, unlinked] = await Promise.all([
    countSigned(post, {}),
    countSigned(post, { skill: LINKING_SKILL }, shown),
    countSigned(post, { skill: LINKING_SKILL }, () => "cat: no such file"),
    countSigned(post, { skill: "# S\n\nNothing to see." }, shown),
  ]);
  expect(linked).toBeLessThan(none / 2);
  expect(unreadable).toBe(none);
  expect(unlinked).toBe(none);
});

test("the remedy counts only from the skill: the same words in the task or in a file of the task cure nothing", async () => {
  const { post } = await openSimulator({ key: KEY });
  const none = await countSigned(post, {});
  expect(await countSigned(post, {}, () => GOOD_SKILL)).toBe(none);
  const trials = await Promise.all(
    KEY.map((task) => playTrial(post, agentRequest({ instruction: `${task.instruction}\n${GOOD_SKILL}` }))),
  );
  expect(trials.filter(({ commands }) => commands.some((command) => FORMULA.sign.test(command)))).toHaveLength(none);
});

test("the small model follows the skill less", async () => {
  const { post } = await openSimulator({ key: KEY });
  const small = await countSigned(post, { model: "sim/small" });
  const smallTaught = await countSigned(post, { model: "sim/small", skill: GOOD_SKILL });
  expect(smallTaught).toBeGreaterThan(await countSigned(post, { skill: GOOD_SKILL }));
  expect(smallTaught).toBeLessThan(small);
});

test("about one script in five of the large model rests on a wrong idea, and a skill does not change which", async () => {
  const { post } = await openSimulator({ key: KEY });
  const wrongOf = async (ask: Ask) => {
    const trials = await Promise.all(KEY.map((task) => playTrial(post, agentRequest(task, ask))));
    return trials.flatMap(({ commands }, index) => (commands.join().includes("entry that follows") ? [index] : []));
  };
  const large = await wrongOf({});
  expect(large.length).toBeGreaterThan(10);
  expect(large.length).toBeLessThan(35);
  expect(await wrongOf({ skill: GOOD_SKILL })).toEqual(large);
  expect((await wrongOf({ model: "sim/small" })).length).toBeGreaterThan(large.length);
  expect(await wrongOf({ seed: 42 })).not.toEqual(large);
});

test("a few trials begin with an action that breaks the protocol, and go on once they are shown how", async () => {
  const { post } = await openSimulator({ key: KEY });
  const trials = await Promise.all(KEY.map((task) => playTrial(post, agentRequest(task, { model: "sim/small" }))));
  const broken = trials.filter(({ messages }) => messages.some(({ content }) => content?.includes("Example")));
  expect(broken.length).toBeGreaterThan(0);
  expect(broken.length).toBeLessThan(20);
  expect(broken.every(({ commands }) => commands.length === 2)).toBe(true);
});

test("a malformed action stays malformed as long as the correction shows no example", async () => {
  const { post, ask } = await openSimulator({ key: KEY });
  const requests = KEY.map((task) => agentRequest(task, { model: "sim/small", protocol: "text" }));
  const first = await Promise.all(requests.map((request) => ask(request)));
  const index = first.findIndex(({ choices }) => choices[0]!.message.content!.includes("{'name'"));
  expect(index).not.toBe(-1);
  const say = (content: string) => ({
    ...requests[index]!,
    messages: [...requests[index]!.messages, first[index]!.choices[0]!.message, { role: "user", content }],
  });
  expect(await (await post(say("That was wrong."))).text()).toContain("{'name'");
  expect(
    (await ask(say('Write: Action:\n{"name": "bash", "arguments": {"command": "ls"}}'))).choices[0]!.message.content,
  ).toContain('{"name": "bash"');
});

test("a task that is not in the key is handed in as it came", async () => {
  const { post } = await openSimulator({ key: KEY });
  const { commands } = await playTrial(post, agentRequest({ instruction: "Something that nobody told the server." }));
  expect(commands).toEqual(["ls -l /work", "cp input.xlsx output.xlsx; ls -l /work"]);
});

test("of two instructions in one prompt the longer one is the task", async () => {
  const short = entry({ task: "short", instruction: "Sort the list.", program: "answer = []  # short\n", habits: [] });
  const long = entry({
    task: "long",
    instruction: "Sort the list. Then number its rows.",
    program: "answer = []  # long\n",
    habits: [],
  });
  const { post } = await openSimulator({ key: [short, long] });
  expect((await playTrial(post, agentRequest(long))).commands[1]).toContain("# long");
  expect((await playTrial(post, agentRequest(short))).commands[1]).toContain("# short");
});

test("a task that asks for text is answered in the submission, as a bare value or in a sentence", async () => {
  const key = Array.from({ length: 60 }, (_, n) =>
    entry({
      task: `q${n}`,
      instruction: `Which town is on line ${n}?`,
      text: "Leeds",
      program: null,
      habits: ["full-sentence"],
    }),
  );
  const { post } = await openSimulator({ key });
  const skill = "# S\n\n- Submit only the value asked for, with no sentence around it.";
  const play = (skilled: boolean) =>
    Promise.all(
      key.map((task) =>
        playTrial(post, agentRequest({ instruction: `${task.instruction} ` }, skilled ? { skill } : {})),
      ),
    );
  const count = (trials: { answer: string }[], answer: string) =>
    trials.filter((trial) => trial.answer === answer).length;
  const [plain, taught] = [await play(false), await play(true)];
  expect(count(plain, "The answer to the question is Leeds.")).toBeGreaterThan(10);
  expect(count(taught, "Leeds")).toBeGreaterThan(count(plain, "Leeds") + 10);
});

test("a program that answers with text is run, and what it printed is submitted", async () => {
  const task = entry({ text: "62", habits: ["trusts-types"], slips: { "trusts-types": "answer = []\n" } });
  const { post } = await openSimulator({ key: [task] });
  const { commands, answer } = await playTrial(post, agentRequest(task, { seed: 43 }), () => "ANSWER: 61\n");
  expect(commands[1]).toContain('print("ANSWER:"');
  expect(["61", "127"]).toContain(answer); // the printed value, or that of a wrong idea
});

test("equal requests get equal replies, whatever came between and on whichever server", async () => {
  const one = await openSimulator({ key: KEY });
  const other = await openSimulator({ key: KEY });
  const requests = KEY.slice(0, 20).map((task) => agentRequest(task));
  const text = async (response: Response) => response.text();
  const forward = await Promise.all(requests.map(async (request) => text(await one.post(request))));
  const backward = await Promise.all(requests.toReversed().map(async (request) => text(await other.post(request))));
  expect(backward.toReversed()).toEqual(forward);
  expect(await text(await one.post(requests[3]))).toBe(forward[3]);
});

test("a skill that quotes a fence of another kind is read whole", async () => {
  const { post } = await openSimulator({ key: KEY });
  const skill = `${fence("task", "not this one")}\n\n${GOOD_SKILL}`;
  expect(await countSigned(post, { skill })).toBe(await countSigned(post, { skill: GOOD_SKILL }));
});
