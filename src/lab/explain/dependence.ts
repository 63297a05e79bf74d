/**
 * Partial dependence (Friedman 2001): the mean prediction if a column has one value in all rows, for a few values of it: quantiles
 * of a number, the first values of a category that occur. Rows of data with weights are weighed.
 */
import type { ColumnEncoding, Dataset } from '../../data/dataset.js';
import { takeRows } from '../../data/rows.js';
import { Random } from '../../random.js';
import type { MachineOptions } from '../../session/machine.js';
import type { Model } from '../../store/model-file.js';
import { evaluate } from '../../train/jobs/evaluate.js';
import { type EncodedColumn, sourceColumns } from './columns.js';
import { numberAt } from './number-at.js';
import { replaceColumns } from './shuffled.js';

export interface Dependence {
  column: string;
  /** Whether `values` are texts of categories. */
  isCategory: boolean;
  values: (number | string)[];
  /** Mean prediction of each output at each value: of a target, or of the probability of a class. */
  outputs: { name: string; means: number[] }[];
}

/** Values of a number: ten quantiles, from 5 % to 95 %. */
const GRID = Array.from({ length: 10 }, (_, i) => 0.05 + 0.1 * i);
/** Rows that are averaged; more change little. */
const MOST_ROWS = 1000;
const MOST_VALUES = 20;

/** Of columns that are one encoded number or category. @param data with a place for each feature (withFeatures) */
export async function findDependence(
  { network, weights, encoding, task }: Model,
  data: Dataset,
  { seed, ...machine }: Partial<MachineOptions> & { seed: number },
): Promise<Dependence[]> {
  const some = sampled(data, seed);
  const names =
    task === 'binary'
      ? [encoding.classes[1]!]
      : encoding.classes.length > 0
        ? encoding.classes
        : encoding.targets;
  const found: Dependence[] = [];
  for (const { name, parts } of sourceColumns(encoding)) {
    const [part] = parts as [EncodedColumn];
    if (parts.length > 1 || part.encoding.kind === 'hashed') continue;
    const places = placesOf(some, part);
    const outputs = names.map(output => ({ name: output, means: [] as number[] }));
    for (const { row } of places) {
      const { predictions } = await evaluate(
        network,
        weights,
        withoutTargets(replaceColumns(some, [part], () => row)),
        machine,
      );
      for (const [k, { means }] of outputs.entries()) means.push(meanOf(predictions, k, some));
    }
    const isCategory = part.encoding.kind === 'category';
    if (places.length > 1)
      found.push({ column: name, isCategory, values: places.map(({ value }) => value), outputs });
  }
  return found;
}

/** The rows in a keyed order, as many as are averaged, with their weights. */
function sampled(data: Dataset, seed: number): Dataset {
  const order = Uint32Array.from({ length: data.rows }, (_, i) => i);
  if (data.rows > MOST_ROWS) new Random(seed, 'explain').shuffle(order);
  const rows = order.subarray(0, MOST_ROWS);
  const { weights, exactWeights: _, ...unweighed } = data;
  return {
    ...unweighed,
    rows: rows.length,
    x: takeRows(data.x, rows),
    ...(weights && { weights: Float32Array.from(rows, row => weights[row]!) }),
  };
}

/** Only predictions are wanted. */
function withoutTargets({ truth: _, weights: __, ...data }: Dataset): Dataset {
  return { ...data, y: data.y.subarray(0, 0) };
}

/** Rows that have the values. */
function placesOf(
  data: Dataset,
  { encoding, begin, end }: EncodedColumn,
): { row: number; value: number | string }[] {
  const x = new Float32Array(data.rows * data.features);
  data.x.write(x, 0, data.rows);
  const rows = Array.from({ length: data.rows }, (_, row) => row);
  const featureOf = (row: number) => x[row * data.features + begin]!;
  if (encoding.kind === 'category') {
    return encoding.values.slice(0, MOST_VALUES).flatMap((value, i) => {
      const row = rows.find(row =>
        hasValue(x.subarray(row * data.features + begin, row * data.features + end), encoding, i),
      );
      return row === undefined ? [] : [{ row, value: value === '' ? '(missing)' : value }];
    });
  }
  if (encoding.kind === 'hashed') return [];
  // A cell that is missing has the number that was filled in, but not its indicator.
  const isThere = (row: number) => !encoding.indicator || x[row * data.features + end - 1] === 0;
  const order = rows.filter(isThere).sort((a, b) => featureOf(a) - featureOf(b));
  const places = order.length > 0 ? GRID.map(p => order[Math.round(p * (order.length - 1))]!) : [];
  const different = places.filter((row, i) => i === 0 || featureOf(row) !== featureOf(places[i - 1]!));
  return different.flatMap(row => {
    const value = numberAt(featureOf(row), encoding);
    return value === null ? [] : [{ row, value }];
  });
}

function hasValue(
  features: Float32Array,
  encoding: Extract<ColumnEncoding, { kind: 'category' }>,
  i: number,
): boolean {
  const { levels, single } = encoding;
  if (single) return features[0] === Math.fround(single.values[i]!);
  if (levels) return features[i] === Math.fround(levels.on[i]!) && levels.on[i] !== levels.off[i];
  return features[i] === 1;
}

/** Mean of output k; 0 if all weights are. */
function meanOf(predictions: Float64Array, k: number, { outputs, rows, weights }: Dataset): number {
  let sum = 0;
  let all = 0;
  for (let i = 0; i < rows; i++) {
    const weight = weights?.[i] ?? 1;
    sum += weight * predictions[i * outputs + k]!;
    all += weight;
  }
  return all === 0 ? 0 : sum / all;
}
