/** Images on their way to a server: what arrives, what the journal keeps, and what servers without eyes say. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { imageStore } from "../../../harness/images/image-store.ts";
import { fitImage } from "../../../harness/images/raster.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import type { ImageReference } from "../../../harness/records.ts";
import { type Images, type ModelCall, ModelError } from "../../../harness/roles.ts";
import { startSimulator } from "../../../harness/simulator/server.ts";
import { completion, localServer, sendJson } from "../../support/local-server.ts";
import { noise } from "../../support/pictures.ts";
import { temporaryFolder } from "../../support/temporary.ts";

interface Setting {
  readonly folder: string;
  readonly images: Images;
  readonly image: ImageReference;
}

/** A kept photograph. */
async function setting(width = 300, height = 200, maxSide = 2048): Promise<Setting> {
  const folder = await temporaryFolder();
  const images = imageStore(join(folder, "images"));
  const { bytes, ...page } = await fitImage(await noise(width, height).png().toBuffer(), { maxSide });
  return { folder, images, image: await images.keep(page, bytes) };
}

function modelAt(baseUrl: string, { folder }: Setting, name = "m") {
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  return journalledModel({
    name,
    identity: baseUrl,
    simulated: false,
    sampling: {},
    journal,
    onCall: () => {},
    open: async () => openEndpoint({ baseUrl, apiKey: "k", maxRetries: 0, timeoutMs: 20_000 }),
  });
}

const call = ({ images, image }: Setting, parts: Partial<ModelCall> = {}): ModelCall => ({
  caller: "agent",
  messages: [
    { role: "system", content: "Look." },
    { role: "user", content: "What is the total?", images: [image] },
  ],
  images,
  tools: [],
  seed: 1,
  draw: 0,
  signal: new AbortController().signal,
  ...parts,
});

interface Part {
  type: string;
  text?: string;
  image_url?: { url: string };
}

function partsOf(request: Record<string, unknown> | undefined): Part[] {
  const messages = (request?.messages ?? []) as { content: Part[] }[];
  return messages[1]?.content ?? [];
}

const bytesIn = (url = "") => Buffer.from(url.slice(url.indexOf(",") + 1), "base64");

test("the text arrives first, then the image as a data URL that decodes to the stated size", async () => {
  const one = await setting();
  const server = await localServer((_, response) => sendJson(response, completion("12.50")));

  await modelAt(server.url, one).complete(call(one));

  const [text, image] = partsOf(server.requests[0]);
  expect(text).toEqual({ type: "text", text: "What is the total?" });
  expect(image?.type).toBe("image_url");
  expect(image?.image_url?.url).toMatch(/^data:image\/jpeg;base64,[A-Za-z0-9+/]+=*$/);
  const sent = await sharp(bytesIn(image?.image_url?.url)).metadata();
  expect(sent).toMatchObject({ format: "jpeg", width: one.image.width, height: one.image.height });
  expect(server.requests[0]?.messages).toMatchObject([{ role: "system", content: "Look." }, { role: "user" }]);
});

test("the journal keeps an image once, whichever calls show it; read back, its file need not be there", async () => {
  const one = await setting(1500, 1500);
  const bytes = await one.images.read(one.image);
  const server = await localServer((_, response) => sendJson(response, completion("12.50")));
  const model = modelAt(server.url, one);

  await model.complete(call(one));
  await model.complete(call(one, { draw: 1 }));
  const again = await model.complete(call(one, { images: imageStore(join(one.folder, "nowhere")) }));

  expect(again).toMatchObject({ fromJournal: true, reply: { content: "12.50" } });
  const journal = new DatabaseSync(join(one.folder, "journal.sqlite"), { readOnly: true });
  const kept = journal.prepare("SELECT body FROM parts WHERE length(body) > 100000").all();
  journal.close();
  expect(kept.map(({ body }) => Buffer.from(body as Uint8Array).equals(bytes))).toEqual([true]);
});

