/** Fields of an ATIF document that a trial has no place for: found and counted, so that nothing is lost unseen. */
import { type AtifTrajectory, OWN } from "./atif-format.ts";

/** What is read, by place; a field that only repeats what others say (totals, ordinals) is read as well. */
const READ: Readonly<Record<string, readonly string[]>> = {
  document: ["schema_version", "session_id", "trajectory_id", "agent", "steps", "final_metrics"],
  agent: ["name", "version", "model_name"],
  step: ["step_id", "source", "message", "reasoning_content", "tool_calls", "observation", "metrics", "llm_call_count"],
  "tool call": ["tool_call_id", "function_name", "arguments"],
  result: ["source_call_id", "content"],
  metrics: ["prompt_tokens", "completion_tokens", "cached_tokens"],
};
/** Where a score may stand; `atif-reward.ts` reads them. */
export const REWARD_FIELDS: readonly string[] = ["reward", "score"];
/** Names of tasks, read off the document. */
const TASK_FIELDS: readonly string[] = ["task_id", "instance_id"];
/** Said for the document as a whole: the first time and the model's name. */
const SAID_ONCE: readonly string[] = ["timestamp", "model_name"];

/** Names of the fields that are not read, such as `step.metrics.cost_usd`, with how often each is filled. */
export function unreadFields(document: AtifTrajectory): Map<string, number> {
  const counts = new Map<string, number>();
  const note = (place: string, name: string, value: unknown) => {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return;
    const label = place === "document" ? name : `${place}.${name}`;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  };
  const look = (place: string, object: object, more: readonly string[] = []) => {
    for (const [name, value] of Object.entries(object)) {
      if (READ[place]?.includes(name) || more.includes(name)) continue;
      if (name === "extra") noteExtra(place, value, note);
      else note(place, name, value);
    }
  };
  look("document", document);
  look("agent", document.agent);
  for (const step of document.steps) {
    look("step", step, SAID_ONCE);
    for (const call of step.tool_calls ?? []) look("tool call", call);
    for (const result of step.observation?.results ?? []) look("result", result);
    if (step.metrics) look("metrics", step.metrics, REWARD_FIELDS);
  }
  return counts;
}

function noteExtra(place: string, extra: unknown, note: (place: string, name: string, value: unknown) => void): void {
  if (typeof extra !== "object" || extra === null) return;
  for (const [name, value] of Object.entries(extra)) {
    if (name === OWN || REWARD_FIELDS.includes(name)) continue;
    if (place === "document" && TASK_FIELDS.includes(name)) continue;
    note(place === "document" ? "extra" : `${place}.extra`, name, value);
  }
}
