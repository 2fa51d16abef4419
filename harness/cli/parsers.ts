/** How the texts of options are read; each names its option in what it says. */
import { UsageError } from "../errors.ts";

/** Servers and stored records take whole numbers of 32 bits. */
const MOST = 2 ** 31 - 1;

export function integer(option: string, least: number, most = MOST): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && value > most) {
      throw new UsageError(`${option} must be at most ${most}, found ${JSON.stringify(text)}`);
    }
    if (!/^\d+$/.test(text.trim()) || value < least) {
      throw new UsageError(`${option} must be a whole number of at least ${least}, found ${JSON.stringify(text)}`);
    }
    return value;
  };
}

export function number(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most)) {
      throw new UsageError(`${option} must be a number from ${least} to ${most}, found ${JSON.stringify(text)}`);
    }
    return value;
  };
}

export function oneOf<const T extends string>(option: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((known) => known === text);
    if (choice === undefined)
      throw new UsageError(`${option} must be one of ${choices.join(", ")}, found ${JSON.stringify(text)}`);
    return choice;
  };
}

/** Whole numbers, each once: `41,42,43`. */
export function integers(option: string): (text: string) => number[] {
  return (text) => {
    const values = text.split(",").map(integer(option, 0));
    if (new Set(values).size < values.length) throw new UsageError(`${option} names a number twice: ${text}`);
    return values;
  };
}

/** A path, or any other text that must not be empty. */
export function filled(option: string): (text: string) => string {
  return (text) => {
    if (text.trim() === "") throw new UsageError(`${option} must not be empty`);
    return text;
  };
}
