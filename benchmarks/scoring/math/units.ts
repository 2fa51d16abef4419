/** Words that may follow a number and say nothing about it. */

/**
 * In the singular; `s` and `es` may follow. Which words a grader drops is a fact about it: the list is that of
 * https://github.com/huggingface/latex2sympy2_extended 1.10 (MIT), without what can never match.
 */
const WORDS =
  "feet|sue|digit|pound|meal|edge|student|children ticket|multiple|east|degree|mph|kmph|ft|m square|sq m|deg|mile|monkey|prime|ratio|profit of rs|rd|o|gm|lb|tile|per|dm|lt|gain|ab|way|west|t|h|no change|men|soldier|pie|bc|excess|st|inches|noon|cent|by|gal|kmh|c|acre|rise|th|sq|mark|l|toy|coin|gallon|profit|minw|yr|women|am|pm|hr|cu cm|square|are|rupee|rounds|cubic|cc|mtr|s|ohm|number|day|hour|minute|min|second|man|woman|sec|cube|mt|sq inch|mp|hectare|more|unit|cm 2|rs|kg|g|month|km|m|cm|mm|apple|liter|loss|yard|pure|year|increase|decrease|d|less|Surface|pi sq m|litre|metre|meter|inch|a \\.|b \\.|c \\.|d \\.|e \\.|f \\.|g \\.|h \\.|q \\.|s \\.|rs \\.|p \\. m|a \\. m|sq \\. m|cu \\. m|° f";
const UNIT = new RegExp(`([\\d}\\s])\\s*(?:${WORDS})(?:s|es)?\\s*$`);
const UNIT_TEXT = /\\(?:text|mbox)\{.*?\}(?:\^\d|\{\^\d\})?$/;

/** A formula without the text at its end, then without a unit, twice: never without everything. */
export function withoutUnits(formula: string): string {
  let text = formula;
  const bare = text.replace(UNIT_TEXT, "").trim();
  if (bare !== "") text = bare;
  for (let round = 0; round < 2; round += 1) {
    const shorter = text.replace(UNIT, "$1");
    if (shorter !== "") text = shorter;
  }
  return text;
}
