/** A harness in a process of its own that runs one command in a sandbox, and tells what becomes of it, a JSON document a line. */
import { openAttacked } from "./support.ts";

const [command = "", graceMs = "0", againAfter = ""] = process.argv.slice(2);
const tell = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);

const stop = new AbortController();
// As a user's Ctrl-C that has something to be done before its trials are cancelled.
process.on("SIGINT", () => {
  tell({ kind: "interrupted" });
  setTimeout(() => {
    tell({ kind: "cancelled" });
    stop.abort(new Error("cancelled"));
  }, Number(graceMs));
});

const sandboxes = await openAttacked();
const sandbox = await sandboxes.open({ skill: null });
tell({ kind: "opened", directory: sandbox.directory });
const run = async (what: string, signal: AbortSignal) => {
  try {
    tell({ kind: "ended", result: await sandbox.run(what, { timeoutMs: 60_000, signal }) });
  } catch (error) {
    tell({ kind: "threw", name: error instanceof Error ? error.name : "", message: String(error) });
  }
};
await run(command, stop.signal);
if (againAfter !== "") await run(againAfter, new AbortController().signal);
await sandbox[Symbol.asyncDispose]();
await sandboxes[Symbol.asyncDispose]();
