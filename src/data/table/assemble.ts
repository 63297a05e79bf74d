/**
 * What learning from a table and using one have in common at their ends: which rows are kept, and the
 * dataset that is made of them.
 */
import { usageError } from '../../errors.js';
import type { Dataset, Encoding } from '../dataset.js';
import type { Missing, Place } from './cell.js';
import type { RawTarget } from './classes.js';
import type { Column, Table } from './column.js';
import { encodeTargets, widthOf } from './encode.js';
import type { Feature, NumberFeature } from './feature.js';
import { TableRows } from './rows.js';
import type { Targets } from './target.js';
import { takeWeights } from './weight.js';

/** Targets and weights are never filled in. */
export function targetPlace({ source }: Table, column: Column, missing: Missing): Place {
  return {
    source,
    column: column.name,
    allowMissing: missing === 'drop',
    missingHint: 'Try --missing drop.',
  };
}

/** The rows in which nothing is missing that may be missing elsewhere. @throws usage where none is left */
export function keepRows({ source, rows }: Table, columns: readonly (Feature | RawTarget)[]): Uint32Array {
  let kept: Uint32Array = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) kept[i] = i;
  for (const column of columns) {
    if (column.kind === 'number') {
      if (column.hasMissing) kept = kept.filter(row => !Number.isNaN(column.values[row]!));
    } else if (column.codes.includes(-1)) kept = kept.filter(row => column.codes[row] !== -1);
  }
  if (kept.length > 0) return kept;
  throw usageError(
    `${source}: expected rows without missing cells, got none of ${rows}.`,
    'Try --missing mean.',
  );
}

/** The given rows; y is empty where there are no targets. */
export function toDataset(
  source: string,
  features: readonly Feature[],
  { task, classes, values, weights }: Targets & { weights: NumberFeature | null },
  encoding: Encoding,
  rows: Uint32Array,
): Dataset {
  const { columns, targetScales } = encoding;
  const outputs = task === 'multiclass' ? classes.length : task === 'binary' ? 1 : encoding.targets.length;
  const none = task === 'multiclass' ? new Int32Array(0) : new Float32Array(0);
  return {
    source,
    task,
    rows: rows.length,
    features: columns.reduce((sum, column) => sum + widthOf(column), 0),
    outputs,
    x: new TableRows(features, columns, rows),
    scale: 1,
    y: values.length === 0 ? none : encodeTargets(values, task, targetScales, rows),
    ...(weights && { weights: takeWeights(weights, rows) }),
    encoding,
  };
}
