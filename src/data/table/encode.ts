/** Widths of encoded columns, and encoding of targets: class numbers, 0 and 1, or standardised values. */
import type { ColumnEncoding, Encoding, Task } from '../dataset.js';
import { countBins } from './bins.js';
import type { NumberFeature } from './feature.js';
import { transformedNumbers } from './fit-transform.js';
import { IDENTITY } from './scale.js';
import { forEachSelected, type Selection } from './selection.js';

/** Number of features of a column. */
export function widthOf(column: ColumnEncoding): number {
  if (column.kind === 'number') return 1 + countBins(column.edges) + (column.indicator ? 1 : 0);
  if (column.kind === 'hashed') return column.buckets;
  return column.single ? 1 : column.values.length;
}

/**
 * y of classes or labels, as in a Dataset: (rows, labels); empty if there are none.
 * @param places among the rows that are used
 */
export function encodeLabels(
  labels: readonly ArrayLike<number>[],
  task: Task,
  places: Uint32Array | null,
): Float32Array | Int32Array {
  const rows = places?.length ?? labels[0]?.length ?? 0;
  const y =
    task === 'multiclass' ? new Int32Array(rows * labels.length) : new Float32Array(rows * labels.length);
  for (const [k, values] of labels.entries()) {
    for (let i = 0, at = k; i < rows; i++, at += labels.length)
      y[at] = values[places === null ? i : places[i]!]!;
  }
  return y;
}

/** y of a regression: (t − mean) / deviation of each target, (rows, targets), where t is its value, or what a transform makes of it. */
export function encodeNumbers(
  targets: readonly NumberFeature[],
  { targetScales, targetTransforms }: Pick<Encoding, 'targetScales' | 'targetTransforms'>,
  rows: Selection,
): Float32Array {
  const y = new Float32Array(rows.count * targets.length);
  for (const [k, { values }] of targets.entries()) {
    const { mean, deviation } = targetScales[k] ?? IDENTITY;
    const transform = targetTransforms?.[k];
    const learnt = transform ? transformedNumbers(values, transform) : values;
    forEachSelected(learnt, Float64Array, rows, (block, begin) => {
      for (let i = 0; i < block.length; i++)
        y[(begin + i) * targets.length + k] = (block[i]! - mean) / deviation;
    });
  }
  return y;
}

/** Numbers exactly as in the file, (rows, columns). */
export function exactNumbers(columns: readonly NumberFeature[], rows: Selection): Float64Array {
  const numbers = new Float64Array(rows.count * columns.length);
  for (const [k, { values }] of columns.entries()) {
    forEachSelected(values, Float64Array, rows, (block, begin) => {
      for (let i = 0; i < block.length; i++) numbers[(begin + i) * columns.length + k] = block[i]!;
    });
  }
  return numbers;
}
