import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ExperimentReport } from "../../reports/experiment.ts";
import { html, svgElement } from "../../reports/page/html.ts";
import { reportPage, writeReport } from "../../reports/page.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { exampleReport } from "./example.ts";

const report = exampleReport();
const page = reportPage(report);
const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;\u202e`;

/** The rows of tables whose class is given, as text with their markup. */
const rowsOf = (text: string, table: string) =>
  [...text.matchAll(new RegExp(`<table class="${table}[ "][\\s\\S]*?</table>`, "g"))].flatMap(
    ([found]) => found.match(/<tr[\s\S]*?<\/tr>/g) ?? [],
  );

/** The report with every text that a model, a file or a user can choose made hostile. */
function hostile(value: ExperimentReport): ExperimentReport {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) =>
    typeof member === "string" ? member + HOSTILE : member,
  );
}

describe("escaping", () => {
  test("no text of a report becomes markup: the tags are those of the same report with tame texts", () => {
    const tagsOf = (text: string) => text.match(/<\/?[a-z][a-z0-9]*/g);

    expect(tagsOf(reportPage(hostile(report)))).toEqual(tagsOf(page));
    expect(reportPage(hostile(report))).not.toContain("\u202e");
  });

  test("a lesson titled <script> is shown as it is written", () => {
    const [distillation] = report.distillations;
    const lessons = distillation!.lessons.map((lesson) => ({ ...lesson, title: "Use <script> & 'quotes'" }));

    const text = reportPage({ ...report, distillations: [{ ...distillation!, lessons }] });

    expect(text).toContain("Use &lt;script&gt; &amp; &#39;quotes&#39;");
    expect(text.match(/<script/g)).toEqual(["<script"]);
  });

  test("a template takes Html as it is and escapes all else, in attributes too", () => {
    expect(html`<p title="${'"x"'}">${html`<b>${"<i>"}</b>`}${["&", null, 3]}</p>`.text).toBe(
      '<p title="&quot;x&quot;"><b>&lt;i&gt;</b>&amp;3</p>',
    );
  });

  test("an object made elsewhere cannot pass for Html", () => {
    expect(() => html`${{ text: "<script>" } as never}`).toThrow();
  });
});

/** A page without what stands in its style sheet and its script. */
const markupOf = (text: string) => text.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");

describe("policy", () => {
  const hashOf = (source: string) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
  const policyOf = (text: string) =>
    text.match(/<meta http-equiv="Content-Security-Policy" content="([^"]*)">/)![1]!.replaceAll("&#39;", "'");

  test("nothing may load, and the only style and the only script are ours by their hashes", () => {
    const [style, script] = ["style", "script"].map((name) => page.match(`<${name}>([\\s\\S]*?)</${name}>`)![1]!);

    expect(policyOf(page)).toBe(
      `default-src 'none'; script-src ${hashOf(script!)}; style-src ${hashOf(style!)}; base-uri 'none'; form-action 'none'; ` +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(page.indexOf("Content-Security-Policy")).toBeLessThan(page.indexOf("<style>"));
  });

  test("the page refers to nothing outside itself and styles nothing inline, which the policy would block", () => {
    expect(markupOf(page)).not.toMatch(/\s(src|href|srcset|action|style)="(?!#)|url\((?!#)|@import|https?:/);
    expect(page.match(/<style>[\s\S]*?<\/style>/)![0]).not.toMatch(/url\(|@import|https?:/);
  });

  test("every link of the page leads to a place that it has", () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    const linked = [...page.matchAll(/\shref="#([^"]*)"/g)].map(([, id]) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(linked.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("a drawing may hold shapes and text, and nothing that runs, loads, leads away or styles", () => {
    const box = { title: "a & b", description: "", className: "chart", width: 1, height: 2 };
    const foreign = [
      "<script>",
      '<a xlink:href="#">',
      '<image href="x"/>',
      '<g onclick="x">',
      '<g style="x">',
      '<rect fill="url(http://x)"/>',
      "<g a=b>",
      "<g",
    ];

    expect(
      svgElement('<g fill="none" role="graphics-symbol" aria-label="x"><text x="1">1 &lt; 2</text></g>', box).text,
    ).toMatch(
      /^<svg [^<]*><title>a &amp; b<\/title><desc><\/desc><g fill="none"><text x="1">1 &lt; 2<\/text><\/g><\/svg>$/,
    );
    for (const inner of foreign) expect(() => svgElement(inner, box), inner).toThrow(/a drawing cannot hold/);
  });
});

describe("numbers", () => {
  test("every arm is drawn with its interval and stands with score, n and fingerprint", () => {
    const rows = rowsOf(page, "forest");
    for (const { fingerprint, interval, mean, tasks } of report.arms) {
      const row = rows.find((candidate) => candidate.includes(fingerprint))!;
      expect(row).toContain(`<circle class="dot`);
      expect(row).toContain(`x1="${(100 * interval!.low).toFixed(2)}%" x2="${(100 * interval!.high).toFixed(2)}%"`);
      expect(row).toContain(`<b>${(100 * mean!).toFixed(1)}</b>`);
      expect(row).toContain(`${tasks} × 2`);
    }
  });

  test("every estimate has interval, n and fingerprint in its row, and says so to those who cannot see it", () => {
    const rows = rowsOf(page, "forest").filter((row) => row.includes("<svg role"));

    expect(rows).toHaveLength(report.arms.length + report.differences.length);
    for (const row of rows) {
      expect(row).toMatch(/data-label="95 % interval">[+−]?\d+\.\d to [+−]?\d+\.\d</);
      expect(row).toMatch(/data-label="n">\d+/);
      expect(row).toMatch(/<code class="fingerprint">[0-9a-f]{12}<\/code>/);
      expect(row).toMatch(/aria-label="[^"]* 95 % interval [^"]* n \d+[^"]*, simulated"/);
    }
  });

  test("under the title of every table of scores stands what they are, whose rules gave them, and on which seeds", () => {
    const notes = page.match(/<small class="quiet">score, scored by workbook-range\/1, seeds 41, 42<\/small>/g);

    expect(notes).toHaveLength(2); // arms, and cost against score
  });

  test("every table and distillation of simulated numbers is labelled simulated, and nothing of real ones", () => {
    const captions = [...page.matchAll(/<caption>([\s\S]*?)<\/caption>/g)].map(([, caption]) => caption!);
    const numbers = captions.filter((caption) => !/lessons|differ in/i.test(caption));
    const real = JSON.parse(JSON.stringify(report), (key, value: unknown) =>
      key === "simulated" ? false : value,
    ) as ExperimentReport;

    expect(numbers.length).toBeGreaterThanOrEqual(8);
    expect(numbers.filter((caption) => !caption.includes('<span class="tag">simulated</span>'))).toEqual([]);
    expect(page).toMatch(/<h1>[^<]* <span class="tag">simulated<\/span><\/h1>/);
    expect(page).toMatch(/<h3>[\s\S]*?<span class="tag">simulated<\/span><\/h3>/);
    expect(reportPage(real)).not.toContain('class="tag"');
    expect(reportPage(real)).not.toContain("simulated</b> model");
  });

  test("the merge tree, the fate of every lesson and the tasks behind it are there", () => {
    expect(page.match(/<b>38<\/b><span>patches<\/span>[\s\S]*<b>1<\/b><span>patch<\/span>/)).not.toBeNull();
    for (const { title, fate, tasks } of report.distillations[0]!.lessons) {
      const row = rowsOf(page, "data").find((candidate) => candidate.includes(title))!;
      expect(row).toContain(fate.kind);
      for (const task of tasks) expect(row).toContain(task);
    }
  });

  test("an arm that failed, has no score and no interval is shown without a dot", () => {
    const [first] = report.arms;
    const failed = { ...first!, tasks: 0, mean: null, interval: null, unscored: { "model-failed": 60 } };

    const [row] = rowsOf(reportPage({ ...report, arms: [failed] }), "forest").filter((candidate) =>
      candidate.includes("<svg role"),
    );

    expect(row).not.toContain("<circle");
    expect(row).toContain("60 unscored (model-failed)");
  });
});

test("what was read from the journal leaves no trace, so a page made again is the same to the byte", () => {
  const costs = report.costs.map((cost) => ({ ...cost, fromJournal: cost.usage.calls }));

  expect(reportPage({ ...report, costs })).toBe(page);
});

test("is written whole into a folder that is made for it, and leaves nothing else there", async () => {
  const folder = join(await temporaryFolder(), "reports");

  await writeReport(join(folder, "report.html"), report);
  await writeReport(join(folder, "report.html"), report);

  expect(await readFile(join(folder, "report.html"), "utf8")).toBe(page);
  expect(await readdir(folder)).toEqual(["report.html"]);
});
