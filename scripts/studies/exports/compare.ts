/** Predictions of lockstep, and how far those of an export are from them. */
import { readFileSync } from 'node:fs';
import { type Answers, answersOf } from '../../../src/export/answers.js';
import type { Prediction } from '../../../src/export/code/runtime.js';
import { parseCsv } from '../../../src/export/page/csv.js';
import type { Program } from '../../../src/export/program.js';

export interface Compared {
  /** The format and what ran it. */
  by: string;
  /** The largest difference of two probabilities, or of two values in shares of the range of the predictions of their target. */
  largest: number;
  otherLabels: number;
  /** Those whose probabilities are not equal up to rounding. */
  wrongLabels: number;
}

export interface Own extends Answers {
  program: Program;
  /** Numbers of a row. */
  width: number;
  /** What differences of each of its numbers are divided by. */
  units: readonly number[];
}

/** Less than this between the probabilities of two labels is rounding. */
const TIE = 1e-4;

/** What `lockstep predict --out PATH` wrote. */
export function ownPredictions(path: string, program: Program): Own {
  const { names, rows } = parseCsv(readFileSync(path, 'utf8'), [{ name: '' }]);
  const places = [...names.keys()];
  const isNumber = (place: number) =>
    program.output.kind === 'values' || names[place]!.startsWith('probability_');
  const of = places.filter(isNumber);
  const numbers = Float64Array.from(rows.flatMap(row => of.map(place => Number(row[place]))));
  const labels = rows.flatMap(row => places.filter(place => !isNumber(place)).map(place => row[place]!));
  const units = of.map((_, k) => {
    if (program.output.kind !== 'values') return 1;
    const column = numbers.filter((_, i) => i % of.length === k);
    const range =
      column.reduce((most, one) => Math.max(most, one)) - column.reduce((least, one) => Math.min(least, one));
    return range > 0 ? range : 1;
  });
  return { program, width: of.length, units, numbers, labels };
}

/** @param others of the same rows */
export function compareWith(own: Own, others: Answers, by: string): Compared {
  let largest = 0;
  for (const [i, number] of own.numbers.entries()) {
    const apart = Math.abs(number - others.numbers[i]!) / own.units[i % own.width]!;
    largest = Math.max(largest, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
  }
  const differing = own.labels.flatMap((label, i) => (label === others.labels[i] ? [] : [i]));
  return {
    by,
    largest,
    otherLabels: differing.length,
    wrongLabels: differing.filter(i => !(marginOf(own, i, others.labels[i]!) < TIE)).length,
  };
}

/** The predictions of a module. */
export function compareObjects(own: Own, predictions: readonly Prediction[], by: string): Compared {
  return compareWith(own, answersOf(own.program, predictions), by);
}

/** By how much the own label i is likelier than another; NaN for a label that does not exist. */
function marginOf({ program: { output }, numbers, labels, width }: Own, i: number, other: string): number {
  if (output.kind !== 'classes') return Math.abs(2 * numbers[i]! - 1);
  const p = (label: string) => numbers[i * width + output.classes.indexOf(label)] ?? Number.NaN;
  return p(labels[i]!) - p(other);
}
