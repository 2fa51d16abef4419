/** The writers of placebos: phrases as long as what they take the place of, or the same words in another order. */
import type { Random } from "../random.ts";
import type { Rewrite, Slot } from "./placebo-slots.ts";
import { type Phrases, WORDS } from "./placebo-words.ts";

/** Phrases fit a place only nearly; what is missing goes into the next place, and the last one is filled to the letter. */
export function filler(phrases: Phrases, random: Random): Rewrite {
  return (slots, owed) => {
    const decks = { titles: new Deck(phrases.titles, random), sentences: new Deck(phrases.sentences, random) };
    let lacking = owed;
    return slots.map(({ kind, text }, index) => {
      const length = Math.max(1, text.length + lacking);
      const phrase = phraseFor(kind, length) ?? wordsOf(length, random);
      const filled = index === slots.length - 1 ? filledUp(phrase, length, random) : phrase;
      lacking += text.length - filled.length;
      return filled;
    });

    function phraseFor(kind: Slot["kind"], length: number): string | null {
      switch (kind) {
        case "heading":
          return decks.titles.longest(length);
        case "prose":
          return decks.sentences.fill(length);
        case "web":
          return "x".repeat(length);
        case "inline-code":
        case "code":
          return null;
        default:
          return kind satisfies never;
      }
    }
  };
}

/** All words of a skill, code included, change places. Wants to see every text before it writes the first one. */
export function shuffler(random: Random): { readonly see: Rewrite; readonly write: Rewrite } {
  const words: string[] = [];
  let shuffled: string[] | null = null;
  return {
    see(slots) {
      for (const { kind, text } of slots)
        if (kind !== "web") words.push(...(text.match(TOKEN) ?? []).filter(isMovable));
      return slots.map(({ text }) => text);
    },
    write(slots) {
      shuffled ??= random.shuffle(words);
      const left = shuffled;
      return slots.map(({ kind, text }) =>
        kind === "web" ? text : text.replace(TOKEN, (token) => (isMovable(token) ? (left.pop() ?? token) : token)),
      );
    },
  };
}

const TOKEN = /[^\s|]+/g;

/** What could become a mark of Markdown elsewhere stays where it is. */
function isMovable(token: string): boolean {
  return /[\p{L}\p{N}]/u.test(token) && !/[<>`[\]]|^(?:\d+[.)]|[#+=~-].*)$/.test(token);
}

/** Phrases in a random order; none comes again before all that fit have been used. */
class Deck {
  readonly #phrases: readonly string[];
  readonly #random: Random;
  #left: string[];

  constructor(phrases: readonly string[], random: Random) {
    this.#phrases = phrases;
    this.#random = random;
    this.#left = random.shuffle(phrases);
  }

  /** Whole phrases, together no longer than `length` and short of it by less than the shortest; null where none fits. */
  fill(length: number): string | null {
    const taken: string[] = [];
    let left = length;
    for (let next = this.#take(left); next !== null; next = this.#take(left)) {
      taken.push(next);
      left -= next.length + 1;
    }
    return taken.length === 0 ? null : taken.join(" ");
  }

  /** The longest phrase that fits, each once; null where none is left. */
  longest(length: number): string | null {
    const fitting = this.#left
      .filter((phrase) => phrase.length <= length)
      .toSorted((one, other) => other.length - one.length);
    return this.#use(fitting[0]);
  }

  #take(most: number): string | null {
    return this.#use(this.#fitting(most)[0]);
  }

  #fitting(most: number): string[] {
    const fits = (phrase: string) => phrase.length <= most;
    if (this.#left.some(fits) || !this.#phrases.some(fits)) return this.#left.filter(fits);
    this.#left.push(...this.#random.shuffle(this.#phrases.filter((phrase) => !this.#left.includes(phrase))));
    return this.#left.filter(fits);
  }

  #use(phrase: string | undefined): string | null {
    this.#left = this.#left.filter((other) => other !== phrase);
    return phrase ?? null;
  }
}

function filledUp(text: string, length: number, random: Random): string {
  const missing = length - text.length;
  return missing < 2 ? text : `${text} ${wordsOf(missing - 1, random)}`;
}

/** Words with blanks between them, of exactly that length. */
function wordsOf(length: number, random: Random): string {
  const words: string[] = [];
  for (let left = length; left > 0; ) {
    // A blank is never the last character: what is left takes at least one more letter.
    const size = left <= WORDS.length ? left : Math.min(random.integer(3, WORDS.length), left - 2);
    words.push(random.pick(WORDS[size - 1] ?? ["a"]));
    left -= size + 1;
  }
  return words.join(" ");
}
