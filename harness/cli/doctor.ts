/** Verb `doctor`: what this machine has and lacks, or what a model behind an endpoint can do. */
import type { Command } from "commander";
import type { Finding } from "../doctor/finding.ts";
import { UsageError } from "../errors.ts";
import { definedOf, type Io } from "./io.ts";
import { addJsonOption, integer } from "./options.ts";

export interface DoctorSettings {
  readonly out: string;
  readonly json: boolean;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly probeContext?: boolean;
  /** In seconds. */
  readonly timeout: number;
}

export function registerDoctor(program: Command, io: Io): void {
  const command = program
    .command("doctor")
    .description(
      "Say what this machine has and lacks, and the command that mends each lack; exit 1 when the main job cannot be done. " +
        "With --base-url or --model: what that endpoint and model can do, before anything is spent on a run.",
    )
    .option("--out <dir>", "folder that runs will be written to", "runs")
    .option(
      "--base-url <url>",
      "look at this endpoint instead of the machine (key: OPENAI_API_KEY); several with commas between",
    )
    .option("--model <name>", "model behind it; may be left out where only one is served")
    .option(
      "--probe-context",
      "send a prompt beyond the context length too, or ever longer ones where it is not told: up to a million tokens",
    )
    .option("--timeout <seconds>", "longest wait for one answer", integer("--timeout", 1), 120)
    .addHelpText(
      "after",
      `
About twenty short calls, some 6,000 tokens in all; they are counted and told. What was found is kept, and runs on that
endpoint and model name it in their manifest and report.

Examples:
  trace2skill doctor
  trace2skill doctor --json | jq '.findings[] | select(.ok | not)'
  trace2skill doctor --base-url http://localhost:8000/v1 --model NAME
  trace2skill doctor --model sim/large`,
    );
  addJsonOption(command).action(async (settings: DoctorSettings) => {
    if (settings.baseUrl === undefined && settings.model === undefined) return doctor(settings, io);
    const { doctorEndpointVerb } = await import("./doctor-endpoint-verb.ts");
    return doctorEndpointVerb(settings, io);
  });
}

async function doctor({ out, json, probeContext }: DoctorSettings, io: Io): Promise<void> {
  if (probeContext === true) throw new UsageError("--probe-context needs an endpoint: give --base-url or --model");
  const { examine, isSound } = await import("../doctor/examine.ts");
  const findings = await examine({ runsFolder: out, signal: io.signal, env: definedOf(io.env) });
  const ok = isSound(findings);
  if (json) io.out(JSON.stringify({ ok, findings }, null, 1));
  else io.out([...findings.map(linesOf), "", conclusion(findings, ok)].join("\n"));
  io.exit(ok ? 0 : 1);
}

function linesOf({ name, required, ok, found, why, cure }: Finding): string {
  const mark = ok ? "ok" : required ? "MISSING" : "advised";
  const line = `${mark.padEnd(8)} ${name.padEnd(12)} ${found}`;
  const more = ok ? [] : [why, ...(cure === null ? [] : [`mend it: ${cure}`])];
  return [line, ...more.map((text) => `${" ".repeat(22)}${text}`)].join("\n");
}

function conclusion(findings: readonly Finding[], ok: boolean): string {
  if (ok) return "This machine can do the main job: trace2skill demo";
  const missing = findings.filter((finding) => finding.required && !finding.ok).map(({ name }) => name);
  return `Agents cannot be run on this machine before this is mended: ${missing.join(", ")}.`;
}
