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
interface Output {
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
  const wrong = new Map([...problems].filter(([id]) => !inputs.some((edit) => edit.id === id)));
  const fitting = outputs.filter((_, index) => !wrong.has(made[index]?.id ?? ""));
  const spoilt = made.flatMap((edit): Refusal[] => {
    const problem = wrong.get(edit.id);
    return problem === undefined ? [] : [{ written: edit.body, problem, lessons: edit.lessons }];
  });
  const settled = settle(group, inputs, fitting, droppedIn(reply, inputs, notices), reply.reasoning);
  return { ...settled, refused: [...refused, ...spoilt], notices };
}

/** All edits of a group, put together without a model: those that do the very same thing become one. */
export function concatenate(group: readonly Patch[], reasoning: string): Covered {
  const inputs = [...new Map(group.flatMap(({ edits }) => edits).map((edit) => [edit.id, edit])).values()];
  const same = [...Map.groupBy(inputs, ({ body }) => shortHash(body)).values()].filter((covers) => covers.length > 1);
  const outputs = same.flatMap((covers) => (covers[0] === undefined ? [] : [{ body: covers[0].body, covers }]));
  return { ...settle(group, inputs, outputs, new Map(), reasoning), refused: [], notices: [] };
}

function settle(
  group: readonly Patch[],
  inputs: readonly Edit[],
  outputs: readonly Output[],
  dropped: ReadonlyMap<string, string>,
  reasoning: string,
): Pick<Covered, "output" | "fates"> {
  const whole = withForgottenTwins(outputs, inputs, dropped);
  const made = whole.map((output) => ({ edit: toEdit(output), covers: output.covers.map(({ id }) => id) }));
  const fates = inputs.map(({ id }): MergeFate => {
    const into = made.filter(({ covers }) => covers.includes(id)).map(({ edit }) => edit.id);
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
  const forgotten = inputs.filter(({ id }) => !covered.has(id) && !dropped.has(id));
  const byBody = Map.groupBy(outputs, ({ body }) => shortHash(body));
  const lost = [...Map.groupBy(forgotten, ({ body }) => shortHash(body))].flatMap(([hash, covers]) => {
    return byBody.has(hash) || covers.length < 2 || covers[0] === undefined ? [] : [{ body: covers[0].body, covers }];
  });
  const said = [...byBody].flatMap(([hash, same]) => {
    const twins = forgotten.filter(({ body }) => shortHash(body) === hash);
    const covers = [...new Set([...same.flatMap((output) => output.covers), ...twins])];
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
  const outputs = reply.edits.flatMap((written): Output[] => {
    const named = idsIn(written.covers);
    const covers = inputs.filter(({ id }) => named.includes(id));
    const unknown = named.filter((id) => !covers.some((edit) => edit.id === id));
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
  for (const written of dropped) {
    const read = Dropped.safeParse(written);
    const known = read.success && inputs.some(({ id }) => id === read.data.edit);
    if (known) reasons.set(read.data.edit, reasons.get(read.data.edit) ?? read.data.reason);
    else notices.push(`dropped names no edit that was given, or no reason: ${JSON.stringify(written)}`);
  }
  return reasons;
}
