/** Printed tables: a stock report, a duty roster, a delivery list. */
import type { Random } from "../../../harness/random.ts";
import { chosen } from "../draft.ts";
import { COMPANIES, PRODUCTS, several, TOWNS } from "../names.ts";
import { dayWithin, utcDay } from "../untidy.ts";
import { type Canvas, FAINT, scannedPage, stamp } from "./canvas.ts";
import { lineWidth } from "./lettering.ts";
import {
  amountValue,
  countValue,
  dateValue,
  type Page,
  type PageKind,
  type PageQuestion,
  plainNames,
  QUESTIONS_A_PAGE,
  question,
  type Value,
  words,
} from "./page.ts";

interface Column {
  readonly header: string;
  /** Question about this column, with `{row}` for what the first cell of the row says. */
  readonly asked: string;
  /** Null for the first column, which names the row. */
  readonly value: ((random: Random) => Value) | null;
}

interface Setting {
  readonly title: string;
  readonly rows: (random: Random) => readonly string[];
  readonly columns: readonly Column[];
}

const SETTINGS: readonly Setting[] = [
  {
    title: "Stock report",
    rows: (random) => several(random, PRODUCTS, random.integer(9, 13)),
    columns: [
      { header: "Article", asked: "", value: null },
      {
        header: "Shelf",
        asked: "On which shelf is the article {row}",
        value: (random) => words(`${random.pick(["A", "B", "C"])}${random.integer(11, 98)}`),
      },
      {
        header: "In stock",
        asked: "How many of the article {row} are in stock",
        value: (random) => countValue(random.integer(12, 480), "pieces in stock"),
      },
      {
        header: "Price (EUR)",
        asked: "What is the price of the article {row}",
        value: (random) => amountValue(random.integer(240, 31_900)),
      },
      {
        header: "Last counted",
        asked: "When was the article {row} last counted",
        value: (random) => dateValue(dayWithin(random, utcDay(2026, 1, 5), 200)),
      },
    ],
  },
  {
    title: "Duty roster",
    rows: (random) => plainNames(random, random.integer(9, 12)),
    columns: [
      { header: "Name", asked: "", value: null },
      {
        header: "Ward",
        asked: "To which ward is {row} assigned",
        value: (random) => words(random.pick(["North", "South", "East", "West", "Day clinic", "Reception"])),
      },
      {
        header: "Shift",
        asked: "At what time does the shift of {row} begin",
        value: (random) => words(`${random.integer(5, 22)}:${random.pick(["00", "15", "30", "45"])}`),
      },
      {
        header: "Hours",
        asked: "How many hours does {row} work",
        value: (random) => countValue(random.integer(16, 42), "hours a week"),
      },
      {
        header: "Leave from",
        asked: "From which date is {row} on leave",
        value: (random) => dateValue(dayWithin(random, utcDay(2026, 5, 4), 160)),
      },
    ],
  },
  {
    title: "Delivery list",
    rows: (random) => several(random, TOWNS, random.integer(9, 12)),
    columns: [
      { header: "Town", asked: "", value: null },
      { header: "Driver", asked: "Who drives to {row}", value: (random) => words(plainNames(random, 1)[0] ?? "") },
      {
        header: "Parcels",
        asked: "How many parcels go to {row}",
        value: (random) => countValue(random.integer(11, 290), "parcels to deliver"),
      },
      {
        header: "Freight (EUR)",
        asked: "What is the freight for {row}",
        value: (random) => amountValue(random.integer(1_200, 98_000)),
      },
      {
        header: "Due",
        asked: "When is the delivery to {row} due",
        value: (random) => dateValue(dayWithin(random, utcDay(2026, 2, 2), 200)),
      },
    ],
  },
];

const LEFT = 70;
const TOP = 330;
const LINE = 62;
const WIDTH = 860;
/** Heights of capitals to choose from, and the room beside the widest cell of a column. */
const SIZES = [14, 13, 12, 11, 10];
const MARGIN = 26;

