/** What the doctor found of the servers that a model is asked at, and what a run should know of it. */
import type { ServerReport } from "../doctor/endpoint/record.ts";
import { keptReport } from "../doctor/endpoint/store.ts";
import type { Protocol, Task } from "../records.ts";
import type { Model } from "../roles.ts";

/**
 * The kept examinations, one a server; none where nobody asked. Asks no server.
 * @param addresses of all servers of the model, where it has several
 */
export async function examinedServers(
  cacheDirectory: string,
  { endpoint, name }: Pick<Model, "endpoint" | "name">,
  addresses: readonly string[] = [endpoint],
): Promise<ServerReport[]> {
  const reports = await Promise.all(addresses.map((address) => keptReport(cacheDirectory, address, name)));
  return reports.filter((report) => report !== null);
}

export interface Intended {
  readonly protocol: Protocol;
  readonly tasks: readonly Pick<Task, "images">[];
}

/** Where a run asks for what the doctor saw fail there. */
export function serverNotes(reports: readonly ServerReport[], { protocol, tasks }: Intended): string[] {
  const needed = [
    ...(protocol === "tools" ? ["tools", "tool results"] : ["stop texts"]),
    ...(tasks.some(({ images }) => images !== undefined) ? ["images"] : []),
  ];
  return reports.flatMap(({ endpoint, askedAt, capabilities }) =>
    capabilities
      .filter(({ name, verdict }) => verdict === "no" && needed.includes(name))
      .map(
        ({ name, found, cure }) =>
          `on ${askedAt.slice(0, 10)} the doctor found no ${name} at ${endpoint} (${found})${cure === null ? "" : `: ${cure}`}`,
      ),
  );
}
