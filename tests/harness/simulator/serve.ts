/** A process of its own that serves a key it is sent, so that its processor time is that of the server alone. */
import { startSimulator } from "../../../harness/simulator/server.ts";

const started = Promise.withResolvers<Awaited<ReturnType<typeof startSimulator>>>();

process.on("message", async (message: { key?: Parameters<typeof startSimulator>[0]["key"] }) => {
  if (message.key !== undefined) started.resolve(await startSimulator({ key: message.key }));
  const simulator = await started.promise;
  const { user, system } = process.cpuUsage();
  process.send?.({ url: simulator.url, total: simulator.requests().total, cpuMs: (user + system) / 1000 });
});
