/** Requests as they were stored, made whole again. */
import { z } from "zod";
import { unpack } from "./pack.ts";
import type { PartStore } from "./parts.ts";

/** Numbers are parts; two that follow one another have a comma between them. */
export const Pieces = z.array(z.union([z.string(), z.number().int()]));
export type Pieces = z.infer<typeof Pieces>;

/** `whole`: of version 1, without endpoint and draw, so that its key cannot be computed from it. */
export type StoredRequest =
  | { readonly kind: "pieces"; readonly pieces: Pieces }
  | { readonly kind: "whole"; readonly request: unknown };

/** @throws Error when it is damaged */
export function readRequest(stored: unknown): StoredRequest {
  const value: unknown = JSON.parse(unpack(stored).toString("utf8"));
  return Array.isArray(value) ? { kind: "pieces", pieces: Pieces.parse(value) } : { kind: "whole", request: value };
}

/** The text whose hash is the key. @throws Error when a part is missing or damaged */
export function textOfPieces(pieces: Pieces, parts: Pick<PartStore, "read">): string {
  return pieces
    .map((piece, at) => {
      if (typeof piece === "string") return piece;
      return `${typeof pieces[at - 1] === "number" ? "," : ""}${parts.read(piece).toString("utf8")}`;
    })
    .join("");
}

/** What was asked for, endpoint and all where it is known. @throws Error when it is damaged */
export function requestOf(stored: unknown, parts: Pick<PartStore, "read">): unknown {
  const request = readRequest(stored);
  if (request.kind === "whole") return request.request;
  const { request: asked } = z.object({ request: z.unknown() }).parse(JSON.parse(textOfPieces(request.pieces, parts)));
  return asked;
}

/** Hashes of the images that a fragment shows, as `model.ts` names them. */
export function imagesNamedIn(fragment: string): string[] {
  return [...fragment.matchAll(/"sha256:([0-9a-f]{64})"/g)].map(([, hash]) => hash ?? "");
}
