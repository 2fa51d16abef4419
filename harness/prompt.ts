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

/**
 * Wraps text that is data, not instruction, in tags named with its own hash. The content holds neither tag: should it hold one,
 * by chance or by search, another hash is taken.
 */
export function fence(name: string, content: string): string {
  const tag = tagFor(name, content);
  return `<${tag}>\n${content}\n</${tag}>`;
}

/** The contents of all fences of that name in a text, in order. What stands within another fence is content, whatever it looks like. */
export function unfence(name: string, text: string): string[] {
  return fencesIn(text).flatMap((found) => (found.name === name ? [found.content] : []));
}

const OPENING = /<([a-z][a-z0-9-]*)-([0-9a-f]{8})>\n/g;

function tagFor(name: string, content: string): string {
  for (let salt = 0; ; salt += 1) {
    const tag = `${name}-${sha256(salt === 0 ? content : `${salt}\n${content}`).slice(0, 8)}`;
    if (!content.includes(tag)) return tag;
  }
}

/** From the first opening tag on: outside of fences stands nothing but our own words. */
function fencesIn(text: string): { name: string; content: string }[] {
  const fences: { name: string; content: string }[] = [];
  const opening = new RegExp(OPENING);
  for (let open = opening.exec(text); open !== null; open = opening.exec(text)) {
    const [whole, name = "", hash = ""] = open;
    const from = open.index + whole.length;
    const close = `\n</${name}-${hash}>`;
    const to = text.indexOf(close, from);
    const content = text.slice(from, to);
    if (to === -1) continue;
    fences.push({ name, content });
    opening.lastIndex = to + close.length;
  }
  return fences;
}
