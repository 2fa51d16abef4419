/** Sampling settings that were published, under a name, each with where it stands. */
import type { SamplingSettings } from "./sampling.ts";

export interface Preset {
  /** One line for people: what it is for. */
  readonly use: string;
  /** Where the settings are published. */
  readonly source: string;
  readonly settings: SamplingSettings;
}

const RELEASE = "official release of Trace2Skill (arXiv:2603.25158)";

const INSTRUCT = {
  temperature: 1,
  top_p: 1,
  top_k: 40,
  min_p: 0,
  presence_penalty: 2,
  repetition_penalty: 1,
  thinking: false,
} as const satisfies SamplingSettings;

const THINKING = {
  temperature: 1,
  top_p: 0.95,
  top_k: 20,
  min_p: 0,
  presence_penalty: 1.5,
  repetition_penalty: 1,
  thinking: true,
} as const satisfies SamplingSettings;

export const PRESETS: Readonly<Record<string, Preset>> = {
  "qwen3.5-instruct": {
    use: "agents and the agentic error analyst of the paper, thinking off",
    source: `${RELEASE}, gen_config, instruct; the recommended Qwen generation settings named in the paper`,
    settings: INSTRUCT,
  },
  "qwen3.5-thinking": {
    use: "single calls of the paper (success analyst, proposer, merger), thinking on",
    source: `${RELEASE}, gen_config, thinking; the recommended Qwen generation settings named in the paper`,
    settings: THINKING,
  },
  "release-agent": {
    use: "what the official release sends for its agents: its instruct settings at temperature 0.7",
    source: `${RELEASE}, whose code overrides the temperature of its own settings file`,
    settings: { ...INSTRUCT, temperature: 0.7 },
  },
  "release-evolver": {
    use: "what the official release sends to propose and merge: its thinking settings at temperature 0.6",
    source: `${RELEASE}, whose command line overrides the temperature of its own settings file`,
    settings: { ...THINKING, temperature: 0.6 },
  },
  "gemma-4": {
    use: "Gemma models; whether they think is left to the server",
    source: `${RELEASE}, gen_config, Gemma: the settings of the model card`,
    settings: { temperature: 1, top_p: 0.95, top_k: 64 },
  },
};
