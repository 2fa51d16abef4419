/** The rules of the house that hold for every source file (design section 2), read off the files themselves. */
import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Which paths the files of a folder may import, by prefix. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  harness: ["harness/"],
  benchmarks: ["benchmarks/", "harness/"],
  agents: ["agents/", "harness/"],
  distill: ["distill/", "agents/", "harness/"],
  reports: ["reports/", "distill/", "agents/", "benchmarks/", "harness/"],
};
/** May import all, and is imported by itself alone. */
const COMPOSITION_ROOT = "harness/cli/";

/** Packages that many files may import: schemas, and the words of a command line (held to the composition root below). */
const SHARED = new Set(["zod", "commander"]);
/** Packages of types alone, from the dev dependencies. */
const TYPES = new Set(["mdast"]);
/** Limits of concurrency are three lines each, and no place of their own. */
const SHARED_SMALL = new Set(["p-limit", "p-map"]);

const MOST_LINES = 300;

const SOURCES = globSync(`{${Object.keys(MAY_IMPORT)}}/**/*.ts`, { cwd: ROOT }).sort();
const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");
const isComposition = (path: string) => path.startsWith(COMPOSITION_ROOT);

test.each(Object.entries(MAY_IMPORT))(
  "%s imports only what lies below it, and never the composition root",
  (folder, allowed) => {
    const files = SOURCES.filter((file) => file.startsWith(`${folder}/`) && !isComposition(file));
    const strays = files.flatMap((file) =>
      localImportsOf(file)
        .filter((target) => isComposition(target) || !allowed.some((prefix) => target.startsWith(prefix)))
        .map((target) => `${file} imports ${target}`),
    );

    expect(files.length).toBeGreaterThan(0);
    expect(strays).toEqual([]);
  },
);

test("a third-party package has one importing file, and commander none outside the command line", () => {
  const importers = new Map<string, string[]>();
  for (const file of SOURCES) {
    for (const name of packagesOf(file)) importers.set(name, [...(importers.get(name) ?? []), file]);
  }
  const several = [...importers].filter(
    ([name, files]) => files.length > 1 && ![SHARED, SHARED_SMALL, TYPES].some((set) => set.has(name)),
  );

  expect(several).toEqual([]);
  expect(importers.get("commander")?.filter((file) => !isComposition(file))).toEqual([]);
});

test("every package that is imported is a dependency, and every dependency is imported", () => {
  const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string> };
  const imported = new Set(SOURCES.flatMap(packagesOf)).difference(TYPES);

  expect([...imported].sort()).toEqual(Object.keys(dependencies).sort());
});

test.each([
  ["prints", /\bconsole\.|\bprocess\.(stdout|stderr)\b/],
  ["reads the environment or the arguments", /\bprocess\.(env|argv)\b/],
  ["ends the process", /\bprocess\.exit(Code)?\b/],
])("nothing outside the command line %s", (_, pattern) => {
  const strays = SOURCES.filter((file) => !isComposition(file) && pattern.test(codeOf(file)));

  expect(strays).toEqual([]);
});

test("randomness comes from a seeded generator that is passed in", () => {
  expect(SOURCES.filter((file) => /\bMath\.random\(/.test(codeOf(file)))).toEqual([]);
});

test(`no file has more than ${MOST_LINES} lines, unless its first line says why`, () => {
  const long = SOURCES.map((file) => ({ file, lines: textOf(file).trimEnd().split("\n") }))
    .filter(({ lines }) => lines.length > MOST_LINES && !/long because/i.test(lines[0] ?? ""))
    .map(({ file, lines }) => `${file}: ${lines.length}`);

  expect(long).toEqual([]);
});

test("sources name no absolute path of an import, no `any`, no default export", () => {
  const strays = SOURCES.flatMap((file) => [
    ...importsOf(file)
      .filter((target) => target.startsWith("/"))
      .map((target) => `${file} imports ${target}`),
    ...(/(:|\bas|<) ?any\b(?! [a-z])/.test(codeOf(file)) ? [`${file} has an any`] : []),
    ...(/^export default\b/m.test(codeOf(file)) ? [`${file} has a default export`] : []),
  ]);

  expect(strays).toEqual([]);
});

test("the reader of imports sees every form of them", () => {
  const text =
    'import a from "./a.ts";\nimport type {\n  B,\n} from "b/deep";\nexport { c } from "@scope/c/x";\nimport "./d.ts";\nconst e = await import("e");\nexport const f = "not";\n';

  expect(importsIn(text)).toEqual(["./a.ts", "b/deep", "@scope/c/x", "./d.ts", "e"]);
});

function importsOf(file: string): string[] {
  return importsIn(codeOf(file));
}

function importsIn(text: string): string[] {
  const found = text.matchAll(/^(?:import|export)\s(?:[^";]*?\bfrom\s)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm);
  return [...found].map(([, statement, call]) => statement ?? call ?? "");
}

function localImportsOf(file: string): string[] {
  return importsOf(file)
    .filter((target) => target.startsWith("."))
    .map((target) => posix.join(posix.dirname(file), target));
}

/** Names of the packages that a file imports, without Node's own. */
function packagesOf(file: string): string[] {
  const names = importsOf(file)
    .filter((target) => !/^([./]|node:)/.test(target))
    .map((target) =>
      target
        .split("/")
        .slice(0, target.startsWith("@") ? 2 : 1)
        .join("/"),
    );
  return [...new Set(names)];
}

/** A file without its comments. */
function codeOf(file: string): string {
  return textOf(file).replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "$1");
}
