/**
 * What a server tells of itself without being paid: its models, its kind and version, its context length.
 * Sources: the native addresses of vLLM (/version), SGLang (/server_info), llama.cpp (/props), Ollama (/api/version,
 * /api/show, /api/ps), LM Studio (/api/v0/models) and TGI (/info), and what each adds to /v1/models.
 */
import { z } from "zod";
import { errorText, problemOf, shown } from "./answer.ts";
import type { ServerKind } from "./known-server.ts";
import type { Said, Wire } from "./wire.ts";

/** `broken`: nothing else need be asked, and the user is told what to mend. `models` is null where there is no such list. */
export type Listed =
  | { readonly kind: "listed"; readonly models: readonly ListedModel[] | null }
  | { readonly kind: "broken"; readonly problem: string; readonly cure: string };

const Tokens = z.number().int().positive().nullish();
const ListedModel = z.looseObject({
  id: z.string(),
  owned_by: z.string().nullish(),
  max_model_len: Tokens,
  context_length: Tokens,
  context_window: Tokens,
});
export type ListedModel = z.infer<typeof ListedModel>;
const List = z.looseObject({ data: z.array(ListedModel).nullable() });

/** The list of models, or why this is no endpoint. */
export async function listModels(wire: Wire, hasKey: boolean): Promise<Listed> {
  const said = await wire.get("/models");
  if (said.kind !== "answered") return notThere(wire, said);
  if (said.status === 401 || said.status === 403) return keyRefused(`${said.status}: ${errorText(said)}`, hasKey);
  if (said.status === 429 || said.status >= 500) return { kind: "listed", models: null }; // the first chat tells more
  const list = List.safeParse(said.json).data;
  if (said.status === 200 && list !== undefined) return { kind: "listed", models: list.data ?? [] };
  if (said.json !== undefined && [404, 405, 501].includes(said.status) && !(await listsBelow(wire))) {
    return { kind: "listed", models: null };
  }
  return noEndpoint(wire, said);
}

function notThere({ baseUrl }: Wire, said: Exclude<Said, { kind: "answered" }>): Listed {
  if (said.kind === "silent") {
    return {
      kind: "broken",
      problem: `${baseUrl} takes the connection and gives ${problemOf(said)}`,
      cure: "see in the server's own log whether the model is loaded; give it longer with --timeout",
    };
  }
  return {
    kind: "broken",
    problem: `nothing answers at ${baseUrl}: ${problemOf(said)}`,
    cure: "start the model server, or mend --base-url (protocol, host, port)",
  };
}

/** @param said status and words of the refusal */
export function keyRefused(said: string, hasKey: boolean): Extract<Listed, { kind: "broken" }> {
  return {
    kind: "broken",
    problem: `${hasKey ? "the key was refused" : "a key is wanted and OPENAI_API_KEY is not set"} (${said})`,
    cure: "set OPENAI_API_KEY to a key that this server takes",
  };
}

async function noEndpoint(wire: Wire, said: Extract<Said, { kind: "answered" }>): Promise<Listed> {
  const location = said.header("location");
  const to = location === null ? "" : `, sends on to ${shown(location)}`;
  const found = `${said.json === undefined ? "no JSON but " : ""}${errorText(said).slice(0, 100) || "nothing"}${to}`;
  const better = await listsBelow(wire);
  return {
    kind: "broken",
    problem: `${wire.baseUrl} is no OpenAI-compatible endpoint: ${wire.baseUrl}/models answered ${said.status}, ${found}`,
    cure: better
      ? `--base-url ${wire.baseUrl}/v1 (that address lists models)`
      : "mend --base-url: it usually ends in /v1; a proxy on the way may answer in the server's place",
  };
}

/** Whether somebody forgot the `/v1`. */
async function listsBelow(wire: Wire): Promise<boolean> {
  if (/\/v\d+$/.test(wire.baseUrl)) return false;
  const said = await wire.get("/v1/models");
  return said.kind === "answered" && said.status === 200 && List.safeParse(said.json).success;
}

export interface Native {
  readonly kind: ServerKind;
  readonly version: string | null;
  readonly contextTokens: number | null;
  /** Where the context length was read. */
  readonly contextFrom: string;
  /** What SGLang was started with; null for others. */
  readonly parsers: { readonly tools: string | null; readonly thinking: string | null } | null;
}

const Version = z.looseObject({ version: z.string() });
const VllmVersion = z.strictObject({ version: z.string() });
const Sglang = z.looseObject({
  version: z.string().nullish(),
  context_length: Tokens,
  max_req_input_len: Tokens,
  tool_call_parser: z.string().nullish(),
  reasoning_parser: z.string().nullish(),
  model_path: z.string(),
});
const LlamaCpp = z.looseObject({
  build_info: z.string().nullish(),
  default_generation_settings: z.looseObject({ n_ctx: Tokens }),
});
const Running = z.looseObject({ models: z.array(z.looseObject({ name: z.string(), context_length: Tokens })) });
const LmStudio = z.looseObject({
  data: z.array(z.looseObject({ id: z.string(), loaded_context_length: Tokens, max_context_length: Tokens })),
});
const Tgi = z.looseObject({ model_id: z.string(), version: z.string(), max_total_tokens: Tokens });

/** Asks the native addresses, all at once; those that are not there cost a 404 each. */
export async function askNative(wire: Wire, model: string, listed: ListedModel | null): Promise<Native> {
  const ask = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const said = await wire.getNative(path);
    return said.kind === "answered" && said.status === 200 ? schema.safeParse(said.json).data : undefined;
  };
  const [vllm, sglang, sglangBefore, props, ollama, running, lmStudio, tgi] = await Promise.all([
    ask("/version", VllmVersion),
    ask("/server_info", Sglang),
    ask("/get_server_info", Sglang),
    ask("/props", LlamaCpp),
    ask("/api/version", Version),
    ask("/api/ps", Running),
    ask("/api/v0/models", LmStudio),
    ask("/info", Tgi),
  ]);
  const inList = listed?.max_model_len ?? listed?.context_length ?? listed?.context_window ?? null;
  const told = (kind: ServerKind, version: string | null | undefined, native?: number | null, from = ""): Native => ({
    kind,
    version: version ?? null,
    contextTokens: native ?? inList,
    contextFrom: native ? from : "the list of models",
    parsers: null,
  });
  if (/simulated/.test(listed?.owned_by ?? "")) return told("simulated", null);
  const info = sglang ?? sglangBefore;
  if (info !== undefined) {
    const native = told("sglang", info.version, info.context_length, "/server_info");
    return { ...native, parsers: { tools: info.tool_call_parser ?? null, thinking: info.reasoning_parser ?? null } };
  }
  if (props !== undefined) {
    return told("llama.cpp", props.build_info, props.default_generation_settings.n_ctx, "/props, one slot's share");
  }
  if (ollama !== undefined && running !== undefined) {
    const loaded = running.models.find(({ name }) => name === model);
    return told("ollama", ollama.version, loaded?.context_length, "/api/ps");
  }
  if (lmStudio !== undefined) {
    const loaded = lmStudio.data.find(({ id }) => id === model);
    return told("lm-studio", null, loaded?.loaded_context_length, "/api/v0/models");
  }
  if (tgi !== undefined) return told("tgi", tgi.version, tgi.max_total_tokens, "/info");
  if (vllm !== undefined || listed?.owned_by === "vllm") return told("vllm", vllm?.version);
  return told("unknown", null);
}
