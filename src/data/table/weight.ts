/** The column that says what each row weighs. */
import { cellError, type Place } from './cell.js';
import type { Column } from './column.js';
import { type NumberFeature, toNumbers } from './feature.js';

/** A column of weights. @throws usage at the first cell that is no finite number from 0 */
export function toWeights(column: Column, place: Place): NumberFeature {
  const weights = toNumbers(column, place);
  const wrong = weights.values.findIndex(weight => weight < 0);
  if (wrong < 0) return weights;
  const hint = 'Correct the cell; a row of weight 0 has no part in training.';
  throw cellError(place, wrong, { expected: 'a weight from 0', got: weights.values[wrong]!, hint });
}

/** Those of the given rows, as a Dataset has them. */
export function takeWeights({ values }: NumberFeature, rows: Uint32Array): Float32Array {
  const weights = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) weights[i] = values[rows[i]!]!;
  return weights;
}
