/** What the tests of the simulated model share: a small key, a real workbook, and a client that speaks plain HTTP. */
import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { fence } from "../../../harness/prompt.ts";
import type { AnswerKeyEntry } from "../../../harness/simulator/answer-key.ts";
import { type SimulatorOptions, startSimulator } from "../../../harness/simulator/server.ts";

const WRITING = [
  "formula-without-value",
  "drops-sheets",
  "wrong-range",
  "wrong-sheet",
  "values-as-text",
  "no-read-back",
];

/** Amounts in column B of `Sales` are doubled into column C. */
const DOUBLE = `ws = wb["Sales"]
answer = []
for row in range(2, ws.max_row + 1):
    value = ws.cell(row, 2).value
    answer.append(("Sales", f"C{row}", value * 2, f"=B{row}*2"))
`;

export function entry(over: Partial<AnswerKeyEntry> = {}): AnswerKeyEntry {
  const task = over.task ?? "double";
  return {
    task,
    instruction: `Double the amounts of column B into column C of the sheet Sales (task ${task}).`,
    kind: "fill-formula-down",
    habits: WRITING,
    sheet: "Sales",
    program: DOUBLE,
    slips: {},
    cells: [],
    ...over,
  };
}

export function manyEntries(count: number, over: Partial<AnswerKeyEntry> = {}): AnswerKeyEntry[] {
  return Array.from({ length: count }, (_, index) => entry({ ...over, task: `t-${index}` }));
}

export async function openSimulator(options: SimulatorOptions) {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  const post = (body: unknown) =>
    fetch(`${simulator.url}/chat/completions`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { ...simulator, post, ask: async (body: unknown) => Reply.parse(await (await post(body)).json()) };
}

export interface WireMessage {
  role: string;
  content: string | null;
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

interface WireReply {
  simulated: boolean;
  simulated_ms: number;
  choices: { finish_reason: string; message: WireMessage & Record<string, unknown> }[];
  usage: { prompt_tokens: number; completion_tokens: number; prompt_tokens_details: { cached_tokens: number } };
}

const Reply = { parse: (value: unknown) => value as WireReply };

const AGENT_TOOLS = ["bash", "submit"].map((name) => ({
  type: "function",
  function: { name, description: "", parameters: {} },
}));

export interface Ask {
  model?: string;
  seed?: number;
  skill?: string;
  protocol?: "tools" | "text";
}

export function agentRequest(
  { instruction }: { instruction: string },
  { model = "sim/large", seed = 41, skill, protocol = "tools" }: Ask = {},
) {
  const taught = skill === undefined ? "" : `\nSkill folder: /skill\n\n${fence("skill", skill)}`;
  const messages: WireMessage[] = [
    { role: "system", content: `Role: agent\n\nYou work in a shell.${taught}` },
    { role: "user", content: `Your task:\n\n${instruction}\n\nWrite /work/output.xlsx.` },
  ];
  return {
    model,
    seed,
    messages,
    ...(protocol === "tools" ? { tools: AGENT_TOOLS } : { tools: null, stop: ["Observation:"] }),
  };
}

/** Plays a trial against the server without running anything; returns the commands and what was submitted. */
export async function playTrial(
  post: (body: unknown) => Promise<Response>,
  request: ReturnType<typeof agentRequest>,
  observe: (command: string) => string = () => "total 8",
) {
  const messages = [...request.messages];
  const commands: string[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const { choices } = Reply.parse(await (await post({ ...request, messages })).json());
    const message = choices[0]!.message;
    const call = message.tool_calls?.[0];
    messages.push({ ...message });
    if (call === undefined) {
      messages.push({ role: "user", content: 'No tool call. Example: bash({"command": "ls"})' });
      continue;
    }
    const args = JSON.parse(call.function.arguments) as { command?: string; answer?: string };
    if (call.function.name === "submit") return { commands, answer: args.answer ?? "", messages };
    commands.push(args.command ?? "");
    messages.push({ role: "tool", tool_call_id: call.id, content: observe(args.command ?? "") });
  }
  throw new Error("the agent never submitted");
}

const run = promisify(execFile);

/** A folder with `input.xlsx`: a cover sheet in front and `Sales` with four rows. */
export async function workFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "simulator-"));
  await python(
    directory,
    `from openpyxl import Workbook
from datetime import datetime
wb = Workbook()
wb.active.title = "Cover"
ws = wb.create_sheet("Sales")
ws.append(["Item", "Amount", "Twice", "Day"])
for index, amount in enumerate([10, 1200.5, 7, 31]):
    ws.append([f"item {index}", amount, None, datetime(2026, 3, index + 1)])
ws.merge_cells("F1:G2")
wb.save("input.xlsx")`,
  );
  return directory;
}

export async function python(directory: string, code: string): Promise<string> {
  await writeFile(join(directory, "code.py"), code);
  const { stdout } = await run("/usr/bin/python3", ["code.py"], { cwd: directory });
  return stdout;
}

/** Runs an agent's command as the sandbox would, with the folder of the test for `/work`. */
export async function runCommand(directory: string, command: string): Promise<string> {
  const { stdout } = await run("/bin/bash", ["-c", command.replaceAll("/work", ".")], {
    cwd: directory,
    env: { PATH: "/usr/bin:/bin" },
    maxBuffer: 1e8,
  });
  return stdout;
}

/** Sheets of the output, and the values and the raw contents of cells, as text. */
export async function readOutput(directory: string, cells: readonly string[], sheet = "Sales") {
  const report = await python(
    directory,
    `import json
from openpyxl import load_workbook
values, raw = load_workbook("output.xlsx", data_only=True), load_workbook("output.xlsx")
name = ${JSON.stringify(sheet)}
def at(wb, cell): return repr(wb[name][cell].value) if name in wb.sheetnames else "no sheet"
print(json.dumps({"sheets": raw.sheetnames, "values": [at(values, c) for c in ${JSON.stringify(cells)}], "raw": [at(raw, c) for c in ${JSON.stringify(cells)}]}))`,
  );
  return JSON.parse(report) as { sheets: string[]; values: string[]; raw: string[] };
}
