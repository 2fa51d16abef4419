/**
 * Which operating procedures patches speak of. The paper counts four themes over 323 patches and does not say how a patch
 * was assigned; the rule here is stated and can be run on any distillation: a patch speaks of a theme when what one of its
 * edits writes into the skill matches one of the theme's phrases. A patch may speak of several; reasons and lessons
 * behind the edits do not count, for they are not in the skill.
 */
import type { EditBody } from "../../distill/records.ts";

export interface Theme {
  readonly id: string;
  /** As the paper words it, re-worded. */
  readonly label: string;
  /** Of 323 patches, in the paper. */
  readonly published: number;
  /** Any of them, in one edit. */
  readonly phrases: readonly RegExp[];
}

export const PUBLISHED_PATCHES = 323;

/** Words that say that something is looked at once more. */
const CHECK = String.raw`(?:verif\w*|check\w*|confirm\w*|inspect\w*|validat\w*|assert\w*|compar\w*)`;
/** Up to so many characters between two words of one thought. */
const NEAR = String.raw`[^.\n]{0,60}`;

function phrase(source: string): RegExp {
  return new RegExp(source, "i");
}

export const THEMES: readonly Theme[] = [
  {
    id: "recalculate",
    label: "recalculate formulas and open the file again to verify",
    published: 178,
    phrases: [
      phrase(String.raw`\bre-?calc\w*`),
      phrase(String.raw`\bcached values?\b`),
      phrase(String.raw`\bdata_only\b`),
    ],
  },
  {
    id: "openpyxl",
    label: "write with openpyxl rather than to_excel",
    published: 177,
    phrases: [
      phrase(String.raw`\bopenpyxl\b${NEAR}\b(?:instead|rather|not|over)\b`),
      phrase(String.raw`\bto_excel\b`),
      phrase(String.raw`\b(?:use|prefer|with|via)\b${NEAR}\bopenpyxl\b`),
      phrase(String.raw`\bpreserv\w+\b${NEAR}\b(?:sheets?|format\w*|styles?|workbook)\b`),
    ],
  },
  {
    id: "read-back",
    label: "read the written cells back",
    published: 138,
    phrases: [
      phrase(String.raw`\bread\w*[ -]+(?:\w+ ){0,5}back\b`),
      phrase(String.raw`\bre-?(?:open|load|read)\w*\b`),
      phrase(String.raw`\bload\w*\b${NEAR}\b(?:again|once more)\b`),
      phrase(String.raw`\b(?:after|once)\b${NEAR}\b(?:sav|writ)\w+${NEAR}\b${CHECK}`),
    ],
  },
  {
    id: "structure",
    label: "safe structural edits: rows and columns deleted or inserted",
    published: 53,
    phrases: [
      phrase(String.raw`\b(?:delet|remov|insert)\w*\b${NEAR}\b(?:rows?|columns?)\b`),
      phrase(String.raw`\b(?:delete|insert)_(?:rows|cols)\b`),
      phrase(String.raw`\b(?:bottom[ -](?:to[ -]top|up)|descending|reverse order|from the (?:bottom|end|last))\b`),
    ],
  },
  {
    id: "range",
    label: "check the target range",
    published: 15,
    phrases: [
      phrase(
        String.raw`\b${CHECK}\b${NEAR}\b(?:target|answer|requested|specified|output)\b ?(?:ranges?|cells?|position)\b`,
      ),
    ],
  },
  {
    id: "types",
    label: "data types, dates and times",
    published: 15,
    phrases: [
      phrase(String.raw`\bdata ?types?\b`),
      phrase(String.raw`\bdate ?times?\b`),
      phrase(String.raw`\bnumbers?\b${NEAR}\b(?:as|not) (?:text|strings?)\b`),
    ],
  },
  {
    id: "look-first",
    label: "look at the structure first",
    published: 13,
    phrases: [
      phrase(
        String.raw`\b(?:inspect|explore|examine|look at|print|list)\b${NEAR}\b(?:structure|headers?|layout|sheet ?names?)\b${NEAR}\b(?:first|before)\b`,
      ),
      phrase(
        String.raw`\b(?:first|before)\b${NEAR}\b(?:inspect|explore|examine|look at|list)\b${NEAR}\b(?:structure|headers?|layout|sheet ?names?)\b`,
      ),
    ],
  },
];

/** What one edit writes into a skill; empty for a deletion. */
export function writtenBy(body: EditBody): string {
  switch (body.op) {
    case "append_to_section":
    case "insert_after":
    case "insert_before":
    case "replace_in_section":
      return body.content;
    case "add_section":
      return `${body.heading}\n${body.content}`;
    case "create_file":
      return `${body.link}\n${body.content}`;
    case "delete_section":
    case "delete_file":
      return "";
    default:
      return body satisfies never;
  }
}

/** @param patches for each, what each of its edits writes; a patch without edits counts as one that speaks of nothing */
export function countThemes(patches: readonly (readonly string[])[]): Map<string, number> {
  return new Map(
    THEMES.map(({ id, phrases }) => [
      id,
      patches.filter((edits) => edits.some((text) => phrases.some((words) => words.test(text)))).length,
    ]),
  );
}
