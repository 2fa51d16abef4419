import { type Experience, type Memory, type MemoryItem, memoryFrom } from "../../../harness/memory/memory.ts";

export function item(id: string, parts: Partial<MemoryItem> = {}): MemoryItem {
  return {
    id,
    kind: "error",
    title: `Title of ${id}`,
    description: "",
    content: `Do what ${id} says.`,
    lessons: [id],
    trials: [id.replace(/#.*/, "")],
    ...parts,
  };
}

export function experience(task: string, situation: string, parts: Partial<Experience> = {}): Experience {
  return { task, family: null, situation, items: [item(`run/${task}.41#1`)], ...parts };
}

export function memory(...experiences: readonly Experience[]): Memory {
  return memoryFrom("tidy", experiences);
}
