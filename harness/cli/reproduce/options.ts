/** How the options of `reproduce` that hold lists of pairs are read. */
import { SIZES, type Size } from "../../../reports/paper/paper-table.ts";
import { UsageError } from "../../errors.ts";
import { type RoleModel, roleModel } from "../role-options.ts";

/** A model, and its endpoint, for each size that was given one. */
export type SizeModels = ReadonlyMap<Size, RoleModel>;

/** @throws UsageError for what is no list such as `122b=NAME@URL,35b=NAME` */
export function readModels(text: string): SizeModels {
  const models = new Map<Size, RoleModel>();
  for (const part of text.split(",")) {
    const [, name = "", model = ""] = /^\s*([^=\s]+)=(.+?)\s*$/.exec(part) ?? [];
    const size = SIZES.find((known) => known === name);
    if (size === undefined)
      throw new UsageError(
        `--models must be a list such as 122b=NAME@http://HOST/v1,35b=NAME@http://HOST/v1; sizes are ${SIZES.join(", ")}; found ${JSON.stringify(part)}`,
      );
    if (models.has(size)) throw new UsageError(`--models names ${size} twice: ${text}`);
    models.set(size, roleModel(model));
  }
  return models;
}

/** @throws UsageError for what is no NAME=VALUE, or for a name that was given before */
export function readPairs(option: string, text: string, before: ReadonlyMap<string, string>): Map<string, string> {
  const [, name = "", value = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === "") throw new UsageError(`${option} must be NAME=DIR, found ${JSON.stringify(text)}`);
  if (before.has(name)) throw new UsageError(`${option} names ${name} twice`);
  return new Map([...before, [name, value]]);
}
