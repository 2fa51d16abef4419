/** Where the parts of a YAML document stand in its text. */
import { type Document, isScalar, type LineCounter } from "../../harness/yaml.ts";

export interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** The place of a part; of one that is missing, that of the nearest part around it. */
export type Places = (path: readonly (string | number)[]) => Place;

export function placesIn(document: Document, lines: LineCounter): Places {
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = offsetOf(document, path.slice(0, length));
      if (offset !== null) return placeAt(offset, lines);
    }
    return { line: 1, column: 1 };
  };
}

function placeAt(offset: number, lines: LineCounter): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Of a key of a map, where the key stands; of an item of a list, where the item begins. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | null {
  const last = path.at(-1);
  const around: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (typeof around !== "object" || around === null || !("items" in around) || !Array.isArray(around.items))
    return null;
  const items: readonly unknown[] = around.items;
  const found =
    typeof last === "number"
      ? items[last]
      : items.map(keyOf).find((key) => isScalar(key) && String(key.value) === last);
  return startOf(found);
}

function keyOf(pair: unknown): unknown {
  return typeof pair === "object" && pair !== null && "key" in pair ? pair.key : null;
}

function startOf(node: unknown): number | null {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return null;
  const [start]: readonly unknown[] = node.range;
  return typeof start === "number" ? start : null;
}
