import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { agentRequest, entry, playTrial } from "./support.ts";

interface Report {
  url: string;
  total: number;
  cpuMs: number;
}

test("a call costs the server under 2 ms of processor time: 400 tasks, ten of 100,000 cells, a skill of 900 lines", async () => {
  const big = Array.from({ length: 100_000 }, (_, row) => ({ sheet: "Data", cell: `B${row + 2}`, value: row }));
  const few = big.slice(0, 15);
  const text = "put the totals where they belong, ".repeat(20);
  const key = Array.from({ length: 400 }, (_, n) =>
    entry({ task: `t${n}`, instruction: `Task number ${n}: ${text}`, program: null, cells: n % 40 === 0 ? big : few }),
  );
  const rules = HABITS.flatMap(({ lessons }) => lessons.map(({ rule }) => `- ${rule}`));
  const skill = Array.from({ length: 900 }, (_, n) => `${rules[n % rules.length]} Case ${n}.`).join("\n");
  const child = fork(new URL("./serve.ts", import.meta.url));
  onTestFinished(() => void child.kill());
  const report = async (message: object): Promise<Report> => {
    child.send(message);
    const [answer] = await once(child, "message");
    return answer as Report;
  };
  const { url } = await report({ key });
  const post = (body: unknown) => fetch(`${url}/chat/completions`, { method: "POST", body: JSON.stringify(body) });
  const play = () => Promise.all(key.map((task) => playTrial(post, agentRequest(task, { skill }))));

  await play(); // what is compiled at first use does not count
  const before = await report({});
  await play();
  const after = await report({});

  expect((after.cpuMs - before.cpuMs) / (after.total - before.total)).toBeLessThan(2);
});
