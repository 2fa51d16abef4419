/** Reads a skill's folder. */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { hasCode, SetupError } from "../errors.ts";
import type { Problem } from "./problem.ts";
import { brokenSkill, formatProblems, parseSkill, type Skill, type SkillFiles } from "./skill.ts";

/** More than any skill needs; they keep a wrong folder from being read whole. */
const MOST_FILES = 500;
const MAX_FILE_BYTES = 4 * 1024 ** 2;
const MAX_TOTAL_BYTES = 32 * 1024 ** 2;

/** What systems and tools leave behind; no part of a skill. */
const IGNORED = new Set([".git", ".DS_Store", "Thumbs.db", "__pycache__", "node_modules"]);

/**
 * Reads a skill: regular files, and links to files within the folder.
 * @throws SetupError when the folder is not there, or with everything that breaks the format, at once
 */
export async function readSkill(directory: string): Promise<Skill> {
  const { files, problems } = await readSkillFiles(directory);
  const all = [...problems, ...formatProblems(files)];
  if (all.length > 0) throw brokenSkill(directory, all);
  return parseSkill(files, directory);
}

/**
 * Reads what can be read of a skill's folder, and tells what cannot.
 * @throws SetupError when there is no such folder
 */
export async function readSkillFiles(directory: string): Promise<{ files: SkillFiles; problems: Problem[] }> {
  const root = await rootOf(directory);
  const found = await filesBelow(root);
  if (found.length > MOST_FILES) {
    throw new SetupError(
      `the skill ${directory} has ${found.length} files, at most ${MOST_FILES} are read. Is it the right folder?`,
    );
  }
  const files = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  let left = MAX_TOTAL_BYTES;
  for (const path of found) {
    const problem = await problemOf(root, path, left);
    if (problem !== null) {
      problems.push({ file: path, line: 1, severity: "error", ...problem });
      continue;
    }
    const bytes = await readFile(join(root, path));
    left -= bytes.length;
    files.set(path, bytes);
  }
  return { files, problems };
}

async function rootOf(directory: string): Promise<string> {
  const info = await stat(directory).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (info === null || !info.isDirectory()) {
    throw new SetupError(
      `expected a skill's folder with a SKILL.md at ${directory}, found ${info === null ? "nothing" : "a file"}`,
    );
  }
  return realpath(directory);
}

/** Paths of all that is no folder, sorted, with forward slashes. */
async function filesBelow(root: string, folder = ""): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const paths = await Promise.all(
    entries
      .filter(({ name }) => !IGNORED.has(name))
      .map((entry) => {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        return entry.isDirectory() ? filesBelow(root, path) : [path];
      }),
  );
  return paths.flat().sort();
}

async function problemOf(root: string, path: string, left: number): Promise<{ rule: string; message: string } | null> {
  const target = await realpath(join(root, path)).catch(() => null);
  if (target === null) return { rule: "link-file", message: "is a link to a file that is not there" };
  if (relative(root, target).split(sep)[0] === "..") {
    return { rule: "link-file", message: "is a link that leads out of the skill's folder; put the file itself there" };
  }
  const info = await stat(target);
  if (!info.isFile())
    return { rule: "file-kind", message: "expected a regular file; links to folders, pipes and devices are not read" };
  if (info.size > MAX_FILE_BYTES)
    return { rule: "file-size", message: `has ${info.size} bytes, at most ${MAX_FILE_BYTES} are read` };
  if (info.size > left)
    return { rule: "file-size", message: `the skill's files together exceed ${MAX_TOTAL_BYTES} bytes` };
  return null;
}
