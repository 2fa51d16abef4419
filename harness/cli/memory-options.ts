/** Options of verbs that give an agent a retrieval memory. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { readMemory } from "../memory/memory.ts";
import { EMBEDDING_MODEL } from "../simulator/embeddings.ts";
import { filled, integer, type ModelSettings } from "./options.ts";
import type { MemorySpec } from "./perform-run.ts";
import type { Session } from "./session.ts";

export interface MemorySettings {
  readonly memory?: string;
  readonly memoryTop?: number;
  readonly embeddingModel?: string;
  readonly embeddingBaseUrl?: string;
}

/** As the paper's rival: what the one nearest task taught. */
const PAPER_TOP = 1;

export function addMemoryOptions(command: Command): Command {
  return command
    .option(
      "--memory <dir>",
      "retrieval memory that the agent is shown the nearest of, instead of a skill or beside one (distill --strategy retrieval)",
      filled("--memory"),
    )
    .option(
      "--memory-top <n>",
      "earlier tasks whose items are shown (default: 1, as the paper)",
      integer("--memory-top", 1, 1_000),
    )
    .option(
      "--embedding-model <name>",
      `model that says which task is nearest, such as Qwen3-Embedding-8B; ${EMBEDDING_MODEL} is built in (left out: BM25, by words)`,
      filled("--embedding-model"),
    )
    .option("--embedding-base-url <url>", "OpenAI-compatible endpoint of the embedding model (default: as --base-url)");
}

/**
 * The memory that was asked for; null without one.
 * @throws UsageError for options that say nothing by themselves; SetupError when the folder holds no memory
 */
export async function memoryAsked(
  settings: MemorySettings & ModelSettings,
  session: Session,
): Promise<MemorySpec | null> {
  const { memory: path, memoryTop: top = PAPER_TOP, embeddingModel, embeddingBaseUrl } = settings;
  if (embeddingBaseUrl !== undefined && embeddingModel === undefined) {
    throw new UsageError("--embedding-base-url says where a model is; give its name with --embedding-model");
  }
  if (path === undefined) {
    if (settings.memoryTop === undefined && embeddingModel === undefined) return null;
    throw new UsageError("--memory-top and --embedding-model say how a memory is searched; give one with --memory DIR");
  }
  const shared = embeddingModel === EMBEDDING_MODEL ? null : (settings.baseUrl ?? null);
  const baseUrl = embeddingBaseUrl ?? shared;
  const embedder =
    embeddingModel === undefined
      ? null
      : session.embedder({ name: embeddingModel, baseUrl, maxRetries: settings.maxRetries });
  return { memory: await readMemory(path), path: resolve(path), top, embedder };
}
