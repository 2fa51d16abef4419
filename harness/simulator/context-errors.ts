/** The words in which servers refuse a prompt that is too long, each in the shape of its body. */
import type { ContextFault } from "./faults.ts";

export interface Refusal {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const badRequest = (message: string) => ({ object: "error", message, type: "BadRequestError", param: null, code: 400 });
const invalid = (message: string, code: string) => ({
  error: { message, type: "invalid_request_error", param: "messages", code },
});

export const CONTEXT_ERRORS: Readonly<Record<ContextFault, Refusal>> = {
  "context-vllm": {
    status: 400,
    body: {
      error: badRequest(
        "This model's maximum context length is 32768 tokens. However, you requested 33210 tokens (29114 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
      ),
    },
  },
  "context-vllm-prompt": {
    status: 400,
    body: badRequest(
      "The decoder prompt (length 33210) is longer than the maximum model length of 32768. Make sure that `max_model_len` is no smaller than the number of text tokens.",
    ),
  },
  "context-sglang": {
    status: 400,
    body: badRequest("The input (33210 tokens) is longer than the model's context length (32768 tokens)."),
  },
  "context-sglang-input": {
    status: 400,
    body: badRequest(
      "Input length (33210 tokens) exceeds the maximum allowed length (32762 tokens). Use a shorter input or enable --allow-auto-truncate.",
    ),
  },
  "context-llama.cpp": {
    status: 400,
    body: {
      error: {
        code: 400,
        message: "request (33210 tokens) exceeds the available context size (32768 tokens), try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 33_210,
        n_ctx: 32_768,
      },
    },
  },
  "context-openai": {
    status: 400,
    body: invalid(
      "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 331207 tokens. Please reduce the length of the messages.",
      "context_length_exceeded",
    ),
  },
};
