/**
 * What the WikiTableQuestions evaluator takes from Python 2.7 (wide build): `int()`, `float()` and `lower()` of a `unicode`,
 * `str()` of a float, white space. Where Python raises ValueError, these functions return null.
 * Its Unicode is 5.2: digits and spaces are held to that, folding of characters added since 2009 is not.
 */

/** `unicode.isspace()`, and `\s` with re.UNICODE: as in Python 3 and U+180E, which was a space until Unicode 6.3. */
export const PYTHON_2_SPACES =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u180e\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACES = new RegExp(`[${PYTHON_2_SPACES}]`, "g");
const NOT_ASCII_TEXT = /[^ -~]/;
/** Zeros of the scripts that have decimal digits in Unicode 5.2; one to nine follow each. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
  0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900,
  0xa9d0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
];
/** White space may stand between sign and digits ("- 1" is -1), unlike in Python 3; there are no underscores. */
const INTEGER = /^ *([+-]?) *([0-9]+) *$/;
const DECIMAL = /^ *([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?) *$/;
/** Characters. A longer text is no number here (for Python it may be): matching one of megabytes takes its time. */
const LONGEST_NUMBER = 5000;

/** `int(text)`, or `long` where it does not fit. */
export function python2Int(text: string): bigint | null {
  const [, sign, digits] = INTEGER.exec(plainText(text)) ?? [];
  return digits === undefined ? null : BigInt(digits) * (sign === "-" ? -1n : 1n);
}

/** `float(text)`, but null for what is not finite. */
export function python2Float(text: string): number | null {
  const [, number] = DECIMAL.exec(plainText(text)) ?? [];
  const value = number === undefined ? Number.NaN : Number(number);
  return Number.isFinite(value) ? value : null;
}

/** `str(x)` of a finite float: 12 significant digits (`%.12g`), so 0.1 + 0.2 is "0.3", and ".0" where none is left behind the point. */
export function python2FloatText(x: number): string {
  if (x === 0) return Object.is(x, -0) ? "-0.0" : "0.0";
  const [digits = "", exponentText = "0"] = roundedHalfEven(x).split("e");
  const exponent = Number(exponentText);
  const mantissa = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  if (exponent < -4 || exponent >= 12) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = String(Number(`${mantissa}e${exponent}`)); // no exponent: JavaScript writes none from 1e-6 to 1e21
  return plain.includes(".") ? plain : `${plain}.0`;
}

/** `unicode.lower()`: character by character, so a final sigma is no other than the rest. */
export function python2Lower(text: string): string {
  return text.includes("Σ") ? text.split("Σ").map(python2Lower).join("σ") : text.toLowerCase();
}

/** 12 significant digits as `d.ddde±x`; JavaScript rounds an exact tie up, Python to the even digit. */
function roundedHalfEven(x: number): string {
  const rounded = x.toExponential(11);
  const [exact = ""] = x.toExponential(100).split("e");
  const behind = exact.replace(/^-?\d\.\d{11}/, "");
  const before = exact.replace(/^-/, "").charCodeAt(12); // the twelfth digit, behind the point
  const isTie = /^50*$/.test(behind) && before % 2 === 0;
  return isTie ? `${exact.slice(0, exact.length - behind.length)}e${rounded.split("e")[1]}` : rounded;
}

/** ASCII digits and spaces for those of all scripts; empty for what is too long to be a number. */
function plainText(text: string): string {
  if (text.length > LONGEST_NUMBER) return "";
  if (!NOT_ASCII_TEXT.test(text)) return text;
  return text.replace(SPACES, " ").replace(/[^\0-\x7f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const zero = ZEROS.find((zero) => code >= zero && code <= zero + 9);
    return zero === undefined ? character : String(code - zero);
  });
}
