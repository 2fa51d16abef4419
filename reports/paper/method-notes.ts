/** How tables are measured here, and where the paper or its code did otherwise: printed with every table. */
import type { Protocol } from "../../harness/records.ts";
import type { PaperTable } from "./paper-table.ts";

export interface Method {
  /** What the paper has is `text`. */
  readonly protocol: Protocol;
  readonly fanIn: number;
  /** Sampling that agents, and all other callers, were sent; null where models are simulated, which take none. */
  readonly presets: { readonly agent: string; readonly analyst: string } | null;
}

const PAPER_FAN_IN = 32;

/** A sentence each, of what differs between a method here and the paper's. */
export function methodNotes({ conditions }: PaperTable, { protocol, fanIn, presets }: Method): string[] {
  const choices = conditions.flatMap(({ arm, skills }) => [
    ...Object.values(skills).flatMap((choice) =>
      choice !== "human-written" && "distill" in choice ? [choice.distill] : [],
    ),
    ...(arm.memory === undefined ? [] : [arm.memory.distill]),
  ]);
  const merges = choices.some(({ strategy }) => strategy === "parallel");
  const agentic = choices.some(({ errorAnalyst, lessons }) => errorAnalyst === "agentic" && lessons !== "success");
  return [
    "Prompts of agents and analysts are worded anew, after the paper's description of them.",
    protocol === "tools"
      ? "Agents act by native tool calls; the paper's write calls as text, whose slips its skills also learn from (--protocol text does so)."
      : "Agents write their calls as text, as the paper's do, in a form of our own.",
    "A trial ends after 100 turns, as in version 3, but also after an hour or 2,000,000 tokens, which the paper does not limit.",
    ...(merges ? [fanInNote(fanIn)] : []),
    ...(presets === null ? [] : [samplingNote(presets, agentic)]),
  ];
}

function fanInNote(fanIn: number): string {
  return fanIn === PAPER_FAN_IN
    ? "Patches are merged 32 at once, as the paper says; its code takes 5 unless told otherwise."
    : `Patches are merged ${fanIn} at once; the paper says 32, and its code takes 5 unless told otherwise.`;
}

function samplingNote({ agent, analyst }: { agent: string; analyst: string }, agentic: boolean): string {
  const sent = `Sampling: ${agent} for agents, ${analyst} for all others. The paper's code sends agents a temperature of 0.7 and its evolver 0.6, whatever its settings say.`;
  return agentic && agent !== analyst
    ? `${sent} Its agentic error analyst works as agents do (instruct); here it is sent ${analyst} like the other analysts.`
    : sent;
}
