/** What a call costs the simulated server: 400 tasks in the key, ten of them of 100,000 cells, a skill of 900 lines. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { HABITS } from "../../harness/simulator/habits.ts";
import { agentRequest, entry, playTrial } from "../harness/simulator/support.ts";

interface Report {
  readonly url: string;
  readonly total: number;
  readonly cpuMs: number;
}

const TASKS = 400;

export async function simulatorBench(): Promise<void> {
  const child = fork(new URL("../harness/simulator/serve.ts", import.meta.url));
  const report = async (message: object): Promise<Report> => {
    child.send(message);
    const [answer] = await once(child, "message");
    return answer as Report;
  };
  try {
    const key = keyOfManyTasks();
    const { url } = await report({ key });
    const post = (body: unknown) => fetch(`${url}/chat/completions`, { method: "POST", body: JSON.stringify(body) });
    const play = () => Promise.all(key.map((task) => playTrial(post, agentRequest(task, { skill: longSkill() }))));
    await play(); // what is compiled at first use does not count
    const before = await report({});
    await play();
    const after = await report({});
    const perCall = (after.cpuMs - before.cpuMs) / (after.total - before.total);
    console.log(
      `  processor time a call: ${perCall.toFixed(2)} ms, over ${after.total - before.total} calls (wanted: 2)`,
    );
  } finally {
    child.kill();
  }
}

function keyOfManyTasks() {
  const big = Array.from({ length: 100_000 }, (_, row) => ({ sheet: "Data", cell: `B${row + 2}`, value: row }));
  const few = big.slice(0, 15);
  const text = "put the totals where they belong, ".repeat(20);
  return Array.from({ length: TASKS }, (_, n) =>
    entry({ task: `t${n}`, instruction: `Task number ${n}: ${text}`, program: null, cells: n % 40 === 0 ? big : few }),
  );
}

function longSkill(): string {
  const rules = HABITS.flatMap(({ lessons }) => lessons.map(({ rule }) => `- ${rule}`));
  return Array.from({ length: 900 }, (_, n) => `${rules[n % rules.length]} Case ${n}.`).join("\n");
}
