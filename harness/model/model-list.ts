/** Which models a server has. */
import { z } from "zod";
import type { Exchanges, WholeAnswer } from "../http.ts";
import {
  type Asked,
  errorOf,
  type Final,
  failureOfStatus,
  failureOfText,
  failureOfThrown,
  notAnEndpoint,
  type Passing,
} from "./failures.ts";
import { type Attempt, persist } from "./retry.ts";

const TIMEOUT_MS = 15_000;
const BOUNDS = { maxRetries: 2, maxMs: TIMEOUT_MS };
/** The server has no such list, or does not show it to this key: what it has is told by the first call. */
const NO_LIST = new Set([400, 403, 404, 405, 501]);

const Models = z.array(z.looseObject({ id: z.string() }));
/** OpenAI's form, and the bare list of some gateways. */
const List = z.union([z.looseObject({ data: Models }), Models.transform((data) => ({ data }))]);

/**
 * Names of the models at `baseUrl`; none when it has no list, or has a bad moment: the first call tells more.
 * @throws SetupError when nothing answers there, when the key is refused, or when it is no such server
 */
export async function listModels(exchanges: Exchanges, baseUrl: string, apiKey: string): Promise<readonly string[]> {
  const asked: Asked = { baseUrl, model: "", images: false, models: [] };
  const { value } = await persist<readonly string[]>({
    ...BOUNDS,
    spread: 0,
    signal: new AbortController().signal,
    async attempt(tries) {
      const tried = await tryList(exchanges, asked, apiKey);
      const goOn = tried.kind === "passing" && tried.fault !== "unreachable" && tries === BOUNDS.maxRetries;
      return goOn ? answered([]) : tried;
    },
    giveUp: (failure, tried) => errorOf(failure, baseUrl, tried),
  });
  return value;
}

type Tried = Attempt<readonly string[]>;

async function tryList(exchanges: Exchanges, asked: Asked, apiKey: string): Promise<Tried> {
  try {
    const answer = await exchanges.exchange(`${asked.baseUrl}/models`, {
      method: "GET",
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return NO_LIST.has(answer.status) ? answered([]) : readList(answer, asked);
  } catch (error) {
    return failureOfThrown(error, asked);
  }
}

function readList(answer: WholeAnswer, asked: Asked): Tried {
  const failure = failureOfStatus(answer, answer.status, asked);
  if (failure !== null) return failure;
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    const page: Passing = failureOfText(answer, asked);
    return page.fault === "no-endpoint" ? noEndpoint(answer, asked) : page;
  }
  const list = List.safeParse(json);
  return list.success ? answered(list.data.data.map(({ id }) => id)) : noEndpoint(answer, asked);
}

function noEndpoint({ text }: WholeAnswer, { baseUrl }: Asked): Final {
  return { kind: "final", error: notAnEndpoint(baseUrl, text) };
}

function answered(value: readonly string[]): Tried {
  return { kind: "answered", value, tookMs: 0 };
}
