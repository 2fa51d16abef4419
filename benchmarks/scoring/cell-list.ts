/** Cells of a sheet by their keys: two arrays as long as keys come in order, as they do in nearly all files; then a map. */
import { NOTHING, type SheetValue } from "./values.ts";

/** What readers of a sheet may ask; a `Map` is one. */
export interface Cells {
  readonly size: number;
  get(key: number): SheetValue | undefined;
  has(key: number): boolean;
  keys(): Iterable<number>;
  forEach(visit: (value: SheetValue, key: number) => void): void;
  [Symbol.iterator](): Iterator<[number, SheetValue]>;
}

export class CellList implements Cells {
  readonly #keys: number[] = [];
  /** Nothing, where the cell was deleted. */
  readonly #values: SheetValue[] = [];
  #map: Map<number, SheetValue> | null = null;
  #size = 0;
  /** Where the last key was found: the next one asked for is mostly the next one here. */
  #hint = 0;

  get size(): number {
    return this.#map?.size ?? this.#size;
  }

  get(key: number): SheetValue | undefined {
    if (this.#map !== null) return this.#map.get(key);
    const at = this.#find(key);
    const value = at < 0 ? undefined : this.#values[at];
    return value === NOTHING ? undefined : value;
  }

  has(key: number): boolean {
    return this.get(key) !== undefined;
  }

  set(key: number, value: SheetValue): void {
    const last = this.#keys.at(-1);
    if (this.#map === null && (last === undefined || key > last)) {
      this.#keys.push(key);
      this.#values.push(value);
      this.#size += 1;
    } else if (this.#map === null && this.#find(key) >= 0) {
      if (this.#values[this.#hint] === NOTHING) this.#size += 1;
      this.#values[this.#hint] = value;
    } else {
      this.#map ??= new Map(this);
      this.#map.set(key, value);
    }
  }

  delete(key: number): void {
    if (this.#map !== null) this.#map.delete(key);
    else {
      const at = this.#find(key);
      if (at < 0 || this.#values[at] === NOTHING) return;
      this.#values[at] = NOTHING;
      this.#size -= 1;
    }
  }

  forEach(visit: (value: SheetValue, key: number) => void): void {
    if (this.#map !== null) this.#map.forEach(visit);
    else this.#forEachInOrder(visit);
  }

  #forEachInOrder(visit: (value: SheetValue, key: number) => void): void {
    for (let at = 0; at < this.#keys.length; at += 1) {
      const value = this.#values[at] ?? NOTHING;
      if (value !== NOTHING) visit(value, this.#keys[at] ?? 0);
    }
  }

  *keys(): Generator<number> {
    for (const [key] of this) yield key;
  }

  *[Symbol.iterator](): Generator<[number, SheetValue]> {
    if (this.#map !== null) yield* this.#map;
    else {
      for (const [at, key] of this.#keys.entries()) {
        const value = this.#values[at] ?? NOTHING;
        if (value !== NOTHING) yield [key, value];
      }
    }
  }

  /** The place of a key in the arrays, or -1. */
  #find(key: number): number {
    const keys = this.#keys;
    for (let at = this.#hint; at < this.#hint + 3; at += 1) if (keys[at] === key) return this.#found(at);
    let low = 0;
    let high = keys.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = keys[middle] ?? 0;
      if (there === key) return this.#found(middle);
      if (there < key) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #found(at: number): number {
    this.#hint = at;
    return at;
  }
}
