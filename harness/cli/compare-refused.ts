/** Why runs are not compared, with the way that the command line has to do it all the same. */
import type { Comparison } from "../../reports/compare.ts";
import { SetupError } from "../errors.ts";

export function refused({ reason, forceable }: Extract<Comparison, { kind: "refused" }>): SetupError {
  return new SetupError(forceable ? `${reason}; or give --force, which marks the result` : reason);
}
