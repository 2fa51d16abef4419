/** The agent on tasks with images: what it is shown at the start, and what it looks at by itself. */
import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bashAgent, codecFor } from "../../agents/bash-agent.ts";
import { toMessages } from "../../agents/codec.ts";
import { imageStore } from "../../harness/images/image-store.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import type { ImageReference, Message, Protocol } from "../../harness/records.ts";
import {
  type AgentLimits,
  BenchmarkError,
  type Images,
  type Sandbox,
  type Sandboxes,
  type Seen,
} from "../../harness/roles.ts";
import { openSandboxes } from "../../harness/sandbox/bubblewrap.ts";
import { task } from "../support/builders.ts";
import { BLUE, colourAt, picture, RED } from "../support/pictures.ts";
import { type ScriptedReply, scriptedModel } from "../support/scripted-model.ts";
import { temporaryFolder } from "../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const LIMITS: AgentLimits = { turns: 20, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 20_000, imageSide: 600 };
const TASK = task({ files: ["page.png"], images: ["page.png"], output: null, instruction: "What is the total?" });

/** A call in either protocol. */
function call(protocol: Protocol, name: string, args: unknown): ScriptedReply {
  if (protocol === "tools") return { calls: [[name, args]] };
  return { content: `I look.\nAction:\n${JSON.stringify({ name, arguments: args })}` };
}

/** 1,000 x 800, red at the left upper corner, blue at the right lower one. */
const page = async () =>
  (
    await picture(1000, 800, [
      [RED, 0, 0, 100, 100],
      [BLUE, 900, 700, 100, 100],
    ])
  )
    .png()
    .toBuffer();

interface Play {
  readonly protocol?: Protocol;
  readonly images?: Images;
  readonly seen?: Seen;
  readonly lay?: (sandbox: Sandbox) => Promise<void>;
}

/** Plays calls and then a submission. */
async function play(calls: readonly (readonly [name: string, args: unknown])[], options: Play = {}) {
  const { protocol = "tools", seen, lay } = options;
  const images = options.images ?? imageStore(join(await temporaryFolder(), "images"));
  const model = scriptedModel(
    [...calls, ["submit", { answer: "12.50" }] as const].map(([name, args]) => call(protocol, name, args)),
  );
  await using sandbox = await sandboxes.open({ skill: null });
  await writeFile(join(sandbox.directory, "page.png"), await page());
  await lay?.(sandbox);
  const signal = new AbortController().signal;
  const trajectory = await bashAgent(protocol).run(TASK, {
    model,
    sandbox,
    skill: null,
    images,
    limits: LIMITS,
    seed: 41,
    signal,
    ...(seen === undefined ? {} : { seen }),
  });
  return { trajectory, asked: model.asked, images };
}

const shownIn = (messages: readonly Message[]): ImageReference[] =>
  messages.flatMap((message) => (message.role === "user" ? (message.images ?? []) : []));

test.each<[Protocol]>([["tools"], ["text"]])(
  "protocol %s: the page is shown with the instruction, shrunk to the limit, and told with its real size",
  async (protocol) => {
    const { asked, images } = await play([], { protocol });

    const [system, user] = asked[0]?.messages ?? [];
    expect(user?.content).toBe(
      "What is the total?\n\nShown below, in this order:\n- /work/page.png: 1000 x 800 pixels, shown at 600 x 480",
    );
    const [reference] = shownIn(asked[0]?.messages ?? []);
    expect(reference).toMatchObject({ width: 600, height: 480 });
    expect(await colourAt(await images.read(reference!), 5, 5)).toEqual(RED);
    expect(system?.content).toMatch(/view_image[\s\S]*Pillow/);
    expect(asked[0]?.images).toBe(images);
  },
);

test.each<[Protocol, Message["role"][]]>([
  ["tools", ["tool", "user"]],
  ["text", ["user"]],
])("protocol %s: a part is shown enlarged after the observation, and invariant 4 holds", async (protocol, roles) => {
  const box = { path: "page.png", left: 900, top: 700, width: 100, height: 100 };
  const { asked, trajectory, images } = await play([["view_image", box]], { protocol });

  const [step] = trajectory.steps;
  expect(step?.observation).toBe(
    "/work/page.png has 1000 x 800 pixels. Shown below: the box left 900, top 700, width 100, height 100, at 4 times its size.",
  );
  const after = asked[1]?.messages.slice(3) ?? [];
  expect(after.map(({ role }) => role)).toEqual(roles);
  expect(shownIn(after)).toEqual(step?.images);
  expect(step?.images).toMatchObject([{ width: 400, height: 400 }]);
  expect(await colourAt(await images.read(step!.images![0]!), 200, 200)).toEqual(BLUE);
  for (const [index, { messages }] of asked.entries()) {
    const steps = trajectory.steps.slice(0, index);
    expect(messages).toEqual(toMessages({ prompt: trajectory.prompt, steps }, codecFor(TASK, protocol)));
  }
});

test("what Pillow makes in the sandbox can be looked at", async () => {
  const turn =
    "from PIL import Image; Image.open('page.png').rotate(180).crop((0, 0, 200, 100)).save('made/turned.png')";
  const { trajectory, images } = await play([
    ["bash", { command: `mkdir made && python3 -c "${turn}"` }],
    ["view_image", { path: "/work/made/turned.png" }],
  ]);

  const [ran, viewed] = trajectory.steps;
  expect(ran?.observation).toBe("[no output]");
  expect(viewed?.observation).toBe(
    "/work/made/turned.png has 200 x 100 pixels. Shown below: all of it, in its own size.",
  );
  expect(await colourAt(await images.read(viewed!.images![0]!), 5, 5)).toEqual(BLUE);
});

