/** What goes over the wire of an OpenAI-compatible server: requests as they are sent. What comes back is read in `answer.ts`. */
import { writtenBefore } from "../hash.ts";
import type { LateBody } from "../http.ts";
import type { ImageReference, Message, Reply } from "../records.ts";

/** The body of a request as it is sent: what the journal keys by, endpoint and draw aside. */
export type ChatRequest = Readonly<Record<string, unknown>> & { readonly model: string };

export interface EmbeddingRequest {
  readonly model: string;
  readonly input: readonly string[];
}

const COMMA = Buffer.from(",");

/**
 * The body of a request. A chat grows by two messages a turn, and what the journal wrote of each message is used
 * again: to write 120 kB of JSON anew for every turn would cost more than all else that a call costs here.
 */
export function bodyOf(request: ChatRequest | EmbeddingRequest): LateBody {
  const { messages, ...rest } = request as ChatRequest;
  if (!Array.isArray(messages)) return bodyFrom([Buffer.from(JSON.stringify(request))]);
  const written = messages.flatMap((message: unknown, at) =>
    at === 0 ? [bytesOf(message)] : [COMMA, bytesOf(message)],
  );
  const start = Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"messages":[`);
  return bodyFrom([start, ...written, Buffer.from("]}")]);
}

function bodyFrom(pieces: readonly Uint8Array[]): LateBody {
  const byteLength = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  return { byteLength, make: () => Buffer.concat(pieces, byteLength) };
}

function bytesOf(message: unknown): Buffer {
  const known = typeof message === "object" && message !== null ? writtenBefore(message) : null;
  return known?.bytes ?? Buffer.from(JSON.stringify(message));
}

/** A message of ours in the words of the protocol; what stands for an image is the caller's to say. */
export function toWire(message: Message, urlOf: (image: ImageReference) => string): Record<string, unknown> {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.content };
    case "user": {
      const { content, images = [] } = message;
      if (images.length === 0) return { role: "user", content };
      const shown = images.map((image) => ({ type: "image_url", image_url: { url: urlOf(image) } }));
      return { role: "user", content: [{ type: "text", text: content }, ...shown] };
    }
    case "tool":
      return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
    case "assistant":
      return {
        role: "assistant",
        ...saidOf(message),
        ...(message.toolCalls.length === 0
          ? {}
          : {
              tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
                id,
                type: "function",
                function: { name, arguments: text },
              })),
            }),
      };
    default:
      return message satisfies never;
  }
}

/** Content and thinking, each where the server had it. */
function saidOf({ content, toolCalls, reasoning }: Reply): Record<string, string | null> {
  if (reasoning?.field === "content") return { content: reasoning.text + content };
  const said = { content: content === "" && toolCalls.length > 0 ? null : content };
  return reasoning === null ? said : { ...said, [reasoning.field]: reasoning.text };
}
