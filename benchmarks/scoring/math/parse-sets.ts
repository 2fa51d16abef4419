/** What stands between commas, and what holds it: values with a plus-or-minus sign, relations, tuples, intervals and sets. */
import { MOST_MEMBERS } from "./limits.ts";
import { expression } from "./parse-expression.ts";
import { isOfNamesOnly, negative, type Operator, type Relation, setOf, sum, type Value } from "./syntax.ts";
import type { TokenCursor } from "./token-cursor.ts";

const SIGN_OPERATORS: Readonly<Record<string, Operator>> = {
  "=": "=",
  "==": "=",
  "<": "<",
  ">": ">",
  "<=": "<=",
  ">=": ">=",
  "!=": "!=",
};
const COMMAND_OPERATORS: Readonly<Record<string, Operator>> = {
  equiv: "=",
  lt: "<",
  gt: ">",
  le: "<=",
  leq: "<=",
  leqslant: "<=",
  ge: ">=",
  geq: ">=",
  geqslant: ">=",
  ne: "!=",
  neq: "!=",
};
const BLACKBOARD = /^mathbb\{([NZQRC])\}$/;

/** Items between commas, in groups between semicolons. */
export function semicolonGroups(cursor: TokenCursor, read: (cursor: TokenCursor) => Value[]): Value[][] {
  const groups = [commaGroup(cursor, read)];
  while (cursor.skipSign(";")) groups.push(commaGroup(cursor, read));
  if (groups.flat().length > MOST_MEMBERS) return cursor.giveUp();
  return groups;
}

function commaGroup(cursor: TokenCursor, read: (cursor: TokenCursor) => Value[]): Value[] {
  const items = read(cursor);
  while (cursor.skipSign(",")) items.push(...read(cursor));
  return items;
}

export function element(cursor: TokenCursor): Value[] {
  return plusMinus(cursor) ?? setElement(cursor) ?? [relations(cursor)];
}

/** Without relations. */
export function plainElement(cursor: TokenCursor): Value[] {
  return plusMinus(cursor) ?? setElement(cursor) ?? [expression(cursor)];
}

/** `a \pm b`: two values. */
function plusMinus(cursor: TokenCursor): Value[] | null {
  return cursor.attempt(() => {
    const first = cursor.isCommand("pm", "mp") ? null : expression(cursor);
    cursor.expectCommand("pm", "mp");
    const second = expression(cursor);
    if (!endsElement(cursor)) cursor.giveUp();
    return first === null ? [negative(second), second] : [sum([first, second]), sum([first, negative(second)])];
  });
}

function setElement(cursor: TokenCursor): Value[] | null {
  return cursor.attempt(() => {
    const value = setAtom(cursor);
    return endsElement(cursor) ? [value] : cursor.giveUp();
  });
}

function endsElement(cursor: TokenCursor): boolean {
  return (
    cursor.atEnd() || cursor.isSign(",", ";", ")", "]", "}", "\\}") || cursor.isCommand("rbrace", "rbrack", "rgroup")
  );
}

function relations(cursor: TokenCursor): Value {
  let value = expression(cursor);
  for (;;) {
    if (cursor.skipSign("~=") || cursor.skipCommand("approx")) {
      const right = expression(cursor);
      // `x \approx 3` says 3; after anything else, what is exact is kept.
      if (isOfNamesOnly(value)) value = right;
      continue;
    }
    const operator = takeOperator(cursor);
    if (operator === null) return value;
    value = related(value, operator, expression(cursor));
  }
}

function takeOperator(cursor: TokenCursor): Operator | null {
  const token = cursor.peek();
  const found =
    token?.kind === "sign"
      ? SIGN_OPERATORS[token.text]
      : token?.kind === "command"
        ? COMMAND_OPERATORS[token.name]
        : undefined;
  if (found === undefined) return null;
  cursor.take();
  return found;
}

function related(left: Value, operator: Operator, right: Value): Value {
  if (left.kind === "relation") {
    return { kind: "chain", relations: [left, { kind: "relation", operator, left: left.right, right }] };
  }
  if (left.kind === "chain") {
    const next: Relation = { kind: "relation", operator, left: left.relations.at(-1)?.right ?? right, right };
    return { kind: "chain", relations: [...left.relations, next] };
  }
  return { kind: "relation", operator, left, right };
}

export function setDifference(cursor: TokenCursor): Value {
  let left = setUnion(cursor);
  while (cursor.skipCommand("setminus", "backslash")) left = joined("minus", left, setUnion(cursor));
  return left;
}

function setUnion(cursor: TokenCursor): Value {
  let left = setIntersection(cursor);
  while (cursor.skipCommand("cup")) left = joined("union", left, setIntersection(cursor));
  return left;
}

function setIntersection(cursor: TokenCursor): Value {
  let left = setGroup(cursor);
  while (cursor.skipCommand("cap")) left = joined("intersection", left, setGroup(cursor));
  return left;
}

function joined(operator: "union" | "intersection" | "minus", left: Value, right: Value): Value {
  return { kind: "joined-sets", operator, left: tupleAsSet(left), right: tupleAsSet(right) };
}

function tupleAsSet(value: Value): Value {
  return value.kind === "tuple" ? setOf(value.items) : value;
}

function setGroup(cursor: TokenCursor): Value {
  const grouped = cursor.attempt(() => {
    cursor.expectSign("(");
    const inner = setDifference(cursor);
    cursor.expectSign(")");
    return inner;
  });
  return grouped ?? setAtom(cursor);
}

function setAtom(cursor: TokenCursor): Value {
  return cursor.attempt(() => interval(cursor)) ?? cursor.attempt(() => namedSet(cursor)) ?? bracketedItems(cursor);
}

function interval(cursor: TokenCursor): Value {
  const lowOpen = cursor.skipSign("(") || cursor.skipCommand("lgroup");
  if (!lowOpen && !cursor.skipCommand("lbrack")) cursor.expectSign("[");
  const low = expression(cursor);
  cursor.expectSign(",");
  const high = expression(cursor);
  const highOpen = cursor.skipSign(")") || cursor.skipCommand("rgroup");
  if (!highOpen && !cursor.skipCommand("rbrack")) cursor.expectSign("]");
  return { kind: "interval", low, high, lowOpen, highOpen };
}

function namedSet(cursor: TokenCursor): Value {
  const token = cursor.take();
  if (token.kind === "command" && token.name === "emptyset") return { kind: "set", items: [] };
  if (token.kind === "sign" && token.text === "∅") return { kind: "set", items: [] };
  if (token.kind === "sign" && ["{", "\\{"].includes(token.text) && cursor.skipSign("}", "\\}")) {
    return { kind: "set", items: [] };
  }
  const [, name] = (token.kind === "word" && BLACKBOARD.exec(token.text)) || [];
  return name === undefined ? cursor.giveUp() : { kind: "named-set", name };
}

function bracketedItems(cursor: TokenCursor): Value {
  const ordered = cursor.isSign("(", "[");
  const closer = cursor.isSign("(") ? ")" : cursor.isSign("[") ? "]" : cursor.isSign("{") ? "}" : "\\}";
  if (!cursor.skipCommand("lbrace")) cursor.expectSign("(", "[", "{", "\\{");
  const items = semicolonGroups(cursor, element).flat();
  if (!(closer === "\\}" && cursor.skipCommand("rbrace"))) cursor.expectSign(closer);
  const [only] = items;
  if (!ordered) return setOf(items);
  return items.length === 1 && only !== undefined ? only : { kind: "tuple", items };
}
