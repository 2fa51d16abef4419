/** A browser for tests: the Chromium of the machine, driven by its own protocol. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

export const NO_BROWSER = `no Chromium on the PATH (${NAMES.join(", ")}): Debian's is installed by ./setup.sh`;

/** Null where the machine has none. */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = browserPath();
  return executablePath === null ? null : chromium.launch({ executablePath });
}

function browserPath(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
