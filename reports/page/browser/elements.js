/**
 * Elements made from names and texts. Whatever a model wrote goes in as a text node, so it cannot become markup; nothing here
 * reads markup from a string, which the page's policy forbids as well.
 */

/** @typedef {string | number | Node | null | readonly (string | number | Node | null)[]} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Readonly<Record<string, string>>} attributes
 * @param {readonly Child[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of children.flat())
    if (child !== null) made.append(typeof child === "number" ? String(child) : child);
  return made;
}

/**
 * @param {string} label
 * @param {() => void} onClick
 * @param {Readonly<Record<string, string>>} [attributes]
 */
export function button(label, onClick, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}

/**
 * @param {string} label
 * @param {readonly (readonly [value: string, text: string])[]} options
 * @param {(value: string) => void} onChange
 */
export function choice(label, options, onChange) {
  const select = element(
    "select",
    {},
    options.map(([value, text]) => element("option", { value }, text)),
  );
  select.addEventListener("change", () => onChange(select.value));
  return { field: element("label", {}, element("span", {}, label), select), select };
}

/** @param {boolean} simulated */
export function simulatedMark(simulated) {
  return simulated ? element("span", { class: "tag" }, "simulated") : null;
}

/**
 * Names with values, as a list of definitions; those without a value are left out.
 * @param {readonly (readonly [name: string, value: Child])[]} pairs
 */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== "");
  return element(
    "dl",
    { class: "facts" },
    shown.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
}

const LINES_AT_FIRST = 16;
const CHARACTERS_AT_FIRST = 4000;

/**
 * Text as it is, on lines of its own. Of a long one, the start; the rest on a click.
 * @param {string} text
 * @param {string} [className]
 */
export function verbatim(text, className = "verbatim") {
  const lines = text.split("\n");
  const start = lines.slice(0, LINES_AT_FIRST).join("\n").slice(0, CHARACTERS_AT_FIRST);
  const block = element("pre", { class: className }, start);
  if (start.length === text.length) return block;
  const more = button(
    `Show all ${counted(lines.length, "line")}, ${counted(text.length, "character")}`,
    () => {
      block.textContent = text;
      block.tabIndex = -1; // the keyboard goes on from here
      block.focus({ preventScroll: true });
      more.remove();
    },
    { class: "more" },
  );
  return element("div", {}, block, more);
}

const MEMBERS_AT_ONCE = 200;

/**
 * A list of many members: the first of them, and the next ones on a click.
 * @template Member
 * @param {HTMLElement} list
 * @param {readonly Member[]} members
 * @param {(member: Member, place: number) => Node} shown
 * @returns {Node[]}
 */
export function inPortions(list, members, shown) {
  const more = button("", add, { class: "more" });
  add();
  return list.childElementCount < members.length ? [list, more] : [list];

  function add() {
    const start = list.childElementCount;
    const next = members.slice(start, start + MEMBERS_AT_ONCE);
    for (const [index, member] of next.entries()) list.append(shown(member, start + index));
    const left = members.length - list.childElementCount;
    more.textContent = `Show the next ${grouped(Math.min(left, MEMBERS_AT_ONCE))} of ${grouped(left)} more`;
    if (left === 0) more.remove();
  }
}

/** @param {number} count */
export function grouped(count) {
  return Math.round(count).toLocaleString("en-US");
}

/**
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * A score in points of 100, as everywhere on the page.
 * @param {number | null} score
 */
export function points(score) {
  return score === null
    ? "–"
    : (100 * score)
        .toFixed(1)
        .replace(/^-(?=0\.0$)/, "")
        .replace("-", "−");
}

/** @param {number} difference */
export function signedPoints(difference) {
  const text = points(difference);
  return difference > 0 && text !== "0.0" ? `+${text}` : text;
}

/** @param {number} ms */
export function secondsText(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
