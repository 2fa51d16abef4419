/** Till receipts: narrow, with items, sums and the small print around them. */
import type { Random } from "../../../harness/random.ts";
import { chosen } from "../draft.ts";
import { COMPANIES, PRODUCTS, several, TOWNS } from "../names.ts";
import { dayWithin, utcDay } from "../untidy.ts";
import { type Canvas, FAINT, scannedPage } from "./canvas.ts";
import {
  amountValue,
  countValue,
  dateValue,
  type Page,
  type PageKind,
  type PageQuestion,
  plainNames,
  question,
  type Value,
  words,
} from "./page.ts";

interface Item {
  readonly name: string;
  readonly count: number;
  readonly cents: number;
}

interface Receipt {
  readonly shop: string;
  readonly address: string;
  readonly number: string;
  readonly date: Value;
  readonly printedOn: Value;
  readonly cashier: string;
  readonly manager: string;
  readonly items: readonly Item[];
  readonly tendered: number;
}

const WIDTH = 660;
const LEFT = 60;
const RIGHT = 600;
const VAT_PERCENT = 20;

export const receipts: PageKind = {
  name: "receipt",
  draw(random, variant): Page {
    const receipt = fillReceipt(random, variant);
    const page = scannedPage(random, WIDTH, 1280);
    const y = layHead(page, receipt);
    laySums(page, receipt, layItems(page, receipt, y));
    return { svg: page.svg(), questions: chosen(QUESTION_SETS, variant)(receipt) };
  },
};

function fillReceipt(random: Random, variant: number): Receipt {
  const [cashier = "", manager = ""] = plainNames(random, 2);
  const items = several(random, PRODUCTS, random.integer(4, 7)).map((name) => ({
    name,
    count: random.integer(2, 9),
    cents: random.integer(150, 9_900),
  }));
  const sold = dayWithin(random, utcDay(2026, 1, 5), 220);
  return {
    shop: random.pick(COMPANIES),
    address: `${random.integer(2, 98)} ${random.pick(["Quay Street", "Mill Lane", "Station Road", "High Street"])}, ${random.pick(TOWNS)}`,
    number: String(random.integer(4_000, 9_899) * 10 + variant),
    date: dateValue(sold),
    printedOn: dateValue(dayWithin(random, utcDay(2025, 2, 3), 200)),
    cashier,
    manager,
    items,
    tendered: random.integer(100, 900) * 100,
  };
}

function totalOf({ items }: Receipt): number {
  return items.reduce((total, { count, cents }) => total + count * cents, 0);
}

function netOf(receipt: Receipt): number {
  return Math.round((totalOf(receipt) * 100) / (100 + VAT_PERCENT));
}

const QUESTION_SETS: readonly ((receipt: Receipt) => PageQuestion[])[] = [
  (receipt) => [
    question(
      `What is the total of receipt no. ${receipt.number}?`,
      amountValue(totalOf(receipt)),
      amountValue(netOf(receipt)),
    ),
    question(`When was the sale of receipt no. ${receipt.number} made?`, receipt.date, receipt.printedOn),
    question(`Who was at the till for receipt no. ${receipt.number}?`, words(receipt.cashier), words(receipt.manager)),
  ],
  (receipt) => [
    askCount(receipt, 1),
    question(
      `What is the net amount on receipt no. ${receipt.number}?`,
      amountValue(netOf(receipt)),
      amountValue(totalOf(receipt)),
    ),
    question(
      `Who is named as manager on receipt no. ${receipt.number}?`,
      words(receipt.manager),
      words(receipt.cashier),
    ),
  ],
  (receipt) => [
    askPrice(receipt, 2),
    question(
      `What is the VAT on receipt no. ${receipt.number}?`,
      amountValue(totalOf(receipt) - netOf(receipt)),
      amountValue(netOf(receipt)),
    ),
    question(`Which shop issued receipt no. ${receipt.number}?`, words(receipt.shop), words(receipt.address)),
  ],
];

function askCount({ number, items }: Receipt, index: number): PageQuestion {
  const item = chosen(items, index);
  const other = items.find(({ count }) => count !== item.count);
  return question(
    `How many of the article ${item.name} were sold on receipt no. ${number}?`,
    countValue(item.count, "pieces were sold"),
    words(String(other?.count ?? item.count + 1)),
  );
}

function askPrice({ number, items }: Receipt, index: number): PageQuestion {
  const item = chosen(items, index);
  const next = chosen(items, index + 1);
  return question(
    `What is the unit price of the article ${item.name} on receipt no. ${number}?`,
    amountValue(item.cents),
    amountValue(next.cents),
  );
}

function layHead(page: Canvas, { shop, address, number, date }: Receipt): number {
  const middle = WIDTH / 2;
  page.text(shop, middle, 90, { size: 23, bold: true, align: "centre" });
  page.text(address, middle, 130, { size: 14, align: "centre" });
  page.text("Tel. 0113 496 0021", middle, 162, { size: 13, align: "centre", colour: FAINT });
  page.text("RECEIPT", middle, 225, { size: 20, align: "centre" });
  page.text(`No. ${number}`, LEFT, 275, { size: 15 });
  page.text(date.printed, RIGHT, 275, { size: 15, align: "right" });
  page.line(LEFT, 298, RIGHT, 298, { width: 1.5 });
  return 345;
}

function layItems(page: Canvas, { items }: Receipt, top: number): number {
  let y = top;
  for (const { name, count, cents } of items) {
    page.text(name, LEFT, y, { size: 15 });
    page.text(`${count} x ${amountValue(cents).printed}`, LEFT + 24, y + 32, { size: 13, colour: "#44444e" });
    page.text(amountValue(count * cents).printed, RIGHT, y + 32, { size: 15, align: "right" });
    y += 78;
  }
  page.line(LEFT, y - 26, RIGHT, y - 26, { width: 1.5 });
  return y + 14;
}

function laySums(page: Canvas, receipt: Receipt, top: number): void {
  const total = totalOf(receipt);
  const net = netOf(receipt);
  const tendered = total + (receipt.tendered % 5_000);
  const lines: readonly (readonly [string, number])[] = [
    ["Net amount EUR", net],
    [`VAT ${VAT_PERCENT} %`, total - net],
    ["TOTAL EUR", total],
    ["Cash", tendered],
    ["Change", tendered - total],
  ];
  lines.forEach(([label, cents], index) => {
    const bold = label.startsWith("TOTAL");
    page.text(label, LEFT, top + index * 42, { size: bold ? 19 : 15, bold });
    page.text(amountValue(cents).printed, RIGHT, top + index * 42, { size: bold ? 19 : 15, bold, align: "right" });
  });
  const foot = top + lines.length * 42 + 30;
  page.text(`You were served by ${receipt.cashier}`, LEFT, foot, { size: 13 });
  page.text(`Manager: ${receipt.manager}`, LEFT, foot + 32, { size: 13 });
  page.text(`Form of ${receipt.printedOn.printed}. Thank you!`, LEFT, foot + 64, { size: 12, colour: FAINT });
}
