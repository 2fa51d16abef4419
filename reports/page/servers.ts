/** The servers behind the numbers, as the doctor knew them when the runs were made. */
import type { KnownServer } from "../../harness/doctor/endpoint/known-server.ts";
import { grouped } from "../format.ts";
import { lackingOf, serverName } from "../tables/servers.ts";
import { html } from "./html.ts";
import { type Cell, dataTable } from "./parts.ts";
import type { Section } from "./sections.ts";

export function serversSection(servers: readonly KnownServer[]): Section | null {
  if (servers.length === 0) return null;
  const rows = servers.map((server): Cell[] => [
    { label: "Endpoint", content: server.endpoint },
    { label: "Model", content: server.model },
    { label: "Server", content: serverName(server) },
    {
      label: "Context",
      content: server.contextTokens === null ? "unknown" : grouped(server.contextTokens),
      kind: "number",
    },
    { label: "Not, or in part", content: lackingOf(server), kind: "wide" },
    { label: "Asked on", content: server.askedAt.slice(0, 10) },
  ]);
  const body = html`<div class="part">
<p>As <code>trace2skill doctor</code> saw them: a notice beside the fingerprints, no part of them.</p>
${dataTable("What the runs were made on", rows)}</div>`;
  return { id: "servers", title: "Servers", body };
}
