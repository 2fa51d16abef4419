/**
 * A formula in LaTeX as a flat list of tokens, read by unified-latex's parser of math mode, which never takes a
 * macro's definition for an order: nothing is expanded, nothing is executed.
 */
import { LatexPegParser } from "@unified-latex/unified-latex-util-pegjs";
import { z } from "zod";
import { MOST_DIGITS } from "./limits.ts";

export type Token =
  | { readonly kind: "number"; readonly text: string }
  /** One letter. */
  | { readonly kind: "letter"; readonly text: string }
  /** What \text{…} holds, and letters under an accent: one name. */
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "command"; readonly name: string }
  | { readonly kind: "begin" | "end"; readonly name: string }
  /** Anything else: an operator, a bracket, `{` and `}` of a group, `&`, `\\`. */
  | { readonly kind: "sign"; readonly text: string };

const Position = z.object({ start: z.object({ offset: z.number() }), end: z.object({ offset: z.number() }) });
interface Node {
  readonly type: string;
  readonly content?: unknown;
  readonly env?: unknown;
  readonly position?: unknown;
}
const Nodes = z.array(z.custom<Node>((node) => typeof node === "object" && node !== null && "type" in node));

const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:E[+-]?\d+)?/y;
const LONG_SIGN = /<=>|<->|[<>!=~]=|==/y;
/** Commands that only set letters or space, and are passed over. */
const SPACES = new Set([
  ",",
  ":",
  ";",
  "!",
  " ",
  "quad",
  "qquad",
  "thinspace",
  "medspace",
  "thickspace",
  "displaystyle",
]);
const TEXTS = new Set(["text", "textit", "textbf", "textrm", "textnormal", "mbox"]);
const ACCENTS = new Set(
  "mathbb acute bar overline breve check dot ddot grave hat widehat tilde widetilde vec overrightarrow bm boldsymbol mathbf mathcal mathfrak mathit mathnormal mathring mathrm mathscr mathsf mathtt".split(
    " ",
  ),
);
/** Accents that look alike are one. */
const SAME_ACCENT: Readonly<Record<string, string>> = {
  overline: "bar",
  overrightarrow: "vec",
  widetilde: "tilde",
  widehat: "hat",
};
const SAME_SIGN: Readonly<Record<string, string>> = {
  "−": "-",
  "×": "*",
  "⋅": "*",
  "∙": "*",
  "∗": "*",
  "÷": "/",
  "∕": "/",
  "≤": "<=",
  "≦": "<=",
  "≥": ">=",
  "≧": ">=",
  "≠": "!=",
  "≈": "~=",
  "∪": "\\cup",
  "∩": "\\cap",
  "∈": "\\in",
  "±": "\\pm",
};

/**
 * @param source a formula without dollar signs around it; its length is the caller's to limit
 * @returns null for what cannot be a formula: a macro within \text{…}, a number of too many digits
 */
export function latexTokens(source: string): Token[] | null {
  // A bare per cent sign would start a comment, and `\(` a formula within the formula.
  const text = source.replace(/(?<!\\)%/g, "\\%").replace(/(?<!\\)\\([()])/g, "$1");
  const tokens: Token[] = [];
  return addTokens(text, Nodes.parse(LatexPegParser.parse(text, { startRule: "math" })), tokens) ? tokens : null;
}

/** @returns false when the text is no formula */
function addTokens(source: string, nodes: readonly Node[], tokens: Token[]): boolean {
  let taken = 0; // characters before this offset are part of a token already
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node === undefined) continue;
    const name = typeof node.content === "string" ? node.content : "";
    if (node.type === "string") {
      const { start, end } = Position.parse(node.position);
      taken = Math.max(taken, start.offset);
      while (taken < end.offset) {
        const token = characterToken(source, taken);
        if (token === null) return false;
        taken += token.length;
        tokens.push(token.token);
      }
    } else if (node.type === "macro" && (TEXTS.has(name) || ACCENTS.has(name))) {
      const argument = argumentAfter(nodes, index);
      const word = argument === -1 ? null : wordOf(source, name, nodes[argument]);
      if (word === null) return false;
      tokens.push(word);
      index = argument;
    } else if (!addNode(source, node, tokens)) return false;
  }
  return true;
}

function addNode(source: string, node: Node, tokens: Token[]): boolean {
  const name = typeof node.content === "string" ? node.content : "";
  switch (node.type) {
    case "whitespace":
    case "parbreak":
      return true;
    case "macro":
      if (!SPACES.has(name)) tokens.push(macroToken(name));
      return true;
    case "group":
      tokens.push({ kind: "sign", text: "{" });
      if (!addTokens(source, Nodes.parse(node.content), tokens)) return false;
      tokens.push({ kind: "sign", text: "}" });
      return true;
    case "environment":
    case "mathenv": {
      const environment = String(node.env);
      tokens.push({ kind: "begin", name: environment });
      if (!addTokens(source, Nodes.parse(node.content), tokens)) return false;
      tokens.push({ kind: "end", name: environment });
      return true;
    }
    default:
      return false;
  }
}

function macroToken(name: string): Token {
  if (name === "^" || name === "_" || name === "\\") return { kind: "sign", text: name === "\\" ? "\\\\" : name };
  if (name === "{" || name === "}" || name === "|") return { kind: "sign", text: `\\${name}` };
  return name === "%" ? { kind: "sign", text: "%" } : { kind: "command", name };
}

function characterToken(source: string, offset: number): { token: Token; length: number } | null {
  NUMBER.lastIndex = offset;
  const [number = ""] = NUMBER.exec(source) ?? [];
  if (number !== "") return number.length > MOST_DIGITS ? null : counted({ kind: "number", text: number });
  LONG_SIGN.lastIndex = offset;
  const [sign = ""] = LONG_SIGN.exec(source) ?? [];
  if (sign !== "") return counted({ kind: "sign", text: sign });
  const text = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  const same = SAME_SIGN[text] ?? text;
  if (same.startsWith("\\") && same.length > 2) {
    return { token: { kind: "command", name: same.slice(1) }, length: text.length };
  }
  return { token: { kind: /^\p{L}$/u.test(same) ? "letter" : "sign", text: same }, length: text.length };
}

function counted(token: Token & { readonly text: string }): { token: Token; length: number } {
  return { token, length: token.text.length };
}

/** Where the group after a macro stands, white space between allowed; -1 where there is none. */
function argumentAfter(nodes: readonly Node[], index: number): number {
  const next = nodes[index + 1]?.type === "whitespace" ? index + 2 : index + 1;
  return nodes[next]?.type === "group" ? next : -1;
}

/** Null for a group that holds more than characters. */
function wordOf(source: string, macro: string, group: Node | undefined): Token | null {
  const inner = Nodes.parse(group?.content ?? []);
  if (inner.some(({ type }) => type !== "string" && type !== "whitespace")) return null;
  const { start, end } = Position.parse(group?.position);
  const text = source.slice(start.offset + 1, end.offset - 1).replace(/\s+/g, "");
  if (macro.startsWith("text") || macro === "mbox") {
    const bare = text.replace(/[()]/g, "");
    NUMBER.lastIndex = 0;
    const isNumber = NUMBER.exec(bare)?.[0] === bare && bare.length <= MOST_DIGITS;
    return isNumber ? { kind: "number", text: bare } : { kind: "word", text: bare };
  }
  return { kind: "word", text: `${SAME_ACCENT[macro] ?? macro}{${text}}` };
}
