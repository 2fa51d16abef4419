/** Verb `doctor`: what this machine has and lacks. */
import type { Command } from "commander";
import type { Finding } from "../doctor/finding.ts";
import type { Io } from "./io.ts";
import { addJsonOption } from "./options.ts";

interface DoctorSettings {
  readonly out: string;
  readonly json: boolean;
}

export function registerDoctor(program: Command, io: Io): void {
  const command = program
    .command("doctor")
    .description(
      "Say what this machine has and lacks, and the command that mends each lack; exit 1 when the main job cannot be done.",
    )
    .option("--out <dir>", "folder that runs will be written to", "runs")
    .addHelpText(
      "after",
      "\nExamples:\n  trace2skill doctor\n  trace2skill doctor --json | jq '.findings[] | select(.ok | not)'",
    );
  addJsonOption(command).action((settings: DoctorSettings) => doctor(settings, io));
}

async function doctor({ out, json }: DoctorSettings, io: Io): Promise<void> {
  const { examine, isSound } = await import("../doctor/examine.ts");
  const findings = await examine({ runsFolder: out, signal: io.signal });
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
