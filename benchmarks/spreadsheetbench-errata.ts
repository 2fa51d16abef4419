/**
 * Tasks of SpreadsheetBench that are known to be defective, by id, with the defect. `--errata drop` leaves them out of the means.
 * A defect is one under the rules used here (those of Trace2Skill's code); tasks that only the official code fails (whole
 * columns, spaces after commas) are none. Nor are tasks that an untouched input passes for lack of anything to compare:
 * they can be judged, and `data check` counts them.
 * Source: the goldens of both sets judged by the official scorers, and the file names of the releases.
 */

/** SpreadsheetBench-Verified. */
export const VERIFIED_ERRATA: Readonly<Record<string, string>> = {
  "13-1": "the position names no sheet and so misses the answer: the untouched input passes",
  "73-45": "the answer range is empty: any workbook passes",
  "130-9": "a comma in a sheet name splits the position: nothing passes",
  "42930": "the golden is misnamed (1_43930_golden.xlsx): upstream's scorer never finds it, here it is used",
  "56225": "marked `exclude` in the data set by its authors, which no published scorer reads",
  "56274": "marked `exclude` in the data set by its authors, which no published scorer reads",
};

const SELF_FAILING = "the golden fails its own check in at least one case: nothing passes";
const STRAY_SPACE =
  "the input of case 2 has a stray space in its name: upstream's runner skips it and Hard is 0, here it is used";

const ONE_CASE = "two of the three cases are not in the release: Soft and Hard rest on one";

/** The 912, by task: a defect counts for all cases of it, because Soft and Hard are of all. */
export const ERRATA_912: Readonly<Record<string, string>> = {
  "37456": SELF_FAILING,
  "52763": `a space before the sheet's name in the position: ${SELF_FAILING}`,
  "118-8": SELF_FAILING,
  "130-9": `a comma in a sheet name splits the position: ${SELF_FAILING}`,
  "147-7": SELF_FAILING,
  "532-3": `two exclamation marks in the position: ${SELF_FAILING}`,
  CF_25745: SELF_FAILING,
  "4714": ONE_CASE,
  "43026": ONE_CASE,
  "46444": ONE_CASE,
  "52964": "one of the three cases is not in the release: Soft and Hard rest on two",
  "36478": STRAY_SPACE,
  "371-33": STRAY_SPACE,
  "591-29": STRAY_SPACE,
};

/** The defects among these tasks, by task id. */
export function errataAmong(
  tasks: readonly { readonly id: string; readonly family?: string | undefined }[],
  errata: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tasks.flatMap(({ id, family = id }) => {
      const defect = Object.hasOwn(errata, family) ? errata[family] : undefined;
      return defect === undefined ? [] : [[id, defect]];
    }),
  );
}

/** One notice where there are defects, none where there are none. */
export function errataNotices(errata: Readonly<Record<string, string>>, setting: "keep" | "drop"): string[] {
  const ids = Object.keys(errata);
  if (ids.length === 0) return [];
  const counts =
    setting === "keep" ? "count in the means (--errata drop leaves them out)" : "are left out of the means";
  const named = ids.length > 8 ? `${ids.slice(0, 8).join(", ")} and ${ids.length - 8} more` : ids.join(", ");
  return [`known to be defective, and ${counts}: ${named}`];
}
