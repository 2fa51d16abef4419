/** Names that fill the workbooks; all made up. */
import type { Random } from "../../harness/random.ts";

const FIRST_NAMES = (
  "Anna Ben Carla Dmitri Elif Farid Grace Hugo Ines Jonas Karin Liam Mona Nils Olga Pavel Quentin Rosa Samir Tara " +
  "Ulrich Vera Wanda Xenia Yusuf Zoe Amara Bruno Chloe David Emma Felix"
).split(" ");
const LAST_NAMES = (
  "Abbott Brandt Carver Duarte Ekström Fischer Gupta Hansen Ivanov Jansen Keller Lindqvist Moreau Novak Okafor Price " +
  "Quinn Rossi Schmidt Tanaka Ueda Vogel Walsh Xu Yilmaz Zeman Ahmed Bauer Costa Dubois Ellis Ferrari"
).split(" ");

export const TOWNS = "Leeds York Bristol Cardiff Derby Exeter Hull Kendal Lincoln Norwich Oxford Preston Truro".split(
  " ",
);

export const COMPANIES = [
  "Alder & Sons",
  "Bright Office Supplies",
  "Castle Catering",
  "Dunmore Freight",
  "Easton Print",
  "Fernhill Dairy",
  "Greenway Garden Centre",
  "Harbour Electrical",
  "Inkwell Books",
  "Juniper Software",
  "Kestrel Cleaning",
  "Larch Timber",
  "Milltown Plumbing",
  "Northgate Motors",
  "Orchard Foods",
  "Pinnacle Roofing",
];

export const PRODUCTS = [
  "Desk lamp",
  "Office chair",
  "Whiteboard",
  "Paper A4 box",
  "Stapler",
  "Label printer",
  "Filing cabinet",
  "USB hub",
  "Monitor arm",
  "Keyboard",
  "Extension lead",
  "Coat stand",
  "Notice board",
  "Shredder",
  "Laptop stand",
  "Webcam",
  "Headset",
  "Toner black",
  "Toner cyan",
  "Waste bin",
  "Wall clock",
  "First aid kit",
  "Door mat",
  "Hand truck",
];

/** `count` distinct items, in random order. */
export function several<T>(random: Random, items: readonly T[], count: number): T[] {
  return random.shuffle(items).slice(0, count);
}

export interface Person {
  readonly first: string;
  readonly last: string;
}

/** `count` people, no two with the same first or last name. */
export function people(random: Random, count: number): Person[] {
  const firsts = several(random, FIRST_NAMES, count);
  const lasts = several(random, LAST_NAMES, count);
  return firsts.map((first, index) => ({ first, last: lasts[index] ?? "" }));
}

export function fullName({ first, last }: Person): string {
  return `${first} ${last}`;
}

/** `count` distinct numbers of `digits` digits. */
export function codes(random: Random, count: number, digits: number): number[] {
  const low = 10 ** (digits - 1);
  const found = new Set<number>();
  while (found.size < count) found.add(random.integer(low, 10 * low - 1));
  return [...found];
}
