/**
 * What is learnt from the training rows before training: the constants that turn cells into features.
 */
import { usageError } from '../../errors.js';
import type { ColumnEncoding } from '../dataset.js';
import type { Missing } from './cell.js';
import type { Feature } from './feature.js';
import { fitScale, IDENTITY } from './scale.js';

/**
 * The encoding of one column. Missing cells count as what is filled in, so the features that the network
 * sees have mean 0 and deviation 1. Booleans stay 0 and 1.
 *
 * @throws usage where no training row has a value to take the mean of
 */
export function fitColumn(
  feature: Feature,
  rows: Uint32Array,
  options: { standardize: boolean; missing: Missing; source: string },
): ColumnEncoding {
  const { name } = feature;
  if (feature.kind === 'category') return { name, kind: 'category', values: feature.values };
  const { missing, source } = options;
  const fill = missing === 'mean' ? meanOf(feature.values, rows) : missing === 'zero' ? 0 : null;
  if (Number.isNaN(fill)) {
    const message = `${source}, column "${name}": expected a number in at least one training row, got none.`;
    throw usageError(message, 'Leave it out with --features, or try --missing zero.');
  }
  const isScaled = options.standardize && !feature.isBoolean;
  const scale = isScaled ? fitScale(feature.values, rows, fill) : IDENTITY;
  return { name, kind: 'number', ...scale, fill };
}

/** Of the values that are there; NaN where there are none. */
function meanOf(values: Float64Array, rows: Uint32Array): number {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
