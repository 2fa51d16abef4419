/** The part of an agent's prompt that holds what was recalled from a memory. */
import type { MemoryItem } from "../harness/memory/memory.ts";
import { fence, loadPrompt } from "../harness/prompt.ts";
import { visible } from "../harness/text.ts";

const FRAME = loadPrompt(new URL("./prompts/memory.md", import.meta.url), ["memory"]);
export const MEMORY_PROMPT_HASH = FRAME.hash;

/** The items one after another in one fence, which none of them can close; empty without any. Where they come from is not told. */
export function memoryPrompt(items: readonly MemoryItem[]): string {
  if (items.length === 0) return "";
  return FRAME.fill({ memory: fence("memory", items.map(itemText).join("\n\n")) });
}

function itemText({ title, description, content }: MemoryItem): string {
  const parts = [`# ${title}`, description, content].map((part) => visible(part).trim());
  return parts.filter((part) => part !== "").join("\n\n");
}
