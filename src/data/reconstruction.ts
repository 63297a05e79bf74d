/**
 * Autoencoders: data whose targets are its inputs, as the network sees them. There is no copy of x for y: y is empty,
 * and who needs the targets reads x.
 */

import { usageError } from '../errors.js';
import { option } from '../wording.js';
import type { ColumnEncoding, Dataset, Encoding } from './dataset.js';
import { readInputs, readRows } from './rows.js';

/** @throws usage beside options that say what else is to be predicted */
export function refuseOtherTargets(options: {
  targetIsInput?: boolean;
  target: readonly string[] | null;
  task: string;
}): void {
  const { targetIsInput = false, target, task } = options;
  if (!targetIsInput) return;
  if (target !== null) {
    throw usageError(
      `${option('target', target)} can't be combined with ${option('targetIsInput')}.`,
      `Leave one of them out; ${option('features')} names the columns to learn from.`,
    );
  }
  if (task === 'auto' || task === 'regression') return;
  throw usageError(
    `${option('task', task)} can't be combined with ${option('targetIsInput')}, which is a regression.`,
    'Leave one of them out.',
  );
}

/**
 * An encoding whose targets are its inputs: numbers are predicted in their columns' own units, one-hot values
 * (`colour=red`) and pixels (`pixel_1`, …) as the network sees them.
 */
export function reconstructing(encoding: Encoding, features: number): Encoding {
  const outputs =
    encoding.kind === 'pixels'
      ? Array.from({ length: features }, (_, k) => ({ name: `pixel_${k + 1}`, ...AS_IT_IS }))
      : encoding.columns.flatMap(outputsOf);
  return {
    ...encoding,
    targets: outputs.map(({ name }) => name),
    classes: [],
    targetScales: outputs.map(({ mean, deviation }) => ({ mean, deviation })),
    targetIsInput: true,
  };
}

const AS_IT_IS = { mean: 0, deviation: 1 };

function outputsOf(column: ColumnEncoding) {
  if (column.kind === 'category') {
    return column.values.map(value => ({ name: `${column.name}=${value}`, ...AS_IT_IS }));
  }
  if (column.kind === 'hashed') {
    return Array.from({ length: column.buckets }, (_, k) => ({ name: `${column.name}#${k}`, ...AS_IT_IS }));
  }
  const { name, mean, deviation, indicator = false } = column;
  return [{ name, mean, deviation }, ...(indicator ? [{ name: `${name} is missing`, ...AS_IT_IS }] : [])];
}

/** The rows, to be reconstructed. */
export function toReconstruct(data: Dataset): Dataset {
  const { truth: _, ...known } = data;
  const { features, encoding } = data;
  return {
    ...known,
    task: 'regression',
    outputs: features,
    y: new Float32Array(0),
    encoding: reconstructing(encoding, features),
  };
}

/** Whether the rows have targets. */
export function hasTargets({ y, encoding }: Dataset): boolean {
  return y.length > 0 || encoding.targetIsInput === true;
}

/** y of all rows, for figures of predictions; if it is x, a copy as the network sees it. */
export function targetsOf(data: Dataset): Dataset['y'] {
  return data.encoding.targetIsInput ? readInputs(data) : data.y;
}

/**
 * What predictions are judged by, as exactly as it is known: the targets of a regression in their own units
 * (rows, outputs), else y. Of inputs that are targets no more is known than the float32 values that the network sees,
 * whose scales are applied in float64.
 */
export function truthOf(data: Dataset): Float64Array | Dataset['y'] {
  const { task, outputs, truth, y, encoding } = data;
  if (task !== 'regression') return y;
  if (truth) return truth;
  const { targetIsInput, targetScales } = encoding;
  const scales = Array.from({ length: outputs }, (_, k) => targetScales[k] ?? AS_IT_IS);
  const values = targetIsInput ? exactInputs(data) : y;
  const known = new Float64Array(values.length);
  for (let i = 0; i < known.length; i++) {
    const { mean, deviation } = scales[i % outputs]!;
    known[i] = mean + deviation * values[i]!;
  }
  return known;
}

/** Inputs as the network sees them, except that pixels are divided by 255 in float64. */
function exactInputs(data: Dataset): Float32Array | Float64Array {
  const { x, scale } = data;
  if (x.spans) return readInputs(data);
  return Float64Array.from(readRows(x), value => value * scale);
}
