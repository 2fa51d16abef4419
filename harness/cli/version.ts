import { readFileSync } from "node:fs";
import { hasCode } from "../errors.ts";

/** Version from package.json, which lies two folders up in the checkout and three in the packed tool. */
export function toolVersion(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    const text = readIfThere(new URL(path, import.meta.url));
    if (text !== null) return String(JSON.parse(text).version);
  }
  throw new Error("package.json is not where it belongs");
}

function readIfThere(url: URL): string | null {
  try {
    return readFileSync(url, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}
