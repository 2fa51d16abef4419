import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { judgeAime } from "../../benchmarks/scoring/math/aime.ts";
import { judgeMinerva } from "../../benchmarks/scoring/math/dapo.ts";
import { judgeMath } from "../../benchmarks/scoring/math/equivalence.ts";
import { loadMathEngine } from "../../benchmarks/scoring/math/math-engine.ts";
import { HOSTILE } from "../support/hostile-answers.ts";
import { median } from "./measure.ts";

const TIMES = 9;
const WANTED_MS = 50;
const SHOWN = 8;

const JUDGES: Readonly<Record<string, (response: string) => unknown>> = {
  math: (response) => judgeMath(String.raw`\sqrt{2}+x`, response),
  "math, a set wanted": (response) => judgeMath(String.raw`\{\sqrt2, 3\}`, response),
  dapo: (response) => judgeMinerva("277", response),
  aime: (response) => judgeAime("277", response),
};

/** What hostile answers cost, alone, in a box and in a text, by each rule. Wanted: a median under 50 ms for each. */
export async function mathBench(): Promise<void> {
  const started = performance.now();
  loadMathEngine();
  console.log(`  mathjs loaded in ${(performance.now() - started).toFixed(0)} ms, once a process`);
  judgeMath("2", "\\boxed{\\sqrt{4}}");
  const before = heapInUse();
  const measured = Object.entries(HOSTILE).flatMap(([name, hostile]) =>
    Object.entries({ alone: hostile, "in a box": `\\boxed{${hostile}}`, "in a text": `Answer: $${hostile}$` }).flatMap(
      ([place, response]) =>
        Object.entries(JUDGES).map(([rule, judge]) => ({
          what: `${name}, ${place}`,
          rule,
          ms: medianMs(judge, response),
        })),
    ),
  );
  measured.sort((a, b) => b.ms - a.ms);
  const kept = (heapInUse() - before) / 1e6;
  const over = measured.filter(({ ms }) => ms >= WANTED_MS).length;
  console.log(`  ${measured.length} hostile answers and rules, medians of ${TIMES}; the slowest:`);
  for (const { what, rule, ms } of measured.slice(0, SHOWN))
    console.log(`  ${ms.toFixed(1).padStart(6)} ms  ${rule}: ${what}`);
  console.log(
    `  ${over} of ${WANTED_MS} ms or more (wanted: 0); kept in memory after all of them: ${kept.toFixed(1)} MB`,
  );
}

/** In bytes, without what can be let go. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

function medianMs(judge: (response: string) => unknown, response: string): number {
  return median(
    Array.from({ length: TIMES }, () => {
      const started = performance.now();
      judge(response);
      return performance.now() - started;
    }),
  );
}
