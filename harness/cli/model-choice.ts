/** The model that options ask for, with its sampling. Loaded by verbs that call one, for it reads files. */

import { readFileSync } from "node:fs";
import { messageOf, SetupError, UsageError } from "../errors.ts";
import { PRESETS } from "../model/presets.ts";
import { checkSampling, type Sampling, type SamplingSettings, samplingFields } from "../model/sampling.ts";
import { readYaml } from "../yaml.ts";
import { connectionsOf } from "./connection-options.ts";
import type { ModelSettings } from "./options.ts";
import type { SamplingFlags } from "./sampling-options.ts";
import type { ModelChoice } from "./session.ts";

/** The choice of a model as a session takes it; sampling holds only what was asked for. */
export function modelChoice(settings: ModelSettings): ModelChoice {
  const { model, baseUrl, maxRetries, retryTime } = settings;
  const bounds = { maxRetries, retryMs: retryTime * 1_000, connections: connectionsOf(settings) };
  return { name: model, baseUrl: baseUrl ?? null, sampling: samplingOf(settings), ...bounds };
}

/**
 * The fields of each request: preset, then file, then flags, a later one going before an earlier one.
 * @throws UsageError, SetupError for what cannot be read, or says two things at once
 */
export function samplingOf(flags: SamplingFlags): Sampling {
  const named = flags.preset === undefined ? {} : (PRESETS[flags.preset]?.settings ?? {});
  const file = flags.sampling === undefined ? {} : readSamplingFile(flags.sampling, "--sampling");
  const extra = flags.extraBody === undefined ? {} : extraBody(flags.extraBody);
  const given: SamplingSettings = {
    temperature: flags.temperature,
    top_p: flags.topP,
    top_k: flags.topK,
    min_p: flags.minP,
    presence_penalty: flags.presencePenalty,
    frequency_penalty: flags.frequencyPenalty,
    repetition_penalty: flags.repetitionPenalty,
    max_tokens: flags.maxTokens,
    seed: flags.seedPolicy,
    thinking: flags.thinking,
  };
  return samplingFields([named, file, extra, given]);
}

/** Settings by the name of a preset, or in a file. */
export function namedSampling(text: string, option: string): SamplingSettings {
  return PRESETS[text]?.settings ?? readSamplingFile(text, option);
}

function readSamplingFile(path: string, option: string): SamplingSettings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new SetupError(`${option}: cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  const read = readYaml(text);
  if (read.kind === "failed") throw new SetupError(`${option}: ${path} is neither JSON nor YAML: ${read.problem}`);
  return checkSampling(read.value ?? {}, `${option}: ${path}`);
}

function extraBody(text: string): SamplingSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--extra-body must be JSON such as '{"top_a": 0.2}': ${messageOf(cause)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`--extra-body must be a JSON object, found ${text.slice(0, 80)}`);
  return checkSampling({ extra_body: value }, "--extra-body");
}
