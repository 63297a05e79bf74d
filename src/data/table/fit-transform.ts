/** Fits the transforms of targets to their values in the training rows. */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { cellError, type Place } from './cell.js';
import { normalScore } from './normal-score.js';
import { valuesAt } from './quantiles.js';
import { fitScale } from './scale.js';
import { forEachSelected, rowAt, type Selection } from './selection.js';
import type { Numbers } from './store.js';
import { type TargetTransform, transformed } from './target-transform.js';

export type TransformName = 'none' | TargetTransform['kind'];

/** Quantiles that are kept, as many as scikit-learn keeps. */
const MOST_QUANTILES = 1000;
/** The unit of the logarithm is that quantile of the values above 0, so that nearly all lie where it is a logarithm. */
const UNIT_SHARE = 0.05;

/** @throws usage if the values have no logarithm, or are all equal */
export function fitTransform(
  kind: TargetTransform['kind'],
  values: Numbers,
  rows: Selection,
  place: Place,
): TargetTransform {
  const { deviation } = fitScale(values, rows, null);
  const known = deviation > 0 ? deviation : 1;
  if (kind === 'log') return { kind, unit: unitOf(values, rows, place), deviation: known };
  return { kind, ...quantilesOf(values, rows, place), deviation: known };
}

/** The same numbers, transformed as they are read. */
export function transformedNumbers(values: Numbers, transform: TargetTransform): Numbers {
  return {
    length: values.length,
    read(into, from, to) {
      values.read(into, from, to);
      for (let i = 0; i < to - from; i++) into[i] = transformed(into[i]!, transform);
    },
  };
}

/** @throws usage at the first value below 0, or if none is above */
function unitOf(values: Numbers, rows: Selection, place: Place): number {
  let positive = 0;
  forEachSelected(values, Float64Array, rows, (block, begin) => {
    for (let i = 0; i < block.length; i++) {
      const value = block[i]!;
      if (value > 0) positive++;
      if (value >= 0) continue;
      throw cellError(place, rowAt(rows, begin + i), {
        expected: `0 or more, of which ${option('targetTransform', 'log')} takes the logarithm`,
        got: String(value),
        hint: `Try ${option('targetTransform', 'quantile')}, which takes any numbers.`,
      });
    }
  });
  if (positive === 0) throw allEqual(place, 'log');
  const rank = rows.count - positive + Math.floor(UNIT_SHARE * (positive - 1));
  return valuesAt({ values, rows, fill: null }, [rank])[0]!;
}

/** Values at equal steps of rank, each once, with the normal scores of their ranks; of equal values, the mean of their scores. */
function quantilesOf(values: Numbers, rows: Selection, place: Place): { values: number[]; scores: number[] } {
  const count = Math.min(rows.count, MOST_QUANTILES);
  const ranks = Array.from({ length: count }, (_, k) =>
    count === 1 ? 0 : Math.round((k * (rows.count - 1)) / (count - 1)),
  );
  const all = valuesAt({ values, rows, fill: null }, ranks);
  const kept: { value: number; sum: number; count: number }[] = [];
  for (const [k, value] of all.entries()) {
    const score = normalScore((k + 0.5) / count);
    const last = kept.at(-1);
    if (last?.value === value) {
      last.sum += score;
      last.count++;
    } else kept.push({ value, sum: score, count: 1 });
  }
  if (kept.length < 2) throw allEqual(place, 'quantile');
  return { values: kept.map(({ value }) => value), scores: kept.map(({ sum, count }) => sum / count) };
}

function allEqual({ source, column }: Place, kind: TransformName) {
  return usageError(
    `${source}, column "${column}": expected different values for ${option('targetTransform', kind)}, got only one.`,
    `Leave ${option('targetTransform')} out.`,
  );
}