export const tables: PageKind = {
  name: "table",
  draw(random, variant): Page {
    const setting = chosen(SETTINGS, variant);
    const number = String(random.integer(300, 989) * 10 + variant);
    const names = setting.rows(random);
    const rows = names.map((name) => setting.columns.map(({ value }) => value?.(random) ?? words(name)));
    const page = scannedPage(random, 1000, 1400);
    page.text(random.pick(COMPANIES), LEFT, 120, { size: 18 });
    page.text(`${setting.title} no. ${number}`, LEFT, 210, { size: 30, bold: true });
    page.text(`Printed for the office. Page ${random.integer(1, 4)} of 4`, LEFT, 250, { size: 12, colour: FAINT });
    layTable(random, page, [setting.columns.map(({ header }) => words(header)), ...rows]);
    stamp(random, page, random.pick(["CONFIDENTIAL", "DRAFT", "FILED"]), 610, 1320);
    return { svg: page.svg(), questions: questionsOn(random, setting, number, rows) };
  },
};

function layTable(random: Random, page: Canvas, rows: readonly (readonly Value[])[]): void {
  const shaded = random.fraction() < 0.5;
  const ruled = random.fraction() < 0.6;
  const { size, widths } = measure(rows);
  rows.forEach((row, down) => {
    const y = TOP + down * LINE;
    let x = LEFT;
    const fill = down === 0 ? "#dcdce4" : shaded && down % 2 === 0 ? "#efeff3" : "none";
    page.put(`<rect x="${x}" y="${y}" width="${WIDTH}" height="${LINE}" fill="${fill}" stroke="none"/>`);
    row.forEach(({ printed }, column) => {
      const width = widths[column] ?? 0;
      page.text(printed, x + 12, y + 40, { size, bold: down === 0 });
      if (ruled && column > 0) page.line(x, y, x, y + LINE, { width: 1, colour: FAINT });
      x += width;
    });
    page.line(LEFT, y + LINE, LEFT + WIDTH, y + LINE, { width: down === 0 ? 3 : 1 });
  });
  page.text("Figures without guarantee.", LEFT, TOP + rows.length * LINE + 36, { size: 11, colour: FAINT });
}

/** The largest lettering with which the columns fit, and their widths, which fill the page together. */
function measure(rows: readonly (readonly Value[])[]): { size: number; widths: number[] } {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]?.printed ?? ""));
  const widthsAt = (size: number) =>
    columns.map((cells) => Math.max(...cells.map((cell) => lineWidth(cell, size))) + MARGIN);
  const total = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0);
  const size = SIZES.find((candidate) => total(widthsAt(candidate)) <= WIDTH) ?? 10;
  const widths = widthsAt(size);
  const spare = (WIDTH - total(widths)) / widths.length;
  return { size, widths: widths.map((width) => Math.round(width + spare)) };
}

/** Each about another row and column; what stands in the row below, or above, is the decoy. */
function questionsOn(
  random: Random,
  { title, columns }: Setting,
  number: string,
  rows: readonly (readonly Value[])[],
): PageQuestion[] {
  const asked = random.shuffle(columns.map((_, column) => column).slice(1)).slice(0, QUESTIONS_A_PAGE);
  const about = random.shuffle(rows.map((_, row) => row));
  return asked.map((column, index) => {
    const row = about[index] ?? 0;
    const cell = rows[row]?.[column] ?? words("");
    const others = [...rows.slice(row + 1), ...rows.slice(0, row).reverse()].map((other) => other[column] ?? words(""));
    const decoy = others.find(({ printed }) => printed !== cell.printed) ?? words("");
    const text = (columns[column]?.asked ?? "").replace("{row}", rows[row]?.[0]?.printed ?? "");
    return question(`${text}, by the ${title.toLowerCase()} no. ${number}?`, cell, decoy);
  });
}