test.each<[string, unknown, RegExp]>([
  ["no path", {}, /^Not shown: .*path/s],
  ["no such file", { path: "other.png" }, /\/work\/other\.png: there is no such file/],
  ["a folder", { path: "folder" }, /there is no such file/],
  [
    "a box beyond the page",
    { path: "page.png", left: 2000, top: 0, width: 10, height: 10 },
    /holds no pixel of the image\. \/work\/page\.png has 1000 x 800/,
  ],
  ["an empty box", { path: "page.png", left: 10, top: 10, width: 0, height: 10 }, /holds no pixel/],
  ["words for numbers", { path: "page.png", left: "middle" }, /^Not shown: .*left/s],
  ["no image", { path: "notes.txt" }, /no image of a kind that is taken/],
  ["a drawing that refers to files", { path: "drawing.svg" }, /no image of a kind that is taken/],
  ["half an image", { path: "half.png" }, /cannot be read as an image/],
  ["a link to a file outside", { path: "link.png" }, /there is no such file/],
  ["a link to a folder outside", { path: "outside/secret.png" }, /links are not followed/],
  ["a way out", { path: "../secret.png" }, /only files in \/work/],
  ["another place", { path: "/etc/passwd" }, /only files in \/work/],
  ["the folder itself", { path: "/work" }, /only files in \/work/],
  ["a pipe", { path: "pipe" }, /there is no such file/],
  ["a NUL", { path: "page\0.png" }, /only files in \/work/],
  ["a name too long for the system", { path: `${"x".repeat(500)}.png` }, /there is no such file/],
  ["a path too long for any", { path: "x/".repeat(50_000) }, /^Not shown: [\s\S]{1,200}$/],
])("a mistake of the model is told it, and shows nothing: %s", async (_, args, told) => {
  const outside = await temporaryFolder();
  await writeFile(join(outside, "secret.png"), await page());
  const { trajectory } = await play(
    [
      ["bash", { command: "mkfifo pipe; mkdir folder" }],
      ["view_image", args],
    ],
    {
      async lay({ directory }) {
        await symlink(join(outside, "secret.png"), join(directory, "link.png"));
        await symlink(outside, join(directory, "outside"));
        await writeFile(join(directory, "notes.txt"), "no image");
        await writeFile(
          join(directory, "drawing.svg"),
          '<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/hostname"/></svg>',
        );
        await writeFile(join(directory, "half.png"), (await page()).subarray(0, 1000));
      },
    },
  );

  expect(trajectory.exit).toBe("submitted");
  expect(trajectory.steps[1]?.observation).toMatch(told);
  expect(trajectory.steps[1]?.images).toBeUndefined();
});

test("numbers as models write them are taken, and a box over the edge is cut at it", async () => {
  const args = { path: "./page.png", left: "899.6", top: 700.2, width: 5000, height: null };
  const { trajectory } = await play([["view_image", args]]);
  expect(trajectory.steps[0]?.observation).toMatch(/the box left 900, top 700, width 100, height 100, at 4 times/);
});

test("a page that is no image is a fault of ours, and the trial unscored", async () => {
  const lay = (sandbox: Sandbox) => writeFile(join(sandbox.directory, "page.png"), "no image");
  await expect(play([], { lay })).rejects.toBeInstanceOf(BenchmarkError);
  await expect(play([], { lay: ({ directory }) => rm(join(directory, "page.png")) })).rejects.toThrow(
    /page\.png cannot be read: there is no such file/,
  );
});

test("a trial that is gone on with is shown what it was shown first, though the file is another now", async () => {
  const folder = await temporaryFolder();
  const images = imageStore(join(folder, "images"));
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const draw = async (sandbox: Sandbox, colour: "red" | "blue") =>
    writeFile(
      join(sandbox.directory, "drawn.png"),
      await sharp({ create: { width: 64, height: 64, channels: 3, background: colour } })
        .png()
        .toBuffer(),
    );
  const look = (colour: "red" | "blue", store: Images) =>
    play([["view_image", { path: "drawn.png" }]], {
      images: store,
      seen: journal.seen("trial"),
      lay: (sandbox) => draw(sandbox, colour),
    });

  const first = await look("red", images);
  const resumed = await look("blue", images);
  const elsewhere = await look("blue", imageStore(join(folder, "another run")));

  expect(resumed.asked.map(({ messages }) => messages)).toEqual(first.asked.map(({ messages }) => messages));
  // A run folder without that image cannot show it: it is a first look there.
  expect(await colourAt(await elsewhere.images.read(elsewhere.trajectory.steps[0]!.images![0]!), 5, 5)).toEqual(BLUE);
});

test("an agent cannot keep the harness waiting, or fill its memory, with what it draws", async () => {
  const draw = "from PIL import Image; Image.MAX_IMAGE_PIXELS = None; Image.new('1', (11000, 11000)).save('bomb.png')";
  const started = performance.now();
  const { trajectory } = await play([
    ["bash", { command: `python3 -c "${draw}"` }],
    ["view_image", { path: "bomb.png" }],
  ]);
  expect(trajectory.steps[1]?.observation).toMatch(/more than the 100,000,000 pixels that are taken/);
  expect(performance.now() - started).toBeLessThan(20_000);
});
