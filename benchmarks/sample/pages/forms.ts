/** Forms that were filled in: labels in print, entries by hand, boxes that are ticked or not. */
import type { Random } from "../../../harness/random.ts";
import { chosen } from "../draft.ts";
import { COMPANIES, PRODUCTS, several, TOWNS } from "../names.ts";
import { dayWithin, utcDay } from "../untidy.ts";
import { type Canvas, FAINT, scannedPage, stamp } from "./canvas.ts";
import {
  amountValue,
  dateValue,
  type Page,
  type PageKind,
  plainNames,
  QUESTIONS_A_PAGE,
  question,
  type Value,
  words,
} from "./page.ts";

interface Field {
  readonly label: string;
  /** What follows "What is", and ends before the form is named. */
  readonly asked: string;
  readonly value: Value;
  /** Label of the field whose entry is easily taken for this one's. */
  readonly near: string;
}

interface Setting {
  readonly title: string;
  readonly fields: (random: Random) => readonly Field[];
  /** A row of boxes of which one is ticked. */
  readonly choice: { readonly label: string; readonly asked: string; readonly options: readonly string[] };
}

const day = (random: Random) => dateValue(dayWithin(random, utcDay(2026, 1, 12), 300));
const telephone = (random: Random) => words(`0113 496 0${random.integer(100, 999)}`);

const SETTINGS: readonly Setting[] = [
  {
    title: "Travel expense claim",
    fields: (random) => {
      const [claimant = "", approver = ""] = plainNames(random, 2);
      const [from = "", to = ""] = several(random, TOWNS, 2);
      return [
        { label: "Claimant", asked: "the name of the claimant", value: words(claimant), near: "Approved by" },
        {
          label: "Approved by",
          asked: "the name of the person who approved it",
          value: words(approver),
          near: "Claimant",
        },
        { label: "Travelled from", asked: "the town travelled from", value: words(from), near: "Travelled to" },
        { label: "Travelled to", asked: "the town travelled to", value: words(to), near: "Travelled from" },
        { label: "Date of departure", asked: "the date of departure", value: day(random), near: "Date of claim" },
        { label: "Date of claim", asked: "the date of the claim", value: day(random), near: "Date of departure" },
        {
          label: "Advance paid (EUR)",
          asked: "the advance paid",
          value: amountValue(random.integer(5_000, 40_000)),
          near: "Amount claimed (EUR)",
        },
        {
          label: "Amount claimed (EUR)",
          asked: "the amount claimed",
          value: amountValue(random.integer(41_000, 290_000)),
          near: "Advance paid (EUR)",
        },
      ];
    },
    choice: {
      label: "Means of travel",
      asked: "the means of travel that is ticked",
      options: ["Train", "Own car", "Hired car", "Plane"],
    },
  },
  {
    title: "Membership application",
    fields: (random) => {
      const [applicant = "", sponsor = ""] = plainNames(random, 2);
      const [home = "", branch = ""] = several(random, TOWNS, 2);
      return [
        { label: "Applicant", asked: "the name of the applicant", value: words(applicant), near: "Proposed by" },
        {
          label: "Proposed by",
          asked: "the name of the member who proposes the applicant",
          value: words(sponsor),
          near: "Applicant",
        },
        { label: "Town of residence", asked: "the applicant's town of residence", value: words(home), near: "Branch" },
        { label: "Branch", asked: "the branch applied to", value: words(branch), near: "Town of residence" },
        {
          label: "Daytime telephone",
          asked: "the daytime telephone number",
          value: telephone(random),
          near: "Evening telephone",
        },
        {
          label: "Evening telephone",
          asked: "the evening telephone number",
          value: telephone(random),
          near: "Daytime telephone",
        },
        {
          label: "Date of birth",
          asked: "the date of birth",
          value: dateValue(dayWithin(random, utcDay(1951, 3, 4), 18_000)),
          near: "Member from",
        },
        {
          label: "Member from",
          asked: "the date from which membership is wanted",
          value: day(random),
          near: "Date of birth",
        },
      ];
    },
    choice: {
      label: "Kind of membership",
      asked: "the kind of membership that is ticked",
      options: ["Single", "Family", "Student", "Life"],
    },
  },
  {
    title: "Equipment loan form",
    fields: (random) => {
      const [borrower = "", keeper = ""] = plainNames(random, 2);
      const [item = "", spare = ""] = several(random, PRODUCTS, 2);
      return [
        { label: "Borrower", asked: "the name of the borrower", value: words(borrower), near: "Handed out by" },
        {
          label: "Handed out by",
          asked: "the name of the person who handed the equipment out",
          value: words(keeper),
          near: "Borrower",
        },
        { label: "Item lent", asked: "the item lent", value: words(item), near: "Item kept in reserve" },
        { label: "Item kept in reserve", asked: "the item kept in reserve", value: words(spare), near: "Item lent" },
        {
          label: "Serial number",
          asked: "the serial number",
          value: words(`SN-${random.integer(10_000, 99_999)}`),
          near: "Room",
        },
        {
          label: "Room",
          asked: "the room",
          value: words(`${random.pick(["B", "C", "D"])}-${random.integer(101, 499)}`),
          near: "Serial number",
        },
        {
          label: "Date lent",
          asked: "the date on which the equipment was lent",
          value: day(random),
          near: "Date of return",
        },
        { label: "Date of return", asked: "the date of return", value: day(random), near: "Date lent" },
      ];
    },
    choice: { label: "Condition", asked: "the condition that is ticked", options: ["New", "Good", "Worn", "Damaged"] },
  },
];

