/**
 * The verdicts of the official WikiTableQuestions evaluator 1.0.2, recorded under Python 2.7 (`cases.jsonl`), beside ours.
 * A case agrees when the verdict does, and the values that target and prediction were read as.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, messageOf, SetupError, UsageError } from "../../harness/errors.ts";
import { denotationOf, sameDenotation, type Value } from "../scoring/denotation.ts";
import type { Parity, ParityCase } from "./parity.ts";

const FILE = "cases.jsonl";
const RULE = "official";

const RecordedValue = z.object({
  type: z.enum(["StringValue", "NumberValue", "DateValue"]),
  normalized: z.string(),
  /** An amount; or year, month and day, -1 for what is not known; null for a string. */
  value: z.union([z.number(), z.array(z.number()).length(3), z.null()]),
});
const RecordedCase = z.object({
  id: z.string(),
  /** How the prediction was made. */
  bend: z.string(),
  target: z.array(z.string()),
  target_canon: z.array(z.string()),
  prediction: z.array(z.string()),
  correct: z.boolean(),
  target_values: z.array(RecordedValue),
  predicted_values: z.array(RecordedValue),
});
type RecordedCase = z.infer<typeof RecordedCase>;

/** All cases of the folder, in order. @throws UsageError for rules other than `official` */
export const wikiTableQuestionsParity: Parity = async function* (folder, { rules, signal }) {
  if (rules !== null && rules !== RULE) {
    throw new UsageError(`wikitablequestions has no rules ${JSON.stringify(rules)}; there are: ${RULE}`);
  }
  const path = join(folder, FILE);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const problem = hasCode(cause, "ENOENT") ? `there is no ${FILE}` : messageOf(cause);
    throw new SetupError(`${folder}: expected recorded verdicts of wikitablequestions in ${FILE}: ${problem}`, {
      cause,
    });
  });
  for (const [index, line] of text.trimEnd().split("\n").entries()) {
    signal.throwIfAborted();
    yield judge(parseLine(line, `${path}:${index + 1}`));
  }
};

function parseLine(line: string, where: string): RecordedCase {
  try {
    return RecordedCase.parse(JSON.parse(line));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new SetupError(`${where}: not a recorded verdict: ${problem}`, { cause });
  }
}

function judge(recorded: RecordedCase): ParityCase {
  const target = denotationOf(recorded.target, recorded.target_canon);
  const predicted = denotationOf(recorded.prediction);
  const verdict = (correct: boolean, target: readonly string[], predicted: readonly string[]) =>
    `${correct ? "right" : "wrong"}: target ${target.toSorted().join(" ")}, prediction ${predicted.toSorted().join(" ")}`;
  const theirs = verdict(
    recorded.correct,
    recorded.target_values.map(recordedText),
    recorded.predicted_values.map(recordedText),
  );
  const ours = verdict(sameDenotation(target, predicted), target.map(valueText), predicted.map(valueText));
  return {
    file: FILE,
    id: recorded.id,
    group: recorded.bend,
    rule: RULE,
    agrees: theirs === ours,
    recorded: theirs,
    ours,
    detail: `target ${JSON.stringify(recorded.target)} (${JSON.stringify(recorded.target_canon)}), prediction ${JSON.stringify(recorded.prediction)}`,
    reason: null,
  };
}

function recordedText({ type, normalized, value }: z.infer<typeof RecordedValue>): string {
  return JSON.stringify([type, normalized, value]);
}

function valueText(value: Value): string {
  switch (value.kind) {
    case "string":
      return recordedText({ type: "StringValue", normalized: value.normalized, value: null });
    case "number":
      return recordedText({ type: "NumberValue", normalized: value.normalized, value: Number(value.amount) });
    case "date": {
      const fields = [Number(value.year), value.month, value.day];
      return recordedText({ type: "DateValue", normalized: value.normalized, value: fields });
    }
    default:
      return value satisfies never;
  }
}
