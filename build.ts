/** Compiles the sources into dist/ and copies what they read beside themselves (prompts, styles, skills) to the same places. */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = "{harness,benchmarks,agents,distill,reports}";

process.chdir(import.meta.dirname);
rmSync("dist", { recursive: true, force: true });
execFileSync(join("node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"], { stdio: "inherit" });
for (const path of globSync(`${FOLDERS}/**/*`, { exclude: ["**/*.ts"] })) {
  if (statSync(path).isFile()) cpSync(path, join("dist", path));
}
