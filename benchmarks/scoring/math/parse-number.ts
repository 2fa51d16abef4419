import { MOST_DIGITS } from "./limits.ts";
import { type ExactNumber, ratio } from "./syntax.ts";

const DECIMAL = /^(-?)(\d*)(?:\.(\d+))?(?:E([+-]?\d{1,4}))?$/;

/** The number that a text of digits writes, with a point and an exponent if it has them; null when it is too long. */
export function decimalNumber(text: string): ExactNumber | null {
  const [match, sign = "", whole = "", part = "", exponent] = DECIMAL.exec(text) ?? [];
  if (match === undefined || `${whole}${part}` === "" || text.length > MOST_DIGITS) return null;
  const places = part.length - Number(exponent ?? 0);
  if (Math.abs(places) > MOST_DIGITS) return null;
  const digits = BigInt(`${whole}${part}`) * (sign === "-" ? -1n : 1n);
  const decimal = part !== "" || exponent !== undefined;
  return places > 0
    ? ratio(digits, 10n ** BigInt(places), decimal)
    : ratio(digits * 10n ** BigInt(-places), 1n, decimal);
}
