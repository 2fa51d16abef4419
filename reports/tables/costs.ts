/** What the work took, as a table. */
import { addUpCosts, type Cost, totalCost } from "../experiment.ts";
import { grouped, moneyCell, seconds } from "../format.ts";
import type { Column, Table, TableCell } from "../table.ts";

/** What one column shows of the cost of a part, or of all. */
interface CostColumn {
  readonly column: Column;
  readonly cell: (cost: Sum) => TableCell;
}

type Sum = Pick<Cost, "usage" | "fromJournal" | "money">;

/** A row a part and caller, under its model, then the sum; a column that would be empty is left out. */
export function costsAsTable(costs: readonly Cost[]): Table {
  const columns = columnsFor(costs);
  const byModel = [...Map.groupBy(addUpCosts(costs), ({ model }) => model).values()].flat();
  const cells = (cost: Sum) => columns.map(({ cell }) => cell(cost));
  const simulated = costs.some((cost) => cost.simulated);
  return {
    id: "costs",
    title: "Cost",
    columns: [
      { label: "for", kind: "text" },
      { label: "caller", kind: "text" },
      ...columns.map(({ column }) => column),
    ],
    rows: [
      ...byModel.map((cost) => ({
        group: `${cost.model}${cost.simulated ? " · simulated" : ""}`,
        cells: [{ text: cost.part }, { text: cost.caller }, ...cells(cost)],
      })),
      { group: "together", cells: [{ text: "all" }, { text: "" }, ...cells(totalCost(costs))] },
    ],
    notes: [
      "What the work took in all; a call that several parts share is counted in each and paid once.",
      ...(costs.some(({ usage }) => (usage.untold ?? 0) > 0)
        ? ["The server did not tell the tokens of some calls: sums are those of the others."]
        : []),
    ],
    simulated,
  };
}

function columnsFor(costs: readonly Cost[]): CostColumn[] {
  const has = (of: (cost: Cost) => boolean) => costs.some(of);
  const currency = costs.find(({ money }) => money !== undefined)?.money?.currency;
  return [
    count("calls", ({ usage }) => usage.calls),
    ...(has(({ fromJournal }) => fromJournal !== null)
      ? [count("from journal", ({ fromJournal }) => fromJournal)]
      : []),
    count("tokens in", ({ usage }) => usage.inputTokens),
    count("of them cached", ({ usage }) => usage.cachedTokens),
    count("tokens out", ({ usage }) => usage.outputTokens),
    ...(has(({ usage }) => usage.reasoningTokens > 0)
      ? [count("of them thinking", ({ usage }) => usage.reasoningTokens)]
      : []),
    ...(has(({ usage }) => usage.simulatedMs > 0) ? [SIMULATED_SECONDS] : []),
    ...(currency === undefined ? [] : [moneyColumn(currency)]),
  ];
}

function count(label: string, of: (cost: Sum) => number | null): CostColumn {
  return {
    column: { label, kind: "number" },
    cell: (cost) => {
      const value = of(cost);
      return { text: value === null ? "–" : grouped(value), value };
    },
  };
}

const SIMULATED_SECONDS: CostColumn = {
  column: { label: "simulated seconds", kind: "number" },
  cell: ({ usage: { simulatedMs } }) => ({
    text: simulatedMs === 0 ? "–" : seconds(simulatedMs),
    value: simulatedMs / 1000,
  }),
};

/** A sum of which a part is unknown is words: `≥ 1.23`. */
function moneyColumn(currency: string): CostColumn {
  return {
    column: { label: `cost, ${currency}`, kind: "number" },
    cell: ({ money }) => {
      const isKnown = money !== undefined && money.unknownCalls === 0;
      return { text: moneyCell(money), ...(isKnown && { value: money.amount }) };
    },
  };
}
