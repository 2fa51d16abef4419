/** Options that give single roles of a distillation a model, an endpoint or sampling settings of their own. */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Caller } from "../roles.ts";

/** Roles by the names that options take; `analyst` is both analysts. */
const ROLES: Readonly<Record<string, readonly Caller[]>> = {
  analyst: ["error-analyst", "success-analyst"],
  "error-analyst": ["error-analyst"],
  "success-analyst": ["success-analyst"],
  proposer: ["proposer"],
  merger: ["merger"],
  parametric: ["parametric"],
};

export interface RoleModel {
  readonly name: string;
  /** Null: the endpoint of `--base-url`. */
  readonly baseUrl: string | null;
}

export interface RoleSettings {
  readonly modelRole?: ReadonlyMap<Caller, RoleModel>;
  /** Names of presets, or files. */
  readonly samplingRole?: ReadonlyMap<Caller, string>;
}

export function addRoleOptions(command: Command): Command {
  const names = Object.keys(ROLES).join(", ");
  return command
    .option(
      "--model-role <list>",
      `models of single roles, such as analyst=NAME,merger=NAME@http://HOST/v1 (${names}; key of a role: OPENAI_API_KEY_ERROR_ANALYST and so on, else OPENAI_API_KEY)`,
      (text) => byRole("--model-role", text, roleModel),
    )
    .option(
      "--sampling-role <list>",
      "sampling of single roles: presets or files, such as error-analyst=qwen3.5-instruct,merger=merger.yaml; stands in the place of all other sampling options",
      (text) => byRole("--sampling-role", text, (value) => value),
    );
}

function byRole<T>(option: string, text: string, read: (value: string) => T): ReadonlyMap<Caller, T> {
  const given = new Map<Caller, T>();
  for (const part of text.split(",")) {
    const [, role = "", value = ""] = /^\s*([\w-]+)=(.+?)\s*$/.exec(part) ?? [];
    const callers = ROLES[role];
    if (callers === undefined)
      throw new UsageError(
        `${option} must be a list such as analyst=NAME,merger=NAME; roles are ${Object.keys(ROLES).join(", ")}; found ${JSON.stringify(part)}`,
      );
    const known = callers.find((caller) => given.has(caller));
    if (known !== undefined) throw new UsageError(`${option} names ${known} twice: ${text}`);
    for (const caller of callers) given.set(caller, read(value));
  }
  return given;
}

/** A name may hold an @ of its own: only an address after the last one is an endpoint. */
export function roleModel(text: string): RoleModel {
  const [, name, baseUrl] = /^(.+)@(https?:\/\/\S+)$/.exec(text) ?? [];
  return name === undefined || baseUrl === undefined ? { name: text, baseUrl: null } : { name, baseUrl };
}
