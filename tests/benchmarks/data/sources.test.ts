import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { SOURCES } from "../../../benchmarks/data/sources.ts";
import { BENCHMARKS } from "../../../benchmarks/index.ts";
import { sharedPath } from "../../support/shared-data.ts";

test("every benchmark that needs data has one source, the user's own aside", () => {
  const needing = Object.keys(BENCHMARKS).filter((name) => BENCHMARKS[name]?.needsData && name !== "folder");

  expect(SOURCES.map(({ name }) => name).sort()).toEqual(needing.sort());
});

test.each(SOURCES)(
  "$name: each address names a revision of the list, and each step a download",
  ({ files, steps, revisions }) => {
    const unpinned = files.filter(
      ({ url }) => !Object.values(revisions).some((revision) => url.includes(`/${revision}/`)),
    );
    const names = files.map(({ name }) => name);
    const wanted = steps.flatMap((step) => ("from" in step ? step.from : []));

    expect(unpinned).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  },
);

test.for([
  ["math-500", "test.jsonl", "data/math/math500.jsonl"],
  ["wikitq", "pristine-unseen-tables.tsv", "data/wikitablequestions/pristine-unseen-tables.tsv"],
  ["wikitq", "random-split-1-dev.tsv", "data/wikitablequestions/random-split-1-dev.tsv"],
  ["wikitq", "pristine-unseen-tables.tagged", "data/wikitablequestions/pristine-unseen-tables.tagged"],
] as const)("%s: the hash of %s is that of the unchanged copy at hand", async ([benchmark, name, path], context) => {
  const bytes = await readFile(sharedPath(context, path));
  const file = SOURCES.find((source) => source.name === benchmark)?.files.find((one) => one.name === name);

  expect(file).toMatchObject({ bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
});
