/**
 * The page's one script: the modules in `browser/`, put one after the other as they are. They import each other alone and no two
 * of them have a name in common at their top, so that taking out `import` and `export` is all there is to do.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../harness/hash.ts";

/** Each after those that it needs at its start. */
export const BROWSER_MODULES = [
  "elements.js",
  "unpack.js",
  "held.js",
  "match.js",
  "task-rows.js",
  "task-cells.js",
  "tasks.js",
  "trial.js",
  "side-by-side.js",
  "theme.js",
  "main.js",
];

/** Runs in a scope of its own; `defer` is not for inline scripts, so it stands at the end of the page. */
export const SCRIPT = `"use strict";\n(() => {\n${BROWSER_MODULES.map(moduleBody).join("\n")}})();\n`;

/** As a policy names our own text, whether a script or a style sheet. */
export function sourceHash(text: string): string {
  return `'sha256-${Buffer.from(sha256(text), "hex").toString("base64")}'`;
}

function moduleBody(name: string): string {
  return readFileSync(join(import.meta.dirname, "browser", name), "utf8")
    .replace(/^\/\*\*[\s\S]*?\*\/\n/gm, "")
    .replace(/^import [\s\S]*? from "[^"]+";\n/gm, "")
    .replace(/^export /gm, "")
    .trimStart();
}
