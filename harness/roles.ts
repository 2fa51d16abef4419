/** The roles of the harness: behaviour with contracts. Stored data is in `records.ts`. */
import type { Canary } from "./attest/canary.ts";
import type { BenchmarkSettings } from "./manifest.ts";
import type { MemoryItem } from "./memory/memory.ts";
import type { ImageReference, Message, Protocol, Repair, Reply, Score, Task, Trajectory, Usage } from "./records.ts";
import type { AnswerKeyEntry } from "./simulator/answer-key.ts";
import type { Skill } from "./skill/skill.ts";
import type { Caller } from "./usage.ts";

/** A function that a model may call; `parameters` is a JSON schema. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Record<string, unknown>;
}

export type { Caller };

/** Where the bytes of images are, by hash: `images/` of a run folder. */
export interface Images {
  /** Keeps an image, once; safe to do twice and from many trials at once. */
  keep(image: Omit<ImageReference, "sha256">, bytes: Uint8Array): Promise<ImageReference>;
  /** @throws SetupError when it is not there, or is not what it was */
  read(image: ImageReference): Promise<Uint8Array>;
}

export interface ModelCall {
  readonly caller: Caller;
  readonly messages: readonly Message[];
  /** Where the images of the messages are; may be left out when they have none. */
  readonly images?: Images;
  readonly tools: readonly Tool[];
  /** Texts at which the server stops writing. */
  readonly stop?: readonly string[];
  readonly seed: number;
  /** Number of the draw: another one asks again where the same request was answered before. */
  readonly draw: number;
  /** Whether a reply can be used; one that cannot is asked for once more. All can be when left out. */
  readonly canUse?: (reply: Reply, finishReason: string) => boolean;
  readonly signal: AbortSignal;
}

export interface Completion {
  readonly reply: Reply;
  readonly finishReason: string;
  /** What was put right to read the reply; left out where nothing was. */
  readonly repairs?: readonly Repair[];
  /** Of the first reply too, where it was asked for again. */
  readonly usage: Usage;
  /** True when the answer was read from the journal and nothing was paid. */
  readonly fromJournal: boolean;
  readonly durationMs: number;
  /** Part of `durationMs` spent in queues and between tries; left out where nobody measured. */
  readonly waitedMs?: number;
}

/** The prompt is longer than the model takes. */
export class ContextLimitError extends Error {
  override readonly name = "ContextLimitError";
}

/** A call that failed for good, through no fault of the model's words: the trial is unscored. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}

/** The server does not take the request as it is written (400, 413, 422), however often it is sent. */
export class RefusedRequestError extends ModelError {
  /** What the server said, without its address. */
  readonly said: string;

  constructor(message: string, said: string) {
    super(message);
    this.said = said;
  }
}

/** The sandbox itself failed: the trial is unscored. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}

/** Our own data of a task cannot be read: the trial is unscored. */
export class BenchmarkError extends Error {
  override readonly name = "BenchmarkError";
}

/** What decides a model's answers. */
export interface Answerer {
  readonly name: string;
  readonly endpoint: string;
  readonly sampling: Readonly<Record<string, unknown>>;
  readonly simulated: boolean;
}

/**
 * A model behind an endpoint, with its sampling settings.
 * `complete` goes through the journal, retries what may pass, and throws `ContextLimitError` for a prompt that is too
 * long, `ModelError` for a call that failed for good (the trial is then unscored), `SetupError` for what the user must mend.
 */
export interface Model extends Answerer {
  /** Who answers single callers, and who all others; left out where one model answers all. */
  readonly roles?: { readonly base: Answerer; readonly others: ReadonlyMap<Caller, Answerer> };
  complete(call: ModelCall): Promise<Completion>;
}

/** What one unit of work was shown, so that it is shown the same when it is gone on with. */
export interface Seen {
  /** The text that was first shown under this key; the one given, when there is none. */
  first(key: string, text: string): string;
}

export interface CommandResult {
  /** Standard output and standard error, capped; a notice tells how much was cut. */
  readonly output: string;
  /** Null when the command was killed. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** What it took that was too much, such as `more than 2 GB of memory`; left out when it was not killed for that. */
  readonly killed?: string;
  readonly durationMs: number;
}

/** The world of one trial. Disposing it kills what still runs and deletes the folder. */
export interface Sandbox extends AsyncDisposable {
  /** The trial's folder on the host; inside it is `/work`. What is laid out there after the first command may be read-only inside. */
  readonly directory: string;
  /** What else of the host is inside, and of this trial alone, for its attestation; left out where nobody can tell. */
  readonly inside?: {
    /** `/tmp`. */
    readonly tmp: string;
    /** `/skill`, or null where there is none. */
    readonly skill: string | null;
    /** The folder of `$MODEL_SOCKET`, or null where programs cannot ask the model. */
    readonly model: string | null;
    /** A folder that holds the others, and is not inside. */
    readonly around: string;
  };
  /**
   * Runs a bash command in `/work`. Never throws for what the command did; throws when the sandbox itself fails.
   * When it returns, nothing that the command started is alive.
   */
  run(command: string, options: { timeoutMs: number; signal: AbortSignal }): Promise<CommandResult>;
}

