/**
 * The public sources of all data sets, by benchmark, with revisions and hashes.
 *
 * Hashes are of two kinds. Those of math500.jsonl and of the WikiTableQuestions files are of copies at hand that are unchanged
 * from upstream. Those of the SpreadsheetBench archives and of MathArena's and DocVQA's Parquet files are the ones that one or more
 * public projects independently pin for that revision. Where neither is known, `sha256` is null: pinned by revision only.
 */
import { z } from "zod";
import { Source, type SourceFile } from "./source.ts";

const SPREADSHEETBENCH = "ab0b742b0fc95b946f212d80ac7771b5531272e4";
const WIKITQ = "7d455a5a707b96341ef72aff9428749d443d8aa9";
const HITAB = "d179602662b490249baf068a76fbe4137029126e";
const SVS = "2391df8011d2028153369de7294da6244d1556e6";
const AIME_2024_I = "ea5b061c3e8039dc9858defaafc407d04b995e9f";
const AIME_2024_II = "29d5d31e9b46e215fc24d9b2a3047506823dd101";
const AIME_2025 = "c94da77eb22bbd6439e62a323bec18493a421302";
const AIME_2026 = "d2de22f3c656b4f56cf8981212186377d1e23bc3";
const MATH_500 = "6e4ed1a2a79af7d8630a6b768ec859cb5af4d3be";
const DOCVQA = "539088ef8a8ada01ac8e2e6d4e372586748a265e";
const SROIE = "27be4271b251c256f695acbade9a801bffe85994";

const HITAB_SAMPLES = ["train", "dev", "test"]
  .map((half) => `${half}_samples.jsonl`)
  .concat("test_samples_qualitycheck.jsonl");
const DOCVQA_SHARDS = Array.from({ length: 6 }, (_, index) => `validation-0000${index}-of-00006.parquet`);
const RECEIPTS = Array.from({ length: 626 }, (_, index) => String(index).padStart(3, "0"));
const MAA = "The problems are the MAA's: for evaluation only.";

/** A file on the hub of data sets, or in a Git repository, at a revision. */
function hub(repository: string, revision: string, path: string): string {
  return `https://huggingface.co/datasets/${repository}/resolve/${revision}/${path}`;
}
function raw(repository: string, revision: string, path: string): string {
  return `https://raw.githubusercontent.com/${repository}/${revision}/${path}`;
}
function file(name: string, url: string, sha256: string | null = null, bytes: number | null = null): SourceFile {
  return { name, url, sha256, bytes };
}

const AIME = { terms: MAA, made: {}, megabytes: 0.05 } as const;
const aimeUrl = (name: string, revision: string) =>
  hub(`MathArena/${name}`, revision, "data/train-00000-of-00001.parquet");

