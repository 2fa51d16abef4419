import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trace2skill } from "../../../support/command-line.ts";
import { completion } from "../../../support/local-server.ts";
import { modelServer } from "../../../support/model-servers.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

/** A server that ends every trial at once, and notes the keys that it was sent. */
async function noting() {
  const keys = new Set<string | undefined>();
  const submit = { id: "c1", type: "function", function: { name: "submit", arguments: '{"answer":""}' } };
  const server = await modelServer({
    "GET /v1/models": () => ({ json: { object: "list", data: [{ id: "m" }] } }),
    "POST /v1/chat/completions": (_body, _response, request) => {
      keys.add(request.headers.authorization);
      return { json: completion("", { tool_calls: [submit] }) };
    },
  });
  return { url: server.url, keys };
}

test("each model of an experiment is sent its own key where the environment has one, and no other's", async () => {
  const [one, other] = [await noting(), await noting()];
  const cwd = await temporaryFolder();
  const definition = {
    name: "keys",
    models: { "35b": { model: "m", baseUrl: one.url }, "by another": { model: "m", baseUrl: other.url } },
    benchmarks: { test: { benchmark: "sample-mathematics", split: "test", tasks: "0:1" } },
    arms: [{ name: "none" }],
    users: ["35b", "by another"],
    judge: ["test"],
    seeds: [41],
  };
  await writeFile(join(cwd, "keys.json"), JSON.stringify(definition));

  const { code, err } = await trace2skill(["experiment", "keys.json", "--out", "out"], {
    cwd,
    env: { OPENAI_API_KEY: "sk-common", OPENAI_API_KEY_BY_ANOTHER: "sk-own" },
  });

  expect(code, err).toBe(0);
  expect([...one.keys]).toEqual(["Bearer sk-common"]);
  expect([...other.keys]).toEqual(["Bearer sk-own"]);
});
