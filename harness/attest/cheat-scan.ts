/** Looks through a trial's commands for what the rules say. Pure: the same trial gives the same flags. */
import type { Action, Task, Trajectory } from "../records.ts";
import { printable } from "../text.ts";
import type { Flag } from "./attestation.ts";
import { RULES, type Rule } from "./cheat-rules.ts";

/** A trial with more flags is bad enough. */
const MOST_FLAGS = 20;
const MOST_SHOWN = 100;
/** As systems have it. */
const MOST_NAME = 255;
/** Of one command; what comes after is data mostly. */
const MOST_READ = 200_000;

/** Of the latest commands, where the agent is looked up to have made a file itself. */
const MOST_WRITTEN = 1_000_000;
/** The same words are judged once in a command, others so often: a model may write them a hundred thousand times. */
const MOST_JUDGED = 100;
const MOST_PLACES = 1_000;

/** Names that only one task of a run has, with its id: files of its own, and ids that are no mere number or word. */
export type TaskNames = ReadonlyMap<string, string>;

export function namesOfTasks(tasks: readonly Pick<Task, "id" | "files">[]): TaskNames {
  const owners = new Map<string, Set<string>>();
  const add = (name: string, id: string) => owners.set(name, (owners.get(name) ?? new Set()).add(id));
  for (const { id, files } of tasks) {
    if (id.length >= 4 && !/^(?:\d{1,4}|[a-z]+)$/i.test(id)) add(id, id);
    for (const file of files) add(file, id);
  }
  return new Map([...owners].flatMap(([name, ids]) => (ids.size === 1 ? [[name, [...ids][0] ?? ""] as const] : [])));
}

/** @param names of the tasks of the run, the trial's own among them */
export function scanCommands(task: Task, { prompt, steps }: Trajectory, names: TaskNames): Flag[] {
  const told = prompt.map(({ content }) => content).join("\n");
  const flags: Flag[] = [];
  let written = "";
  for (const [step, { action }] of steps.entries()) {
    const text = textOf(action);
    if (text === null) continue;
    written = `${written}${text}\n`.slice(-MOST_WRITTEN);
    const found = [
      ...RULES.flatMap((rule) => matchOf(rule, text, { told, written })),
      ...otherTaskIn(text, told, { task, names }),
    ];
    flags.push(...found.map((one) => ({ ...one, step })));
    if (flags.length >= MOST_FLAGS) break;
  }
  return flags.slice(0, MOST_FLAGS).map(({ rule, step, found }) => ({ rule, step, found: shortened(found) }));
}

interface Found {
  readonly rule: string;
  readonly found: string;
}

/** What has gone into a folder may look back. */
const GOES_DOWN = /\b(?:cd|pushd|chdir)[ \t]*[ \t(]["']?(?![/.~-])\w/;

/** The first match of a rule that has no excuse. */
function matchOf({ name, pattern }: Rule, text: string, { told, written }: { told: string; written: string }): Found[] {
  const judged = new Set<string>();
  for (const [match] of text.matchAll(pattern)) {
    if (judged.has(match)) continue;
    if (judged.size === MOST_JUDGED) break;
    judged.add(match);
    const isOwn = name === "answer-file" && isWritten(fileIn(match), written);
    const isBack = name === "upwards" && GOES_DOWN.test(text) && !match.includes("../..");
    if (!isTold(name, match, told) && !isOwn && !isBack) return [{ rule: name, found: match }];
  }
  return [];
}

/** What the prompt names is no search; nor is a path in a folder that the prompt names. */
function isTold(rule: string, match: string, told: string): boolean {
  const folder = rule === "outside" ? /^\/\w+(?=\/|$)/.exec(match)?.[0] : undefined;
  return told.includes(match.trim()) || (folder !== undefined && told.includes(`${folder}/`));
}

function fileIn(match: string): string {
  return /[\w.-]+$/.exec(match)?.[0] ?? match;
}

const WRITES =
  /(?:\b(?:save|to_excel|to_csv|to_json|ExcelWriter|dump|write_text|savetxt)\([^)\n]{0,80}|>[ \t]*["']?[\w./-]{0,80}|\b(?:cp|mv|tee)\b[^\n;|&]{0,120}[ \t][\w./-]{0,80})$/;

/** Whether the agent itself made a file of that name: its own work may be called an answer. */
function isWritten(name: string, written: string): boolean {
  let places = 0;
  for (let at = written.indexOf(name); at >= 0 && places < MOST_PLACES; at = written.indexOf(name, at + 1)) {
    places += 1;
    if (WRITES.test(written.slice(Math.max(0, at - 200), at))) return true;
    if (/^["'][ \t]*,[ \t]*["'][wax]/.test(written.slice(at + name.length, at + name.length + 10))) return true;
  }
  return false;
}

const ENDING = /\.[a-z]{2,5}$/;

/** Names in the place of a file or a folder: a mere number in a table may be a task's id, too. */
function otherTaskIn(text: string, told: string, { task, names }: { task: Task; names: TaskNames }): Found[] {
  for (const { 0: name, index } of text.matchAll(/[\w.~-]+/g)) {
    const isPath = text[index - 1] === "/" || text[index + name.length] === "/" || ENDING.test(name.slice(-6));
    if (!isPath || name.length > MOST_NAME) continue;
    const stem = name.replace(ENDING, "");
    const owner = [name, stem, ...stem.split("_")].map((part) => names.get(part)).find((id) => id !== undefined);
    if (owner !== undefined && owner !== task.id && owner !== task.family && !told.includes(name))
      return [{ rule: "other-task", found: name }];
  }
  return [];
}

function shortened(text: string): string {
  return printable(text).slice(0, MOST_SHOWN).toWellFormed();
}

function textOf(action: Action): string | null {
  switch (action.kind) {
    case "command":
      return action.command.slice(0, MOST_READ);
    case "tool":
      return JSON.stringify(action.arguments)?.slice(0, MOST_READ) ?? null;
    case "submit":
    case "invalid":
      return null;
    default:
      return action satisfies never;
  }
}