/** Opens a fresh sandbox, empty but for the skill's files under `/skill` where one is given. */
export interface Sandboxes {
  /** Kind and version, part of the fingerprint. */
  readonly identity: string;
  /** What programs of an agent under test reach: nothing, or the run's own model and nothing else; nothing when left out. */
  readonly network?: Network;
  /** @param model makes room for a socket through which programs inside ask the model; none when left out */
  open(options: { skill: Skill | null; model?: boolean }): Promise<Sandbox>;
}

export type Network = "none" | "model";

export interface AgentLimits {
  readonly turns: number;
  readonly timeMs: number;
  /** Input and output tokens of all calls of the trial. */
  readonly tokens: number;
  /** Time without waits in queues, looked at between replies; no limit when left out. */
  readonly workingMs?: number;
  /** What the trial's calls may cost, in the currency of the prices below; no limit when left out. */
  readonly cost?: number;
  /** Per million tokens: they decide where a limit on cost ends a trial, so they stand beside it. */
  readonly inputPrice?: number;
  readonly cachedInputPrice?: number;
  readonly outputPrice?: number;
  readonly commandTimeoutMs: number;
  /** Most pixels on the long side of an image that is sent; 2,048 when left out. */
  readonly imageSide?: number;
}

/** Limits that stand in a fingerprint only where they were asked for, or where there is something to limit. */
export const OPTIONAL_LIMITS = [
  "imageSide",
  "workingMs",
  "cost",
  "inputPrice",
  "cachedInputPrice",
  "outputPrice",
] as const satisfies readonly (keyof AgentLimits)[];

export interface AgentOptions {
  readonly model: Model;
  readonly sandbox: Sandbox;
  readonly skill: Skill | null;
  /** What it is shown of what earlier tasks taught, nearest first; none when left out. */
  readonly memory?: readonly MemoryItem[];
  /** Where images that the agent is shown are kept. */
  readonly images: Images;
  /** What its tools other than commands showed it before, when the trial is gone on with. */
  readonly seen?: Seen;
  readonly limits: AgentLimits;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Task to trajectory. Never throws for what the model did; throws for what we did. */
export interface Agent {
  readonly protocol: Protocol;
  /** Name, protocol and hash of the prompts: part of the fingerprint. */
  readonly identity: string;
  run(task: Task, options: AgentOptions): Promise<Trajectory>;
}

/** What an agent left behind. */
export interface Submission {
  /** A folder that holds what the agent made, or what was kept of it. */
  readonly directory: string;
  readonly answer: string;
}

/**
 * The tasks of one split, and how to lay them out and score them: complete when returned.
 * Ground truth lives in the closure of the loader. Scoring is safe to repeat and to run at once for many tasks.
 */
export interface Benchmark {
  readonly name: string;
  /** The split that all tasks belong to; `all` when they belong to both. */
  readonly split: string;
  /** Folder of the data set, or null for our own sample. */
  readonly data: string | null;
  readonly tasks: readonly Task[];
  /** Hash of tasks and ground truth as read. */
  readonly dataHash: string;
  /** Name and version of the scoring rules, and of an engine that computes formulas anew. */
  readonly scorer: string;
  /** What `value` of a score is: `pass` for right or wrong, `ANLS`, … */
  readonly metric: string;
  /** How it was asked for: loading it with these again gives the same. */
  readonly settings: BenchmarkSettings;
  /** Tasks among these that are known to be defective, with the defect. */
  readonly errata: Readonly<Record<string, string>>;
  /** Planted in its files, for the harness to look for where no agent may have them from; none when left out. */
  readonly canaries?: readonly Canary[];
  /** What the user should know: tasks that were left out, files that are missing. */
  readonly notices: readonly string[];
  /** The half a task belongs to, whichever split was asked for: the test half stays sealed (invariant 9). */
  splitOf(task: Task): "evolve" | "test";
  /** Copies the inputs of a task into `directory`, nothing else. */
  prepare(task: Task, directory: string): Promise<void>;
  /** Never throws for what the agent left; throws `BenchmarkError` when our own data cannot be read. */
  score(task: Task, submission: Submission): Promise<Score>;
  /**
   * Lays the ground truth out in `directory` as a right submission would be, to prove that it scores 1 (`data check`).
   * Never called while an agent runs.
   */
  submitTruth(task: Task, directory: string): Promise<Submission>;
  /** What a simulated model is told; only ever handed to the simulated server. */
  answerKey(tasks: readonly Task[]): Promise<AnswerKeyEntry[]>;
}
