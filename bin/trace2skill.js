#!/usr/bin/env node
// Starts the tool: the sources as they are in a checkout, the compiled files in an installed package.
// Plain JavaScript that Node 20 reads too, so that an older Node starts the tool's own Node 24 or says what is missing.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  module.enableCompileCache();
  const sources = new URL("../harness/cli/bin.ts", import.meta.url);
  await import(existsSync(sources) ? sources : new URL("../dist/harness/cli/bin.js", import.meta.url));
} else {
  startOwnNode();
}

/** Runs this file again on the Node that npm installed beside the tool. */
function startOwnNode() {
  const node = ownNode();
  if (node === null) {
    console.error(
      `trace2skill needs Node ${OLDEST_NODE} or newer; this is ${process.version}, and npm installed none beside the tool.\n` +
        "Install a newer Node, or on Linux (x64, arm64) install trace2skill again with its optional packages.",
    );
    process.exit(1);
  }
  // In a session of its own, so that Ctrl-C reaches it once: from here, like every other signal.
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: "inherit", detached: true });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => (signal === null ? process.exit(code) : process.kill(process.pid, signal)));
}

function ownNode() {
  try {
    return module.createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return null;
  }
}
