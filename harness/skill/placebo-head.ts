/** The head of a SKILL.md with another description. */

import { parseDocument } from "../yaml.ts";
import { readFrontMatter } from "./front-matter.ts";

/** Rewrites the description and the body; other fields of the head stay. @param text a sound SKILL.md */
export function withDescription(
  text: string,
  rewrite: (description: string, body: string) => { readonly description: string; readonly body: string },
): string {
  const { description, body } = readFrontMatter(text);
  const rewritten = rewrite(description, body);
  const head = text.slice(0, text.length - body.length);
  const yaml = parseDocument(head.replace(/^\uFEFF?---[ \t]*\r?\n/, "").replace(/\r?\n---[ \t]*(?:\r?\n)?$/, ""));
  yaml.set("description", rewritten.description);
  return `---\n${yaml.toString({ lineWidth: 0 })}---\n${rewritten.body}`;
}
