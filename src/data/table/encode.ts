/** How wide encoded columns are, and their targets: class numbers, 0 and 1, or standardised values. */
import type { ColumnEncoding, Task } from '../dataset.js';
import type { Scale } from './scale.js';

/** How many features a column becomes. */
export function widthOf(column: ColumnEncoding): number {
  return column.kind === 'number' ? 1 : column.values.length;
}

/** y as a Dataset has it: class numbers, 0 and 1, or (value − mean) / deviation of each target (rows, outputs). */
export function encodeTargets(
  values: readonly Float64Array[],
  task: Task,
  scales: readonly Scale[],
  rows: Uint32Array,
): Float32Array | Int32Array {
  const count = rows.length * values.length;
  const y = task === 'multiclass' ? new Int32Array(count) : new Float32Array(count);
  for (const [k, target] of values.entries()) {
    const { mean, deviation } = scales[k] ?? { mean: 0, deviation: 1 };
    for (let i = 0, at = k; i < rows.length; i++, at += values.length)
      y[at] = (target[rows[i]!]! - mean) / deviation;
  }
  return y;
}
