/**
 * The simulated model as an agent: a look at the folder, one script, a submission. It really works: what it writes runs in
 * the sandbox. Where the key has no program for a task, the script spells out the cells of the key, or the key's text is
 * submitted as it is. It sees no image: what it says of a page comes from the key, and is right by competence and habit.
 * All that it does follows from the request and the key: equal requests get equal replies.
 */

import { fractionOf } from "../hash.ts";
import { asObject, mendObject, parseJson } from "../mend-json.ts";
import { unfence } from "../prompt.ts";
import type { AnswerKeyEntry } from "./answer-key.ts";
import type { Chat, Said, SaidCall, SimulatedReply } from "./chat.ts";
import { chance, type Draw, drawTrial, type Setting } from "./draw.ts";
import { printingCommand, scriptCommand } from "./script.ts";
import type { TaskIndex } from "./task-index.ts";
import { wordAnswer } from "./word-answer.ts";

/** An action that was understood, and what it led to. */
interface Done {
  readonly call: SaidCall;
  readonly observation: string;
}

interface History {
  readonly done: readonly Done[];
  /** Replies that broke the protocol. */
  readonly malformed: number;
  readonly lastShown: string;
}

/** A correction that helps shows how an action looks. */
const SHOWS_EXAMPLE = /"command"|Action:|bash\(/;
const LISTING = "ls -l /work";
/** Asked for where other tasks have the same words: which one this is, only its input tells. */
const HASHES = "sha256sum /work/*";
const COPY = "cp input.xlsx output.xlsx; ls -l /work";

export function playAgent(chat: Chat, tasks: TaskIndex): SimulatedReply {
  const history = readHistory(chat.turns);
  const entry = tasks.find(chat.opening, history.done.map(({ observation }) => observation).join("\n"));
  const shared = entry !== null && tasks.isShared(entry);
  const next =
    entry === null
      ? actUnknown(chat, history)
      : actOn({ entry, seed: chat.seed, size: chat.size }, chat, { ...history, shared });
  const identity = entry === null || shared ? chat.opening : entry.task;
  return say(chat, next, breaksProtocol(chat, history, identity));
}

interface Next {
  readonly thought: string;
  readonly call: SaidCall;
}

function actOn(setting: Setting, chat: Chat, history: History & { readonly shared: boolean }): Next {
  const { entry } = setting;
  const [look, work] = history.done;
  if (look === undefined) return lookAround(setting, chat, history.shared ? `${LISTING}; ${HASHES}` : LISTING);
  if (entry.text !== undefined) return answerText(setting, chat, { look, work });
  const draw = drawTrial(setting, taughtBy(chat.system, history.done));
  if (work === undefined) return { thought: thoughtOn(draw), call: bash(scriptCommand(entry, draw)) };
  return { thought: "output.xlsx is written.", call: submit("") };
}

/** A task that is not in the key: nothing is known of it, so the input is handed in as it is. */
function actUnknown(chat: Chat, { done }: History): Next {
  if (done.length === 0) return { thought: "I look at what there is.", call: bash(LISTING) };
  if (done.length > 1 || !chat.opening.includes("output.xlsx")) {
    return { thought: "That is all that I can do here.", call: submit("") };
  }
  return { thought: "I know no way to solve this task; I hand in the input as it is.", call: bash(COPY) };
}

/** Opens the references that SKILL.md links to, each by adherence. */
function lookAround(setting: Setting, { system }: Chat, listing: string): Next {
  const [skill = ""] = unfence("skill", system);
  const links = [...skill.matchAll(/references\/[\w./-]+\.md/g)]
    .map(([path]) => path)
    .filter((path) => !path.includes(".."));
  const opened = [...new Set(links)].filter((path) => chance(setting, "opens", path) < setting.size.adherence);
  if (opened.length === 0) return { thought: "I look at the folder first.", call: bash(listing) };
  const paths = opened.map((path) => `/skill/${path}`).join(" ");
  return { thought: "I look at the folder and at what the skill refers to.", call: bash(`${listing}; cat ${paths}`) };
}

function thoughtOn(draw: Draw): string {
  return ["I write a script that solves the task and saves output.xlsx.", ...draw.biting.map(({ says }) => says)].join(
    " ",
  );
}

/** How often a page is looked at more closely before its question is answered, where there is a tool to do so. Assumed. */
const LOOKS_CLOSELY = 0.3;

/** Where there is a program, the answer is what it printed; else it is the key's, however it was come by. */
function answerText(setting: Setting, chat: Chat, { look, work }: { look: Done; work: Done | undefined }): Next {
  const { entry } = setting;
  const draw = drawTrial(setting, taughtBy(chat.system, work === undefined ? [look] : [look, work]));
  if (work === undefined && entry.program !== null) return computeAnswer(entry, draw);
  const page = work === undefined ? pageToView(setting, chat, look) : null;
  if (page !== null) return viewPart(setting, page);
  const printed = /^ANSWER: ?(.*)$/m.exec(work?.observation ?? "")?.[1] ?? null;
  // Where a script was written, it says what was heeded; here only words can.
  const heeded = entry.program === null ? draw.shown.map(({ remark }) => `${remark.replace(/^# */, "")}.`) : [];
  const spoilt = draw.biting.filter(({ spoil }) => spoil.at === "text").map(({ says }) => says);
  return {
    thought: ["I have what was asked for.", ...heeded, ...spoilt].join(" "),
    call: submit(wordAnswer(entry, draw, printed)),
  };
}

function computeAnswer(entry: AnswerKeyEntry, draw: Draw): Next {
  const slips = draw.biting.filter(({ name }) => entry.slips[name] !== undefined).map(({ says }) => says);
  return {
    thought: ["I compute the answer.", ...slips].join(" "),
    call: bash(printingCommand(entry, draw)),
  };
}

/** Name of an image in the listing of the folder, on some tasks; null where the tool is not there. */
function pageToView(setting: Setting, { tools, system }: Chat, look: Done): string | null {
  const offered = tools.size > 0 ? tools.has("view_image") : system.includes("view_image");
  const [page = null] = /[\w.-]+\.(?:png|jpe?g|gif|webp|tiff?)\b/i.exec(look.observation) ?? [];
  return offered && chance(setting, "looks closely") < LOOKS_CLOSELY ? page : null;
}

/** A part of the page by hash: what it shows decides nothing, as the simulated model sees no image. */
function viewPart(setting: Setting, path: string): Next {
  const top = 100 * Math.floor(chance(setting, "part") * 5);
  const box = { path, left: 0, top, width: 900, height: 450 };
  return {
    thought: "I look at that part of the page more closely.",
    call: { name: "view_image", arguments: JSON.stringify(box) },
  };
}

/** The texts of skill and memory as far as they were seen: the prompt, and what commands on the skill's folder printed. */
function taughtBy(system: string, done: readonly Done[]): string {
  const opened = done.filter(({ call }) => call.arguments.includes("/skill/")).map(({ observation }) => observation);
  return [...unfence("skill", system), ...unfence("memory", system), ...opened].join("\n");
}

/** By hash, and never again once an example was shown. */
function breaksProtocol({ size, seed }: Chat, { malformed, lastShown }: History, task: string): boolean {
  if (malformed > 0) return !SHOWS_EXAMPLE.test(lastShown);
  return fractionOf("malformed", task, seed, size.name) < size.malformed;
}

function bash(command: string): SaidCall {
  return { name: "bash", arguments: JSON.stringify({ command }) };
}

function submit(answer: string): SaidCall {
  return { name: "submit", arguments: JSON.stringify({ answer }) };
}

/** In the protocol of the request: native calls where tools were offered, else the action as text. */
function say({ tools }: Chat, { thought, call }: Next, malformed: boolean): SimulatedReply {
  if (tools.size > 0)
    return malformed ? { text: `${thought} I call ${call.name} now.`, calls: [] } : { text: thought, calls: [call] };
  // What small models get wrong most: the quotes of Python instead of those of JSON, and no end.
  if (malformed) return { text: `${thought}\n\nAction:\n{'name': '${call.name}', 'arguments': {`, calls: [] };
  return {
    text: `${thought}\n\nAction:\n{"name": ${JSON.stringify(call.name)}, "arguments": ${call.arguments}}`,
    calls: [],
  };
}

function readHistory(turns: readonly Said[]): History {
  const replies = turns.flatMap((turn, index) =>
    turn.role === "assistant" ? [{ turn, shown: turns[index + 1]?.text ?? "" }] : [],
  );
  const read = replies.map(({ turn, shown }) => ({ call: callIn(turn), observation: shown }));
  const done = read.flatMap(({ call, observation }) => (call === null ? [] : [{ call, observation }]));
  return { done, malformed: read.length - done.length, lastShown: turns.at(-1)?.text ?? "" };
}

/** Null for a call that a harness could not read, which it then sends back as `unreadable`. */
function callIn({ text, calls: [call] }: Said): SaidCall | null {
  if (call !== undefined) {
    const args = asObject(parseJson(call.arguments));
    return args !== null && !("unreadable" in args) ? call : null;
  }
  const body = /\nAction:\n(\{[\s\S]*\})\s*$/.exec(`\n${text}`)?.[1] ?? "";
  const [, name = ""] = /^\{"name": "(\w+)"/.exec(body) ?? [];
  return asObject(parseJson(body)) !== null || mendObject(body) !== null ? { name, arguments: body } : null;
}
