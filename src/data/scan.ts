/** Going over the encoded rows of a dataset in blocks, as they need not lie in memory all at once. */
import type { Dataset } from './dataset.js';

const BLOCK_BYTES = 2 ** 20;

/**
 * Visits every row in order: its values, times the scale they are gathered with, begin at `at` of `values`, which holds
 * them during the visit alone.
 */
export function scanRows(
  { x, rows, features, scale }: Dataset,
  visit: (values: Float32Array, at: number, row: number) => void,
): void {
  const size = Math.max(1, Math.floor(BLOCK_BYTES / 4 / features));
  const values = new Float32Array(Math.min(size, rows) * features);
  for (let from = 0; from < rows; from += size) {
    const to = Math.min(from + size, rows);
    const block = x.subarray(from * features, to * features);
    for (let i = 0; i < block.length; i++) values[i] = block[i]! * scale;
    for (let row = from; row < to; row++) visit(values, (row - from) * features, row);
  }
}
