/**
 * Iterates over the rows of a dataset as the network sees them, block by block, because they are never all in
 * memory in this form.
 */
import type { Dataset } from './dataset.js';
import { blocksOf, readInputs } from './rows.js';

/**
 * Calls `visit` with every row in order: its features begin at index `at` of `values`, which is only valid
 * during the call.
 */
export function scanRows(
  data: Dataset,
  visit: (values: ArrayLike<number>, at: number, row: number) => void,
): void {
  const { rows, features } = data;
  for (const { from, to } of blocksOf(rows, 4 * features)) {
    const values = readInputs(data, from, to);
    for (let row = from; row < to; row++) visit(values, (row - from) * features, row);
  }
}
