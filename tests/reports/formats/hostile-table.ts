/** A table with what models and users may have written into names, and numbers of every kind. */
import type { Table } from "../../../reports/table.ts";

export const HOSTILE = [
  "=cmd|' /C calc'!A0",
  "+1+1",
  "-2+3",
  "@SUM(A1:A9)",
  '\\input{/etc/passwd} $x$ & 100 % of #1_{a}^b ~ "quoted" `back` [x]',
  "a | b <script>alert(1)</script> [link](https://example.org) **bold** www.example.org @someone",
  "line one\nline two\ttab \u0000\u001b[31mred\u202egnp.exe",
  "中文 🙂 ñ é ß Ł — “quotes” … ≥ − ×",
  "1. not a list",
  "# no heading",
  ", comma, 'apostrophe'",
];

export function hostileTable(parts: Partial<Table> = {}): Table {
  return {
    id: "arms/with:odd*characters?and a name of more than thirty-one",
    title: HOSTILE[5] ?? "",
    columns: [
      { label: "arm | with\nbreak", kind: "text" },
      { label: "score", kind: "number" },
      { label: "low", group: "95 % interval", kind: "number" },
      { label: "high", group: "95 % interval", kind: "number" },
      { label: "n", kind: "text" },
    ],
    rows: HOSTILE.map((text, index) => ({
      group: HOSTILE[index % 2] ?? "",
      cells: [
        { text, strong: index === 0 },
        { text: "−12.5", value: -12.5 },
        { text: "–", value: null },
        { text: "33.3", value: 33.33333333333333 },
        { text: "6 × 2" },
      ],
    })),
    notes: ["seeds 41, 42; scored by cells/1; fingerprint 2f5d730032d9", ...HOSTILE],
    simulated: true,
    ...parts,
  };
}

/** Of real models, and without anything odd. */
export function plainTable(parts: Partial<Table> = {}): Table {
  return {
    id: "arms",
    title: "Arms",
    columns: [
      { label: "arm", kind: "text" },
      { label: "score", kind: "number" },
    ],
    rows: [{ cells: [{ text: "no-skill" }, { text: "50.0", value: 50 }] }],
    notes: ["n: tasks × seeds."],
    simulated: false,
    ...parts,
  };
}
