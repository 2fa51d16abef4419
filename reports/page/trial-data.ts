/** A trial as its page shows it. The script in `browser/` reads these shapes; texts that many trials share are kept once. */
import type { ImageReference, Message, Step, Trial } from "../../harness/records.ts";

/** Keeps a text and gives its place in a list that a chunk of trials shares. */
export type KeepText = (text: string) => number;

export interface ShownMessage {
  readonly role: string;
  /** Place of its text in the chunk. */
  readonly text: number;
  /** A line each; left out where there is none. */
  readonly images?: readonly string[];
}

export interface ShownStep {
  /** What the model wrote beside its calls. */
  readonly reply: string;
  /** Left out where the server showed none. */
  readonly reasoning?: string;
  readonly action: { readonly kind: string; readonly text: string };
  readonly observation: string;
  readonly images?: readonly string[];
  readonly repairs?: readonly string[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly modelMs: number;
  readonly commandMs: number;
}

export interface ShownTrial {
  readonly prompt: readonly ShownMessage[];
  readonly steps: readonly ShownStep[];
  readonly answer: string;
  /** Of the score, in full: what was wanted and what was found. Reports are for people; no agent is ever shown one. */
  readonly explanation: string;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly usage: Trial["usage"];
  readonly startedAt: string;
  readonly durationMs: number;
  readonly artifacts: readonly string[];
  readonly recalled?: readonly { readonly task: string; readonly items: readonly string[] }[];
  /** What the attestation found amiss: commands that look for answers, and breaches; left out where nothing was. */
  readonly flags?: readonly string[];
}

export function shownTrial(trial: Trial, keep: KeepText): ShownTrial {
  const { trajectory, score, usage, startedAt, durationMs, artifacts, recalled } = trial;
  const flags = flagsOf(trial);
  return {
    prompt: trajectory?.prompt.map((message) => shownMessage(message, keep)) ?? [],
    steps: trajectory?.steps.map(shownStep) ?? [],
    answer: trajectory?.answer ?? "",
    explanation: score.kind === "scored" ? score.explanation : score.detail,
    ...(score.kind === "scored" && score.metrics && { metrics: score.metrics }),
    usage,
    startedAt,
    durationMs,
    artifacts,
    ...(recalled && { recalled: recalled.map(({ task, items }) => ({ task, items })) }),
    ...(flags.length > 0 && { flags }),
  };
}

function shownMessage(message: Message, keep: KeepText): ShownMessage {
  const images = message.role === "user" ? imageLines(message.images) : undefined;
  return { role: message.role, text: keep(message.content), ...(images && { images }) };
}

function shownStep({ reply, action, observation, images, repairs, usage, modelMs, commandMs }: Step): ShownStep {
  const lines = imageLines(images);
  return {
    reply: reply.content,
    ...(reply.reasoning && { reasoning: reply.reasoning.text }),
    action: { kind: action.kind, text: actionText(action) },
    observation,
    ...(lines && { images: lines }),
    ...(repairs && { repairs }),
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    modelMs,
    commandMs,
  };
}

function actionText(action: Step["action"]): string {
  switch (action.kind) {
    case "command":
      return action.command;
    case "submit":
      return action.answer;
    case "tool":
      return `${action.name} ${JSON.stringify(action.arguments, null, 1)}`;
    case "invalid":
      return action.problem;
    default:
      return action satisfies never;
  }
}

/** The page loads no image: where it lies is told. */
function imageLines(images: readonly ImageReference[] | undefined): string[] | undefined {
  return images?.map(({ sha256, width, height }) => `${width} × ${height} pixels, images/${sha256} of the run folder`);
}

function flagsOf({ attestation }: Trial): string[] {
  if (attestation === undefined) return [];
  const { breaches, canaries, flags } = attestation;
  return [
    ...breaches.map(({ kind, detail }) => `no fair trial: ${kind}, ${detail}`),
    ...canaries.map((whose) => `canary seen: ${whose}`),
    ...flags.map(({ rule, step, found }) => `flagged at step ${step + 1}: ${rule}, ${found}`),
  ];
}
