/** Small servers that answer as vLLM, SGLang, llama.cpp, Ollama and OpenAI do, for looking at them. Bodies are as those servers word them. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { sendJson } from "./local-server.ts";

export type Body = Record<string, unknown>;
/** What a route answers: a status with a JSON body or a text; or whatever it does with the response itself. */
export interface Said {
  status?: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
}
export type Answer = Said | "handled";
export type Routes = Record<string, (body: Body, response: ServerResponse, request: IncomingMessage) => Answer>;

export interface ModelServer {
  /** Without a path. */
  readonly origin: string;
  /** With `/v1`. */
  readonly url: string;
  readonly chats: Body[];
  /** Routes that were asked for. */
  readonly routes: string[];
  close(): Promise<void>;
}

/** A real server on loopback; what it has no route for is 404, as JSON. */
export async function modelServer(routes: Routes): Promise<ModelServer> {
  const [chats, asked]: [Body[], string[]] = [[], []];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const route = `${request.method} ${request.url}`;
      const read = body === "" ? {} : (JSON.parse(body) as Body);
      asked.push(route);
      if (route === "POST /v1/chat/completions") chats.push(read);
      const answer = routes[route]?.(read, response, request) ?? { status: 404, json: { detail: "Not Found" } };
      if (answer === "handled") return;
      for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
      if (answer.text === undefined) sendJson(response, answer.json, answer.status);
      else response.writeHead(answer.status ?? 200, { "content-type": "text/html" }).end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, url: `${origin}/v1`, chats, routes: asked, close };
}

interface Part {
  readonly type: string;
  readonly text?: string;
}

export interface Obeyed {
  readonly content: string;
  readonly commands: readonly string[];
}

/** A model that does what it is asked to, and sees. */
export function obey(body: Body): Obeyed {
  const asked = lastWords(body);
  const said = (content: string): Obeyed => ({ content: stopped(content, body.stop), commands: [] });
  const word = /one word: (\w+)/.exec(asked)?.[1];
  if (word !== undefined) return said(word);
  const commands = [...asked.matchAll(/with the command: (.+?)(?=, and with the command|$)/gm)].map(
    ([, one]) => one ?? "",
  );
  if (commands.length > 0 && body.tools !== undefined) return { content: "", commands };
  if (body.tool_choice !== undefined) return { content: "", commands: ["true"] };
  if (/which word did/i.test(asked)) return said(/marigold/.exec(JSON.stringify(body.messages))?.[0] ?? "none");
  if (/^Count/.test(asked)) return said("1, 2, 3, 4, 5, 6, 7, 8, 9");
  if (/^Write twelve/.test(asked)) return said(`apple ${String(body.seed)}`);
  if (/colour is this/.test(asked)) return said(hasImage(body) ? "Purple." : "I see none.");
  if (/ladybird/.test(asked)) return said('{"colour":"red","legs":6}');
  return said("9.9");
}

export function lastWords({ messages }: Body): string {
  const { content } = (messages as { content: string | Part[] }[]).at(-1)!;
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
}

export function hasImage({ messages }: Body): boolean {
  return JSON.stringify(messages).includes("data:image/png;base64,");
}

function stopped(content: string, stop: unknown): string {
  const [end = "\0"] = (stop ?? []) as string[];
  return content.split(end)[0] ?? "";
}

/** As a rough tokenizer counts: four characters a token. */
export function tokensOf({ messages }: Body): number {
  return Math.ceil(JSON.stringify(messages).length / 4);
}

/** A chat completion of what was obeyed. */
export function replyOf(
  body: Body,
  { content, commands }: Obeyed,
  more: { message?: Body; usage?: Body; choice?: Body } = {},
): Body {
  const tool_calls = commands.map((command, index) => ({
    id: `call_${index}`,
    type: "function",
    function: { name: "bash", arguments: JSON.stringify({ command }) },
  }));
  const message = {
    role: "assistant",
    content: content === "" ? null : content,
    ...(tool_calls.length > 0 && { tool_calls }),
    ...more.message,
  };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: body.model,
    choices: [{ index: 0, finish_reason: commands.length > 0 ? "tool_calls" : "stop", message, ...more.choice }],
    usage: { prompt_tokens: tokensOf(body), completion_tokens: 3, total_tokens: tokensOf(body) + 3, ...more.usage },
  };
}

