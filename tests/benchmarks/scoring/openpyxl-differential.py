"""Writes small workbooks with odd XML, drawn at random, and what openpyxl (data_only) reads in them, a JSON line each.

usage: openpyxl-differential.py FOLDER COUNT SEED
"""

import datetime
import json
import os
import random
import re
import sys
import warnings
import zipfile

sys.modules["numpy"] = None
warnings.simplefilter("ignore")

import openpyxl  # noqa: E402
from openpyxl.styles.numbers import STRIP_RE  # noqa: E402

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

FORMATS = [
    "General", "0", "0.00", "yyyy-mm-dd", "d/m/yy", "mm-dd-yy", "h:mm", "h:mm:ss", "[h]:mm", "[hh]:mm:ss", "[mm]:ss", "[ss].00",
    "[ss]", "[m]", "mm:ss.0", '"day" 0', "[Red]0", "[$-409]d-mmm-yy;@", "[$-F800]dddd, mmmm dd, yyyy", "0;d", "d;0", "\\d0", "0\\d",
    "_d0", "#,##0_);[Red](#,##0)", '0 "h"', "0.00E+00", "@", "[Blue]yyyy", "[<5]0;h", "yyyy\\-mm", "AM/PM", "0%", "s", "[s]",
    "general", "[h]", "[H]:MM", "[hh]", '"d"', "y", '\\"d"', "?/?", "[$EUR] 0", "hh:mm AM/PM", "[h]:mm;@", "D", "\\yy", "__d", "",
]  # fmt: skip
NUMBERS = [
    "0", "1", "-1", "5", "1.5", "0.5", "0.999999999", "0.9999999999999", "0.99999", "59", "59.5", "60", "60.25", "61", "1.0", "-0",
    "-0.0", "-0.5", "45000", "45000.5", "45000.123456789", "45000.999999999", "2958465", "2958465.9999999", "2958466", "1e5", "1E+5",
    "1e400", "-1e400", "1e-400", "12345678901234567890", "123456789012345678", "0.1", "1e2", "+5", " 5 ", "5 ", "1_000", "٣", "",
    " ", "abc", "1,000", "0x10", "nan", "inf", "Infinity", "1e", ".5", "5.", "-693594", "-693593", "-700000", "1e10", "1e17", "00012",
    "0.0000000001", "9999999999", "1000000000", "-1000000000", "1e15", "3.0000000000000001", "--1", "1.5.5", "0.0416666667", "2.5e-5",
]  # fmt: skip
TEXTS = ["", "text", " padded ", "a&amp;b", "&#65;", "_x000D_", "_x005F_", "x005F_", "é", "漢字", "😀", "#N/A", "TRUE", "1", "&lt;t&gt;", "a\nb", "a\r\nb", "\t", "<![CDATA[raw]]>", "a<!-- c -->b", "=1+1"]
ISO = ["2024-01-05", "2024-01-05T12:30:00", "2024-01-05T12:30:00Z", "12:30", "12:30:45.123", "2024-13-01", "PT1H", "PT1H30M5.5S", "24:00", "T12:30", "2024-02-30", "x", "2024-01-05T", "PT", "0001-01-01", "2024-01-05 12:30", "P1D", "12:30:45.123456", "9999-12-31T23:59:59.999"]


def same_in_all_versions(code):
    """openpyxl 3.0 told dates by another pattern than 3.1: formats that the two see differently are left out before 3.1."""
    text = STRIP_RE.sub("", code.split(";")[0])
    return bool(re.search(r"[^\\][dmhys]", text, re.I)) == bool(re.search(r"(?<![_\\])[dmhys]", text, re.I))


if openpyxl.__version__.startswith("3.0."):
    FORMATS = [code for code in FORMATS if same_in_all_versions(code)]


def main():
    folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    pick = random.Random(seed)
    for number in range(count):
        path = os.path.join(folder, f"{number}.xlsx")
        write(path, pick)
        print(json.dumps({"version": openpyxl.__version__, "path": path, **read(path)}))


def read(path):
    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    sheets = []
    for sheet in book.worksheets:
        cells = [[*place, *typed(cell.value)] for place, cell in sorted(sheet._cells.items()) if cell.value is not None]
        sheets.append({"name": sheet.title, "last": [sheet.max_row, sheet.max_column], "cells": cells})
    return {"names": book.sheetnames, "sheets": sheets}


def typed(value):
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, (int, str)):
        return [type(value).__name__, str(value)]
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return [type(value).__name__, value.isoformat()]
    return ["timedelta", repr(value.total_seconds())]


def chance(pick, share):
    return pick.random() < share


def attribute(pick, name, common, odd, share=0.04):
    """Mostly of the common ones, now and then an odd one; None leaves it out."""
    value = pick.choice(odd) if chance(pick, share) else pick.choice(common)
    return "" if value is None else f' {name}="{value}"'


