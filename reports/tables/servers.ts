/** The servers behind the numbers, as the doctor knew them when the runs were made. */
import type { KnownServer } from "../../harness/doctor/endpoint/known-server.ts";
import { grouped } from "../format.ts";
import type { Table } from "../table.ts";

/** A row a server; null where nobody had asked. */
export function serversAsTable(servers: readonly KnownServer[]): Table | null {
  if (servers.length === 0) return null;
  return {
    id: "servers",
    title: "Servers",
    columns: [
      { label: "endpoint", kind: "text" },
      { label: "model", kind: "text" },
      { label: "server", kind: "text" },
      { label: "context", kind: "number" },
      { label: "not, or in part", kind: "text" },
      { label: "asked on", kind: "text" },
    ],
    rows: servers.map((server) => ({
      cells: [
        { text: server.endpoint },
        { text: server.model },
        { text: serverName(server) },
        {
          text: server.contextTokens === null ? "unknown" : grouped(server.contextTokens),
          value: server.contextTokens,
        },
        { text: lackingOf(server) },
        { text: server.askedAt.slice(0, 10) },
      ],
    })),
    notes: ["As trace2skill doctor saw them: a notice beside the fingerprints, no part of them."],
    simulated: false,
  };
}

export function serverName({ kind, version }: KnownServer): string {
  return [kind, version ?? ""].join(" ").trim();
}

/** What it cannot do of all that was asked of it. */
export function lackingOf({ capabilities }: KnownServer): string {
  const names = Object.entries(capabilities).flatMap(([name, verdict]) =>
    verdict === "yes" ? [] : [verdict === "partly" ? `${name} (in part)` : name],
  );
  return names.length === 0 ? "nothing of what was asked" : names.join(", ");
}