/** Words as a stream of events, with usage at the end. */
export function streamed(reply: Body): string {
  const [choice] = reply.choices as { message: { content: string } }[];
  const chunks = [
    { choices: [{ index: 0, delta: { content: choice?.message.content } }] },
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { choices: [], usage: reply.usage },
  ];
  return `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
}

/** As OpenAI, vLLM and SGLang shape an error. */
export function refusal(status: number, message: string, more: Body = {}): Said {
  return { status, json: { error: { message, type: "BadRequestError", param: null, code: status, ...more } } };
}

const isBeyond = (body: Body, most: number) => tokensOf(body) + Number(body.max_tokens ?? 0) > most;

/** vLLM 0.11 with a Qwen model that thinks unless told otherwise; `started` without the flags for tools. */
export function vllm(options: { tools?: boolean; context?: number; version?: string } = {}): Routes {
  const { tools = true, context = 40_960, version = "0.11.0" } = options;
  const sightings = new Map<string, number>();
  return {
    "GET /v1/models": () => ({
      json: { object: "list", data: [{ id: "qwen", object: "model", owned_by: "vllm", max_model_len: context }] },
    }),
    "GET /version": () => ({ json: { version } }),
    "POST /v1/chat/completions": (body) => {
      if (body.tools !== undefined && !tools)
        return refusal(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set');
      if (isBeyond(body, context)) {
        return refusal(
          400,
          `This model's maximum context length is ${context} tokens. However, you requested ${String(body.max_tokens)} tokens in the completion. Please reduce the length of the messages or completion.`,
        );
      }
      const seen = sightings.get(JSON.stringify(body.messages)) ?? 0;
      sightings.set(JSON.stringify(body.messages), seen + 1);
      const thinks =
        (body.chat_template_kwargs as { enable_thinking?: boolean } | undefined)?.enable_thinking !== false;
      const cached_tokens = seen === 0 ? 0 : 16 * Math.floor(tokensOf(body) / 16);
      const reply = replyOf(body, obey(body), {
        message: { reasoning: thinks ? "The user asks. I answer." : null },
        usage: { prompt_tokens_details: { cached_tokens } },
        choice: { logprobs: body.logprobs === true ? { content: [] } : null },
      });
      return body.stream === true ? { text: streamed(reply) } : { json: reply };
    },
  };
}

/** SGLang started without parsers: thinking and calls stay among the words. */
export function sglang(): Routes {
  const info = {
    model_path: "Qwen/Qwen3-8B",
    version: "0.5.4",
    context_length: 32_768,
    tool_call_parser: null,
    reasoning_parser: null,
    api_key: "secret",
  };
  return {
    "GET /v1/models": () => ({
      json: { object: "list", data: [{ id: "qwen", owned_by: "sglang", max_model_len: 32_768 }] },
    }),
    "GET /get_server_info": () => ({ json: info }),
    "POST /v1/chat/completions": (body) => {
      const { content, commands } = obey(body);
      const calls = commands.map(
        (command) => `<tool_call>\n${JSON.stringify({ name: "bash", arguments: { command } })}\n</tool_call>`,
      );
      const words = `<think>\nHm.\n</think>\n\n${content}${calls.join("\n")}`;
      const reply = replyOf(body, { content: words, commands: [] }, { usage: { prompt_tokens_details: null } });
      return body.stream === true ? { text: streamed(reply) } : { json: reply };
    },
  };
}

