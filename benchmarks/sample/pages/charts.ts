/** Charts with a title, axes and the value at each mark: bars upright or lying, and lines. */
import type { Random } from "../../../harness/random.ts";
import { chosen } from "../draft.ts";
import { several, TOWNS } from "../names.ts";
import { type Canvas, FAINT, scannedPage } from "./canvas.ts";
import { countValue, type Page, type PageKind, type PageQuestion, question, words } from "./page.ts";

interface Mark {
  readonly label: string;
  readonly value: number;
}

interface Setting {
  readonly title: (place: string, year: number) => string;
  readonly unit: string;
  /** What a mark stands for, as in "Which month". */
  readonly per: string;
  /** Two of them are named on a page. */
  readonly sources: readonly string[];
  readonly labels: (random: Random) => readonly string[];
  readonly draw: (page: Canvas, marks: readonly Mark[]) => void;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

const SETTINGS: readonly Setting[] = [
  {
    title: (place, year) => `Visitors of the ${place} museum, ${year}`,
    unit: "visitors",
    per: "month",
    sources: ["Museum office", "Town archive", "Ticket desk", "Friends of the museum", "County council"],
    labels: (random) => {
      const first = random.integer(0, 4);
      return MONTHS.slice(first, first + 8);
    },
    draw: uprightBars,
  },
  {
    title: (place, year) => `Bicycles counted near ${place} in ${year}`,
    unit: "bicycles",
    per: "town",
    sources: ["Traffic survey", "Cycling club", "Road safety board", "Students of geography", "Town planning"],
    labels: (random) => several(random, TOWNS, 7),
    draw: lyingBars,
  },
  {
    title: (place, year) => `Rain at ${place} station, ${year}`,
    unit: "millimetres",
    per: "month",
    sources: ["Weather service", "Harbour master", "Airfield log", "Botanic garden", "School observatory"],
    labels: (random) => {
      const first = random.integer(0, 3);
      return MONTHS.slice(first, first + 9);
    },
    draw: brokenLine,
  },
];

const AREA = { left: 150, top: 330, width: 760, height: 640 };

export const charts: PageKind = {
  name: "chart",
  draw(random, variant): Page {
    const setting = chosen(SETTINGS, variant);
    const [place = "", ...rest] = several(random, TOWNS, TOWNS.length);
    const title = setting.title(place, 2012 + 2 * Math.floor(variant / SETTINGS.length) + random.integer(0, 1));
    const values = several(
      random,
      Array.from({ length: 90 }, (_, index) => 105 + index * 9 + (index % 5)),
      10,
    );
    const marks = setting.labels(random).map((label, index) => ({ label, value: values[index] ?? 0 }));
    const page = scannedPage(random, 1000, 1400);
    page.text(title, AREA.left - 60, 200, { size: 22, bold: true });
    page.text(`Number of ${setting.unit} by ${setting.per}`, AREA.left - 60, 250, { size: 15, colour: FAINT });
    setting.draw(page, marks);
    const [source = "", checked = ""] = several(random, setting.sources, 2);
    page.text(`Source: ${source}`, AREA.left - 60, 1120, { size: 14 });
    page.text(`Checked by: ${checked}`, AREA.left - 60, 1160, { size: 14 });
    page.text(`Figures for ${rest.slice(0, 2).join(" and ")} follow in spring.`, AREA.left - 60, 1200, {
      size: 12,
      colour: FAINT,
    });
    return {
      svg: page.svg(),
      questions: [
        ...questionsOn(random, setting, title, marks),
        question(`What is the source of the figures in the chart "${title}"?`, words(source), words(checked)),
      ],
    };
  },
};

function questionsOn(random: Random, { unit, per }: Setting, title: string, marks: readonly Mark[]): PageQuestion[] {
  const chart = `in the chart "${title}"`;
  const asked = random.integer(1, marks.length - 2);
  const [mark, next] = [marks[asked], marks[asked + 1]];
  const rising = marks.toSorted((a, b) => a.value - b.value);
  const highest = random.fraction() < 0.5;
  const [end, near] = highest ? [rising.at(-1), rising.at(-2)] : [rising[0], rising[1]];
  return [
    question(
      `How many ${unit} are shown for ${mark?.label} ${chart}?`,
      countValue(mark?.value ?? 0, `${unit} are shown`),
      words(String(next?.value)),
    ),
    question(
      `Which ${per} has the ${highest ? "highest" : "lowest"} number ${chart}?`,
      { printed: end?.label ?? "", reworded: `${end?.label} (${end?.value} ${unit})` },
      words(near?.label ?? ""),
    ),
  ];
}

const MOST = 1_000;

function uprightBars(page: Canvas, marks: readonly Mark[]): void {
  layAxes(page);
  const step = AREA.width / marks.length;
  marks.forEach(({ label, value }, index) => {
    const x = AREA.left + index * step + step / 5;
    const height = Math.round((value / MOST) * AREA.height);
    const y = AREA.top + AREA.height - height;
    page.box(x, y, step * 0.6, height, { fill: index % 2 === 0 ? "#9db4d6" : "#c3d2e8", width: 1.5 });
    page.text(String(value), x + step * 0.3, y - 10, { size: 14, align: "centre" });
    page.text(label, x + step * 0.3, AREA.top + AREA.height + 34, { size: 14, align: "centre" });
  });
}

function lyingBars(page: Canvas, marks: readonly Mark[]): void {
  page.line(AREA.left, AREA.top, AREA.left, AREA.top + AREA.height);
  const step = AREA.height / marks.length;
  marks.forEach(({ label, value }, index) => {
    const y = AREA.top + index * step + step / 5;
    const width = Math.round((value / MOST) * (AREA.width - 70));
    page.box(AREA.left, y, width, step * 0.6, { fill: "#cfe3c4", width: 1.5 });
    page.text(label, AREA.left - 12, y + step * 0.38, { size: 13, align: "right" });
    page.text(String(value), AREA.left + width + 12, y + step * 0.38, { size: 14 });
  });
}

function brokenLine(page: Canvas, marks: readonly Mark[]): void {
  layAxes(page);
  const step = AREA.width / marks.length;
  const points = marks.map(({ value }, index) => ({
    x: AREA.left + (index + 0.5) * step,
    y: AREA.top + AREA.height - (value / MOST) * AREA.height,
  }));
  points.slice(1).forEach(({ x, y }, index) => {
    const from = points[index];
    if (from !== undefined) page.line(from.x, from.y, x, y, { width: 3, colour: "#a84432" });
  });
  marks.forEach(({ label, value }, index) => {
    const { x, y } = points[index] ?? { x: 0, y: 0 };
    page.box(x - 5, y - 5, 10, 10, { fill: "#a84432", width: 1 });
    page.put(`<rect x="${x - 26}" y="${y - 34}" width="52" height="22" fill="#ffffff" opacity="0.85" stroke="none"/>`);
    page.text(String(value), x, y - 16, { size: 14, align: "centre" });
    page.text(label, x, AREA.top + AREA.height + 34, { size: 14, align: "centre" });
  });
}

/** Both axes, and faint lines at every fifth of the scale. */
function layAxes(page: Canvas): void {
  const { left, top, width, height } = AREA;
  for (let part = 1; part <= 5; part += 1) {
    const y = top + height - (part * height) / 5;
    page.line(left, y, left + width, y, { width: 1, colour: "#d4d4da" });
    page.text(String((part * MOST) / 5), left - 12, y + 5, { size: 11, align: "right", colour: FAINT });
  }
  page.line(left, top, left, top + height);
  page.line(left, top + height, left + width, top + height);
}
