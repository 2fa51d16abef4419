/** Edits to the files of a skill: routed by support, applied, and split where a page has become too long. Pure. */
import { type Authors, applyEdits, type Files } from "./apply.ts";
import type { Edit } from "./records.ts";
import { routeBySupport } from "./route.ts";
import { splitLongPages } from "./split-skill.ts";
import type { Made } from "./strategy.ts";

/** What edits are made to. */
export interface Ground {
  readonly files: Files;
  /** What its own lines came from, where earlier edits wrote some of them. */
  readonly authors: Authors;
  /** Those edits. */
  readonly edits?: readonly Edit[];
}

export interface MakeOptions {
  readonly routeSupport: number;
  readonly maxSkillLines: number;
  readonly maxReferenceLines: number;
  readonly titles: ReadonlyMap<string, string>;
}

export function makeSkill(ground: Ground, edits: readonly Edit[], options: MakeOptions): Made {
  const routed = routeBySupport(edits, ground.files, options);
  const made = [...routed.made, ...routed.edits];
  const applied = applyEdits(ground.files, made, ground.authors);
  const known = new Map([...(ground.edits ?? []), ...made].map((edit) => [edit.id, edit]));
  const split = splitLongPages(applied, { ...options, known, contents: true });
  const before = ground.edits?.map(({ id }) => id) ?? [];
  return {
    routed,
    applied: {
      ...applied,
      ...split,
      applied: [...before, ...applied.applied],
      notices: [...applied.notices, ...split.notices],
    },
  };
}