/** llama-server without --jinja and without --mmproj. */
export function llamaCpp(context = 4_096): Routes {
  const error = (code: number, message: string, type: string, more: Body = {}): Answer => ({
    status: code,
    json: { error: { code, message, type, ...more } },
  });
  return {
    "GET /v1/models": () => ({
      json: { object: "list", data: [{ id: "qwen", owned_by: "llamacpp", meta: { n_ctx_train: 40_960 } }] },
    }),
    "GET /props": () => ({
      json: { build_info: "b8681", total_slots: 4, default_generation_settings: { n_ctx: context } },
    }),
    "POST /v1/chat/completions": (body) => {
      if (body.tools !== undefined) return error(500, "tools param requires --jinja flag", "server_error");
      if (hasImage(body))
        return error(
          500,
          "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
          "server_error",
        );
      const n_prompt_tokens = tokensOf(body);
      if (n_prompt_tokens > context) {
        return error(
          400,
          `the request exceeds the available context size (${context} tokens), try increasing it`,
          "exceed_context_size_error",
          { n_prompt_tokens, n_ctx: context },
        );
      }
      const reply = replyOf(body, obey(body));
      return body.stream === true ? { text: streamed(reply) } : { json: reply };
    },
  };
}

/** Ollama: drops the beginning of long chats without a word, and images of models without eyes. */
export function ollama(context = 4_096): Routes {
  return {
    "GET /v1/models": () => ({
      json: { object: "list", data: [{ id: "llama3:latest", object: "model", owned_by: "library" }] },
    }),
    "GET /api/version": () => ({ json: { version: "0.12.3" } }),
    "GET /api/ps": () => ({ json: { models: [{ name: "llama3:latest", context_length: context }] } }),
    "POST /v1/chat/completions": (body) => {
      if (body.tools !== undefined)
        return {
          status: 400,
          json: {
            error: { message: "registry.ollama.ai/library/llama3:latest does not support tools", type: "api_error" },
          },
        };
      const blind = { ...body, messages: [{ role: "user", content: lastWords(body) }] };
      const reply = replyOf(body, obey(blind), { usage: { prompt_tokens: Math.min(tokensOf(body), context) } });
      return body.stream === true ? { text: streamed(reply) } : { json: reply };
    },
  };
}

/** A hosted model that wants the newer name of the limit and its own temperature, and refuses fields it does not know. */
export function openai(key: string): Routes {
  const known = [
    "model",
    "messages",
    "max_completion_tokens",
    "tools",
    "tool_choice",
    "seed",
    "stop",
    "response_format",
    "stream",
    "stream_options",
    "reasoning_effort",
    "logprobs",
  ];
  const denied = (request: IncomingMessage) =>
    request.headers.authorization === `Bearer ${key}`
      ? null
      : refusal(401, "Incorrect API key provided.", { type: "invalid_request_error", code: "invalid_api_key" });
  return {
    "GET /v1/models": (_, __, request) =>
      denied(request) ?? {
        json: {
          object: "list",
          data: [
            { id: "large", object: "model", owned_by: "system" },
            { id: "small", object: "model", owned_by: "system" },
          ],
        },
      },
    "POST /v1/chat/completions": (body, _, request) => {
      const unknown = Object.keys(body).find(
        (name) => !known.includes(name) && name !== "max_tokens" && name !== "temperature",
      );
      if (body.max_tokens !== undefined) {
        return refusal(
          400,
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          { code: "unsupported_parameter" },
        );
      }
      if (body.temperature !== undefined && body.temperature !== 1) {
        return refusal(
          400,
          "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
          { code: "unsupported_value" },
        );
      }
      if (unknown !== undefined) return refusal(400, `Unrecognized request argument supplied: ${unknown}`);
      if (Number(body.max_completion_tokens) > 128_000)
        return refusal(
          400,
          "max_tokens is too large: 100000000. This model supports at most 128000 completion tokens.",
        );
      const reply = replyOf(body, obey(body), {
        usage: { completion_tokens_details: { reasoning_tokens: 0 }, prompt_tokens_details: { cached_tokens: 0 } },
      });
      return denied(request) ?? (body.stream === true ? { text: streamed(reply) } : { json: reply });
    },
  };
}
