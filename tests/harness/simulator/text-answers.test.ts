import { expect, test } from "vitest";
import { fence } from "../../../harness/prompt.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { HONEST, printingCommand } from "../../../harness/simulator/script.ts";
import { wordAnswer } from "../../../harness/simulator/word-answer.ts";
import { agentRequest, entry, openSimulator, playTrial, runCommand, type WireMessage, workFolder } from "./support.ts";

const habit = (name: string) => HABITS.find((one) => one.name === name)!;

const PROBLEM = entry({
  instruction: "What remainder does 2^20 leave by 7? The last line of the answer is Answer: N",
  habits: ["no-remainder-check"],
  program: "answer = pow(2, 20) % 7\n",
  slips: { "no-remainder-check": "answer = pow(2, 20)\n" },
  text: "Answer: 4",
});
const QUESTION = entry({
  instruction: "The file /work/page.png is a page. When is it due?",
  habits: ["full-sentence", "adds-to-the-span"],
  program: null,
  slips: { "adds-to-the-span": "2026-05-03" },
  text: "3 May 2026",
  decoy: "9 June 2026",
});

test("mathematics is computed in the sandbox without a workbook, and what was printed is submitted in the form asked for", async () => {
  const directory = await workFolder();
  const bare = printingCommand(PROBLEM, HONEST);
  expect(bare).not.toContain("openpyxl");
  expect(await runCommand(directory, bare)).toBe("ANSWER: 4\n");
  const spoilt = printingCommand(PROBLEM, { ...HONEST, biting: [habit("no-remainder-check")] });
  expect(await runCommand(directory, spoilt)).toBe("ANSWER: 1048576\n");
  expect(wordAnswer(PROBLEM, HONEST, "1048576")).toBe("Answer: 1048576");
  expect(wordAnswer(PROBLEM, { ...HONEST, biting: [habit("no-remainder-check")] }, "1048576")).toBe("Answer: 1048576");
  expect(wordAnswer(PROBLEM, { ...HONEST, reasoningFails: true }, "4")).toBe("Answer: 11");
});

test("real problems, of which only the answer is known, are spoilt in the number and keep their form", () => {
  const real = { ...PROBLEM, program: null, slips: {}, text: "Long reasoning.\n\\boxed{204}" };
  const spoilt = ["no-remainder-check", "ignores-asked-range"].map((name) =>
    wordAnswer(real, { ...HONEST, biting: [habit(name)] }, null),
  );
  expect(spoilt).toEqual(["Long reasoning.\n\\boxed{205}", "Long reasoning.\n\\boxed{203}"]);
});

test("a span is put in another form by the key's slip, then wrapped in a sentence; a wrong reading is what stands beside it", () => {
  const answer = (...names: string[]) => wordAnswer(QUESTION, { ...HONEST, biting: names.map(habit) }, null);
  expect(answer()).toBe("3 May 2026");
  expect(answer("adds-to-the-span")).toBe("2026-05-03");
  expect(answer("adds-to-the-span", "full-sentence")).toBe("The answer to the question is 2026-05-03.");
  expect(wordAnswer(QUESTION, { ...HONEST, reasoningFails: true }, null)).toBe("9 June 2026");
  const real = { ...QUESTION, slips: {} };
  expect(wordAnswer(real, { ...HONEST, biting: [habit("adds-to-the-span")] }, null)).toBe(
    "3 May 2026 (as stated on the page)",
  );
});

const KEY = Array.from({ length: 60 }, (_, n) => ({
  ...QUESTION,
  task: `q${n}`,
  instruction: `(${n}) ${QUESTION.instruction}`,
}));
const LISTING = "total 96\n-rw-r--r-- 1 user user 95863 Jan 1 00:00 page.png";
const VIEW = { type: "function", function: { name: "view_image", description: "", parameters: {} } };

