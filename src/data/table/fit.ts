/** Determines, from the training rows, the constants that turn cells into features. */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { ColumnEncoding } from '../dataset.js';
import type { Missing } from './cell.js';
import type { Learnt } from './interpret.js';
import { fitScale, IDENTITY, meanOf } from './scale.js';
import type { Selection } from './selection.js';

export interface FitOptions {
  standardize: boolean;
  missing: Missing;
  missingIndicator: boolean;
  source: string;
}

/**
 * Fits the encoding of a column. Missing cells count as their fill value, so that the network's features have
 * mean 0 and deviation 1. Booleans stay 0 and 1. A column that is constant in the training rows has no
 * effect: it becomes 0, in other rows too.
 *
 * @throws usage if no training row has a value to compute the mean from
 */
export function fitColumn({ feature, origin }: Learnt, rows: Selection, options: FitOptions): ColumnEncoding {
  const { name } = feature;
  const from = origin === null ? {} : { from: origin };
  if (feature.kind === 'category') {
    return feature.buckets === undefined
      ? { name, kind: 'category', values: feature.values }
      : { name, kind: 'hashed', buckets: feature.buckets };
  }
  const { missing, source, standardize, missingIndicator } = options;
  const fill = missing === 'mean' ? meanOf(feature.values, rows) : missing === 'zero' ? 0 : null;
  if (Number.isNaN(fill)) {
    throw usageError(
      `${source}, column "${name}": it has no number in any training row.`,
      `Leave it out with ${option('ignore', [name])}, or try ${option('missing', 'zero')}.`,
    );
  }
  const scale = fitScale(feature.values, rows, fill);
  const isScaled = standardize && !feature.isBoolean && scale.deviation > 0;
  return {
    name,
    kind: 'number',
    ...(isScaled ? scale : constantScale(scale, options, feature.isBoolean)),
    fill,
    ...(feature.isBoolean ? { boolean: true } : {}),
    ...(standardize && scale.deviation === 0 ? { constant: true } : {}),
    ...(missingIndicator && feature.hasMissing && fill !== null ? { indicator: true } : {}),
    ...from,
  };
}

/**
 * Scale of a column that is not standardised: the value itself, or for a constant column, its difference from
 * that constant.
 */
function constantScale({ mean }: { mean: number }, { standardize }: FitOptions, isBoolean: boolean) {
  return standardize && !isBoolean ? { mean, deviation: 1 } : IDENTITY;
}