export const forms: PageKind = {
  name: "form",
  draw(random, variant): Page {
    const setting = chosen(SETTINGS, variant);
    const number = String(random.integer(2_000, 9_899) * 10 + variant);
    const fields = setting.fields(random);
    const ticked = random.integer(0, setting.choice.options.length - 1);
    const page = scannedPage(random, 1000, 1400);
    layHead(page, random.pick(COMPANIES), `${setting.title}`, number);
    random.shuffle(fields).forEach((field, index) => {
      layField(random, page, field, 330 + index * 88);
    });
    layChoice(page, setting.choice, ticked);
    stamp(random, page, random.pick(["RECEIVED", "CHECKED", "COPY"]), 660, 1290);
    const where = `the ${setting.title.toLowerCase()} no. ${number}`;
    const [first, ...others] = [...dated(random, fields), ...random.shuffle(fields)];
    const asked = [...new Set([first, ...others])]
      .filter((field) => field !== undefined)
      .slice(0, QUESTIONS_A_PAGE - 1);
    return {
      svg: page.svg(),
      questions: [
        ...asked.map((field) =>
          question(`What is ${field.asked} on ${where}?`, field.value, entryOf(fields, field.near)),
        ),
        question(
          `What is ${setting.choice.asked} on ${where}?`,
          words(setting.choice.options[ticked] ?? ""),
          words(chosen(setting.choice.options, ticked + 1)),
        ),
      ],
    };
  },
};

/** One field, at random, whose entry can be put in another form. */
function dated(random: Random, fields: readonly Field[]): Field[] {
  return random.shuffle(fields.filter(({ value }) => value.reworded !== null)).slice(0, 1);
}

function entryOf(fields: readonly Field[], label: string): Value {
  return fields.find((field) => field.label === label)?.value ?? words("");
}

function layHead(page: Canvas, company: string, title: string, number: string): void {
  page.text(company, 90, 110, { size: 18, colour: FAINT });
  page.text(`No. ${number}`, 910, 110, { size: 18, align: "right" });
  page.text(title.toUpperCase(), 90, 190, { size: 30, bold: true });
  page.line(90, 215, 910, 215, { width: 4 });
  page.text("Please write clearly. Leave shaded parts blank.", 90, 250, { size: 12, colour: FAINT });
}

function layField(random: Random, page: Canvas, { label, value }: Field, y: number): void {
  page.text(label, 90, y, { size: 14 });
  page.line(390, y + 10, 910, y + 10, { width: 1.5, colour: FAINT });
  page.text(value.printed, 405 + random.integer(0, 40), y + random.integer(-4, 2), { size: 19, colour: "#1f3a8a" });
}

function layChoice(page: Canvas, { label, options }: Setting["choice"], ticked: number): void {
  page.text(label, 90, 1070, { size: 14 });
  options.forEach((option, index) => {
    const x = 90 + index * 215;
    page.box(x, 1105, 26, 26);
    if (index === ticked) {
      page.line(x + 3, 1108, x + 24, 1130, { width: 4, colour: "#1f3a8a" });
      page.line(x + 24, 1107, x + 2, 1129, { width: 4, colour: "#1f3a8a" });
    }
    page.text(option, x + 40, 1127, { size: 16 });
  });
  page.box(90, 1180, 420, 130, { colour: FAINT, fill: "#ececec" });
  page.text("For office use", 105, 1208, { size: 12, colour: FAINT });
}
