/** Whether the model sees: servers for text alone refuse images, or let them fall under the table. */
import { type Probe, type Talk, user, withoutReply } from "./probe.ts";

/** A square of 64 pixels a side, rgb(128, 0, 160): a colour that nobody names by chance. */
const PURPLE =
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAAA1BMVEWAAKCQmYWyAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAG0lEQVRYw+3BgQAAAADDoPlT3+AEVQEAAAB8AxBAAAEZszF2AAAAAElFTkSuQmCC";

const CURES: Partial<Record<Talk["serverKind"], string>> = {
  vllm: "serve a model that sees, with --limit-mm-per-prompt for several images a request",
  "llama.cpp": "start llama-server with the --mmproj of a model that sees",
  ollama: "choose a model with the capability `vision` (ollama show NAME)",
};

export const imagesProbe: Probe = {
  name: "images",
  why: "benchmarks of documents show pages as images",
  run: async (talk) => {
    const parts = [
      { type: "text", text: "Which colour is this square? Reply with the colour alone." },
      { type: "image_url", image_url: { url: `data:image/png;base64,${PURPLE}` } },
    ];
    const cure = CURES[talk.serverKind] ?? "choose a model that sees, or leave out benchmarks of documents";
    const said = await talk.ask({ messages: [user(parts)] });
    if (said.kind !== "reply") return withoutReply(said, cure);
    const words = JSON.stringify(said.content.trim().slice(0, 60));
    return /purple|violet|magenta/i.test(said.content)
      ? { verdict: "yes", found: `saw a purple square: ${words}` }
      : { verdict: "no", found: `took a purple square and did not see it: ${words}`, cure };
  },
};
