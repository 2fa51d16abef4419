/**
 * What the official scorers take from Python 3.11: `int()`, `float()`, `round()`, `str.isdigit()`, `str()` of a number.
 * Recorded cases: the oracle's `values.jsonl`. Where Python raises ValueError, these functions return null.
 */

/** White space as `str.strip()` has it: wider than JavaScript's by the separators 0x1C to 0x1F, and without U+FEFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts them as white space
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const MOST_DIGITS = 4300; // of an int in text, since Python 3.10.7
/** Characters. A longer text is no number here (for Python it may be); matching one of megabytes ends the stack. */
const LONGEST_NUMBER = 5000;
const SHORT = /^[0-9]{1,18}$/; // nearly all, so worth a path of its own
const INTEGER = /^[+-]?\d+(_\d+)*$/;
const DECIMAL = /^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i;
/** Most text is at once known to be no number: by an ASCII letter in front other than those of "inf" and "nan". */
const STARTS_AS_WORD = /^[A-HJ-MO-Za-hj-mo-z]/;
const INFINITE = /^([+-]?)inf(inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan$/i;
/** `str.isdigit()`: decimal digits of any script, and digits in superscript, subscript, circles and the like. */
const DIGIT =
  /^(\p{Nd}|[²³¹፩-፱᧚⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}])$/u;

/** `int(text)`: of any size, any script's digits, single underscores between digits, white space around. */
export function pythonInt(text: string): bigint | null {
  if (SHORT.test(text)) return BigInt(text);
  if (text.length > LONGEST_NUMBER) return null;
  const plain = plainDigits(text);
  if (!INTEGER.test(plain)) return null;
  const digits = plain.replaceAll("_", "").replace(/^\+/, "");
  if (digits.replace("-", "").length > MOST_DIGITS) return null;
  return digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(digits);
}

/** `float(text)`: takes "1_000", " 5 ", ".5", "５", "inf" and "nan", but neither "1,000" nor "5%" nor "0x10". */
export function pythonFloat(text: string): number | null {
  if (text.length > LONGEST_NUMBER || STARTS_AS_WORD.test(text)) return null;
  const plain = plainDigits(text);
  if (DECIMAL.test(plain)) return Number(plain.replaceAll("_", ""));
  const infinite = INFINITE.exec(plain);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  return NOT_A_NUMBER.test(plain) ? Number.NaN : null;
}

/** `str.isdigit()` of one character. */
export function isDigit(character: string): boolean {
  return (character >= "0" && character <= "9") || DIGIT.test(character);
}

/** `round(x, 2)`: by the exact binary value, ties to even, so 0.125 gives 0.12 and 2.675 (a little less in binary) 2.67. */
export function roundToHundredths(x: number): number {
  if (x === 0 || !Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const eighths = x * 8;
  // Only odd multiples of 1/8 lie exactly between two hundredths; toFixed rounds all other values as Python does.
  if (!Number.isInteger(eighths) || eighths % 2 === 0) return Number(x.toFixed(2));
  const halfHundredths = BigInt(Math.abs(eighths)) * 25n;
  const below = halfHundredths / 2n;
  const even = below % 2n === 0n ? below : below + 1n;
  return Math.sign(x) * Number(`${even}e-2`);
}

/** `round(x)` and `round(x, 0)` of a finite number: ties to even. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below;
  const goesDown = fraction === 0.5 ? below % 2 === 0 : fraction < 0.5;
  return goesDown ? below : Math.ceil(x);
}

/** `divmod(x, 1)` of a finite float. */
export function divmodOne(x: number): { day: number; fraction: number } {
  let fraction = x % 1;
  let whole = x - fraction;
  if (fraction < 0) {
    fraction += 1;
    whole -= 1;
  }
  return { day: whole, fraction: fraction === 0 ? 0 : fraction };
}

/** `repr(x)` of a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on. */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Object.is(x, -0)) return "-0.0";
  const size = Math.abs(x);
  if (x !== 0 && (size < 1e-4 || size >= 1e16)) {
    return x.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  const text = String(x);
  return Number.isInteger(x) ? `${text}.0` : text;
}

/** `str.strip()`. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start += 1;
  while (end > start && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function plainDigits(text: string): string {
  if (/^[!-~]*$/.test(text)) return text;
  return strip(text).replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
}

/** Unicode keeps the decimal digits of a script in runs of ten from zero; runs that touch are each of ten. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}
