/** Pages with questions, from their sources to questions as lines of JSON beside the images they name. */
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../harness/errors.ts";
import type { Folders } from "./make.ts";
import { checkedRows } from "./make-mathematics.ts";
import type { Step } from "./source.ts";

const Whole = z.union([z.number(), z.bigint(), z.string().regex(/^\d+$/)]).transform(Number);
const PlainName = z.string().regex(/^\w[\w-]*$/);

const DocvqaRow = z.object({
  questionId: Whole,
  question: z.string().min(1),
  docId: Whole,
  ucsf_document_id: PlainName,
  ucsf_document_page_no: z.union([PlainName, z.number(), z.bigint()]).transform(String),
  answers: z.array(z.string()).min(1),
  image: z.object({ bytes: z.instanceof(Uint8Array) }),
});

/** Questions of the validation set in the order of the source, which is the official one, and each page once, under its official name. */
export async function makeDocvqa(
  { from, to, images }: Extract<Step, { kind: "docvqa" }>,
  { downloads, made }: Folders,
): Promise<string[]> {
  await mkdir(join(made, images), { recursive: true });
  const written = new Set<string>();
  const lines: string[] = [];
  for (const name of from) {
    for await (const row of checkedRows(join(downloads, name), DocvqaRow)) {
      const image = `${row.ucsf_document_id}_${row.ucsf_document_page_no}.${isJpeg(row.image.bytes) ? "jpg" : "png"}`;
      if (!written.has(image)) await writeFile(join(made, images, image), row.image.bytes);
      written.add(image);
      const { questionId: question_id, question, docId: document, answers } = row;
      const line = { question_id, question, document, image, answers, position: lines.length };
      lines.push(`${JSON.stringify({ ...line, answers_are_original: true })}\n`);
    }
  }
  await writeFile(join(made, to), lines.join(""));
  return [`${lines.length} questions on ${written.size} pages`];
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** What is asked of every receipt, by its field. */
const QUESTIONS = {
  company: "What is the name of the company on the receipt?",
  date: "What is the date on the receipt?",
  address: "What is the address of the company on the receipt?",
  total: "What is the total amount on the receipt?",
} as const;

const Key = z.partialRecord(z.enum(["company", "date", "address", "total"]), z.string());

/** A question a field that a receipt has; receipts whose fields cannot be read are left out and told of. */
export async function makeReceipts(
  { images, keys, to }: Extract<Step, { kind: "receipts" }>,
  { downloads, made }: Folders,
): Promise<string[]> {
  await mkdir(join(made, "receipts"), { recursive: true });
  const notes: string[] = [];
  const lines: string[] = [];
  for (const name of (await readdir(join(downloads, images))).filter((file) => file.endsWith(".jpg")).sort()) {
    const id = name.slice(0, -".jpg".length);
    try {
      const key = Key.parse(JSON.parse(await readFile(join(downloads, keys, `${id}.json`), "utf8")));
      lines.push(...receiptLines(id, key));
      await copyFile(join(downloads, images, name), join(made, "receipts", name));
    } catch (error) {
      notes.push(`receipt ${id} is left out: ${messageOf(error)}`);
    }
  }
  await writeFile(join(made, to), lines.join(""));
  return notes;
}

function receiptLines(id: string, key: z.infer<typeof Key>): string[] {
  return (Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[]).flatMap((field) => {
    const answer = key[field]?.trim();
    if (answer === undefined || answer === "") return [];
    const question_id = `sroie-${id}-${field}`;
    const row = { question_id, question: QUESTIONS[field], image: `receipts/${id}.jpg`, answers: [answer] };
    return [`${JSON.stringify(row)}\n`];
  });
}
