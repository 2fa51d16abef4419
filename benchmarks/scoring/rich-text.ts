/** The text of a shared or inline string: its plain part and its runs joined; phonetic hints are left out. */
import { assertWithin, MAX_TEXT } from "./limits.ts";

/** Fed with what stands inside a string's element; levels count from 1 for its children. */
export class RichText {
  #plain: string | null = null;
  #runs: string[] = [];
  #inRun = false;
  #target: "plain" | "run" | null = null;

  open(name: string, level: number): void {
    this.#target = null; // only the text before the first child of a <t> counts
    if (level === 1) this.#inRun = name === "r";
    if (level === 1 && name === "r") this.#runs.push("");
    if (level === 1 && name === "t") this.#start("plain");
    if (level === 2 && name === "t" && this.#inRun) this.#start("run");
  }

  text(text: string): void {
    if (this.#target === "plain") this.#plain += text;
    if (this.#target === "run") this.#runs.push((this.#runs.pop() ?? "") + text);
  }

  close(): void {
    this.#target = null;
  }

  /** @throws LimitError when it is longer than any text may be */
  content(): string {
    const length = this.#runs.reduce((sum, run) => sum + run.length, this.#plain?.length ?? 0);
    assertWithin(length, MAX_TEXT, "characters in one string");
    return (this.#plain ?? "") + this.#runs.join("");
  }

  /** Of several <t> in one place, the last one holds. */
  #start(target: "plain" | "run"): void {
    this.#target = target;
    if (target === "plain") this.#plain = "";
    else this.#runs[this.#runs.length - 1] = "";
  }
}
