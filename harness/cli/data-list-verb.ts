/** What verb `data list` does. */
import { fetchedDirectory, readFetched } from "../../benchmarks/data/fetched.ts";
import { sourceOf } from "../../benchmarks/data/sources.ts";
import { BENCHMARKS } from "../../benchmarks/index.ts";
import { wrap } from "../../reports/text-table.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { ListSettings } from "./data.ts";
import type { Io } from "./io.ts";

interface Listed {
  readonly name: string;
  readonly about: string;
  readonly splits: readonly string[];
  readonly licence: string | null;
  readonly terms: string | null;
  readonly home: readonly string[];
  readonly revisions: Readonly<Record<string, string>>;
  /** Size of the downloads, about; null where it is not known. */
  readonly megabytes: number | null;
  /** `own`: made by the tool; `none`: no public source is known, the user gives a folder. */
  readonly state: "own" | "fetched" | "not-fetched" | "none";
  readonly directory: string | null;
  readonly fetchedAt: string | null;
}

export async function dataListVerb({ json }: ListSettings, io: Io): Promise<void> {
  const listed = await Promise.all(Object.keys(BENCHMARKS).map((name) => listedOf(name, cacheDirectoryOf(io))));
  if (json) io.out(JSON.stringify(listed, null, 1));
  else io.out(listed.map(textOf).join("\n\n"));
}

async function listedOf(name: string, cacheDirectory: string): Promise<Listed> {
  const { about = "", splits = [], needsData = false } = BENCHMARKS[name] ?? {};
  const source = sourceOf(name);
  const directory = fetchedDirectory(cacheDirectory, name);
  const fetched = source === undefined ? null : await readFetched(directory);
  return {
    name,
    about,
    splits,
    licence: source?.licence ?? null,
    terms: source?.terms ?? null,
    home: source?.home ?? [],
    revisions: source?.revisions ?? {},
    megabytes: source?.megabytes ?? null,
    state: !needsData ? "own" : source === undefined ? "none" : fetched === null ? "not-fetched" : "fetched",
    directory: fetched === null ? null : directory,
    fetchedAt: fetched?.fetchedAt ?? null,
  };
}

function textOf(one: Listed): string {
  const lines = [
    `splits: ${one.splits.join(", ")}`,
    ...(one.licence === null ? [] : [`licence: ${one.licence}${one.terms === null ? "" : `. ${one.terms}`}`]),
    ...(one.home.length === 0 ? [] : [`source: ${one.home.join(" ")}`]),
    stateText(one),
  ];
  return [`${one.name}: ${one.about}`, ...lines.map((line) => wrap(`  ${line}`, { indent: "    " }))].join("\n");
}

function stateText({ name, state, directory, fetchedAt, megabytes }: Listed): string {
  switch (state) {
    case "own":
      return "here: the tool makes it";
    case "none":
      return "a folder of your own: --data DIR";
    case "fetched":
      return `here: ${directory}, fetched ${fetchedAt?.slice(0, 10)}`;
    case "not-fetched":
      return `not here: trace2skill data fetch ${name}${megabytes === null ? "" : ` (about ${megabytes} MB)`}, or --data DIR`;
    default:
      return state satisfies never;
  }
}
