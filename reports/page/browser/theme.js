/** The switch between light and dark; without a choice, as the reader's system has it. */

const CHOICES = /** @type {const} */ (["auto", "light", "dark"]);
const KEPT_AS = "trace2skill-theme";

/** @param {HTMLElement} control a select with one option a choice */
export function startTheme(control) {
  if (!(control instanceof HTMLSelectElement)) return;
  apply(kept());
  control.value = kept();
  control.addEventListener("change", () => {
    apply(control.value);
    keep(control.value);
  });
}

/** @param {string} choice */
function apply(choice) {
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

/** @returns {string} */
function kept() {
  const choice = storage()?.getItem(KEPT_AS) ?? "auto";
  return CHOICES.some((each) => each === choice) ? choice : "auto";
}

/**
 * Where the browser has no room for it, or keeps nothing in a private window, the choice holds until the page is closed.
 * @param {string} choice
 */
function keep(choice) {
  try {
    storage()?.setItem(KEPT_AS, choice);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** Null where the browser keeps nothing for a page from a disk. */
function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