def cell(pick, column, row, strings, styles):
    name = f"{chr(65 + column)}{row}"
    reference = attribute(pick, "r", [name] * 9 + [None], [name.lower(), f"${name}", "A0", "1A", "AAAA1", "ZZZ1", name + " ", "A", "5", "", "A1048577", "A-1"], 0.01)
    style = attribute(pick, "s", [None] + [str(i) for i in range(styles)], ["", "-1", "99", " 1", "1.0", "٠", "+1"], 0.01)
    kind = pick.choice([None, None, None, "n", "s", "b", "e", "str", "inlineStr", "d"])
    if chance(pick, 0.01):
        kind = pick.choice(["", "x", "S", "N"])
    body = content(pick, kind, strings)
    kind_text = "" if kind is None else f' t="{kind}"'
    return f"<c{reference}{style}{kind_text}>{body}</c>" if body else f"<c{reference}{style}/>"


def content(pick, kind, strings):
    formula = pick.choice(["", "", "", "<f>A1&amp;B1</f>", '<f t="shared" ref="A1:A2" si="0">A1</f>', "<f/>", "<f>T[[#All],[a]]</f>"])
    if kind == "inlineStr":
        return pick.choice(["", formula]) + "".join(f"<is>{rich(pick)}</is>" for _ in range(pick.choice([1, 1, 1, 0, 2])))
    if chance(pick, 0.06):
        return formula + pick.choice(["", "<v/>", "<v></v>", f"<is>{rich(pick)}</is>", "<x>5</x>", "<v>1</v><v>2</v>", "<v>1<x/>2</v>", "<!-- c --><v>7</v>", " <v>7</v> ", '<v xml:space="preserve">8</v>'])
    if kind == "s":
        text = pick.choice([str(pick.randrange(max(1, strings)))] * 15 + ["-1", " 0 ", "0_0"]) if not chance(pick, 0.01) else "999"
    elif kind == "b":
        text = pick.choice(["0", "1", "1", "0", "2", "-1", "01"]) if not chance(pick, 0.01) else "true"
    elif kind == "d":
        text = pick.choice(ISO[:4] + ISO[6:8]) if not chance(pick, 0.1) else pick.choice(ISO)
    elif kind in ("str", "e"):
        text = pick.choice(TEXTS)
    elif kind in (None, "n"):
        text = pick.choice(NUMBERS[:33]) if not chance(pick, 0.04) else pick.choice(NUMBERS)
    else:
        text = pick.choice(TEXTS + NUMBERS[:8])
    return f"{formula}<v>{text}</v>"


def rich(pick):
    text = lambda: pick.choice(TEXTS)  # noqa: E731
    return pick.choice([
        lambda: f"<t>{text()}</t>",
        lambda: f'<t xml:space="preserve">{text()}</t>',
        lambda: "<t/>",
        lambda: "",
        lambda: f"<r><t>{text()}</t></r><r><rPr><b/></rPr><t>{text()}</t></r>",
        lambda: f"<t>{text()}</t><r><t>{text()}</t></r>",
        lambda: f'<t>{text()}</t><rPh sb="0" eb="1"><t>{text()}</t></rPh>',
        lambda: f"<r><t>{text()}</t><t>{text()}</t></r>",
        lambda: f"<t>{text()}</t><t>{text()}</t>",
        lambda: "<r/><r><t/></r>",
        lambda: f"<x>{text()}</x><t>{text()}</t>",
    ])()  # fmt: skip


def rows(pick, strings, styles):
    made = []
    number = 0
    for _ in range(pick.randrange(0, 6)):
        number += pick.choice([1, 1, 1, 2, 5])
        reference = attribute(pick, "r", [str(number)] * 9 + [None], ["0", "1.0", "1e1", "x", "", " 3 ", "-1", str(max(1, number - 2))], 0.015)
        extra = pick.choice(["", "", "", ' spans="1:4"', ' ht="15" customHeight="1"', ' s="0" customFormat="1"', ' hidden="1"'])
        if chance(pick, 0.015):
            extra = pick.choice([' ht="x"', ' s="99"', ' s=""', ' s="-1"', ' outlineLevel="x"', ' foo="1"', ' p:dy="1"', ' ht=""', ' collapsed="x"'])
        cells = "".join(cell(pick, column, number, strings, styles) for column in range(5) if chance(pick, 0.7))
        if chance(pick, 0.01):
            cells += pick.choice(["<x/>", "<c/>", '<extLst><ext uri="u"/></extLst>', "text", "<!-- c -->", cell(pick, 0, number, strings, styles)])
        made.append(f"<row{reference}{extra}>{cells}</row>")
    if chance(pick, 0.05):
        pick.shuffle(made)
    return pick.choice(["", "", "\n"]).join(made)


