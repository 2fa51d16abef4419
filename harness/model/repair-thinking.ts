/** Thinking that a server without a parser for it left at the start of `content`, as Qwen, DeepSeek and Magistral write it. */

export interface Split {
  /** As it stood, tags and the blanks around it included; empty where there is none. */
  readonly thinking: string;
  readonly rest: string;
}

const OPENING = /^\s*(?:<(think|thinking|thought)>|\[(THINK)\])/;
/** Templates that open the thinking themselves leave the model to close it. */
const UNOPENED = "</think>";

/** `thinking + rest` is the content. Thinking that is never closed is all there is. */
export function splitThinking(content: string): Split {
  const opening = OPENING.exec(content);
  const [opened, tag, mark] = opening ?? [""];
  const closing = tag !== undefined ? `</${tag}>` : mark !== undefined ? `[/${mark}]` : UNOPENED;
  const end = content.indexOf(closing, opened.length);
  if (end === -1) return opening === null ? { thinking: "", rest: content } : { thinking: content, rest: "" };
  const after = content.slice(end + closing.length);
  const rest = after.trimStart();
  return { thinking: content.slice(0, content.length - rest.length), rest };
}
