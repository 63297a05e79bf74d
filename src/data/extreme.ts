/**
 * Finds the value of a dataset that lies farthest from its column's mean, as a possible cause of divergence.
 */
import { type ColumnEncoding, type Dataset, type Encoding, rowNumber } from './dataset.js';
import { scanRows } from './scan.js';
import { widthOf } from './table/encode.js';
import { type TargetTransform, untransformed } from './table/target-transform.js';

/** Values beyond this many deviations are extreme. */
const EXTREME = 20;

export interface ExtremeValue {
  column: string;
  /** Row number in the source, from 1. */
  row: number;
  /** In the column's original units, with float32 precision. */
  value: number;
  /** Distance from the mean of the training rows; null if the column is not standardised. */
  deviations: number | null;
}

/** Converts a number of x or y to its column's unit: value = mean + deviation · number. */
interface Place {
  name: string;
  mean: number;
  deviation: number;
  transform?: TargetTransform | undefined;
}

interface Found {
  place: Place;
  row: number;
  number: number;
}

/** The most extreme value of the features and, for regression, of the targets; null if there is none. */
export function findExtreme(data: Dataset): ExtremeValue | null {
  const { encoding, task, y, rows } = data;
  if (encoding.kind === 'pixels') return null;
  let farthest: Found | null = null;
  const look = (places: readonly (Place | null)[], values: ArrayLike<number>, at: number, row: number) => {
    places.forEach((place, k) => {
      const number = values[at + k]!;
      const least = Math.abs(farthest?.number ?? EXTREME);
      if (place !== null && Math.abs(number) > least) farthest = { place, row, number };
    });
  };
  const features = encoding.columns.flatMap(placesOf);
  scanRows(data, (values, at, row) => look(features, values, at, row));
  if (task === 'regression' && y.length > 0) {
    const targets = targetPlaces(encoding);
    for (let row = 0; row < rows; row++) look(targets, y, row * targets.length, row);
  }
  return farthest && describe(farthest, data);
}

function describe({ place, row, number }: Found, data: Dataset): ExtremeValue {
  const { name, mean, deviation, transform } = place;
  const t = mean + deviation * number;
  const isStandardised = mean !== 0 || deviation !== 1;
  return {
    column: name,
    row: rowNumber(data, row),
    value: transform ? untransformed(t, transform) : t,
    deviations: isStandardised ? Math.abs(number) : null,
  };
}

/**
 * Only the first feature of a number can be extreme: all others are from 0 to 1, or near it.
 */
function placesOf(column: ColumnEncoding): (Place | null)[] {
  const others = new Array(widthOf(column)).fill(null);
  return column.kind === 'number' ? [column, ...others.slice(1)] : others;
}

function targetPlaces({ targets, targetScales, targetTransforms }: Encoding): Place[] {
  return targetScales.map((scale, k) => ({ name: targets[k]!, ...scale, transform: targetTransforms?.[k] }));
}
