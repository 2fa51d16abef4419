/** What verb `doctor` does with an endpoint: examines the model, tells, and keeps what was found for later runs. */
import { examineEndpoint } from "../doctor/endpoint/examine.ts";
import { changesOf, usesOf } from "../doctor/endpoint/plan.ts";
import { isUsable, type ServerReport } from "../doctor/endpoint/record.ts";
import { keepReport } from "../doctor/endpoint/store.ts";
import { UsageError } from "../errors.ts";
import { addressesOf } from "../model/endpoints.ts";
import { simulatorIdentity } from "../simulator/identity.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { DoctorSettings } from "./doctor.ts";
import { serverText } from "./doctor-endpoint-text.ts";
import type { Io } from "./io.ts";
import { isSimulatedModel, SIMULATED_MODELS } from "./simulated-models.ts";

/** Exit code 0 when runs can be made on all endpoints that were asked for, else 1. */
export async function doctorEndpointVerb(settings: DoctorSettings, io: Io): Promise<void> {
  await using places = await placesOf(settings, io);
  const examined: { report: ServerReport; kept: string | null }[] = [];
  for (const place of places.list) {
    const report = await examineOne(place, settings, io);
    examined.push({ report, kept: await keepReport(cacheDirectoryOf(io), report) });
  }
  const ok = examined.every(({ report }) => isUsable(report));
  if (settings.json) {
    const endpoints = examined.map(({ report, kept }) => ({
      ...report,
      uses: usesOf(report),
      changes: changesOf(report),
      path: kept,
    }));
    io.out(JSON.stringify({ ok, endpoints }, null, 1));
  } else io.out(examined.map(({ report, kept }) => serverText(report, kept)).join("\n\n"));
  io.exit(ok ? 0 : 1);
}

interface Place {
  readonly baseUrl: string;
  readonly identity: string;
}

function examineOne({ baseUrl, identity }: Place, settings: DoctorSettings, io: Io): Promise<ServerReport> {
  const { model = null, probeContext = false, timeout } = settings;
  io.err(`asking ${identity}${model === null ? "" : ` about ${model}`}`);
  return examineEndpoint({
    baseUrl,
    identity,
    model,
    apiKey: io.env.OPENAI_API_KEY ?? null,
    timeoutMs: timeout * 1_000,
    probeContext,
    signal: io.signal,
    onFound: ({ name, verdict }) => {
      if (io.terminal) io.err(`  ${name}: ${verdict}`); // twenty calls of a slow model take minutes
    },
  });
}

/** The endpoints asked for; without one, the simulated model is started for as long as it is looked at. */
async function placesOf(
  { baseUrl, model }: DoctorSettings,
  io: Io,
): Promise<{ list: readonly Place[] } & AsyncDisposable> {
  const given = baseUrl ?? (isSimulatedModel(model ?? "") ? undefined : io.env.OPENAI_BASE_URL);
  if (given !== undefined) {
    const list = addressesOf(given).map((baseUrl) => ({ baseUrl, identity: baseUrl }));
    return { list, [Symbol.asyncDispose]: async () => {} };
  }
  if (model === undefined || !isSimulatedModel(model)) {
    throw new UsageError(
      `unknown model ${JSON.stringify(model)}: built in are ${SIMULATED_MODELS.join(" and ")}; for any other give --base-url http://HOST/v1 (or OPENAI_BASE_URL)`,
    );
  }
  const { startSimulator } = await import("../simulator/server.ts");
  const server = await startSimulator({ key: [] });
  return {
    list: [{ baseUrl: server.url, identity: simulatorIdentity() }],
    [Symbol.asyncDispose]: () => server.close(),
  };
}
