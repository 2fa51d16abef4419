/**
 * How fast V8's heap grows between two collections. Left alone on a machine with much memory, the young generation grows to
 * 130 MB and the old one to some times what lives there: a run of 400 long trials took half as much again.
 */
import { setFlagsFromString } from "node:v8";

/** In percent of what lives. */
const HELD = 70;
/** With a thousand calls in flight, collecting at the pace above took a seventh of all processor time. */
const GROWING = 100;

/** For as long as few calls are under way. */
export function holdHeap(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString(`--heap-growing-percent=${HELD}`);
}

/** Once very many are. */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING}`);
}
