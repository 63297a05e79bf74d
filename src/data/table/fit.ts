/** Determines, from the training rows, the constants that turn cells into features. */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { ColumnEncoding } from '../dataset.js';
import type { Missing } from './cell.js';
import type { CategoryFeature } from './feature.js';
import { fitBins } from './fit-bins.js';
import type { Learnt } from './interpret.js';
import type { Scaling } from './options.js';
import { fitLevels, fitRobust } from './robust.js';
import { fitScale, IDENTITY, meanOf, type Scale } from './scale.js';
import type { Selection } from './selection.js';

export interface FitOptions {
  scale: Scaling;
  numberBins: number;
  missing: Missing;
  missingIndicator: boolean;
  source: string;
}

/**
 * Fits the encoding of a column. Missing cells count as their fill value, so that the network's features have
 * mean 0 and deviation 1, or the scale that robust.ts says. Booleans stay 0 and 1 unless the scale is robust. A column
 * that is constant in the training rows has no effect: it becomes 0, in other rows too.
 *
 * @throws usage if no training row has a value to compute the mean from
 */
export function fitColumn({ feature, origin }: Learnt, rows: Selection, options: FitOptions): ColumnEncoding {
  const { name } = feature;
  const from = origin === null ? {} : { from: origin };
  if (feature.kind === 'category') {
    return fitCategory(feature, rows, options);
  }
  const { missing, source, missingIndicator } = options;
  const isAsIs = options.scale === 'none';
  const fill = missing === 'mean' ? meanOf(feature.values, rows) : missing === 'zero' ? 0 : null;
  if (Number.isNaN(fill)) {
    throw usageError(
      `${source}, column "${name}": it has no number in any training row.`,
      `Leave it out with ${option('ignore', [name])}, or try ${option('missing', 'zero')}.`,
    );
  }
  const scale =
    options.scale === 'robust'
      ? fitRobust({ values: feature.values, rows, fill })
      : fitScale(feature.values, rows, fill);
  const isConstant = !isAsIs && scale.deviation === 0;
  const edges =
    options.numberBins === 0 || feature.isBoolean || isConstant
      ? []
      : fitBins({ values: feature.values, rows, fill }, options.numberBins);
  const isScaled = isAsIs || (feature.isBoolean && !scale.clip) ? false : scale.deviation > 0;
  return {
    name,
    kind: 'number',
    ...(isScaled ? scale : constantScale(scale, options, feature.isBoolean)),
    fill,
    ...(feature.isBoolean ? { boolean: true } : {}),
    ...(edges.length > 0 ? { edges } : {}),
    ...(isConstant ? { constant: true } : {}),
    ...(missingIndicator && feature.hasMissing && fill !== null ? { indicator: true } : {}),
    ...from,
  };
}

/**
 * Scale of a column that is not standardised: the value itself, or for a constant column, its difference from
 * that constant.
 */
function constantScale({ mean }: Scale, { scale }: FitOptions, isBoolean: boolean): Scale {
  return scale !== 'none' && !isBoolean ? { mean, deviation: 1 } : IDENTITY;
}

function fitCategory(feature: CategoryFeature, rows: Selection, { scale }: FitOptions): ColumnEncoding {
  const { name, values, buckets } = feature;
  const scaled = scale === 'robust' ? fitLevels(feature, rows) : {};
  return buckets === undefined
    ? { name, kind: 'category', values, ...scaled }
    : { name, kind: 'hashed', buckets, ...scaled };
}
