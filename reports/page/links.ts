/** Where sections may send a reader on the same page. The page knows which trials it holds; a section only asks. */
import { type Content, type Html, html } from "./html.ts";

export interface PageLinks {
  /**
   * Address of a trial's page such as `#trial=…`, null where the page does not hold it.
   * @param name as lessons name it: `<run>/<task>.<seed>` (`trialName` in harness/run/store.ts)
   * @param skill hash of the skill that the trial's agent had, or null: it tells runs of one name apart
   */
  readonly trial: (name: string, skill?: string | null) => string | null;
  /** Address of two arms' trials of a task side by side, null where the page does not hold them. Arms by their short fingerprints. */
  readonly diff: (arms: { readonly arm: string; readonly baseline: string }, task: string) => string | null;
}

export const NO_LINKS: PageLinks = { trial: () => null, diff: () => null };

/** The content, as a link where there is an address: one on this page, for nothing else is to be reached from it. */
export function linked(address: string | null, content: Content): Html {
  if (address === null) return html`${content}`;
  if (!address.startsWith("#")) throw new RangeError(`a section links within the page only, got ${address}`);
  return html`<a href="${address}">${content}</a>`;
}

/** A trial under its whole name, as a link where its page is at hand. */
export function trialLink(name: string, links: PageLinks): Html {
  return linked(links.trial(name), name);
}
