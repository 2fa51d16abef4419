import { expect, test } from "vitest";
import { joinServers, type KnownServer, serverDifferences } from "../../../harness/doctor/endpoint/known-server.ts";

const server = (parts: Partial<KnownServer> = {}): KnownServer => ({
  endpoint: "http://one/v1",
  model: "qwen",
  kind: "vllm",
  version: "0.11.0",
  contextTokens: 32_768,
  capabilities: { tools: "yes" },
  askedAt: "2026-11-01T00:00:00.000Z",
  ...parts,
});
const SAME = { sameModel: true };

test("servers that differ in the date of asking alone are one, and the first date stays", () => {
  const later = server({ askedAt: "2026-11-09T00:00:00.000Z" });

  expect(joinServers([server()], [later])).toEqual([server()]);
  expect(joinServers([server()], [server({ version: "0.12.0" }), server({ endpoint: "http://two/v1" })])).toHaveLength(
    3,
  );
});

test("a run made before the doctor was asked differs from none", () => {
  expect(serverDifferences([], [server()], SAME)).toEqual([]);
  expect(serverDifferences([server()], [], SAME)).toEqual([]);
});

test("what only one examination could tell is no difference", () => {
  const terse = server({ kind: "unknown", version: null, contextTokens: null, capabilities: {} });

  expect(serverDifferences([server()], [terse], SAME)).toEqual([]);
});

test("each part that differs is named with both values; the order of servers says nothing", () => {
  const other = server({ version: "0.12.0", contextTokens: 8_192, capabilities: { tools: "partly" } });

  expect(serverDifferences([server()], [other], SAME)).toEqual([
    "version (0.11.0, 0.12.0)",
    "context (32768, 8192)",
    "tools (yes, partly)",
  ]);
  expect(serverDifferences([server(), other], [other, server()], SAME)).toEqual([]);
  expect(serverDifferences([server(), other], [server()], SAME)[0]).toBe("version (0.11.0 and 0.12.0, 0.11.0)");
});

test("of different models only the server software counts: context and tools are the model's own", () => {
  const other = server({ model: "gemma", contextTokens: 8_192, capabilities: { tools: "no" } });

  expect(serverDifferences([server()], [other], { sameModel: false })).toEqual([]);
  expect(serverDifferences([server()], [{ ...other, kind: "sglang" }], { sameModel: false })).toEqual([
    "server (vllm, sglang)",
  ]);
});
