/** Options of `run` that put a placebo in the place of a skill. */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { PlaceboKind } from "../skill/placebo-mark.ts";
import { integer, oneOf } from "./options.ts";

export interface PlaceboSettings {
  readonly skill?: string;
  readonly placebo?: PlaceboKind;
  readonly placeboSeed?: number;
}

export function addPlaceboOptions(command: Command): Command {
  return command
    .option(
      "--placebo <kind>",
      "in place of --skill itself one that is as long: same-length (neutral text), shuffled (its words without their order), other-domain (advice on something else)",
      oneOf("--placebo", PlaceboKind.options),
    )
    .option("--placebo-seed <n>", "of the placebo's words (default: 1)", integer("--placebo-seed", 0, 2 ** 31 - 1));
}

/** @throws UsageError for options that say nothing by themselves; before anything is read */
export function refuseBarePlacebo({ skill, placebo, placeboSeed }: PlaceboSettings): void {
  if (placebo !== undefined && skill === undefined)
    throw new UsageError("--placebo stands in for a skill: say which with --skill DIR");
  if (placeboSeed !== undefined && placebo === undefined)
    throw new UsageError("--placebo-seed says how --placebo is made: give it too");
}
