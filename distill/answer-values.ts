/** Expected values in what a scorer said. They are ground truth: no lesson and no skill may hold them (invariant 1). */

/** Shorter ones are in every text. */
const MIN_CHARACTERS = 4;
/** A verdict lists few; more would slow down every check. */
const MOST_VALUES = 500;
/** What the scorers here write: a text in JSON's quotes or several that are all right, a text in single quotes, or a number as it is. */
const EXPECTED =
  /\b(?:expected|wanted)(?: (?:one|any) of)?:? +\[?(?:("(?:[^"\\]|\\.)*"(?:(?:, | or |, or | ?\| ?)"(?:[^"\\]|\\.)*")*)|'(.*?)'(?![\p{L}\p{N}])|(-?\d[\d,]*(?:\.\d+)?))/gu;
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
/** Python's and Excel's own words, which lessons speak of. */
const GENERAL = /^(?:none|true|false|null|nan|nothing|#(?:n\/a|value!|div\/0!|ref!|name\?|num!|null!|spill!|calc!))$/i;
const NUMBER = /(?<![\p{L}\p{N}_.])\d+(?:\.\d+)?(?![\p{L}\p{N}_]|\.\d)/gu;
const WORD = "A-Za-z0-9_\\u00c0-\\u024f";

/** Distinct values that these explanations showed as expected, sorted, but for those that the task itself names. */
export function expectedValues(explanations: readonly string[], instruction: string): string[] {
  const values = explanations
    .flatMap((text) => [...text.matchAll(EXPECTED)])
    .flatMap(([, json, single, number]) => json?.match(QUOTED)?.map(unquoted) ?? [single ?? number ?? ""])
    .map(tidy)
    .filter((value) => value.length >= MIN_CHARACTERS && !GENERAL.test(value) && !holdsValue(instruction, value));
  return [...new Set(values)].sort().slice(0, MOST_VALUES);
}

function unquoted(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch (error) {
    if (error instanceof SyntaxError) return json.slice(1, -1);
    throw error;
  }
}

/** Without the scorer's own additions: a notice that the text was cut, the midnight of a date. */
function tidy(value: string): string {
  return value
    .replace(/\.\.\. \(\d+ characters\)$/, "")
    .replace(/^(\d{4}-\d\d-\d\d) 00:00:00$/, "$1")
    .trim();
}

/** True when a text holds a value as a word or number of its own, however it is spaced and its thousands are marked. */
export function holdsValue(text: string, value: string): boolean {
  return valueFinder([value])(text).length > 0;
}

/** Finds which of many values a text holds. A single plain word must have the very case: `Total` is not `total`. */
export function valueFinder(values: readonly string[]): (text: string) => string[] {
  const numbers = values.filter(isNumber);
  const texts = values
    .filter((value) => !isNumber(value))
    .map((value) => ({ value, sought: spaced(value), exact: /^\p{L}+$/u.test(value) }));
  return (text) => {
    const plain = spaced(text);
    const small = plain.toLowerCase();
    const found = new Set(numbersIn(plain));
    return [
      ...numbers.filter((value) => found.has(magnitude(value))),
      ...texts.flatMap(({ value, sought, exact }) => {
        const held = exact ? standsIn(plain, sought) : standsIn(small, sought.toLowerCase());
        return held ? [value] : [];
      }),
    ];
  };
}

function spaced(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function isNumber(value: string): boolean {
  return /^-?\d[\d,]*(?:\.\d+)?$/.test(value);
}

function magnitude(value: string): number {
  return Math.abs(Number(value.replaceAll(",", "")));
}

function numbersIn(text: string): number[] {
  const joined = text.replace(/(?<=\d)[,_](?=\d{3}(?!\d))/g, "");
  return [...joined.matchAll(NUMBER)].flatMap(([digits]) => (digits.length >= MIN_CHARACTERS ? [Number(digits)] : []));
}

function standsIn(text: string, sought: string): boolean {
  if (!text.includes(sought)) return false;
  return new RegExp(`(?<![${WORD}])${RegExp.escape(sought)}(?![${WORD}])`, "u").test(text);
}

/** Of the values, those that a script writes down. */
export function valuesIn(script: string, values: readonly string[]): string[] {
  const find = valueFinder(values.flatMap(codeForms));
  const found = new Set(find(script));
  return values.filter((value) => codeForms(value).some((form) => found.has(form)));
}

/** A text within quotes, and a date as the arguments of a function. */
function codeForms(value: string): string[] {
  const date = /^(\d{4})-0?(\d{1,2})-0?(\d{1,2})$/.exec(value)?.slice(1) ?? [];
  const calls = date.length === 0 ? [] : [date.join(", "), date.join(",")];
  return [value, JSON.stringify(value).slice(1, -1), ...calls];
}

const MANY = 3;

/** True for a script that writes down most of the values: three or more, or of fewer than three more than half. */
export function spellsOut(held: readonly string[], values: readonly string[]): boolean {
  return held.length >= MANY || (values.length < MANY && held.length > values.length / 2);
}
