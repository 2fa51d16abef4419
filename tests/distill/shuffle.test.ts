import { expect, test } from "vitest";
import { applyEdits } from "../../distill/apply.ts";
import { type MergedPatches, mergePatches } from "../../distill/merge.ts";
import { mergeGroup } from "../../distill/merge-group.ts";
import type { Patch } from "../../distill/records.ts";
import { routeBySupport } from "../../distill/route.ts";
import { shuffleMerges, stabilityLines } from "../../distill/shuffle.ts";
import { append, patch, skill } from "../support/distill-builders.ts";
import { fenced, json } from "../support/distill-script.ts";
import { scriptedModel } from "../support/scripted-model.ts";

const BASE = skill();
const signal = new AbortController().signal;
/** Two that teach the same, one alone, and one that a merger drops whenever it is shown first. */
const PATCHES: Patch[] = [
  patch("p1", [append("e1", "- Same.", { tasks: ["t1"] })]),
  patch("p2", [append("e2", "- Same.", { tasks: ["t2"] })]),
  patch("p3", [append("e3", "- Alone.", { tasks: ["t3"] })]),
  patch("p4", [append("e4", "- Weak.", { tasks: ["t4", "t5"] })]),
];
const make = ({ patch: last }: Pick<MergedPatches, "patch">) => {
  const routed = routeBySupport(last.edits, BASE.files, { routeSupport: 2, titles: new Map() });
  return { routed, applied: applyEdits(BASE.files, [...routed.made, ...routed.edits]) };
};

function setup() {
  const orders: string[] = [];
  const model = scriptedModel((call) => {
    const shown: { id: string; edits: { id: string; content: string }[] }[] = JSON.parse(
      fenced(call, "patches")[0] ?? "[]",
    );
    orders.push(shown.map(({ id }) => id).join(" "));
    const edits = shown.flatMap((one) => one.edits);
    const groups = [...Map.groupBy(edits, ({ content }) => content).values()];
    const drop = edits[0]?.content === "- Weak." ? edits[0].id : null;
    return json({
      reasoning: "",
      edits: groups
        .filter(([first]) => first?.id !== drop)
        .map((same) => ({
          op: "append_to_section",
          file: "SKILL.md",
          section: "Reading",
          content: same[0]?.content,
          covers: same.map(({ id }) => id),
        })),
      dropped: drop === null ? [] : [{ edit: drop, reason: "Weak." }],
    });
  });
  const merge = (patches: readonly Patch[]) =>
    mergePatches(patches, {
      fanIn: 4,
      width: 2,
      signal,
      mergeGroup: (group, place) => mergeGroup(group, place, BASE, { model, seed: 1, signal }),
    });
  return { orders, merge };
}

test("a lesson that every order keeps in its place is stable, one that an order costs is told with how often", async () => {
  const { orders, merge } = setup();
  const first = make(await merge(PATCHES));
  let done = 0;
  const stability = await shuffleMerges(first, {
    orders: 7,
    seed: 42,
    patches: PATCHES,
    merge,
    make,
    onOrder: () => {
      done += 1;
    },
  });

  const weakFirst = orders.filter((order) => order.startsWith("p4")).length;
  expect(weakFirst).toBeGreaterThan(0);
  expect(done).toBe(7);
  expect(stability).toMatchObject({ orders: 7, faults: 0, stable: 3 / 5 });
  const of = (lesson: string) => stability.lessons.find((one) => one.lesson === lesson);
  expect(of("run/t1.1#1")).toEqual({ lesson: "run/t1.1#1", inSkill: 8, inReference: 0, lost: 0 });
  expect(of("run/t3.1#1")).toEqual({ lesson: "run/t3.1#1", inSkill: 0, inReference: 8, lost: 0 });
  expect(of("run/t4.1#1")).toEqual({ lesson: "run/t4.1#1", inSkill: 8 - weakFirst, inReference: 0, lost: weakFirst });
  expect(stabilityLines(stability)).toEqual([
    "60 % of 5 lessons end in the same place in all 8 orders of merging",
    expect.stringContaining("run/t4.1#1"),
    expect.stringContaining("run/t5.1#1"),
  ]);
});

test("orders come from the seed: the same again asks the same, another seed others", async () => {
  const ordersAt = async (seed: number) => {
    const { orders, merge } = setup();
    const first = make(await merge(PATCHES));
    await shuffleMerges(first, { orders: 5, seed, patches: PATCHES, merge, make, onOrder: () => {} });
    return orders;
  };
  expect(await ordersAt(41)).toEqual(await ordersAt(41));
  expect(await ordersAt(42)).not.toEqual(await ordersAt(41));
});
