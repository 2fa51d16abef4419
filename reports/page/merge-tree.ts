/** How patches of single trials became one: the levels in numbers, and the merges as a tree. */
import type { Distillation } from "../experiment.ts";
import { counted, grouped } from "../format.ts";
import type { PatchNode } from "../skill-origin.ts";
import { INK, type Spec, treeChart } from "./charts.ts";
import { type Html, html } from "./html.ts";

const ROOM = { left: 6, right: 6, top: 8, bottom: 10 };
const LEVEL_HEIGHT = 56;
/** Radii of a merge's point, which grows with the trials below it. */
const SMALLEST = 1.5;
const LARGEST = 10;

export function mergeTree({ levels, origin }: Distillation): Html {
  const steps = levels.map(
    ({ patches, edits }) => html`<li><b>${grouped(patches)}</b><span>${patches === 1 ? "patch" : "patches"}</span>
<small class="quiet">${counted(edits, "edit")}</small></li>`,
  );
  return html`<h4>Merge, level by level</h4><ol class="levels">${steps}</ol>${tree(origin?.patches ?? [])}`;
}

/** Nothing where there was nothing to merge. Patches that went nowhere have a root of their own. */
function tree(patches: readonly PatchNode[]): Html | null {
  if (patches.length < 2) return null;
  const merges = patches.filter(({ level }) => level > 0);
  const deepest = patches.reduce((most, { level }) => Math.max(most, level), 0);
  const leaves = patches.length - merges.length;
  const described = merges.map(({ level, id, trials }) => `${id} at level ${level} of ${counted(trials, "trial")}`);
  const picture = {
    title: `Merge tree: ${counted(leaves, "patch", "patches")} of single trials above, the merged below`,
    description: `${counted(merges.length, "merge")}: ${described.join("; ")}`,
  };
  return treeChart(picture, ROOM, (width) => treeSpec(patches, { width, deepest, leaves }));
}

interface Extent {
  readonly width: number;
  readonly deepest: number;
  readonly leaves: number;
}

/** An invisible root holds all patches that went into no other, so that they stand side by side. */
const ROOT = "root";

function treeSpec(patches: readonly PatchNode[], { width, deepest, leaves }: Extent): Spec {
  const height = LEVEL_HEIGHT * deepest;
  const radius = Math.min(3, Math.max(0.6, (0.4 * width) / leaves));
  const values = [
    { key: ROOT, parent: null, level: deepest + 1, trials: 0 },
    ...patches.map(({ id, into, level, trials }) => ({
      key: `patch ${id}`,
      parent: into === null ? ROOT : `patch ${into}`,
      level,
      trials,
    })),
  ];
  const visible = `datum.key !== '${ROOT}'`;
  return {
    width,
    height,
    data: [
      {
        name: "patches",
        values,
        transform: [
          { type: "stratify", key: "key", parentKey: "parent" },
          { type: "tree", method: "cluster", size: [width, height], separation: false },
          { type: "formula", as: "y", expr: `datum.level * ${LEVEL_HEIGHT}` },
          {
            type: "formula",
            as: "area",
            expr: `datum.level === 0 ? ${4 * radius * radius} : 4 * pow(min(${LARGEST}, ${SMALLEST} + sqrt(datum.trials)), 2)`,
          },
        ],
      },
      {
        name: "merges",
        source: "patches",
        transform: [
          { type: "treelinks" },
          { type: "filter", expr: `datum.source.key !== '${ROOT}'` },
          { type: "linkpath", orient: "vertical", shape: "diagonal" },
        ],
      },
    ],
    marks: [
      {
        type: "path",
        from: { data: "merges" },
        encode: {
          enter: {
            path: { field: "path" },
            stroke: { value: INK.quiet },
            strokeOpacity: { value: 0.45 },
            strokeWidth: { value: Math.min(1, 2 * radius) },
          },
        },
      },
      {
        type: "symbol",
        from: { data: "patches" },
        encode: {
          enter: {
            x: { field: "x" },
            y: { field: "y" },
            size: { field: "area" },
            fill: { value: INK.accent },
            opacity: { signal: `${visible} ? 1 : 0` },
          },
        },
      },
    ],
  };
}
