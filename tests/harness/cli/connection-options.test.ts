import { expect, test } from "vitest";
import { callsAtOnce, trialsAtOnce } from "../../../harness/cli/connection-options.ts";

test.each([
  [{ maxConnections: 1 }, 2, 1],
  [{ maxConnections: 20 }, 40, 20],
  [{ maxConnections: 128 }, 256, 128],
  [{ maxConnections: 1_024 }, 1_152, 1_024],
  [{ maxConnections: 128, trialsAtOnce: 128 }, 128, 128],
  [{ trialsAtOnce: 500 }, 500, 128],
])("with %o trials leave no connection idle: %i trials and %i calls at once", (settings, trials, calls) => {
  expect(trialsAtOnce(settings)).toBe(trials);
  expect(callsAtOnce({ maxRetries: 0, retryTime: 0, minConnections: 1, ...settings })).toBe(calls);
});
