/**
 * Partial dependence (Friedman 2001): the mean prediction if a column has one value in all rows, for a few values of it: quantiles
 * of a number, each value of a category.
 */
import type { ColumnEncoding, Dataset } from '../../data/dataset.js';
import { takeRows } from '../../data/rows.js';
import { Random } from '../../random.js';
import type { MachineOptions } from '../../session/machine.js';
import type { Model } from '../../store/model-file.js';
import { evaluate } from '../../train/jobs/evaluate.js';
import { type EncodedColumn, sourceColumns } from './columns.js';
import { replaceColumns } from './shuffled.js';

export interface Dependence {
  column: string;
  /** Whether `values` are texts of categories. */
  isCategory: boolean;
  values: (number | string)[];
  /** Mean prediction of each output at each value: of a target, or of the probability of a class. */
  outputs: { name: string; means: number[] }[];
}

/** Values of a number: nine between the 5 % and 95 % quantiles. */
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
      for (const [k, { means }] of outputs.entries()) means.push(meanOf(predictions, k, some.outputs));
    }
    const isCategory = part.encoding.kind === 'category';
    if (places.length > 1)
      found.push({ column: name, isCategory, values: places.map(({ value }) => value), outputs });
  }
  return found;
}

/** The rows in a keyed order, as many as are averaged. */
function sampled(data: Dataset, seed: number): Dataset {
  const order = Uint32Array.from({ length: data.rows }, (_, i) => i);
  if (data.rows > MOST_ROWS) new Random(seed, 'explain').shuffle(order);
  const rows = order.subarray(0, MOST_ROWS);
  return { ...data, rows: rows.length, x: takeRows(data.x, rows) };
}

/** Only predictions are wanted. */
function withoutTargets({ truth: _, weights: __, exactWeights: ___, ...data }: Dataset): Dataset {
  return { ...data, y: data.y.subarray(0, 0) };
}

/** Rows that have the values. */
function placesOf(
  data: Dataset,
  { encoding, begin, end }: EncodedColumn,
): { row: number; value: number | string }[] {
  const x = new Float32Array(data.rows * data.features);
  data.x.write(x, 0, data.rows);
  const featureOf = (row: number) => x[row * data.features + begin]!;
  if (encoding.kind === 'category') {
    return encoding.values.slice(0, MOST_VALUES).flatMap((value, i) => {
      const row = Array.from({ length: data.rows }, (_, row) => row).find(row =>
        hasValue(x.subarray(row * data.features + begin, row * data.features + end), encoding, i),
      );
      return row === undefined ? [] : [{ row, value: value === '' ? '(missing)' : value }];
    });
  }
  const order = Uint32Array.from({ length: data.rows }, (_, row) => row).sort(
    (a, b) => featureOf(a) - featureOf(b),
  );
  const places = GRID.map(p => order[Math.round(p * (data.rows - 1))]!);
  const different = places.filter((row, i) => i === 0 || featureOf(row) !== featureOf(places[i - 1]!));
  return different.map(row => ({ row, value: numberAt(featureOf(row), encoding) }));
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

/** The number that became x, to seven digits. */
function numberAt(x: number, encoding: ColumnEncoding): number {
  const { mean, deviation, clip } = encoding as Extract<ColumnEncoding, { kind: 'number' }>;
  const scaled =
    clip === undefined ? x : x / Math.sqrt(Math.max(1 - (x / clip) * (x / clip), Number.EPSILON));
  return Number((mean + deviation * scaled).toPrecision(7));
}

function meanOf(predictions: Float64Array, k: number, outputs: number): number {
  let sum = 0;
  for (let i = k; i < predictions.length; i += outputs) sum += predictions[i]!;
  return sum / (predictions.length / outputs);
}
