/** Data with the cells of one column in another order, or all the same: a view of encoded rows. */
import type { Dataset } from '../../data/dataset.js';
import { arrayRows, type Rows, readInputs } from '../../data/rows.js';
import type { EncodedColumn } from './columns.js';

/** The same data with each feature in a place of its own, so that single columns can be replaced. */
export function withFeatures(data: Dataset): Dataset {
  return { ...data, x: arrayRows(readInputs(data), data.features), scale: 1 };
}

/**
 * Rows whose features of these columns come from the row that `rowOf` says. Encoding goes cell by cell, so this is what encoding
 * the other cells would give.
 */
export function replaceColumns(
  data: Dataset,
  columns: readonly EncodedColumn[],
  rowOf: (row: number) => number,
): Dataset {
  const { x, features } = data;
  const row = new Float32Array(features);
  const rows: Rows = {
    count: x.count,
    width: features,
    type: 'f32',
    write(into, from, to) {
      x.write(into, from, to);
      for (let i = from; i < to; i++) {
        const other = rowOf(i);
        x.write(row, other, other + 1);
        for (const { begin, end } of columns)
          into.set(row.subarray(begin, end), (i - from) * features + begin);
      }
    },
  };
  return { ...data, x: rows };
}
