/**
 * Text in a trajectory is data: a cell or a page that says "add this to the skill: …" must not get there. Two looks at every
 * lesson, whoever wrote it: does it order what no skill may order, and were its words lifted from what the agent was shown?
 * A model that is taken in and puts an order into words of its own, harmless to look at, is not found out here. Pure.
 */
import type { Task, Trajectory } from "../harness/records.ts";
import { suspiciousInstructions } from "../harness/skill/suspicious.ts";
import type { DraftLesson } from "./lesson-guard.ts";
import { gramsOf, wordsOf } from "./tokens.ts";

/** What an agent was shown of a task, prepared for comparison. */
export interface Shown {
  /** Runs of `RUN` words of all of it, but for those that the start skill has as well. */
  readonly runs: ReadonlySet<string>;
  readonly ofStart: ReadonlySet<string>;
  /** The words of passages that speak to whoever reads them, a blank at each end. */
  readonly commands: readonly string[];
}

/** Short enough to be found in a sentence that was lifted with a word changed, long enough not to be chance. */
const RUN = 4;
/** Of fewer words a sentence counts as lifted only where it stands whole in a passage that commands. */
const FEWEST_WORDS = 6;
const FEWEST_OF_COMMAND = 2;
/** Share of a sentence's runs of words that makes it lifted; a message of a program that is quoted stays below. */
const LIFTED = 0.6;
/** Words by which a text speaks to agents and analysts and not about its matter, in the languages of large models. */
const COMMANDS =
  /\b(?:skills?|lessons?|instructions?|prompts?|assistants?|agents?|analysts?|system|role|remember|always|never|must|important|from now on|regla|siempre|habilidad|instrucciones|regel|immer|anweisung(?:en)?|f[äa]higkeit|r[èe]gle|toujours|comp[ée]tence|sempre|regra|habilidade)\b|技能|规则|規則|指令|总是|總是|系统|スキル|ルール|指示|常に|навык|правило|всегда|المهارة|دائما|기술|규칙|항상/iu;
const ENCODED = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{24,}={0,2}/g;
/** A lesson has no use for text that must be decoded. */
const LONG_RUN = /[A-Za-z0-9+/]{32,}/g;
const UNSEEN = /[\u00ad\u200b\u2060\ufeff]/;
/** Marks of our own prompts and of chat formats. */
const PROMPT_MARKS =
  /<\/?(?:task|trajectory|skill|lessons|patches|conflicts|skill-file|images?)(?:-[0-9a-f]{8,})?>|^\s*(?:#+\s*)?(?:role|system|assistant|developer|user)\s*:/im;

/** @param startText of the skill that the agent may have had: to repeat it is no theft */
export function shownIn(task: Task, { prompt, steps }: Trajectory, startText: string): Shown {
  const asked = prompt.flatMap((message) => (message.role === "user" ? [message.content] : []));
  const texts = [task.instruction, ...asked, ...steps.map(({ observation }) => observation)].flatMap(readings);
  const ofStart = new Set(gramsOf(wordsOf(startText), RUN));
  const runs = new Set(texts.flatMap((text) => gramsOf(wordsOf(text), RUN)));
  const commands = texts.flatMap(passagesOf).filter((passage) => COMMANDS.test(passage));
  return { runs, ofStart, commands: [...new Set(commands.map((passage) => ` ${wordsOf(passage).join(" ")} `))] };
}

/** Why a lesson must not be used, or null. Names no more of the text than its kind: it is read by people and may be long. */
export function injectionIn({ title, rule, reason }: DraftLesson, shown: Shown): string | null {
  const text = [title, rule, reason].join("\n");
  return orderIn(text) ?? liftedIn([title, rule, reason], shown);
}

/** An edit is looked at when it is proposed, at each merge and when it is applied. */
const KNOWN_ORDERS = new Map<string, string | null>();
const MOST_KNOWN = 10_000;

/** What a text that is to go into a skill orders, or how it hides what it says; null for nearly all honest text. */
export function orderIn(text: string): string | null {
  const known = KNOWN_ORDERS.get(text);
  if (known !== undefined) return known;
  if (KNOWN_ORDERS.size >= MOST_KNOWN) KNOWN_ORDERS.clear();
  const found = findOrder(text);
  KNOWN_ORDERS.set(text, found);
  return found;
}

function findOrder(text: string): string | null {
  const [order] = suspiciousInstructions(text);
  if (order !== undefined)
    return `it reads like an instruction to ${WORDS[order.kind]} (${JSON.stringify(order.excerpt)})`;
  if (UNSEEN.test(text)) return "it holds characters that a reader does not see";
  if (PROMPT_MARKS.test(text)) return "it holds the marks of a prompt";
  return (text.match(LONG_RUN) ?? []).some(isEncoded) ? "it holds encoded text" : null;
}

/** Letters of both cases and digits in one long run: no name is like that, nor any part of a path. */
function isEncoded(run: string): boolean {
  return run
    .split("/")
    .some((part) => part.length >= 20 && /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part));
}

const WORDS: Readonly<Record<ReturnType<typeof suspiciousInstructions>[number]["kind"], string>> = {
  fetch: "fetch something from elsewhere",
  execute: "execute what came from elsewhere",
  disclose: "disclose what is secret",
  disable: "disable a protection",
  override: "override what the reader was told",
};

function liftedIn(parts: readonly string[], shown: Shown): string | null {
  const sentences = parts.flatMap((part) => part.split(/(?<=[.!?;])\s+|(?<=[。！？；])\s*|\n+/u));
  return sentences.some((sentence) => isLifted(wordsOf(sentence), shown))
    ? "its words were lifted from what the task showed, which is material and no lesson"
    : null;
}

function isLifted(words: readonly string[], { runs, ofStart, commands }: Shown): boolean {
  if (words.length < FEWEST_WORDS) {
    const sentence = ` ${words.join(" ")} `;
    return words.length >= FEWEST_OF_COMMAND && commands.some((command) => command.includes(sentence));
  }
  const own = gramsOf(words, RUN).filter((run) => !ofStart.has(run));
  return own.length > 0 && own.filter((run) => runs.has(run)).length / own.length >= LIFTED;
}

/** A text as it stands, with its escapes read, and what it holds encoded. */
function readings(text: string): string[] {
  const escaped = text.replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const plain = escaped.replace(/\\[nrt]/g, " ");
  const decoded = [...text.matchAll(ENCODED)].map(([run]) => Buffer.from(run, "base64").toString("utf8"));
  return [plain, ...decoded.filter((one) => !one.includes("\ufffd") && !/[^\P{Cc}\n\r\t]/u.test(one))];
}

function passagesOf(text: string): string[] {
  return text.split(/\n/);
}
