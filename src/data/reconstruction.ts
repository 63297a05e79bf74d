/**
 * Autoencoders: data whose targets are its inputs, as the network sees them. There is no copy of x: y is
 * empty, and code that needs the targets reads x.
 */

import { usageError } from '../errors.js';
import { option } from '../option-names.js';
import type { ColumnEncoding, Dataset, Encoding } from './dataset.js';
import { readInputs, readRows } from './rows.js';
import { IDENTITY } from './table/scale.js';
import { untransformed } from './table/target-transform.js';

/** @throws usage if options ask for other targets as well */
export function refuseOtherTargets(options: {
  targetIsInput?: boolean;
  target: readonly string[] | null;
  task: string;
  scale: string;
  numberBins: number;
  clipPredictions: boolean;
}): void {
  const { targetIsInput = false, target, task, scale, numberBins, clipPredictions } = options;
  if (!targetIsInput) return;
  if (clipPredictions) {
    throw usageError(
      `${option('clipPredictions', true)} can't be combined with ${option('targetIsInput')}.`,
      'Leave one of them out.',
    );
  }
  if (numberBins > 0) {
    throw usageError(
      `${option('numberBins', numberBins)} can't be combined with ${option('targetIsInput')}, which predicts each number once.`,
      'Leave one of them out.',
    );
  }
  if (scale === 'robust') {
    throw usageError(
      `${option('scale', scale)} can't be combined with ${option('targetIsInput')}: what it limits can't be predicted in its own unit.`,
      `Try ${option('scale', 'standard')}.`,
    );
  }
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
 * An encoding whose targets are its inputs: numbers are predicted in their columns' original units, one-hot
 * values (`colour=red`) and pixels (`pixel_1`, …) as the network sees them.
 */
export function reconstructing(encoding: Encoding, features: number): Encoding {
  const outputs =
    encoding.kind === 'pixels'
      ? Array.from({ length: features }, (_, k) => ({ name: `pixel_${k + 1}`, ...IDENTITY }))
      : encoding.columns.flatMap(outputsOf);
  return {
    ...encoding,
    targets: outputs.map(({ name }) => name),
    classes: [],
    targetScales: outputs.map(({ mean, deviation }) => ({ mean, deviation })),
    targetIsInput: true,
  };
}

function outputsOf(column: ColumnEncoding) {
  if (column.kind === 'category') {
    return column.values.map(value => ({ name: `${column.name}=${value}`, ...IDENTITY }));
  }
  if (column.kind === 'hashed') {
    return Array.from({ length: column.buckets }, (_, k) => ({ name: `${column.name}#${k}`, ...IDENTITY }));
  }
  const { name, mean, deviation, indicator = false } = column;
  return [{ name, mean, deviation }, ...(indicator ? [{ name: `${name} is missing`, ...IDENTITY }] : [])];
}

/** The same rows with their inputs as targets. */
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

/** y of all rows for computing figures; if it is x, a copy of x as the network sees it. */
export function targetsOf(data: Dataset): Dataset['y'] {
  return data.encoding.targetIsInput ? readInputs(data) : data.y;
}

/**
 * The truth for judging predictions, as exactly as it is known: the targets of a regression in their original
 * units (rows, outputs), otherwise y. If the targets are the inputs, nothing is known beyond the float32
 * values that the network sees; their scales are applied in float64.
 */
export function truthOf(data: Dataset): Float64Array | Dataset['y'] {
  const { task, outputs, truth, y, encoding } = data;
  if (task !== 'regression') return y;
  if (truth) return truth;
  const { targetIsInput, targetScales, targetTransforms } = encoding;
  const scales = Array.from({ length: outputs }, (_, k) => targetScales[k] ?? IDENTITY);
  const values = targetIsInput ? exactInputs(data) : y;
  const known = new Float64Array(values.length);
  for (let i = 0; i < known.length; i++) {
    const { mean, deviation } = scales[i % outputs]!;
    const transform = targetTransforms?.[i % outputs];
    const t = mean + deviation * values[i]!;
    known[i] = transform ? untransformed(t, transform) : t;
  }
  return known;
}

/** Inputs as the network sees them, except that pixels are divided by 255 in float64. */
function exactInputs(data: Dataset): Float32Array | Float64Array {
  const { x, scale } = data;
  if (x.spans) return readInputs(data);
  return Float64Array.from(readRows(x), value => value * scale);
}
