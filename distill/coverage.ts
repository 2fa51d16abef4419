/**
 * What a merger's reply makes of the edits it was given, checked by code: each input is kept, merged, dropped with a
 * reason, or put back; lessons and support are unions of what is covered (invariants 5 and 6; W23). Pure.
 */
import { z } from "zod";
import { shortHash } from "../harness/hash.ts";
import type { Merge } from "./documents.ts";
import { idsIn, makeEdit, readEditBody, WrittenEdit } from "./edit-reply.ts";
import type { Edit, EditBody, MergeFate, Patch, Refusal } from "./records.ts";

export const MergerReply = z.object({
  reasoning: z.string().catch(""),
  edits: z.array(WrittenEdit),
  dropped: z.array(z.unknown()).catch([]),
});
export type MergerReply = z.infer<typeof MergerReply>;

const Dropped = z.object({ edit: z.string(), reason: z.string().trim().min(1) });

export type Covered = Pick<Merge, "output" | "fates" | "refused" | "notices">;

/** Says which of these edits do not fit the base, by id, and why. */
export type Unfit = (edits: readonly Edit[]) => ReadonlyMap<string, string>;

/** An edit that the merger returned, with the inputs it stands for. */
export interface Output {
  readonly body: EditBody;
  readonly covers: readonly Edit[];
}

/** The merged patch of a group. Whatever the reply holds, no input edit is without a fate and no support is lost. */
export function coverGroup(group: readonly Patch[], reply: MergerReply, unfit: Unfit): Covered {
  const inputs = [...new Map(group.flatMap(({ edits }) => edits).map((edit) => [edit.id, edit])).values()];
  const { outputs, refused, notices } = readOutputs(inputs, reply);
  const made = outputs.map(toEdit);
  const problems = unfit(made);
  // An input that came back unchanged was found to fit when it was proposed.
  const given = new Set(inputs.map(({ id }) => id));
  const wrong = new Map([...problems].filter(([id]) => !given.has(id)));
  const fitting = outputs.filter((_, index) => !wrong.has(made[index]?.id ?? ""));
  const spoilt = made.flatMap((edit): Refusal[] => {
    const problem = wrong.get(edit.id);
    return problem === undefined ? [] : [{ written: edit.body, problem, lessons: edit.lessons }];
  });
  const settled = settleOutputs(group, inputs, fitting, {
    dropped: droppedIn(reply, inputs, notices),
    reasoning: reply.reasoning,
  });
  return { ...settled, refused: [...refused, ...spoilt], notices };
}

/**
 * The patch that outputs make, with what became of each input.
 * @param dropped reasons by the id of an input
 */
export function settleOutputs(
  group: readonly Patch[],
  inputs: readonly Edit[],
  outputs: readonly Output[],
  { dropped, reasoning }: { readonly dropped: ReadonlyMap<string, string>; readonly reasoning: string },
): Pick<Covered, "output" | "fates"> {
  const whole = withForgottenTwins(outputs, inputs, dropped);
  const made = whole.map((output) => ({ edit: toEdit(output), covers: output.covers }));
  const carriers = new Map<string, string[]>();
  for (const { edit, covers } of made)
    for (const { id } of covers) carriers.set(id, [...(carriers.get(id) ?? []), edit.id]);
  const fates = inputs.map(({ id }): MergeFate => {
    const into = carriers.get(id) ?? [];
    const reason = dropped.get(id);
    if (into.length > 0)
      return into.every((one) => one === id) ? { kind: "kept", edit: id } : { kind: "merged", edit: id, into };
    return reason === undefined ? { kind: "put-back", edit: id } : { kind: "dropped", edit: id, reason };
  });
  const back = inputs.filter((_, index) => fates[index]?.kind === "put-back");
  const edits = [...made.map(({ edit }) => edit), ...back];
  const id = `m-${shortHash({ inputs: group.map((patch) => patch.id), edits: edits.map((edit) => edit.id) })}`;
  return { output: { id, reasoning, edits }, fates };
}

/**
 * An input that was forgotten, but whose very words are in the output, is covered by it. Outputs of one body become one,
 * and so do inputs of one body that were all forgotten: else each of them would seem rare.
 */
function withForgottenTwins(
  outputs: readonly Output[],
  inputs: readonly Edit[],
  dropped: ReadonlyMap<string, string>,
): Output[] {
  const covered = new Set(outputs.flatMap(({ covers }) => covers.map(({ id }) => id)));
  const forgotten = Map.groupBy(
    inputs.filter(({ id }) => !covered.has(id) && !dropped.has(id)),
    ({ body }) => shortHash(body),
  );
  const byBody = Map.groupBy(outputs, ({ body }) => shortHash(body));
  const lost = [...forgotten].flatMap(([hash, covers]) => {
    return byBody.has(hash) || covers.length < 2 || covers[0] === undefined ? [] : [{ body: covers[0].body, covers }];
  });
  const said = [...byBody].flatMap(([hash, same]) => {
    const covers = [...new Set([...same.flatMap((output) => output.covers), ...(forgotten.get(hash) ?? [])])];
    return same[0] === undefined ? [] : [{ body: same[0].body, covers }];
  });
  return [...said, ...lost];
}

/** An input that comes back as it was keeps its id. */
function toEdit({ body, covers }: Output): Edit {
  const [only] = covers;
  if (covers.length === 1 && only !== undefined && shortHash(only.body) === shortHash(body)) return only;
  return makeEdit(
    body,
    covers.map(({ id }) => id),
    covers.flatMap(({ lessons }) => lessons),
    covers.flatMap(({ tasks }) => tasks),
  );
}

function readOutputs(
  inputs: readonly Edit[],
  reply: MergerReply,
): { outputs: Output[]; refused: Refusal[]; notices: string[] } {
  const refused: Refusal[] = [];
  const notices: string[] = [];
  const known = new Map(inputs.map((edit, at) => [edit.id, { edit, at }]));
  const outputs = reply.edits.flatMap((written): Output[] => {
    const named = idsIn(written.covers);
    const unknown = named.filter((id) => !known.has(id));
    // In the order of the inputs, whichever way they are named.
    const covers = named
      .flatMap((id) => known.get(id) ?? [])
      .sort((one, other) => one.at - other.at)
      .map(({ edit }) => edit);
    if (unknown.length > 0) notices.push(`covers names edits that were not given: ${unknown.join(", ")}`);
    const lessons = covers.flatMap((edit) => edit.lessons);
    const body = readEditBody(written, "covers");
    if (!body.success) refused.push({ written, lessons, problem: z.prettifyError(body.error) });
    else if (covers.length === 0)
      refused.push({ written, lessons, problem: "it covers none of the edits that were given" });
    else return [{ body: body.data, covers }];
    return [];
  });
  return { outputs, refused, notices };
}

function droppedIn({ dropped }: MergerReply, inputs: readonly Edit[], notices: string[]): Map<string, string> {
  const reasons = new Map<string, string>();
  const ids = new Set(inputs.map(({ id }) => id));
  for (const written of dropped) {
    const read = Dropped.safeParse(written);
    const known = read.success && ids.has(read.data.edit);
    if (known) reasons.set(read.data.edit, reasons.get(read.data.edit) ?? read.data.reason);
    else notices.push(`dropped names no edit that was given, or no reason: ${JSON.stringify(written)}`);
  }
  return reasons;
}
