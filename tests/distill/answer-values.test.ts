/** Ground truth that an evaluator showed must not reach a skill (invariant 1). */
import { describe, expect, test } from "vitest";
import { analyse } from "../../distill/analyse.ts";
import { expectedValues, holdsValue, spellsOut, valuesIn } from "../../distill/answer-values.ts";
import { ANSWER_LIMITS } from "../../distill/workspace.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { unseen } from "../support/builders.ts";
import { distillScript, submission } from "../support/distill-script.ts";
import type { ScriptedReply } from "../support/scripted-model.ts";
import { GOOD_FIX, sumBenchmark, sumTrial } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";

const SHOWN =
  '3 cells differ\nS!A3: expected "ZEBRA-CANARY", found "x"\nS!B3: expected "48213.55", found "None"\n' +
  'S!C3: expected "None", found "7"\nS!D3: expected "Fill in the \\"B2\\"", found "1"\nS!E3: expected "abc", found "2"';

describe("expected values", () => {
  test("are read from what the scorer said, without those that tell nothing and those of the instruction", () => {
    expect(expectedValues([SHOWN], 'Say Fill in the "B2".')).toEqual(["48213.55", "ZEBRA-CANARY"]);
  });

  test("are read in the official wording and in plain words", () => {
    const shown = ["Value mismatch at A1: expected 'BLUE-7', got 'x'", "H17: wanted 4821.5, found nothing"];
    expect(expectedValues(shown, "")).toEqual(["4821.5", "BLUE-7"]);
  });

  test("are all read where several are right, in the ways to list them", () => {
    const shown = ['wanted "Blue Heron" or "a heron"; found "x"', 'wanted one of ["North", "South"], found "West"'];
    expect(expectedValues([...shown, 'wanted "East | Far" | "Orient"; found "Levant"'], "")).toEqual([
      "Blue Heron",
      "East | Far",
      "North",
      "Orient",
      "South",
      "a heron",
    ]);
  });

  test("of a long text count as far as they are shown", () => {
    expect(expectedValues([`A1: expected "${"long ".repeat(5)}... (9000 characters)", found ""`], "")).toEqual([
      "long long long long long",
    ]);
  });

  test.each([
    ["The total is 48,213.55 here", "48213.55", true],
    ["write 'zebra-canary' first", "ZEBRA-CANARY", true],
    ["148213.55 is another number", "48213.55", false],
    ["48213.555 is another number", "48213.55", false],
    ["It ends with 48213.55.", "48213.55", true],
    ["Totals are no names", "Total", false],
    ["Sum the total first", "Total", false],
    ["Write Total first", "Total", true],
    ["the  West\nRegion", "West Region", true],
  ])("%j holds %j: %s", (text, value, held) => {
    expect(holdsValue(text, value)).toBe(held);
  });

  test.each([
    ["three of many", ["aaaa", "bbbb", "cccc"], ["aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg"], true],
    ["two of many", ["aaaa", "bbbb"], ["aaaa", "bbbb", "cccc", "dddd", "eeee"], false],
    ["both of two", ["aaaa", "bbbb"], ["aaaa", "bbbb"], true],
    ["one of two", ["aaaa"], ["aaaa", "bbbb"], false],
    ["the only one", ["aaaa"], ["aaaa"], true],
    ["none", [], [], false],
  ])("a script that holds %s spells the answer out: %#", (_, held, values, spelt) => {
    const script = `print(${JSON.stringify(held)})`;
    expect(valuesIn(script, values)).toEqual(held);
    expect(spellsOut(valuesIn(script, values), values)).toBe(spelt);
  });
});

test("dates, escaped texts and numbers with marks are found in scripts", () => {
  const values = ["1234.5", "2024-03-05", 'say "hello"'];
  expect(valuesIn('a = datetime(2024, 3, 5); b = "say \\"hello\\""; c = 1_234.50', values)).toEqual(values);
});

/** Says what it wanted, as the scorer of workbooks does; input values and sums have more digits. */
async function bench(explain: (wanted: string) => string) {
  const sums = await sumBenchmark(await temporaryFolder(), 3);
  const score: typeof sums.score = async (task, left) => {
    const scored = await sums.score(task, left);
    if (scored.kind !== "scored") return scored;
    return { ...scored, explanation: scored.value === 1 ? "all agree" : explain("ZEBRA-CANARY") };
  };
  return { ...sums, score };
}

