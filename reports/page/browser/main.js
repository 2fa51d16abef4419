/** Shows the overview, a trial, or two side by side, as the address after `#` says; so the browser's own back and forward work. */
import { element } from "./elements.js";
import { heldTrials } from "./held.js";
import { sideBySidePage } from "./side-by-side.js";
import { showTasks } from "./tasks.js";
import { startTheme } from "./theme.js";
import { trialPage } from "./trial.js";
import { readIndex } from "./unpack.js";

/** @typedef {import("./held.js").Trials} Trials */

const overview = byId("overview");
const view = byId("view");
const title = document.title;
/** Where the reader was in the overview, under which address, and what the keyboard was on. */
let scrolled = 0;
let place = "";
/** @type {Element | null} */
let focused = null;
/** Grows with each address, so that a slow trial cannot take the place of a later one. */
let visits = 0;

startTheme(byId("theme"));
start().catch((error) => {
  const tasks = document.getElementById("tasks");
  if (tasks === null) throw error;
  tasks.replaceChildren(alertText(error));
});

async function start() {
  const index = await readIndex();
  if (index === null) return;
  const trials = heldTrials(index);
  showTasks(byId("tasks"), trials);
  window.addEventListener("hashchange", () => void show(trials));
  document.addEventListener("keydown", onKey);
  window.addEventListener("beforeprint", showWhole);
  document.documentElement.dataset.ready = "yes";
  await show(trials);
}

/** @param {Trials} trials */
async function show(trials) {
  const page = pageAt(trials);
  visits += 1;
  if (page === null) return showOverview();
  if (!overview.hidden) [scrolled, focused] = [window.scrollY, document.activeElement];
  const visit = visits;
  const nodes = await page.catch((error) => [element("h1", { tabindex: "-1" }, "Not to be shown"), alertText(error)]);
  if (visit !== visits) return;
  view.replaceChildren(element("p", {}, element("a", { href: "#trials" }, "← All tasks")), ...nodes);
  [overview.hidden, view.hidden] = [true, false];
  const heading = view.querySelector("h1");
  document.title = `${heading?.firstChild?.textContent ?? ""}: ${title}`;
  window.scrollTo(0, 0);
  heading?.focus({ preventScroll: true });
}

/** Back from a trial the reader is where they left, unless the address is of another place. */
function showOverview() {
  const left = place;
  place = location.hash;
  if (!overview.hidden) return unfold();
  [overview.hidden, view.hidden] = [false, true];
  view.replaceChildren();
  document.title = title;
  const wanted = document.getElementById(place.slice(1));
  if (place !== left && place !== "#trials" && wanted !== null) return reveal(wanted);
  window.scrollTo(0, scrolled);
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
}

/** A link within the overview may lead to what is folded. */
function unfold() {
  const wanted = document.getElementById(location.hash.slice(1));
  if (wanted?.closest("details:not([open])")) reveal(wanted);
}

/**
 * Scrolls to an element, also where it lies in something folded.
 * @param {Element} wanted
 */
function reveal(wanted) {
  for (let around = wanted.closest("details"); around; around = around.parentElement?.closest("details") ?? null) {
    around.open = true;
  }
  wanted.scrollIntoView();
}

/**
 * @param {Trials} trials
 * @returns {Promise<Node[]> | null} null where the address is of the overview
 */
function pageAt(trials) {
  const [, kind, rest = ""] = /^#(trial|diff)=(.*)$/.exec(location.hash) ?? [];
  if (kind === undefined) return null;
  const addresses = kind === "diff" ? decoded(rest).split("..") : [decoded(rest)];
  const [one, other] = addresses.map((address) => trials.byAddress.get(address));
  const missing = addresses.find((address) => !trials.byAddress.has(address));
  if (one === undefined || missing !== undefined)
    return Promise.reject(new Error(`This page holds no trial ${missing ?? ""}.`));
  if (kind === "trial") return trialPage(trials, one);
  return other === undefined
    ? Promise.reject(new Error("Two trials are needed to show them side by side."))
    : sideBySidePage(trials, one, other);
}

/**
 * As it is where it was typed or cut off, and is no encoding.
 * @param {string} text
 */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Paper has no buttons: of a trial all is printed. */
function showWhole() {
  const next = () => /** @type {HTMLElement | null} */ (view.querySelector("button.more"));
  for (let more = next(); more !== null; more = next()) more.click();
  for (const folded of view.querySelectorAll("details")) folded.open = true;
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === "Escape" && !view.hidden && !typing) location.hash = "#trials";
  if (event.key === "/" && view.hidden && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    document.getElementById("task-search")?.focus();
  }
}

/** @param {unknown} error */
function alertText(error) {
  return element("p", { role: "alert" }, error instanceof Error ? error.message : String(error));
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}
