/** Parity: our verdict beside one that an official scorer gave, case by case. One file here a scorer. */

/** One verdict that was recorded, and ours. */
export interface ParityCase {
  /** Name of the file that holds the record, such as `cases.jsonl`. */
  readonly file: string;
  readonly id: string;
  /** What the case tries out, such as `number_rounding`; agreement is told by it. */
  readonly group: string;
  /** Whose verdict it is: `official`, `trace2skill`, `math_verify` … */
  readonly rule: string;
  readonly agrees: boolean;
  /** Both verdicts as text. */
  readonly recorded: string;
  readonly ours: string;
  /** What was judged, in a line. */
  readonly detail: string;
  /** Why we differ on purpose; null where we agree, or differ for no reason that we know. */
  readonly reason: string | null;
}

export interface ParityOptions {
  /** Where archives of the folder are unpacked. */
  readonly cacheDirectory: string;
  /** Rule set to judge by; null for all that the scorer has. */
  readonly rules: string | null;
  readonly signal: AbortSignal;
}

/**
 * Reads the recorded verdicts of a folder and judges each case anew. Files of the folder that are missing are left out;
 * none at all, or a broken line, raises a SetupError that names file and line.
 */
export type Parity = (folder: string, options: ParityOptions) => AsyncIterable<ParityCase>;
