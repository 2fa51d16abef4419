/** Long work of many at once, in pieces: whatever else this process has to do comes in between. */

/** So long pieces may follow one another. */
const HELD_MS = 10;

const waiting: (() => void)[] = [];
let isScheduled = false;

/** To be waited for before each piece: those that wait go on in turn, and take a bounded part of each turn of the event loop. */
export function pace(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  if (!isScheduled) setImmediate(turn);
  isScheduled = true;
  return promise;
}

function turn(): void {
  const until = performance.now() + HELD_MS;
  const step = () => {
    waiting.shift()?.();
    if (waiting.length === 0) isScheduled = false;
    else if (performance.now() > until) setImmediate(turn);
    // A tick that is asked for by a promise's callback comes when all that the piece could do by then is done.
    else queueMicrotask(() => process.nextTick(step));
  };
  step();
}
