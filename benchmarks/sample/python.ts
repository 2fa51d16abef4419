/** Pieces of Python that the programs of several kinds share; `slip` gives the piece as that habit spoils it. */
import type { Slip } from "./draft.ts";

/** A text as a Python literal. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** Finds a table by its titles, wherever it lies on the sheet. */
export const LOCATE = `def locate(ws, *titles):
    """Row of the header line that has these titles, and the column of each."""
    for row in ws.iter_rows():
        found = {}
        for cell in row:
            found.setdefault(str(cell.value).strip().lower(), cell.column)
        if all(title.lower() in found for title in titles):
            return [row[0].row] + [found[title.lower()] for title in titles]
    raise ValueError(f"no header line with {titles} on {ws.title}")
`;

/** Numbers that were typed as text count, unless types are trusted. */
export function numberReader(slip: Slip | null): string {
  if (slip === "trusts-types") {
    return `def number(value):
    return value if isinstance(value, (int, float)) else None
`;
  }
  return `def number(value):
    """A number, also where it was typed as text such as '1,250.00'."""
    if isinstance(value, str):
        digits = value.replace(",", "").strip(" £$€")
        return float(digits) if digits.lstrip("-").replace(".", "", 1).isdigit() else None
    return value
`;
}

/** Dates that were typed as text count, unless types are trusted. */
export function dateReader(slip: Slip | null): string {
  if (slip === "trusts-types") {
    return `from datetime import datetime

def day(value):
    return value if isinstance(value, datetime) else None
`;
  }
  return `from datetime import datetime

def day(value):
    """A date, also where it was typed as text, day first."""
    if isinstance(value, datetime):
        return value
    for form in ("%d/%m/%Y", "%d.%m.%Y", "%d %b %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(value).strip(), form)
        except ValueError:
            pass
    return None
`;
}

/** Codes that are numbers in one place and text in another count as the same, unless types are trusted. */
export function keyReader(slip: Slip | null): string {
  if (slip === "trusts-types") {
    return `def key(value):
    return value
`;
  }
  return `def key(value):
    """A code as it compares: 1042 and ' 1042' are the same, and so are ab-7 and AB-7."""
    return str(value).strip().upper()
`;
}

/** What to do at a row without data: go on, or take it for the end. */
export function atBlank(slip: Slip | null): "break" | "continue" {
  return slip === "trusts-layout" ? "break" : "continue";
}
