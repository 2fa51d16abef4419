/** Any text as LaTeX that pdflatex sets with the packages fontenc (T1) and textcomp, whatever characters it has. */
import { printable } from "../../harness/text.ts";

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  _: "\\_",
  "%": "\\%",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
  "'": "\\textquotesingle{}",
  "`": "\\textasciigrave{}",
  "-": "-{}", // two or three in a row are a dash otherwise
  "[": "{[}", // after a line break it would be an argument
  "]": "{]}",
  "*": "{*}",
  "−": "$-$",
  "–": "--",
  "—": "---",
  "×": "$\\times$",
  "·": "$\\cdot$",
  "±": "$\\pm$",
  "≥": "$\\ge$",
  "≤": "$\\le$",
  "→": "$\\to$",
  "…": "\\ldots{}",
  "‘": "`",
  "’": "'",
  "“": "``",
  "”": "''",
  "\u00a0": "~",
  "€": "\\texteuro{}",
  "§": "\\S{}",
  "°": "\\textdegree{}",
  ß: "\\ss{}",
  æ: "\\ae{}",
  Æ: "\\AE{}",
  ø: "\\o{}",
  Ø: "\\O{}",
  ł: "\\l{}",
  Ł: "\\L{}",
  œ: "\\oe{}",
  Œ: "\\OE{}",
};

/** Accents by their combining character. */
const ACCENTS: Readonly<Record<string, string>> = {
  "\u0300": "`",
  "\u0301": "'",
  "\u0302": "^",
  "\u0303": "~",
  "\u0304": "=",
  "\u0306": "u",
  "\u0307": ".",
  "\u0308": '"',
  "\u030a": "r",
  "\u030b": "H",
  "\u030c": "v",
  "\u0327": "c",
  "\u0328": "k",
};

/** On one line; a character that a Latin font lacks is shown by its code, such as `U+4E2D`. */
export function escapeLatex(text: string): string {
  return [...printable(text).normalize("NFC")].map(characterLatex).join("");
}

function characterLatex(character: string): string {
  const special = SPECIAL[character];
  if (special !== undefined) return special;
  if (/^[ -~]$/.test(character)) return character;
  const [letter = "", accent = "", ...more] = character.normalize("NFD");
  const command = ACCENTS[accent];
  if (/^[A-Za-z]$/.test(letter) && command !== undefined && more.length === 0) return `\\${command}{${letter}}`;
  const code = character.codePointAt(0) ?? 0;
  return `\\texttt{U+${code.toString(16).toUpperCase().padStart(4, "0")}}`;
}
