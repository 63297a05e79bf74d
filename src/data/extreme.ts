/** The value of a dataset that lies farthest from the others of its column: what a training may diverge by. */
import { type ColumnEncoding, type Dataset, type Encoding, rowNumber } from './dataset.js';
import { scanRows } from './scan.js';

/** Values beyond so many deviations are extreme. */
const EXTREME = 20;

export interface ExtremeValue {
  column: string;
  /** In the source, from 1. */
  row: number;
  /** In the column's own units, as near as float32 holds it. */
  value: number;
  /** From the mean of the rows learnt from; null if the column is not standardised. */
  deviations: number | null;
}

/** What a number of x or y is in its column: value = mean + deviation · number. */
interface Place {
  name: string;
  mean: number;
  deviation: number;
}

interface Found {
  place: Place;
  row: number;
  number: number;
}

/** The most extreme value of features and, in a regression, targets; null if none is. */
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
  const { name, mean, deviation } = place;
  const isStandardised = mean !== 0 || deviation !== 1;
  return {
    column: name,
    row: rowNumber(data, row),
    value: mean + deviation * number,
    deviations: isStandardised ? Math.abs(number) : null,
  };
}

/** A number is a feature, with an indicator two; a category is several of 0 and 1, none of them extreme. */
function placesOf(column: ColumnEncoding): (Place | null)[] {
  if (column.kind === 'number') return column.indicator ? [column, null] : [column];
  const count = column.kind === 'category' ? column.values.length : column.buckets;
  return new Array(count).fill(null);
}

function targetPlaces({ targets, targetScales }: Encoding): Place[] {
  return targetScales.map((scale, k) => ({ name: targets[k]!, ...scale }));
}
