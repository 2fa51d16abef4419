/** A definition's file as text: told is what an editor may have made of it. */
import { isUtf8 } from "node:buffer";
import { UsageError } from "../../harness/errors.ts";

/**
 * @param bytes of the file
 * @param where name of the file, for messages
 * @throws UsageError with line and column for text in another encoding than UTF-8
 */
export function definitionText(bytes: Uint8Array, where: string): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const [first, second] = bytes;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const { line, column } = isWide ? { line: 1, column: 1 } : firstBroken(bytes);
  const found = isWide ? "UTF-16" : "no UTF-8 (perhaps Windows-1252 or Latin-1)";
  throw new UsageError(`${where}:${line}:${column}: expected text in UTF-8, found ${found}. Save the file as UTF-8`);
}

/** The first character that does not decode. */
function firstBroken(bytes: Uint8Array): { line: number; column: number } {
  const lines = new TextDecoder().decode(bytes).split("\n");
  const line = lines.findIndex((text) => text.includes("\ufffd"));
  return { line: line + 1, column: (lines[line]?.indexOf("\ufffd") ?? 0) + 1 };
}
