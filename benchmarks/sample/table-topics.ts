/** Tables such as encyclopaedias have, all made up: something with a name, a group, a number and a year. */

import type { Random } from "../../harness/random.ts";
import { cellName } from "../scoring/coordinates.ts";
import type { Slip } from "./draft.ts";
import { several } from "./names.ts";
import { literal } from "./python.ts";
import { type Cell, type Laid, layBand, layTable, layTitle, newSheet, put, type Sheet, setCell } from "./sheet.ts";
import { amongOthers } from "./untidy.ts";

export interface Topic {
  readonly sheet: string;
  readonly title: string;
  readonly headers: readonly [name: string, group: string, number: string, year: string];
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly number: (random: Random) => number;
  readonly years: readonly [from: number, to: number];
  /** Words for questions. */
  readonly thing: string;
  readonly things: string;
  readonly inGroup: (group: string) => string;
  readonly most: string;
  readonly measure: string;
  readonly over: (limit: number) => string;
  readonly since: string;
}

export interface TableRow {
  readonly name: string;
  readonly group: string;
  readonly number: number;
  readonly year: number;
}

const words = (text: string) => text.split(", ");

export const TOPICS: readonly Topic[] = [
  {
    sheet: "Lighthouses",
    title: "Lighthouses of the northern coast",
    headers: ["Lighthouse", "County", "Height (cm)", "Lit in"],
    names: words(
      "Gannet Point, Skerry Head, Marrow Rock, North Foreness, Ling Island, St Orm, Crane Bank, Tarn Mouth, Saltby, Osprey Ness, Fallow Reef, Wick Sands, Hobb Pier, Elder Stack",
    ),
    groups: ["Norlund", "Westmark", "Carrick"],
    number: (random) => random.integer(810, 4900),
    years: [1790, 1935],
    thing: "lighthouse",
    things: "lighthouses",
    inGroup: (group) => `in ${group}`,
    most: "the tallest",
    measure: "height",
    over: (limit) => `are more than ${limit} cm tall`,
    since: "first lit",
  },
  {
    sheet: "Sheet1",
    title: "Films of the Aurora studio",
    headers: ["Film", "Genre", "Budget (thousand)", "Released"],
    names: words(
      "The Glass Orchard, Night Ferry, A Winter Map, Salt and Copper, The Ninth Bridge, Paper Lions, Low Tide, The Quiet Engine, Harvest Road, Blue Almanac, The Last Tenor, Mercer Street, Two Compasses, Iron Lullaby",
    ),
    groups: ["Drama", "Comedy", "Thriller"],
    number: (random) => random.integer(4000, 98_000) / 10,
    years: [1961, 2019],
    thing: "film",
    things: "films",
    inGroup: (group) => `of the genre ${group}`,
    most: "the most expensive",
    measure: "budget",
    over: (limit) => `had a budget of more than ${limit} thousand`,
    since: "released",
  },
  {
    sheet: "Summits",
    title: "Summits of the Varda range",
    headers: ["Summit", "Massif", "Metres", "First climbed"],
    names: words(
      "Kolm, Great Horn, Verrin, Ostra, Bald Tooth, Mirna, Cold Saddle, Pelik, Twin Maid, Raven Seat, Olmo, Broad Fell, Sarn, Needle of Dov",
    ),
    groups: ["Upper Varda", "Tessin", "Grey Wall"],
    number: (random) => random.integer(1210, 4480),
    years: [1802, 1931],
    thing: "summit",
    things: "summits",
    inGroup: (group) => `in the ${group} massif`,
    most: "the highest",
    measure: "height in metres",
    over: (limit) => `rise above ${limit} metres`,
    since: "first climbed",
  },
  {
    sheet: "Stations",
    title: "Stations of the coastal line",
    headers: ["Station", "Zone", "Passengers a day", "Opened"],
    names: words(
      "Harbour Gate, Mill Cross, Old Quay, Linden Park, Spire, Weaver Street, East Dock, Camber, Ropewalk, Fleet Green, Customs House, Priory, Market Hall, Long Acre",
    ),
    groups: ["Inner", "Outer", "Shore"],
    number: (random) => random.integer(420, 28_500),
    years: [1868, 1998],
    thing: "station",
    things: "stations",
    inGroup: (group) => `in the zone ${group}`,
    most: "the busiest",
    measure: "number of passengers a day",
    over: (limit) => `have more than ${limit} passengers a day`,
    since: "opened",
  },
  {
    sheet: "Albums",
    title: "Discography of The Tidewrack",
    headers: ["Album", "Label", "Copies sold", "Year"],
    names: words(
      "Driftwood, Second Ferry, Open Locks, Halogen, Small Weather, The Long Pier, Undertow, Cartography, Live at Saltby, Lanterns, Plain Song, Brine, Ninety Knots, Leeward",
    ),
    groups: ["Beacon", "Quayside", "self-released"],
    number: (random) => random.integer(1100, 96_000),
    years: [1974, 2016],
    thing: "album",
    things: "albums",
    inGroup: (group) => (group === "self-released" ? "listed as self-released" : `on the label ${group}`),
    most: "the best-selling",
    measure: "number of copies sold",
    over: (limit) => `sold more than ${limit} copies`,
    since: "put out",
  },
  {
    sheet: "Councils",
    title: "Municipalities of the Lakes district",
    headers: ["Municipality", "Valley", "Inhabitants", "Charter"],
    names: words(
      "Aldermoor, Brackwater, Cold Ash, Dunnet, Eskholm, Fairlea, Grimsow, Hartmere, Inver, Kelldale, Lowmoss, Marlside, Netherby, Otterford",
    ),
    groups: ["Upper Esk", "Lower Esk", "Lorn"],
    number: (random) => random.integer(640, 41_000),
    years: [1188, 1610],
    thing: "municipality",
    things: "municipalities",
    inGroup: (group) => `in the ${group} valley`,
    most: "the largest",
    measure: "number of inhabitants",
    over: (limit) => `have more than ${limit} inhabitants`,
    since: "chartered",
  },
];