test("where there is a tool to look at images, some pages are looked at more closely, and no answer hangs on it", async () => {
  const { ask, post } = await openSimulator({ key: KEY });
  const second = async (n: number, offered: boolean) => {
    const request = agentRequest(KEY[n]!);
    const tools = offered ? [...(request.tools ?? []), VIEW] : request.tools;
    const look = (await ask({ ...request, tools })).choices[0]!.message;
    const messages: unknown[] = [
      ...request.messages,
      look,
      { role: "tool", tool_call_id: look.tool_calls?.[0]?.id, content: LISTING },
    ];
    return (await ask({ ...request, tools, messages })).choices[0]!.message.tool_calls?.[0]?.function;
  };
  const calls = await Promise.all(KEY.map((_, n) => second(n, true)));
  const views = calls.filter((call) => call?.name === "view_image");
  expect(views.length).toBeGreaterThan(8);
  expect(views.length).toBeLessThan(30);
  expect(JSON.parse(views[0]!.arguments)).toEqual({
    path: "page.png",
    left: 0,
    top: expect.any(Number),
    width: 900,
    height: 450,
  });
  const without = await Promise.all(KEY.map((_, n) => second(n, false)));
  expect(without.filter((call) => call?.name === "view_image")).toEqual([]);
  const at = calls.findIndex((call) => call?.name === "view_image");
  const { answer } = await playTrial(post, agentRequest(KEY[at]!), () => LISTING);
  expect(without[at] === undefined || JSON.parse(without[at]!.arguments).answer === answer).toBe(true);
});

test("images in a request are passed over, also in the text protocol", async () => {
  const { ask } = await openSimulator({ key: KEY });
  const [system, user] = agentRequest(KEY[0]!).messages;
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const shown = { role: "user", content: [{ type: "text", text: user!.content }, image] };
  for (const protocol of ["tools", "text"] as const) {
    const request = agentRequest(KEY[0]!, { protocol });
    const plain = await ask(request);
    const pictured = await ask({ ...request, messages: [system as WireMessage, shown] });
    expect(pictured.choices[0]!.message.content).toBe(plain.choices[0]!.message.content);
    expect(pictured.usage.prompt_tokens).toBeGreaterThan(plain.usage.prompt_tokens);
  }
});

test("what was heeded is said where no script can show it, and a success analyst can name it", async () => {
  const { post, ask } = await openSimulator({ key: KEY });
  const trials = await Promise.all(KEY.map((task) => playTrial(post, agentRequest(task), () => LISTING)));
  const said = trials.map(({ messages }) => messages.map(({ content }) => content ?? "").join("\n"));
  const heeding = said.findIndex((text) => text.includes("the bare value is handed in"));
  expect(heeding).not.toBe(-1);
  const lessons = await Promise.all(
    KEY.map(async ({ instruction }) => {
      const content = [fence("task", instruction), fence("trajectory", said[heeding]!)].join("\n\n");
      const messages = [
        { role: "system", content: "Role: success analyst\n\nFind out why." },
        { role: "user", content },
      ];
      return (await ask({ model: "sim/large", seed: 41, messages })).choices[0]!.message.content ?? "";
    }),
  );
  expect(lessons.some((text) => text.includes("value"))).toBe(true);
});

test("pages that are asked the same are told apart by the hash of their file, which the agent has printed", async () => {
  const twins = ["Leeds", "York", "Hull"].map((town, n) =>
    entry({
      task: `twin-${n}`,
      instruction: "The file /work/page.png is a page. Which town is it?",
      habits: [],
      program: null,
      text: town,
      inputHash: `${n}`.repeat(64),
    }),
  );
  const { post } = await openSimulator({ key: [...twins, ...KEY] });
  const trials = await Promise.all(
    twins.map((task) => playTrial(post, agentRequest(task), () => `${LISTING}\n${task.inputHash}  /work/page.png`)),
  );
  for (const [n, { commands, answer }] of trials.entries()) {
    expect(commands[0]).toBe("ls -l /work; sha256sum /work/*");
    expect([twins[n]!.text, "not stated"]).toContain(answer); // a page may still be read wrongly
  }
  expect(trials.filter(({ answer }, n) => answer === twins[n]!.text).length).toBeGreaterThan(1);
  expect((await playTrial(post, agentRequest(KEY[0]!), () => LISTING)).commands[0]).toBe("ls -l /work");
});
