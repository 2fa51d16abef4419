"""Loads pairs of workbooks with openpyxl, as the official scorer does, and prints the seconds that each pair took.

usage: scoring-openpyxl.py PAIRS.json full|read-only

full: load_workbook(data_only=True) of both, nothing else: what the official scorer does before it compares.
read-only: load_workbook(data_only=True, read_only=True) of both, and the rows of the answer range.
The interpreter's start and the import of openpyxl are not counted. numpy is kept out: openpyxl imports it where it is there.
"""

import json
import sys
import time
import warnings

sys.modules["numpy"] = None
warnings.simplefilter("ignore")

import openpyxl  # noqa: E402
from openpyxl.utils import range_boundaries  # noqa: E402


def full(pair):
    for path in (pair["golden"], pair["output"]):
        openpyxl.load_workbook(path, data_only=True)


def read_only(pair):
    first = None
    for path in (pair["golden"], pair["output"]):
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
        first = first or book.sheetnames[0]
        for piece in pair["position"].split(","):
            name, _, cells = piece.strip().rpartition("!")
            read_range(book, name.strip("'") or first, cells.strip("'"))
        book.close()


def read_range(book, name, cells):
    if name not in book.sheetnames:
        return
    columns_first, rows_first, columns_last, rows_last = range_boundaries(cells)
    box = {"min_row": rows_first, "max_row": rows_last, "min_col": columns_first, "max_col": columns_last}
    for row in book[name].iter_rows(values_only=True, **box):
        for _ in row:
            pass


def main():
    pairs = json.load(open(sys.argv[1]))
    load = full if sys.argv[2] == "full" else read_only
    took, failed = [], 0
    for pair in pairs:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            load(pair)
        except Exception:  # a range that openpyxl does not take: counted, and told
            failed += 1
        took.append([time.perf_counter() - wall, time.process_time() - cpu])
    print(json.dumps({"version": openpyxl.__version__, "failed": failed, "seconds": took}))


main()
