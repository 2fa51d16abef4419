import { expect, test } from "vitest";
import { callsAtOnce, trialsAtOnce } from "../../../harness/cli/connection-options.ts";

test.each([
  [{ maxConnections: 1 }, { least: 2, most: 2 }, 1],
  [{ maxConnections: 20 }, { least: 30, most: 40 }, 20],
  [{ maxConnections: 128 }, { least: 192, most: 256 }, 128],
  [{ maxConnections: 1_024 }, { least: 1_088, most: 1_152 }, 1_024],
  [{ maxConnections: 128, trialsAtOnce: 128 }, 128, 128],
  [{ trialsAtOnce: 500 }, 500, 128],
])("with %o trials leave no connection idle: %o trials and %i calls at once", (settings, trials, calls) => {
  expect(trialsAtOnce(settings)).toEqual(trials);
  expect(callsAtOnce({ maxRetries: 0, retryTime: 0, minConnections: 1, ...settings })).toBe(calls);
});
