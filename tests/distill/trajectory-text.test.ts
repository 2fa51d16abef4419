import { expect, test } from "vitest";
import { TRAJECTORY_LIMITS, trajectoryText } from "../../distill/trajectory-text.ts";
import { NO_USAGE, type Step } from "../../harness/records.ts";
import { trajectory } from "../support/builders.ts";

function step(content: string, command: string, observation: string): Step {
  const toolCalls = command === "" ? [] : [{ id: "1", name: "bash", arguments: JSON.stringify({ command }) }];
  const reply = { role: "assistant" as const, content, toolCalls, reasoning: null };
  return { reply, action: { kind: "command", command }, observation, usage: NO_USAGE, modelMs: 1, commandMs: 1 };
}

test("a step shows thought, command with its line ends, and observation; the end shows exit and answer", () => {
  const text = trajectoryText(trajectory({ steps: [step("I look.", "ls\npwd", "input.xlsx")], answer: "42" }));
  expect(text).toBe("Step 1\nI look.\nbash: ls\npwd\nObservation:\ninput.xlsx\n\nEnd: submitted\nAnswer: 42");
});

test("a look at an image is told with its size, for its pixels cannot be told", () => {
  const image = { sha256: "a".repeat(64), mediaType: "image/png", width: 640, height: 480 } as const;
  const toolCalls = [{ id: "1", name: "view_image", arguments: '{"path":"page.png"}' }];
  const look: Step = {
    ...step("", "", "part of page.png"),
    reply: { role: "assistant", content: "I look.", toolCalls, reasoning: null },
    images: [image],
  };
  expect(trajectoryText(trajectory({ steps: [look, { ...look, observation: "" }] }))).toBe(
    'Step 1\nI look.\nview_image: {"path":"page.png"}\nObservation:\npart of page.png\n[an image of 640 x 480 pixels]\n\n' +
      'Step 2\nI look.\nview_image: {"path":"page.png"}\nObservation:\n[an image of 640 x 480 pixels]\n\nEnd: submitted',
  );
});

test("a long trajectory is cut in the middle, with a notice, and keeps its start and its end", () => {
  const steps = Array.from({ length: 100 }, (_, n) => step(`thought ${n}`, "x".repeat(2_000), "y"));
  const text = trajectoryText(trajectory({ steps }));
  expect(text.length).toBeLessThan(TRAJECTORY_LIMITS.head + TRAJECTORY_LIMITS.tail + 200);
  expect(text).toMatch(/^Step 1\nthought 0/);
  expect(text).toMatch(/characters cut here/);
  expect(text).toMatch(/thought 99[\s\S]*End: submitted$/);
});

test("the prompt is not shown: task and skill are given to analysts in fences of their own", () => {
  expect(trajectoryText(trajectory({ prompt: [{ role: "user", content: "SECRET" }] }))).not.toContain("SECRET");
});