def behind(pick):
    made = ""
    if chance(pick, 0.25):
        refs = [pick.choice(["A1:B2", "B2:C3", "A1:A3", "D1:E1", "$A$1:$B$1"]) for _ in range(pick.choice([1, 1, 2]))]
        if chance(pick, 0.05):
            refs.append(pick.choice(["C3", "B2:A1", "A:B", "1:2", "A0:B1", "x", "", "a1:b1"]))
        made += f'<mergeCells count="1">{"".join(f"<mergeCell ref=%s/>" % json.dumps(ref) for ref in refs)}</mergeCells>'
    if chance(pick, 0.2):
        target = pick.choice([' r:id="rId1"', ' location="Data!A1"', ' r:id="rId1" location="x"', "", ' display="shown"'])
        ref = pick.choice(["A1", "F9", "B2:C2", "B2"])
        if chance(pick, 0.05):
            target = pick.choice([' r:id="rId9"', ' r:id=""'])
        made += f'<hyperlinks><hyperlink ref="{ref}"{target}/></hyperlinks>'
    return made


def sheet(pick, strings, styles):
    dimension = pick.choice(["", "", '<dimension ref="A1:E5"/>', '<dimension ref="A1"/>', '<dimension ref="A1:XFD1048576"/>'])
    columns = pick.choice(["", "", '<cols><col min="1" max="3" width="9.5"/></cols>'])
    if chance(pick, 0.03):
        columns = pick.choice(['<cols><col min="1" max="3" phonetic="1"/></cols>', '<cols><col max="3"/></cols>', '<cols><col min="0" max="3"/></cols>', '<cols><col min="1" max="3" style="99"/></cols>', '<cols><col min="1" max="3" width="x"/></cols>'])
    space = f'xmlns="{MAIN}" xmlns:r="{REL}"' + pick.choice(["", "", ' xmlns:p="urn:p"'])
    if chance(pick, 0.01):
        space = f'xmlns="{MAIN.replace("main", "other")}" xmlns:r="{REL}"'
    return f"<worksheet {space}>{dimension}{columns}<sheetData>{rows(pick, strings, styles)}</sheetData>{behind(pick)}</worksheet>"


def styles_part(pick, formats):
    made = "".join(f'<numFmt numFmtId="{164 + i}" formatCode={quoted(code)}/>' for i, code in enumerate(formats))
    if chance(pick, 0.1):
        made += f'<numFmt numFmtId="14" formatCode={quoted(pick.choice(FORMATS))}/>'
    ids = ["0", *[str(164 + i) for i in range(len(formats))], *[str(pick.choice([1, 9, 14, 15, 18, 20, 22, 37, 44, 45, 46, 47, 49, 27, 58, 163])) for _ in range(3)]]
    xfs = "".join(f'<xf numFmtId="{i}" fontId="0" fillId="0" borderId="0"/>' for i in ids)
    fonts = "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    return len(ids), f'<styleSheet xmlns="{MAIN}"><numFmts>{made}</numFmts>{fonts}<cellXfs>{xfs}</cellXfs></styleSheet>'


def quoted(text):
    return '"' + text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") + '"'


def write(path, pick):
    count, styles = styles_part(pick, pick.sample(FORMATS, 6))
    strings = [rich(pick) for _ in range(pick.randrange(1, 8))]
    names = pick.choice([["Data"], ["Data"], ["Data", "More"], ["Data", "data"], ["A", "A", "A1"], ["Sheet", ""], ["x" * 40]])
    date1904 = pick.choice(["", "", "", '<workbookPr date1904="1"/>', '<workbookPr date1904="false"/>', '<workbookPr date1904="true"/>'])
    if chance(pick, 0.02):
        date1904 = pick.choice(['<workbookPr date1904=""/>', '<workbookPr date1904="f"/>', '<workbookPr date1904="x"/>'])
    state = "" if not chance(pick, 0.02) else pick.choice([' state="hidden"', ' state="x"', ' state="none"'])
    sheets = "".join(f'<sheet name="{n}" sheetId="{i + 1}"{state} r:id="r{i}"/>' for i, n in enumerate(names))
    links = "".join(f'<Relationship Id="r{i}" Type="{REL}/worksheet" Target="worksheets/s{i}.xml"/>' for i in range(len(names)))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}">{date1904}<sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join(f"<si>{s}</si>" for s in strings)}</sst>',
        "xl/styles.xml": styles,
    }
    for i in range(len(names)):
        parts[f"xl/worksheets/s{i}.xml"] = sheet(pick, len(strings), count)
        parts[f"xl/worksheets/_rels/s{i}.xml.rels"] = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{REL}/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>'
    if chance(pick, 0.02):
        del parts[pick.choice(list(parts))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


main()
