/** Prompts are whole texts in files, with slots like `{{task}}`; text from elsewhere is fenced so that it cannot close its fence. */
import { readFileSync } from "node:fs";
import { sha256 } from "./hash.ts";

export interface Prompt<Slot extends string> {
  /** Of the text with its slots open: part of fingerprints. */
  readonly hash: string;
  fill(values: Readonly<Record<Slot, string>>): string;
}

/**
 * Loads a prompt file.
 * @throws Error when the file has a slot that is not in `slots`, or lacks one that is
 */
export function loadPrompt<const Slot extends string>(file: URL, slots: readonly Slot[]): Prompt<Slot> {
  const text = readFileSync(file, "utf8").trimEnd();
  const found = new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name));
  const missing = slots.filter((slot) => !found.delete(slot));
  if (missing.length + found.size > 0) {
    throw new Error(
      `prompt ${file.pathname}: slots not in the text: [${missing}]; not expected there: [${[...found]}]`,
    );
  }
  return {
    hash: sha256(text),
    fill: (values) => text.replace(/\{\{(\w+)\}\}/g, (_, name: Slot) => values[name]),
  };
}

/** Wraps text that is data, not instruction, in tags named with its own hash: no content can hold its own closing tag. */
export function fence(name: string, content: string): string {
  const tag = `${name}-${sha256(content).slice(0, 8)}`;
  return `<${tag}>\n${content}\n</${tag}>`;
}

/** The contents of all fences of that name in a text, in order. */
export function unfence(name: string, text: string): string[] {
  const fences = text.matchAll(new RegExp(`<(${name}-[0-9a-f]{8})>\\n([\\s\\S]*?)\\n</\\1>`, "g"));
  return [...fences].map(([, , content = ""]) => content);
}