async function analysed(
  replies: ScriptedReply[],
  { simulated = false, explain = (wanted: string) => `S!A1: expected ${JSON.stringify(wanted)}, found "0"` } = {},
) {
  await using sandboxes = await openSandboxes();
  const benchmark = await bench(explain);
  const model = { ...distillScript({ "error analyst": () => replies.shift() ?? submission(GOOD_FIX) }), simulated };
  const options = {
    start: null,
    lessons: "combined",
    errorAnalyst: "agentic",
    bench: { benchmark, sandboxes },
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    context: "c",
  } as const;
  const asking = { model, seed: 1, signal: new AbortController().signal };
  const score = { kind: "scored", value: 0, explanation: "wrong" } as const;
  return { analysis: await analyse(sumTrial(1, 0, { score }), options, asking), model };
}

const lookAt: ScriptedReply = { calls: [["bash", { command: "echo 0 > output.txt" }]] };
const evaluate: ScriptedReply = { calls: [["evaluate", {}]] };
const handIn = (fix: string, title: string): ScriptedReply => submission(fix, title);

describe("the error analyst", () => {
  test("attack: a value that `evaluate` showed is found in a lesson though the fix that was handed in passes", async () => {
    const leaking = handIn(GOOD_FIX, "Write ZEBRA-CANARY");
    const { analysis, model } = await analysed([lookAt, evaluate, leaking, leaking, leaking]);

    expect(analysis.fix?.verified).toBe(true);
    expect(analysis.dropped).toMatchObject([{ reason: expect.stringContaining("ZEBRA-CANARY") }]);
    expect(analysis.expected).toEqual(["ZEBRA-CANARY"]);
    expect(model.asked).toHaveLength(5);
  });

  test("attack: a script that writes down what it was told is sent back, and its lessons are dropped when it stays so", async () => {
    const literal = handIn(`echo ZEBRA-CANARY > /dev/null; ${GOOD_FIX}`, "Add up");
    const { analysis, model } = await analysed([lookAt, evaluate, literal, literal, literal]);

    expect(model.asked[3]?.messages.at(-1)?.content).toContain("must compute");
    expect(analysis.fix).toMatchObject({ verified: true, spelledOut: true });
    expect(analysis.dropped).toMatchObject([{ reason: expect.stringContaining("writes down") }]);
  });

  test("a script that computes after all counts", async () => {
    const literal = handIn(`echo ZEBRA-CANARY > /dev/null; ${GOOD_FIX}`, "Add up");
    const { analysis } = await analysed([lookAt, evaluate, literal, handIn(GOOD_FIX, "Add up")]);

    expect(analysis.fix).toMatchObject({ verified: true, spelledOut: false });
    expect(analysis.dropped).toEqual([]);
  });

  test("the simulated analyst, which has no program for some tasks, is only flagged", async () => {
    const literal = handIn(`echo ZEBRA-CANARY > /dev/null; ${GOOD_FIX}`, "Add up");
    const { analysis } = await analysed([lookAt, evaluate, literal], { simulated: true });

    expect(analysis.fix).toMatchObject({ verified: true, spelledOut: true });
    expect(analysis.dropped).toEqual([]);
  });

  test("a value that stands in the inputs may stand in the script", async () => {
    const explain = () => 'A1: expected "1\\n2\\n1", found "0"';
    const fix = handIn(`printf '1\n2\n1' > /dev/null; ${GOOD_FIX}`, "Add up");
    const { analysis } = await analysed([lookAt, evaluate, fix], { explain });

    expect(analysis.fix).toMatchObject({ verified: true, spelledOut: false });
  });

  test("a fix with a NUL character is told to be mended, and no error of ours", async () => {
    const { analysis, model } = await analysed([handIn("echo a\0b", "Add up"), handIn(GOOD_FIX, "Add up")]);

    expect(model.asked[1]?.messages.at(-1)?.content).toContain("NUL");
    expect(analysis.fix?.verified).toBe(true);
  });

  test("a hidden character in a lesson is sent back, and the lesson dropped when it stays so", async () => {
    const hidden = handIn(GOOD_FIX, "Add \u001b[31mup");
    const { analysis } = await analysed([hidden, hidden, hidden]);

    expect(analysis.dropped).toMatchObject([{ reason: expect.stringContaining("U+001B") }]);
  });

  test("what the evaluator says is bounded where it is shown and where it is stored", async () => {
    const long = handIn("echo 0 > output.txt", "Add up");
    const { analysis, model } = await analysed([lookAt, evaluate, long, long, long], {
      explain: () => "x".repeat(1_000_000),
    });

    const most = ANSWER_LIMITS.head + ANSWER_LIMITS.tail + 200;
    expect(model.asked[2]?.messages.at(-1)?.content?.length).toBeLessThan(most);
    expect(analysis.fix?.verdict.length).toBeLessThan(most);
  });
});
