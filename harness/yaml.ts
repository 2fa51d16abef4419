/** YAML, of which JSON is a part: the only importer of yaml. */
import { parseDocument } from "yaml";
import { messageOf } from "./errors.ts";

export { type Document, isScalar, LineCounter, parseDocument } from "yaml";

/** Far more than settings take; far less than what makes the parser slow. In characters. */
const LONGEST = 256 * 1024;

export type ReadYaml =
  | { readonly kind: "read"; readonly value: unknown }
  | { readonly kind: "failed"; readonly problem: string };

/** Reads a document that a user wrote; what is wrong with it is told with its line, never thrown. */
export function readYaml(text: string): ReadYaml {
  if (text.length > LONGEST) return failed(`it has ${text.length} characters, at most ${LONGEST} are read`);
  try {
    const document = parseDocument(text);
    const [error] = document.errors;
    return error === undefined
      ? { kind: "read", value: document.toJS({ maxAliasCount: 100 }) }
      : failed(error.message.split("\n")[0] ?? "it cannot be parsed");
  } catch (error) {
    return failed(messageOf(error)); // too deep, or too many aliases
  }
}

function failed(problem: string): ReadYaml {
  return { kind: "failed", problem };
}
