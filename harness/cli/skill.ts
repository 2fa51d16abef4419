/** Verb `skill`: work on skills, distilled or not. No model is called. */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Io } from "./io.ts";
import { addJsonOption } from "./options.ts";

export interface LineageSettings {
  readonly run?: string[];
  readonly start?: string;
  readonly json: boolean;
}

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export function registerSkill(program: Command, io: Io): void {
  const skill = program.command("skill").description("Work on Agent Skills.");
  registerLint(skill, io);
  registerShow(skill, io);
  registerLineage(skill, io);
  registerDiff(skill, io);
}

function registerLint(skill: Command, io: Io): void {
  const command = skill
    .command("lint")
    .description(
      "List all that is wrong with a skill, or worse than it could be; exit 1 when it breaks the format, has dead links, or tells agents to do harm.",
    )
    .argument("<dir>", "a skill's folder, which holds SKILL.md, or that of a distillation")
    .addHelpText("after", "\nExample:\n  trace2skill skill lint runs/demo/distilled/combined/skill/spreadsheet-work");
  addJsonOption(command).action(async (directory: string, { json }: { json: boolean }) => {
    const { lintVerb } = await import("./skill-lint-verb.ts");
    await lintVerb(directory, json, io);
  });
}

function registerShow(skill: Command, io: Io): void {
  const command = skill
    .command("show")
    .description(
      "Outline a skill: files, sections, lines and links; with the support of each section where it was distilled.",
    )
    .argument("<dir>", "a skill's folder, or that of a distillation")
    .addHelpText("after", "\nExample:\n  trace2skill skill show runs/demo/distilled/combined");
  addJsonOption(command).action(async (directory: string, { json }: { json: boolean }) => {
    const { showVerb } = await import("./skill-show-verb.ts");
    await showVerb(directory, json, io);
  });
}

function registerLineage(skill: Command, io: Io): void {
  const command = skill
    .command("lineage")
    .description(
      "Walk a line of a distilled skill back to edits, patches, lessons, trials and steps; without a line, every lesson forward to its fate. Exit 1 when a line or a lesson was lost.",
    )
    .argument("<dir>", "folder of a distillation, or of its skill")
    .argument("[place]", "FILE:LINE within the skill, such as SKILL.md:12", place)
    .option(
      "--run <dir>",
      "a run that was distilled, to show its steps (repeat for more; those beside are found)",
      more,
    )
    .option("--start <dir>", "the start skill, so that each line that it did not hold is checked")
    .addHelpText(
      "after",
      `
Examples:
  trace2skill skill lineage runs/demo/distilled/combined
  trace2skill skill lineage runs/demo/distilled/combined SKILL.md:12`,
    );
  addJsonOption(command).action(async (directory: string, at: Place | undefined, settings: LineageSettings) => {
    const { lineageVerb } = await import("./skill-lineage-verb.ts");
    await lineageVerb(directory, at ?? null, settings, io);
  });
}

function registerDiff(skill: Command, io: Io): void {
  const command = skill
    .command("diff")
    .description(
      "Compare two skills: a unified diff by file, with the lessons behind it and their support where they were distilled.",
    )
    .argument("<a>", "a skill's folder, or that of a distillation")
    .argument("<b>", "another")
    .addHelpText(
      "after",
      "\nExample:\n  trace2skill skill diff runs/demo/distilled/error runs/demo/distilled/combined",
    );
  addJsonOption(command).action(async (before: string, after: string, { json }: { json: boolean }) => {
    const { diffVerb } = await import("./skill-diff-verb.ts");
    await diffVerb([before, after], json, io);
  });
}

function place(text: string): Place {
  const [, file, line] = /^(.+):(\d{1,7})$/.exec(text) ?? [];
  if (file === undefined || Number(line) < 1)
    throw new UsageError(`expected FILE:LINE such as SKILL.md:12 (lines count from 1), found ${JSON.stringify(text)}`);
  return { file: file.replace(/^\.\//, ""), line: Number(line) };
}

function more(text: string, before: string[] = []): string[] {
  return [...before, text];
}
