/**
 * Sampling settings: what a user may ask for, and the fields of a request that it comes to. What nobody asked for is not
 * sent, so that the server's own default holds; what is sent stands in the fingerprint and, with each call, in the journal.
 */
import { z } from "zod";
import { UsageError } from "../errors.ts";

/** Fields of a request that the harness writes itself; another value there would change what is measured without a word. */
const OWN_FIELDS = ["model", "messages", "tools", "stop", "stream", "stream_options", "n", "seed"];

/** What a request may hold beside the settings, as the server names it. */
const ExtraBody = z.record(z.string(), z.unknown());

/** Settings as a file, a preset or flags give them; every one may be left out. */
export const SamplingSettings = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  /** -1 and 0: all tokens. */
  top_k: z.number().int().min(-1).optional(),
  min_p: z.number().min(0).max(1).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  repetition_penalty: z.number().gt(0).max(10).optional(),
  max_tokens: z.number().int().min(1).optional(),
  /**
   * `send`: the trial's seed goes with each call. `withhold`: none is sent, for servers that refuse it; the journal keeps
   * the draws of different seeds apart all the same.
   */
  seed: z.enum(["send", "withhold"]).optional(),
  /** Sent as `enable_thinking` of `chat_template_kwargs`, which vLLM, SGLang and llama.cpp hand to the model's template. */
  thinking: z.boolean().optional(),
  extra_body: ExtraBody.optional(),
});
export type SamplingSettings = z.infer<typeof SamplingSettings>;

/** Fields of a request as the protocol names them. `seed` is there only to say that none is sent: it is then null. */
export type Sampling = Readonly<Record<string, unknown>>;

/**
 * Checks settings that a user wrote.
 * @param where file or option, for the message
 * @throws UsageError naming the setting, what was expected there, and all that there are when it is unknown
 */
export function checkSampling(value: unknown, where: string): SamplingSettings {
  const read = SamplingSettings.safeParse(value);
  if (!read.success) throw new UsageError(`${where}: ${problemOf(read.error)}`);
  const extra = Object.keys(read.data.extra_body ?? {});
  const own = extra.find((name) => OWN_FIELDS.includes(name));
  if (own !== undefined)
    throw new UsageError(`${where}: extra_body cannot set ${own}, which the harness writes itself`);
  const known = extra.find((name) => name in SamplingSettings.shape);
  if (known !== undefined)
    throw new UsageError(`${where}: ${known} is a setting of its own: take it out of extra_body`);
  return read.data;
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "it is not of the expected shape";
  if (issue.code === "unrecognized_keys") {
    const names = Object.keys(SamplingSettings.shape).join(", ");
    return `unknown setting ${issue.keys.join(", ")}; there are ${names}; anything else goes under extra_body, as the server names it`;
  }
  return `${issue.path.join(".") || "the document"}: ${issue.message}`;
}

/**
 * The fields that settings come to; later ones go before earlier ones, field by field, within `extra_body` too.
 * Always in the same order, so that equal settings are equal as text.
 * @throws UsageError when `thinking` and `chat_template_kwargs` say different things
 */
export function samplingFields(layers: readonly SamplingSettings[]): Sampling {
  const given = layers.map((layer) =>
    Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined)),
  );
  const { extra_body: _, thinking, seed, ...plain } = Object.assign({}, ...given) as SamplingSettings;
  const extra: Record<string, unknown> = Object.assign({}, ...layers.map((layer) => layer.extra_body ?? {}));
  const ordered = Object.keys(SamplingSettings.shape).flatMap((name) => {
    const value = plain[name as keyof typeof plain];
    return value === undefined ? [] : [[name, value] as const];
  });
  const template = templateFields(thinking, extra.chat_template_kwargs);
  const rest = Object.entries({ ...extra, ...template }).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries([...ordered, ...(seed === "withhold" ? [["seed", null] as const] : []), ...rest]);
}

function templateFields(thinking: boolean | undefined, given: unknown): Record<string, unknown> {
  if (thinking === undefined) return {};
  const kwargs = z.record(z.string(), z.unknown()).safeParse(given ?? {});
  if (!kwargs.success) throw new UsageError("extra_body: chat_template_kwargs must be an object");
  const said = kwargs.data.enable_thinking;
  if (said !== undefined && said !== thinking) {
    throw new UsageError(
      `thinking is ${thinking} and enable_thinking of chat_template_kwargs is ${said}: give one of them`,
    );
  }
  return { chat_template_kwargs: { ...kwargs.data, enable_thinking: thinking } };
}

/** Whether calls carry a seed. */
export function sendsSeed(sampling: Sampling): boolean {
  return sampling.seed !== null;
}
