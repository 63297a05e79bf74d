/**
 * Autoencoders: data whose targets are its inputs, as the network sees them. There is no copy of x for y: y is empty,
 * and who needs the targets reads x.
 */
import { usageError } from '../errors.js';
import type { ColumnEncoding, Dataset, Encoding } from './dataset.js';
import { readInputs } from './rows.js';

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
      `--target: expected none beside --target-is-input, got ${target.join(',')}.`,
      'Leave one of them out; --features names the columns to learn from.',
    );
  }
  if (task === 'auto' || task === 'regression') return;
  throw usageError(
    `--task: expected regression beside --target-is-input, got ${task}.`,
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
  const { features, encoding } = data;
  return {
    ...data,
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
