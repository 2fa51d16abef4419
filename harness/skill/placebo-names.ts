/** Names of the files of a placebo: a name such as `delete-rows-bottom-up.md` is advice by itself. */
import { posix } from "node:path";
import type { SkillFiles } from "./skill.ts";

export interface Names {
  /** Path in the placebo of a path in the skill. */
  of(path: string): string;
  /** Whether the file is no advice and stays as it is. */
  isKept(path: string): boolean;
  /** A text cut at every place that names a file of the skill; `name` is what stands there in the placebo, or null for text. */
  cut(text: string): { readonly text: string; readonly name: string | null }[];
}

const LICENCE = /^LICEN[CS]E(\.\w+)?$/;

/** @param options.kept whether files keep their names */
export function namesOf(files: SkillFiles, { kept }: { kept: boolean }): Names {
  const isKept = (path: string) => LICENCE.test(path);
  const paths = [...files.keys()].sort();
  const renamed = new Map(
    paths.map((path, index) => [path, kept || path === "SKILL.md" || isKept(path) ? path : nameOf(path, index)]),
  );
  const of = (path: string) => renamed.get(path) ?? path;
  // A text may name a file without its folder.
  const known = new Map([
    ...paths.map((path) => [posix.basename(path), posix.basename(of(path))] as const),
    ...renamed,
  ]);
  const named = [...known.keys()].filter((name) => /[./]/.test(name)).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`(?<![\\w.-])(${named.map((name) => RegExp.escape(name)).join("|")})(?![\\w-])`);
  return {
    of,
    isKept,
    cut: (text) =>
      text
        .split(pattern)
        .map((part, index) => ({ text: part, name: index % 2 === 1 ? (known.get(part) ?? part) : null }))
        .filter((part) => part.text !== ""),
  };
}

function nameOf(path: string, index: number): string {
  return posix.join(posix.dirname(path), `part-${index}${posix.extname(path)}`);
}
