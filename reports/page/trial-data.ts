/** A trial as its page shows it. The script in `browser/` reads these shapes; texts that many trials share are kept once. */
import type { ImageReference, Message, Step, Trial } from "../../harness/records.ts";

/** Keeps a text and gives its place in a list that a chunk of trials shares. */
export type KeepText = (text: string) => number;

/** Keeps the bytes of an image and gives the name of the chunk that holds them; null where they cannot be had. */
export type KeepImage = (image: ImageReference) => string | null;

export interface ShownImage {
  readonly mediaType: ImageReference["mediaType"];
  readonly width: number;
  readonly height: number;
  /** In hex, and as its file below `images/` of the run folder is named before its ending. */
  readonly sha256: string;
  /** Name of the chunk that holds its bytes alone; left out where they are not at hand. */
  readonly chunk?: string;
}

export interface ShownMessage {
  readonly role: string;
  /** Place of its text in the chunk. */
  readonly text: number;
  /** Left out where there is none. */
  readonly images?: readonly ShownImage[];
}

export interface ShownStep {
  /** What the model wrote beside its calls. */
  readonly reply: string;
  /** Left out where the server showed none. */
  readonly reasoning?: string;
  readonly action: { readonly kind: string; readonly text: string };
  readonly observation: string;
  readonly images?: readonly ShownImage[];
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

/** Where a chunk keeps what trials share. */
export interface Keep {
  readonly text: KeepText;
  readonly image: KeepImage;
}

export function shownTrial(trial: Trial, keep: Keep): ShownTrial {
  const { trajectory, score, usage, startedAt, durationMs, artifacts, recalled } = trial;
  const flags = flagsOf(trial);
  return {
    prompt: trajectory?.prompt.map((message) => shownMessage(message, keep)) ?? [],
    steps: trajectory?.steps.map((step) => shownStep(step, keep)) ?? [],
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

function shownMessage(message: Message, keep: Keep): ShownMessage {
  const images = message.role === "user" ? shownImages(message.images, keep) : undefined;
  return { role: message.role, text: keep.text(message.content), ...(images && { images }) };
}

function shownStep(step: Step, keep: Keep): ShownStep {
  const { reply, action, observation, repairs, usage, modelMs, commandMs } = step;
  const images = shownImages(step.images, keep);
  return {
    reply: reply.content,
    ...(reply.reasoning && { reasoning: reply.reasoning.text }),
    action: { kind: action.kind, text: actionText(action) },
    observation,
    ...(images && { images }),
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

function shownImages(images: readonly ImageReference[] | undefined, keep: Keep): ShownImage[] | undefined {
  return images?.map((image) => {
    const chunk = keep.image(image);
    return { ...image, ...(chunk !== null && { chunk }) };
  });
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
