/** The simulated model as error analyst: asks the evaluator once, then hands in a fix and its lessons. */
import { unfence } from "../prompt.ts";
import { wrongAnswer } from "./answer-form.ts";
import type { AnswerKeyEntry } from "./answer-key.ts";
import { type Chat, jsonReply, type Said, type SimulatedReply } from "./chat.ts";
import { type Case, draw, lessonsOn, signsIn, vagueLesson } from "./diagnosis.ts";
import { domainOf, domainOfText } from "./domain.ts";
import type { Habit, Wording } from "./habit.ts";
import { HABITS } from "./habits.ts";
import { answeringCommand, HONEST, honestCommand, scriptCommand } from "./script.ts";
import { findFencedTask, type TaskIndex } from "./task-index.ts";

/** Where an error analyst's script leaves an answer that is text. */
const ANSWER_FILE = "answer.txt";
/** Chance that an analyst who sees no sign still gets the task right, and so hands in a fix that holds. Assumed. */
const SOLVES_UNSEEN = 0.5;
/** The same for each further try: who did not see it at first seldom does. Assumed. */
const SOLVES_AGAIN = 0.2;
/** Chance that a single call without a sign blames a cause that is none (method 4.7: clear disagreement in 18 of 33 cases). */
const BLAMES_WRONGLY = 0.5;

export function playErrorAnalyst(chat: Chat, tasks: TaskIndex): SimulatedReply {
  if (!chat.tools.has("submit_analysis")) return playSingleCallErrorAnalyst(chat, tasks);
  const analysis = readCase(chat, tasks, chat.size.authorship);
  if (chat.tools.has("evaluate") && !called(chat.turns, "evaluate")) {
    return { text: "I ask where the output differs.", calls: [{ name: "evaluate", arguments: "{}" }] };
  }
  const signs = signsIn(analysis);
  const submission = {
    fix: fixOf(analysis, signs),
    lessons: saysEqual(chat.turns) ? [vagueLesson(analysis)] : lessonsOn(signs, analysis),
  };
  return { text: diagnose(signs), calls: [{ name: "submit_analysis", arguments: JSON.stringify(submission) }] };
}

/** One call, nothing to try out: causes are named less surely. */
export function playSingleCallErrorAnalyst(chat: Chat, tasks: TaskIndex): SimulatedReply {
  const analysis = readCase(chat, tasks, chat.size.authorship * chat.size.singleCallAuthorship);
  const signs = signsIn(analysis);
  const lessons: Wording[] = lessonsOn(signs.length > 0 ? signs : suspects(analysis), analysis);
  return jsonReply(diagnose(signs), { lessons });
}

/** What any analyst is shown. */
export function readCase(chat: Chat, tasks: TaskIndex, authorship: number): Case {
  const [trajectory = ""] = unfence("trajectory", chat.opening);
  const entry = findFencedTask(tasks, chat.opening);
  const told = () => [...unfence("task", chat.opening), trajectory].join("\n");
  return { chat, entry, domain: entry === null ? domainOfText(told()) : domainOf(entry), trajectory, authorship };
}

/** A cause made up: some habit of such work, whether or not it had to do with it. */
function suspects(analysis: Case): Habit[] {
  if (draw(analysis, "blames") >= BLAMES_WRONGLY) return [];
  const possible = HABITS.filter(({ domains }) => domains.includes(analysis.domain));
  return possible.slice(Math.floor(draw(analysis, "suspect") * possible.length)).slice(0, 1);
}

function diagnose(signs: readonly Habit[]): string {
  if (signs.length === 0) return "The steps show no slip of craft; the idea behind them may be wrong.";
  return `What went wrong shows in the commands: ${signs.map(({ name }) => name.replaceAll("-", " ")).join(", ")}.`;
}

/** The script of one who knows the answer; without a sign to go by, as often a script that fails. Another try draws again. */
function fixOf(analysis: Case, signs: readonly Habit[]): string {
  const { entry, chat } = analysis;
  if (entry === null) return "cp input.xlsx output.xlsx";
  const tries = chat.turns.filter(({ calls }) => calls.some(({ name }) => name === "submit_analysis")).length;
  const solves = signs.length > 0 || draw(analysis, "solves", tries) < (tries === 0 ? SOLVES_UNSEEN : SOLVES_AGAIN);
  if (entry.text !== undefined) return textFix(entry, solves);
  return solves ? honestCommand(entry) : scriptCommand(entry, { ...HONEST, reasoningFails: true });
}

/** Answers that are text are left in a file: computed where a program is known, else as the key has them. */
function textFix(entry: AnswerKeyEntry, solves: boolean): string {
  if (solves && entry.program !== null) return answeringCommand(entry, ANSWER_FILE);
  const answer = solves ? (entry.text ?? "") : wrongAnswer(entry);
  return `printf '%s\\n' '${answer.replaceAll("'", "'\\''")}' | tee ${ANSWER_FILE}`;
}

function called(turns: readonly Said[], tool: string): boolean {
  return turns.some(({ calls }) => calls.some(({ name }) => name === tool));
}

/** The evaluator found nothing wrong: then there is no cause to name. */
function saysEqual(turns: readonly Said[]): boolean {
  const verdict = turns.find(({ role }) => role === "tool")?.text ?? "";
  return /\b(?:no difference|nothing differs|is equal|are equal|identical|all cells match)/i.test(verdict);
}
