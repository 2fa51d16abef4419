/** Which keys the definition knows at a place: for whoever wrote another. */
import { z } from "zod";
import { Experiment } from "./definition.ts";

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly $ref?: string;
}

/** In the order of the definition; of several forms those of all, each once. */
export function keysAt(path: readonly (string | number)[]): string[] {
  const schema = z.toJSONSchema(Experiment, { io: "input", unrepresentable: "any", reused: "inline" }) as Shape;
  let shapes: readonly Shape[] = [schema];
  for (const part of path) shapes = shapes.flatMap(forms).flatMap((shape) => below(shape, part));
  return [...new Set(shapes.flatMap(forms).flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function forms(shape: Shape): readonly Shape[] {
  return shape.anyOf === undefined ? [shape] : shape.anyOf.flatMap(forms);
}

function below({ properties = {}, additionalProperties, items }: Shape, part: string | number): Shape[] {
  const next =
    typeof part === "number" ? items : Object.hasOwn(properties, part) ? properties[part] : additionalProperties;
  return typeof next === "object" ? [next] : [];
}
