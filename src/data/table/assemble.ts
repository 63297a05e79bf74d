/**
 * Last steps shared by loading a table for training and for a trained network: selects the rows and assembles
 * the dataset.
 */

import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Dataset, Encoding, Task } from '../dataset.js';
import { checkRoom } from '../room.js';
import type { RawTarget } from './classes.js';
import type { Table } from './column.js';
import { encodeLabels, encodeNumbers, exactNumbers, widthOf } from './encode.js';
import { type Feature, MISSING_ROW, type NumberFeature } from './feature.js';
import { TableRows } from './rows.js';
import { allRows, rowAt, type Selection, selectFrom, someRows } from './selection.js';
import { forEachBlock } from './store.js';

/** The rows in which none of the columns has a missing cell. @throws usage if there is none */
export function keepRows(table: Table, columns: readonly (Feature | RawTarget)[]): Selection {
  const kept = selectWhole(table, columns);
  if (kept.count === 0) throw allMissing(table);
  return kept;
}

export function allMissing({ source, rows }: Pick<Table, 'source' | 'rows'>) {
  return usageError(
    `${source}: ${rows === 1 ? 'its only row' : `each of its ${rows.toLocaleString('en')} rows`} has a missing cell.`,
    `Try ${option('missing', 'mean')}.`,
  );
}

/** The rows in which none of the columns has a missing cell; there may be none. */
export function selectWhole({ rows }: Table, columns: readonly (Feature | RawTarget)[]): Selection {
  const lacking = columns.filter(({ hasMissing }) => hasMissing);
  if (lacking.length === 0) return allRows(rows);
  const isLeftOut = new Uint8Array(rows);
  for (const column of lacking) {
    if (column.kind === 'number') {
      forEachBlock(column.values, Float64Array, (values, begin) => {
        for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) isLeftOut[begin + i] = 1;
      });
    } else {
      forEachBlock(column.codes, Int32Array, (codes, begin) => {
        for (let i = 0; i < codes.length; i++) if (codes[i] === MISSING_ROW) isLeftOut[begin + i] = 1;
      });
    }
  }
  const count = isLeftOut.reduce((sum, one) => sum - one, rows);
  if (count === rows) return allRows(rows);
  const kept = new Uint32Array(count);
  for (let row = 0, i = 0; row < rows; row++) if (isLeftOut[row] === 0) kept[i++] = row;
  return someRows(kept);
}

/** Columns prepared for the rows that are used. */
export interface Prepared {
  source: string;
  task: Task;
  features: readonly Feature[];
  /** Class numbers of the rows, one list per label. */
  labels: readonly ArrayLike<number>[];
  /** Targets of a regression. */
  numbers: readonly NumberFeature[];
  weights: NumberFeature | null;
  rows: Selection;
  /** Whether the rows go to a cache, and need not fit into memory. */
  isForCache?: boolean;
}

/** The dataset of all rows or of those at `places`; y is empty if there are no targets. */
export function toDataset(
  prepared: Prepared,
  encoding: Encoding,
  places: Uint32Array | null = null,
): Dataset {
  const { source, task, features, labels, numbers, weights } = prepared;
  const { columns, classes } = encoding;
  const rows = places === null ? prepared.rows : selectFrom(prepared.rows, places);
  const x = new TableRows(features, columns, rows);
  if (!prepared.isForCache)
    checkRoom(source, { rows: rows.count, rowBytes: 4 * (x.width + numbers.length + labels.length) });
  const outputs = task === 'multiclass' ? classes.length : task === 'binary' ? 1 : encoding.targets.length;
  const isRegression = task === 'regression' && numbers.length > 0;
  const exactWeights = weights && exactNumbers([weights], rows);
  return {
    source,
    task,
    rows: rows.count,
    outputs,
    scale: 1,
    encoding,
    features: columns.reduce((sum, column) => sum + widthOf(column), 0),
    x,
    y: isRegression ? encodeNumbers(numbers, encoding, rows) : encodeLabels(labels, task, places),
    ...(isRegression && { truth: exactNumbers(numbers, rows) }),
    ...(exactWeights && { weights: Float32Array.from(exactWeights), exactWeights }),
    ...(rows.rows !== null && {
      rowNumbers: Uint32Array.from({ length: rows.count }, (_, i) => rowAt(rows, i) + 1),
    }),
  };
}
