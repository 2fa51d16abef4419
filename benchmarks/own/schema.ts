/** A benchmark of a user's own, as written in its folder: `benchmark.json` and a file with a task a line. */
import { basename, isAbsolute } from "node:path";
import { z } from "zod";

/** Below the folder of the benchmark, with slashes; that it is no link out of it is checked when it is read. */
const InnerPath = z
  .string()
  .refine(
    (path) =>
      path !== "" &&
      !isAbsolute(path) &&
      !/\\|\0/.test(path) &&
      path.split("/").every((part) => !/^\.{0,2}$/.test(part)),
    "must be a path below the folder of the benchmark: not absolute, without .. and backslashes",
  );
const FileName = InnerPath.refine((name) => !name.includes("/"), "must be the name of a file, without a folder");

/** Files that a command finds beside the output, and beside the golden. */
export const ANSWER_FILE = "answer.txt";
export const TRUTH_FILE = "truth.json";

export const ScorerChoice = z.discriminatedUnion("kind", [
  /** The cells of `answerPosition` of the output, against those of the workbook `golden`. */
  z.strictObject({ kind: z.literal("spreadsheet"), rules: z.enum(["trace2skill", "official"]).default("trace2skill") }),
  /** A list of items, by the evaluator of WikiTableQuestions; in the agent's text they stand between `|`. */
  z.strictObject({ kind: z.literal("wikitq") }),
  /** An integer, by the rules of DAPO, or in the last box; or an expression, by equivalence. */
  z.strictObject({ kind: z.enum(["dapo", "aime", "math"]) }),
  /** The best similarity to one of the answers. */
  z.strictObject({ kind: z.literal("anls") }),
  /** One of the answers, white space at the ends and its amount aside. */
  z.strictObject({ kind: z.literal("exact"), ignoreCase: z.boolean().default(false) }),
  /** A program of the user's, run in a sandbox without network: see `command-scorer.ts`. */
  z.strictObject({
    kind: z.literal("command"),
    command: z.string().min(1),
    /** Laid out for it below `/work/scorer`. */
    files: z.array(InnerPath).default([]),
    timeLimitSeconds: z.number().int().min(1).max(600).default(60),
  }),
]);
export type ScorerChoice = z.infer<typeof ScorerChoice>;

export const OwnBenchmark = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "must be of lower-case letters, digits and hyphens"),
  title: z.string().min(1),
  licence: z.string().min(1),
  source: z.string().min(1),
  tasks: InnerPath,
  scorer: ScorerChoice,
});
export type OwnBenchmark = z.infer<typeof OwnBenchmark>;

const AnyRow = z.strictObject({
  id: z.string().min(1),
  /** The whole text that the agent is shown. */
  instruction: z.string().min(1),
  /** Laid out in the working folder under their names alone. */
  files: z.array(InnerPath).default([]),
  /** Those of `files` that the agent is also shown as images. */
  images: z.array(InnerPath).optional(),
  /** File that the agent must leave; null when it answers with text. */
  output: FileName.nullable().default(null),
  kind: z.string().min(1).default("task"),
  family: z.string().min(1).optional(),
  split: z.enum(["evolve", "test"]).default("test"),
  answer: z.string().optional(),
  answers: z.array(z.string()).min(1).optional(),
  golden: InnerPath.optional(),
  answerPosition: z.string().min(1).optional(),
  /** Whatever a command wants to know. */
  truth: z.unknown().optional(),
});
export type OwnRow = z.infer<typeof AnyRow>;

/** A line of the tasks' file, with what its scorer needs. */
export function rowSchema(scorer: ScorerChoice): z.ZodType<OwnRow> {
  return AnyRow.superRefine((row, context) => {
    const say = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    for (const [field, problem] of Object.entries({ ...problemsOfFiles(row), ...problemsOfTruth(row, scorer) })) {
      say(field, problem);
    }
  });
}

/** By field. */
type Problems = Readonly<Record<string, string>>;

function problemsOfFiles({ files, images = [], output }: OwnRow): Problems {
  const names = files.map((file) => basename(file));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  const strange = images.find((image) => !files.includes(image));
  return {
    ...(twice === undefined ? {} : { files: `two of them are named ${twice}, and would lie in one place` }),
    ...(strange === undefined ? {} : { images: `${strange} is not among the files` }),
    ...(output !== null && names.includes(output) ? { output: "is the name of an input" } : {}),
  };
}

function problemsOfTruth({ answer, answers, golden, answerPosition, output }: OwnRow, scorer: ScorerChoice): Problems {
  if (answer !== undefined && answers !== undefined) return { answers: "give answer or answers, not both" };
  const texts = answers ?? (answer === undefined ? [] : [answer]);
  switch (scorer.kind) {
    case "spreadsheet":
      return {
        ...(output?.endsWith(".xlsx") ? {} : { output: "the spreadsheet scorer judges a file that ends in .xlsx" }),
        ...(golden === undefined ? { golden: "the spreadsheet scorer needs the right workbook" } : {}),
        ...(answerPosition === undefined
          ? { answerPosition: "the spreadsheet scorer needs the range, as Sheet1!A1:B9" }
          : {}),
      };
    case "wikitq":
    case "anls":
    case "exact":
      return { ...textOnly(output), ...(texts.length === 0 ? { answer: "the scorer needs answer or answers" } : {}) };
    case "dapo":
    case "aime":
    case "math":
      return { ...textOnly(output), ...(texts.length === 1 ? {} : { answer: "the scorer needs one answer" }) };
    case "command":
      return {
        ...(output === ANSWER_FILE ? { output: "answer.txt is where the command finds the agent's text" } : {}),
        ...(golden !== undefined && basename(golden) === TRUTH_FILE
          ? { golden: "truth.json is where the command finds the truth" }
          : {}),
      };
    default:
      return scorer satisfies never;
  }
}

function textOnly(output: string | null): Problems {
  return output === null ? {} : { output: "the scorer judges text: leave the output out" };
}

/** The accepted answers; none where the truth is a file, or a command's own affair. */
export function answersOf({ answer, answers }: OwnRow): readonly string[] {
  return answers ?? (answer === undefined ? [] : [answer]);
}
