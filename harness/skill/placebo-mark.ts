/** What kind of placebo there are, and how one is told of where it was used. */
import { z } from "zod";

/** `same-length` has neutral text, `shuffled` the same words without their order, `other-domain` advice on growing vegetables. */
export const PlaceboKind = z.enum(["same-length", "shuffled", "other-domain"]);
export type PlaceboKind = z.infer<typeof PlaceboKind>;

/** How a placebo was made: with the skill of that hash, the same again gives the same files. */
export const PlaceboMark = z.strictObject({
  kind: PlaceboKind,
  seed: z.number().int(),
  /** Hash of the skill that it stands in for. */
  of: z.string(),
});
export type PlaceboMark = z.infer<typeof PlaceboMark>;
