/** The models that answer the roles of a distillation. */
import { modelByRole } from "../model/by-role.ts";
import { samplingFields } from "../model/sampling.ts";
import type { Caller, Model } from "../roles.ts";
import type { Io } from "./io.ts";
import { modelChoice, namedSampling } from "./model-choice.ts";
import type { ModelSettings } from "./options.ts";
import type { RoleModel, RoleSettings } from "./role-options.ts";
import { endpointOf, type Session } from "./session.ts";

/** The model of `--model`, with those of single roles behind it. */
export function modelWithRoles(session: Session, settings: ModelSettings & RoleSettings): Model {
  const { modelRole = new Map<Caller, RoleModel>(), samplingRole = new Map<Caller, string>() } = settings;
  const choice = modelChoice(settings);
  const roles = new Map(
    [...new Set([...modelRole.keys(), ...samplingRole.keys()])].map((caller) => {
      const own = modelRole.get(caller);
      const sampling = samplingRole.get(caller);
      const model = session.model({
        ...choice,
        ...(own && { name: own.name, baseUrl: own.baseUrl ?? choice.baseUrl, keyOf: caller }),
        ...(sampling !== undefined && { sampling: samplingFields([namedSampling(sampling, "--sampling-role")]) }),
      });
      return [caller, model] as const;
    }),
  );
  return modelByRole(session.model(choice), roles);
}

/** Who would answer each caller of a distillation, as journal and prices name them; nothing is opened. */
export function answererAsked(
  settings: ModelSettings & RoleSettings & { readonly agentModel?: string },
  io: Io,
): (caller: Caller) => { model: string; endpoint: string } {
  const choice = modelChoice(settings);
  return (caller) => {
    const own = caller === "agent" ? undefined : settings.modelRole?.get(caller);
    const name = own?.name ?? (caller === "agent" ? settings.agentModel : undefined) ?? choice.name;
    return { model: name, endpoint: endpointOf({ ...choice, name, baseUrl: own?.baseUrl ?? choice.baseUrl }, io) };
  };
}
