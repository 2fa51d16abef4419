/**
 * Halves of SpreadsheetBench by instruction type. The official ones go by row: all sheet-level tasks are in the first, so a
 * skill is judged on cell-level tasks alone, and on what differs between the kinds as much as on what it teaches.
 *
 * A seeded coin decides by the id alone, never by which other rows there are: a partial data set has the same halves as the
 * whole, and no task changes sides when more rows come. A coin halves only about evenly, so the seed was chosen: it is the
 * first from 1 up under which each kind is halved as evenly as its count allows, within either official half, as far as rows
 * 0:300 tell (sheet-level 63 of 125; cell-level 38 of 75 and 50 of 100). No score had a part in that choice.
 */
import { fractionOf } from "../harness/hash.ts";

const SEED = 1384;

export function stratifiedHalfOf(id: string): "evolve" | "test" {
  return fractionOf("spreadsheetbench stratified", SEED, id) < 0.5 ? "evolve" : "test";
}
