/** Whether a seed decides what a model draws: evidence from three draws, never proof. */
import { type Asked, type Probe, user, withoutReply } from "./probe.ts";

export const NO_SEED_CURE = "run with --seed-policy withhold";

const DRAW: Asked = { messages: [user("Write twelve random words, one a line, and nothing else.")], words: 96 };

export const seedProbe: Probe = {
  name: "seed",
  why: "the seed of a trial goes with its calls; trials that ran repeat from the journal, whatever the server does",
  run: async (talk) => {
    const texts: string[] = [];
    for (const seed of [7, 7, 8]) {
      const said = await talk.ask({ ...DRAW, fields: { seed, temperature: 1 } });
      if (said.kind !== "reply") return withoutReply(said, /seed/i.test(said.problem) ? NO_SEED_CURE : null);
      texts.push(said.content.trim());
    }
    const [one, same, other] = texts;
    if (one === "") return { verdict: "unknown", found: "the draws were empty" };
    if (one !== same) {
      return {
        verdict: "no",
        found: "the same seed gave two texts at temperature 1 (load and batches can do that as well)",
        cure: "draw several seeds a task and mind the spread: one more run is another sample",
      };
    }
    return one === other
      ? { verdict: "unknown", found: "another seed gave the same text as well: draws do not vary here" }
      : { verdict: "yes", found: "same seed, same text; another seed, another text (one pair: evidence, no proof)" };
  },
};
