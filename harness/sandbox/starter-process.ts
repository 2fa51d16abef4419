/** The process behind `starter.ts`: runs the commands that it is sent, and kills them all when its parent has gone. */
import { messageOf } from "../errors.ts";
import { runInNamespace } from "./namespace.ts";
import type { FromStarter, Start, ToStarter } from "./starter.ts";

const underWay = new Map<number, AbortController>();

process.on("message", (message: ToStarter) => {
  if ("cancel" in message) underWay.get(message.id)?.abort();
  else void run(message.id, message.start);
});
process.on("disconnect", () => {
  for (const abort of underWay.values()) abort.abort();
});
tell({ ready: true });

async function run(id: number, { host, mounts, command, timeoutMs }: Start): Promise<void> {
  const abort = new AbortController();
  underWay.set(id, abort);
  try {
    const result = await runInNamespace(host, mounts, command, { timeoutMs, signal: abort.signal });
    tell({ id, result });
  } catch (error) {
    tell({ id, problem: messageOf(error) });
  } finally {
    underWay.delete(id);
  }
}

/** The parent may go while it is told: its end comes as `disconnect`, and is no failure of ours. */
function tell(message: FromStarter): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
