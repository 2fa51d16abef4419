/** Looks values up in a task's inputs, where a script may take them from. */
import { z } from "zod";
import type { Sandbox } from "../harness/roles.ts";

/** A value that is longer, or one more than these, is looked for in vain; a command has room for no more. */
const MOST_VALUES = 100;
const LONGEST = 300;
const TIMEOUT_MS = 60_000;

/** Reads text files as they are, and of zipped files, which workbooks are, all that is XML. */
const LOOK_UP = `import base64, html, json, os, sys, zipfile
values = json.loads(base64.b64decode(sys.argv[1]))
texts = []
for name in filter(os.path.isfile, os.listdir(".")):
    if zipfile.is_zipfile(name):
        with zipfile.ZipFile(name) as book:
            texts += [html.unescape(book.read(part).decode("utf-8", "replace")) for part in book.namelist() if part.endswith(".xml")]
    else:
        with open(name, encoding="utf-8", errors="replace") as file:
            texts.append(file.read())
print(json.dumps([value for value in values if any(value in text for text in texts)]))`;

/** Of the values, those that stand in the files of a sandbox that holds a task's inputs only; none where that cannot be told. */
export async function valuesInInputs(
  sandbox: Sandbox,
  values: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const asked = values.filter((value) => value.length <= LONGEST).slice(0, MOST_VALUES);
  if (asked.length === 0) return [];
  const argument = Buffer.from(JSON.stringify(asked)).toString("base64");
  const { output } = await sandbox.run(`python3 -c '${LOOK_UP}' ${argument}`, { timeoutMs: TIMEOUT_MS, signal });
  const found = Found.safeParse(output);
  return found.success ? asked.filter((value) => found.data.includes(value)) : [];
}

const Found = z.preprocess((output) => {
  try {
    return typeof output === "string" ? JSON.parse(output) : output;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}, z.array(z.string()));
