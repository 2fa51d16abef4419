import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { latexDocument, tableLatex } from "../../../reports/formats/latex.ts";
import { escapeLatex } from "../../../reports/formats/latex-text.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { HOSTILE, hostileTable, plainTable } from "./hostile-table.ts";

const run = promisify(execFile);

test("no text is a command, whatever characters it has", () => {
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
  const escaped = escapeLatex(printable);

  expect(escaped.replace(/\\(?:[{}$&#_%]|text[a-z]+\{\})|\{[[\]*]\}|-\{\}/g, "")).not.toMatch(
    /[\\{}$&#_%^~<>|"'`[\]*]/,
  );
  expect(escapeLatex("\\input{/etc/passwd}")).toBe("\\textbackslash{}input\\{/etc/passwd\\}");
  expect(escapeLatex("é Ł 中 −1")).toBe("\\'{e} \\L{} \\texttt{U+4E2D} $-$1");
});

test("columns of one group stand under a heading with its rule, both ends of an interval in one column", () => {
  const columns = [
    { label: "arm", kind: "text" as const },
    ...["Vrf", "Soft"].map((label) => ({ label, group: "122B user", kind: "number" as const })),
    { label: "low", group: "95 % interval", kind: "number" as const },
    { label: "high", group: "95 % interval", kind: "number" as const },
  ];
  const cells = ["a", "1.0", "2.0", "0.5", "1.5"].map((text) => ({ text }));
  const text = tableLatex(plainTable({ columns, rows: [{ group: "deepening", cells }] }));

  expect(text).toContain("\\multicolumn{2}{c}{122B user}");
  expect(text).toContain("\\cmidrule(lr){2-3}");
  expect(text).toContain("\\hspace{1em}a & 1.0 & 2.0 & 0.5 to 1.5 \\\\");
  expect(text).toContain("\\multicolumn{4}{l}{\\textit{deepening}} \\\\");
  expect(text).toMatch(/\\toprule[\s\S]*\\midrule[\s\S]*\\bottomrule/);
});

test("a text that would fill a page ends with how much of it is left out", () => {
  const rows = [{ cells: [{ text: "task, ".repeat(2000) }, { text: "1", value: 1 }] }];

  expect(tableLatex(plainTable({ rows }))).toContain("(11,400 characters more)");
});

test("a document with hostile names, long tables, many notes and an empty table compiles, and nothing falls off a page", async (context) => {
  const there = await run("pdflatex", ["--version"]).catch(() => null);
  if (there === null) return context.skip("no pdflatex: apt-get install texlive-latex-recommended");
  const [row] = hostileTable().rows;
  const notes = Array.from({ length: 20 }, (_, index) => `Note ${index}. ${HOSTILE[5]}`.repeat(3));
  const rows = (count: number) => Array.from({ length: count }, () => plainTable().rows[0]!);
  const tables = [
    hostileTable({ notes }),
    plainTable(),
    hostileTable({ id: "long", rows: Array.from({ length: 80 }, () => row!) }),
    plainTable({ id: "a full page", rows: rows(38), notes }),
    plainTable({ id: "groups", rows: rows(30).map((one, index) => ({ ...one, group: `group ${index}` })) }),
    plainTable({ rows: [], notes: [] }),
  ];
  const folder = await temporaryFolder();
  await writeFile(join(folder, "t.tex"), latexDocument(HOSTILE[4]!, tables));

  const { stdout } = await run(
    "pdflatex",
    ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "t.tex"],
    {
      cwd: folder,
    },
  );

  expect(stdout).toMatch(/Output written on t\.pdf \([5-9]|1\d pages/);
  expect(await readFile(join(folder, "t.log"), "latin1")).not.toMatch(/^! |Float too large|Overfull \\vbox/m);
}, 120_000);