export const SOURCES: readonly Source[] = z.array(Source).parse([
  {
    name: "spreadsheetbench",
    home: ["https://github.com/RUCKBReasoning/SpreadsheetBench", "https://arxiv.org/abs/2406.14991"],
    licence: "CC BY-SA 4.0",
    terms: null,
    revisions: { "KAKA22/SpreadsheetBench": SPREADSHEETBENCH },
    files: [
      file(
        "verified.tar.gz",
        hub("KAKA22/SpreadsheetBench", SPREADSHEETBENCH, "spreadsheetbench_verified_400.tar.gz"),
        "10ef893dd29cb13ab97143ea787e68cdc9574a13873ab9a54e50b31dc03fc949",
      ),
    ],
    steps: [{ kind: "tar", from: "verified.tar.gz", keep: ["dataset.json", "spreadsheet/"], to: "." }],
    made: { "dataset.json": "bcecaa89a005bd4e3bbe98da150a86e8062c27f262e575d5e47bd9861b3525e7" },
    megabytes: 15,
    byHand: "unpack spreadsheetbench_verified_400.tar.gz and give the folder that holds dataset.json",
  },
  {
    name: "spreadsheetbench-912",
    home: ["https://github.com/RUCKBReasoning/SpreadsheetBench", "https://arxiv.org/abs/2406.14991"],
    licence: "CC BY-SA 4.0",
    terms: null,
    revisions: { "KAKA22/SpreadsheetBench": SPREADSHEETBENCH },
    files: [
      file(
        "912.tar.gz",
        hub("KAKA22/SpreadsheetBench", SPREADSHEETBENCH, "spreadsheetbench_912_v0.1.tar.gz"),
        "9cf7228b54f1edcdd4b372eb736774adf29cb4f804c9920229bac6c154833399",
        95_752_357,
      ),
    ],
    steps: [{ kind: "tar", from: "912.tar.gz", keep: ["dataset.json", "spreadsheet/"], to: "." }],
    made: {},
    megabytes: 96,
    byHand: "unpack spreadsheetbench_912_v0.1.tar.gz and give the folder that holds dataset.json",
  },
  {
    name: "wikitq",
    home: ["https://github.com/ppasupat/WikiTableQuestions", "https://arxiv.org/abs/1508.00305"],
    licence: "CC BY-SA 4.0",
    terms: null,
    revisions: { "ppasupat/WikiTableQuestions": WIKITQ, "release of its tables": "v1.0.2" },
    files: [
      file(
        "pristine-unseen-tables.tsv",
        raw("ppasupat/WikiTableQuestions", WIKITQ, "data/pristine-unseen-tables.tsv"),
        "df232f69e78e5b7b61b9aa62efcaa01c75697a7411fd80348cf55107ad9fbdcd",
        399_870,
      ),
      file(
        "random-split-1-dev.tsv",
        raw("ppasupat/WikiTableQuestions", WIKITQ, "data/random-split-1-dev.tsv"),
        "5e7466e7f4bcf0fa704b839c2bde464b2f33bdc095333b1aaa2bb44458dbf98b",
        264_619,
      ),
      file("training.tsv", raw("ppasupat/WikiTableQuestions", WIKITQ, "data/training.tsv")),
      file(
        "pristine-unseen-tables.tagged",
        raw("ppasupat/WikiTableQuestions", WIKITQ, "tagged/data/pristine-unseen-tables.tagged"),
        "371953b2a9fac16036c9b25de5b5f7f02a15c1f01246f197854e9d73b826b15c",
        1_330_046,
      ),
      file("training.tagged", raw("ppasupat/WikiTableQuestions", WIKITQ, "tagged/data/training.tagged")),
      file(
        "tables.zip",
        "https://github.com/ppasupat/WikiTableQuestions/releases/download/v1.0.2/WikiTableQuestions-1.0.2-compact.zip",
      ),
    ],
    steps: [
      { kind: "zip", from: "tables.zip", keep: ["csv/"], to: "." },
      ...["pristine-unseen-tables.tsv", "random-split-1-dev.tsv", "training.tsv"].map((name) => ({
        kind: "copy",
        from: name,
        to: `data/${name}`,
      })),
      ...["pristine-unseen-tables.tagged", "training.tagged"].map((name) => ({
        kind: "copy",
        from: name,
        to: `tagged/data/${name}`,
      })),
    ],
    made: {},
    megabytes: null,
    byHand: "clone the repository at that commit and give its folder",
  },
  {
    name: "hitab",
    home: ["https://github.com/microsoft/HiTab", "https://arxiv.org/abs/2108.06712"],
    licence: "C-UDA 1.0 (computational use of data)",
    terms: "For computational use; pass the data on only with its licence and credits.",
    revisions: { "microsoft/HiTab": HITAB },
    files: [
      ...HITAB_SAMPLES.map((name) => file(name, raw("microsoft/HiTab", HITAB, `data/${name}`))),
      file("tables.zip", raw("microsoft/HiTab", HITAB, "data/tables.zip")),
    ],
    steps: [
      { kind: "zip", from: "tables.zip", keep: ["raw/", "hmt/"], to: "data/tables" },
      ...HITAB_SAMPLES.map((name) => ({ kind: "copy", from: name, to: `data/${name}` })),
    ],
    made: {},
    megabytes: null,
    byHand: "clone the repository at that commit, unpack data/tables.zip in data/, and give its folder",
  },
  {
    name: "dapo-math",
    home: ["https://github.com/MasterVito/SvS", "https://arxiv.org/abs/2503.14476"],
    licence: "Apache-2.0",
    terms: null,
    revisions: { "MasterVito/SvS": SVS },
    files: [file("dapo_math_17k.parquet", raw("MasterVito/SvS", SVS, "data/dapo_math_17k.parquet"))],
    steps: [{ kind: "dapo", from: "dapo_math_17k.parquet", to: "dapo_math.jsonl" }],
    made: {},
    megabytes: null,
    byHand: "give a folder with dapo_math.jsonl: a line a problem, {id, problem, answer}",
  },
  {
    ...AIME,
    name: "aime-2024",
    home: ["https://huggingface.co/datasets/MathArena/aime_2024_I"],
    licence: "CC BY-NC-SA 4.0",
    revisions: { "MathArena/aime_2024_I": AIME_2024_I, "MathArena/aime_2024_II": AIME_2024_II },
    files: [
      file(
        "I.parquet",
        aimeUrl("aime_2024_I", AIME_2024_I),
        "e4033c704609cc7cdfe712ed410357b190733dec75aa5b54a39adc55add49393",
      ),
      file(
        "II.parquet",
        aimeUrl("aime_2024_II", AIME_2024_II),
        "eab2b6a77c048ec4efb7d5f91d1f7548b7fc8a08566b9fcddd1b014699f30dbf",
      ),
    ],
    steps: [
      {
        kind: "aime",
        from: ["I.parquet", "II.parquet"],
        to: "aime_2024.jsonl",
        year: 2024,
        answersSha256: "8fe00d037af2f97088d172b97af37e5a3c8a0e46e31566d099312731f8dbf734",
      },
    ],
    byHand: "give a folder with aime_2024.jsonl: a line a problem, {id, year, contest, number, problem, answer}",
  },
  {
    ...AIME,
    name: "aime-2025",
    home: ["https://huggingface.co/datasets/MathArena/aime_2025"],
    licence: "CC BY-NC-SA 4.0",
    revisions: { "MathArena/aime_2025": AIME_2025 },
    files: [
      file(
        "all.parquet",
        aimeUrl("aime_2025", AIME_2025),
        "9f9066ff48ad2e31f9bf1b1ac6d5e80693195f987985f2859f89dd25ffa51c2d",
      ),
    ],
    steps: [
      {
        kind: "aime",
        from: ["all.parquet"],
        to: "aime_2025.jsonl",
        year: 2025,
        answersSha256: "50e0ea615ca785a4c8f52d6d12ba11501b737cc81dd7c759c4232b99981a78d0",
      },
    ],
    byHand: "give a folder with aime_2025.jsonl: a line a problem, {id, year, contest, number, problem, answer}",
  },
  {
    ...AIME,
    name: "aime-2026",
    home: ["https://huggingface.co/datasets/MathArena/aime_2026"],
    licence: "CC BY-NC-SA 4.0",
    revisions: { "MathArena/aime_2026": AIME_2026 },
    files: [file("all.parquet", aimeUrl("aime_2026", AIME_2026))],
    steps: [
      {
        kind: "aime",
        from: ["all.parquet"],
        to: "aime_2026.jsonl",
        year: 2026,
        answersSha256: "d11b14b90defe921e695ae7bcb01b101159604579f5b59cd1989195754af1b20",
      },
    ],
    byHand: "give a folder with aime_2026.jsonl: a line a problem, {id, year, contest, number, problem, answer}",
  },
  {
    name: "math-500",
    home: ["https://huggingface.co/datasets/HuggingFaceH4/MATH-500", "https://arxiv.org/abs/2305.20050"],
    licence: "MIT",
    terms: null,
    revisions: { "HuggingFaceH4/MATH-500": MATH_500 },
    files: [
      file(
        "test.jsonl",
        hub("HuggingFaceH4/MATH-500", MATH_500, "test.jsonl"),
        "35dc41080a3680858b27fa7e0533d2d547825316fc5dafe5d316f4ccc5a06132",
        446_564,
      ),
    ],
    steps: [{ kind: "copy", from: "test.jsonl", to: "math500.jsonl" }],
    made: {},
    megabytes: 0.5,
    byHand: "give a folder with math500.jsonl",
  },
  {
    name: "docvqa",
    home: ["https://www.docvqa.org", "https://arxiv.org/abs/2007.00398"],
    licence: "DocVQA terms: research use; pages from the UCSF Industry Documents Library",
    terms: "For research only. Do not publish the page images, or pages of reports that show them.",
    revisions: { "lmms-lab/DocVQA": DOCVQA },
    files: DOCVQA_SHARDS.map((name, index) =>
      file(
        name,
        hub("lmms-lab/DocVQA", DOCVQA, `DocVQA/${name}`),
        index === 0 ? "a31507f0b700ac64f3ead52057c5dc3ccfb0baadcc62bc0d19d17159f080a4d8" : null,
      ),
    ),
    steps: [{ kind: "docvqa", from: DOCVQA_SHARDS, to: "val_questions.jsonl", images: "images" }],
    made: {},
    megabytes: 1_060,
    byHand:
      "register at the Robust Reading Competition (rrc.cvc.uab.es, challenge 17, task 1), take the annotations and the images of " +
      "the validation set, and give a folder with val_v1.0_withQT.json and documents/",
  },
  {
    name: "receipts",
    home: ["https://github.com/zzzDavid/ICDAR-2019-SROIE", "https://arxiv.org/abs/2103.10213"],
    licence: "MIT (repository); receipts of ICDAR 2019 SROIE",
    terms: "The scans are of real receipts: do not publish them further than the repository does.",
    revisions: { "zzzDavid/ICDAR-2019-SROIE": SROIE },
    files: RECEIPTS.flatMap((id) => [
      file(`img/${id}.jpg`, raw("zzzDavid/ICDAR-2019-SROIE", SROIE, `data/img/${id}.jpg`)),
      file(`key/${id}.json`, raw("zzzDavid/ICDAR-2019-SROIE", SROIE, `data/key/${id}.json`)),
    ]),
    steps: [{ kind: "receipts", images: "img", keys: "key", to: "receipts_questions.jsonl" }],
    made: {},
    megabytes: 106,
    byHand:
      "give a folder with receipts_questions.jsonl, {question_id, question, image, answers}, and the images it names",
  },
]);

/** The source of a benchmark, or undefined where it needs none or none is known. */
export function sourceOf(name: string): Source | undefined {
  return SOURCES.find((source) => source.name === name);
}
