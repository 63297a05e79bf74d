/** The column of row weights. */
import { cellError, type Place } from './cell.js';
import type { Column } from './column.js';
import { type NumberFeature, type Reading, toNumbers } from './feature.js';
import { forEachBlock } from './store.js';

/** Converts a column to weights. @throws usage at the first cell that is not a finite number of at least 0 */
export function toWeights(column: Column, place: Place, reading: Reading): NumberFeature {
  const weights = toNumbers(column, place, reading);
  forEachBlock(weights.values, Float64Array, (block, begin) => {
    const i = block.findIndex(weight => weight < 0);
    if (i < 0) return;
    const hint = 'Correct the cell; a row of weight 0 has no part in training.';
    throw cellError(place, begin + i, { expected: 'a weight from 0', got: block[i]!, hint });
  });
  return weights;
}