test("another image is another call, and a message without images is sent as plain text", async () => {
  const one = await setting();
  const other = { ...one, image: (await setting(200, 300)).image };
  const server = await localServer((_, response, count) => sendJson(response, completion(`reply ${count}`)));
  const model = modelAt(server.url, one);
  const bare = call(one, { messages: [{ role: "user", content: "hello", images: [] }] });

  await model.complete(call(one));
  await expect(model.complete(call(other))).rejects.toThrow(/cannot read .*an image that a model was shown/);
  await model.complete(bare);

  expect(server.requests).toHaveLength(2);
  expect(server.requests[1]?.messages).toEqual([{ role: "user", content: "hello" }]);
});

test.each([
  ["vLLM", 400, "m is not a multimodal model"],
  ["vLLM, one image a request", 400, "At most 1 image(s) may be provided in one request."],
  ["vLLM, newer", 400, "At most 0 image(s) may be provided in one prompt."],
  ["llama.cpp", 500, "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"],
  ["OpenAI", 400, "Invalid content type. image_url is only supported by certain models."],
  ["a server for text", 400, "messages.1.content: Input should be a valid string"],
  ["a strict server for text", 422, "unknown variant `image_url`, expected `text`"],
  ["another", 400, "This model does not support image inputs"],
])("%s says that it takes no images: the user is told what to do, and the run stops", async (_, status, message) => {
  const one = await setting();
  const server = await localServer((_request, response) => sendJson(response, { error: { message } }, status));

  const failure = modelAt(server.url, one).complete(call(one));

  await expect(failure).rejects.toBeInstanceOf(SetupError);
  await expect(failure).rejects.toThrow(/did not take the images of a task .*Choose a model that sees images/);
});

test("a request too large for the server names the option that makes it smaller", async () => {
  const one = await setting();
  const server = await localServer((_, response) =>
    sendJson(response, { error: { message: "Payload Too Large" } }, 413),
  );
  await expect(modelAt(server.url, one).complete(call(one))).rejects.toThrow(/--image-side/);
});

test("other errors of a call with images, and the same words on a call without, spoil that call alone", async () => {
  const one = await setting();
  const server = await localServer((request, response) =>
    sendJson(
      response,
      {
        error: {
          message: typeof request.seed === "number" && request.seed > 1 ? "m is not a multimodal model" : "loading",
        },
      },
      500,
    ),
  );
  const model = modelAt(server.url, one);
  await expect(model.complete(call(one))).rejects.toBeInstanceOf(ModelError);
  await expect(
    model.complete(call(one, { seed: 2, messages: [{ role: "user", content: "hi" }] })),
  ).rejects.toBeInstanceOf(ModelError);
});

test("the simulated server takes images of some megabytes and counts them by their size, not by their letters", async () => {
  const one = await setting(2048, 1536);
  const simulator = await startSimulator({ key: [] });
  onTestFinished(() => simulator.close());
  const model = modelAt(simulator.url, one, "sim/large");
  const textAlone = call(one, {
    messages: [
      { role: "system", content: "Look." },
      { role: "user", content: "What is the total?" },
    ],
  });
  const many = call(one, {
    messages: [{ role: "user", content: "What is the total?", images: Array(4).fill(one.image) }],
  });

  const bare = await model.complete(textAlone);
  const shown = await model.complete(call(one));
  const four = await model.complete(many);

  expect((await one.images.read(one.image)).length).toBeGreaterThan(1_000_000);
  // 64 x 48 squares of 32 pixels; the frame of a list of parts is a few characters more than a text alone.
  expect(shown.usage.inputTokens - bare.usage.inputTokens).toBeGreaterThanOrEqual(3_072);
  expect(shown.usage.inputTokens - bare.usage.inputTokens).toBeLessThan(3_072 + 20);
  expect(four.usage.inputTokens).toBeGreaterThan(4 * 3_072);
});