export interface LaidTable {
  readonly sheets: Sheet[];
  /** As they stand in the table. */
  readonly rows: readonly TableRow[];
  /** Where the answer goes; several items go below each other. */
  readonly at: { readonly sheet: string; readonly row: number; readonly column: number };
}

/**
 * Lays a topic's table out: a title, maybe merged headings, a blank row, numbers typed with separators, a footnote.
 * Those numbers are text, so a reader that trusts types misses them; the record holder is always among them.
 */
export function layTopic(random: Random, topic: Topic): LaidTable {
  const rows = makeRows(random, topic);
  const sheet = newSheet(topic.sheet);
  const at = { row: random.integer(3, 5), column: random.integer(1, 2) };
  layTitle(sheet, { row: 1, column: at.column }, topic.title, 4);
  layBand(sheet, { row: at.row - 1, column: at.column }, [
    ["Identity", 2],
    ["Facts", 2],
  ]);
  const greatest = Math.max(...rows.map(({ number }) => number));
  const records = rows.map(({ name, group, number, year }, index): Cell[] => [
    name,
    group,
    index % 3 === 1 || number === greatest ? withSeparators(number) : number,
    year,
  ]);
  const laid = layTable(sheet, at, { headers: topic.headers, records, gaps: [random.integer(4, 6)] });
  put(sheet, { row: laid.last + 2, column: at.column }, [["Note: figures as last published."]]);
  return { ...layAnswer(random, topic, { sheet, laid }), rows };
}

function makeRows(random: Random, topic: Topic): TableRow[] {
  const [from, to] = topic.years;
  const count = random.integer(11, 14);
  const years = several(
    random,
    Array.from({ length: to - from }, (_, index) => from + index),
    count,
  ).sort((a, b) => a - b);
  const numbers = new Set<number>();
  while (numbers.size < count) numbers.add(topic.number(random));
  const amounts = [...numbers];
  return several(random, topic.names, count).map((name, index) => ({
    name,
    group: topic.groups[index < 9 ? index % 3 : random.integer(0, 2)] ?? "",
    number: amounts[index] ?? 0,
    year: years[index] ?? from,
  }));
}

function layAnswer(
  random: Random,
  topic: Topic,
  { sheet, laid }: { sheet: Sheet; laid: Laid },
): Omit<LaidTable, "rows"> {
  if (random.fraction() < 0.5) {
    const place = { row: laid.row, column: laid.column + 5 };
    setCell(sheet, place, "Answer");
    return {
      sheets: amongOthers(random, topic.title, [sheet]),
      at: { sheet: sheet.name, row: place.row + 1, column: place.column },
    };
  }
  const answer = newSheet("Answer");
  put(answer, { row: 1, column: 1 }, [["Question on the table", topic.title], [null], ["Answer:"]]);
  return { sheets: amongOthers(random, topic.title, [sheet, answer]), at: { sheet: answer.name, row: 3, column: 2 } };
}

function withSeparators(value: number): string {
  const text = Number.isInteger(value) ? String(value) : value.toFixed(1);
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Python that reads the table into `rows`: (name, group, number, year) in the order in which they stand. */
export function readTable(topic: Topic, slip: Slip | null): string {
  const stop = slip === "trusts-layout" ? "break" : "continue";
  const numeric =
    slip === "trusts-types"
      ? "if not isinstance(number, (int, float)):\n        continue"
      : 'if isinstance(number, str):\n        number = float(number.replace(",", ""))';
  return `ws = wb[${literal(topic.sheet)}]
titles = [${topic.headers.map(literal).join(", ")}]
head = next(row for row in ws.iter_rows() if set(titles) <= {cell.value for cell in row})
columns = [next(cell.column for cell in head if cell.value == title) for title in titles]
rows, places = [], []
for row in range(head[0].row + 1, ws.max_row + 1):
    name, group, number, year = (ws.cell(row, column).value for column in columns)
    if group is None:
        ${stop}
    ${numeric}
    rows.append((name, group, number, year))
    places.append(row)
span = [f"'{ws.title}'!{ws.cell(places[0], c).coordinate}:{ws.cell(places[-1], c).coordinate}" for c in columns]
`;
}

/** Where the question says that its answer goes. */
export function answerPlace({ at }: LaidTable): string {
  return `${cellName(at.row, at.column)} of '${at.sheet}'`;
}
