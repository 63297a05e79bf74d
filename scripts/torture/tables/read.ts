/**
 * Reads a table with lockstep, cell by cell. The only file here that depends on how a Dataset stores its
 * rows; change it when that changes.
 */
import type { ColumnEncoding, Dataset } from '../../../src/data/dataset.js';
import { loadData } from '../../../src/data/load.js';
import { loadWith } from '../../../src/data/load-with.js';
import { readInputs } from '../../../src/data/rows.js';
import { widthOf } from '../../../src/data/table/encode.js';
import type { WrittenTable } from './manifest.js';

export type ReadCell = { number: number } | { category: string };

export interface ReadFeature {
  name: string;
  /** Fill value of missing numeric cells; null if there is none. */
  fill: number | null;
  cell(row: number): ReadCell;
}

export interface ReadTarget {
  name: string;
  /** A class, or a value and whether it has float64 precision. */
  cell(row: number): { name: string } | { value: number; exact: boolean };
}

export interface ReadTable {
  rows: number;
  /** Number of each row in the source, from 0. */
  rowNumber(row: number): number;
  features: ReadFeature[];
  targets: ReadTarget[];
  kept: { name: string; isJson: boolean; values: readonly (string | null)[] }[];
  notes: readonly string[];
  dataset: Dataset;
}

/** Reads a table for training. @throws LockstepError if it is refused */
export async function readTable({ source, options }: WrittenTable): Promise<ReadTable> {
  const asked = { ...options, scale: 'none', standardizeTargets: false } as const;
  return toTable((await loadData(source, asked)).train);
}

/**
 * Reads a table for a model trained on it, and keeps some of its columns. @throws LockstepError if it is
 * refused
 */
export async function readAgain({ source, options }: WrittenTable, read: ReadTable, keep: string[]) {
  const { encoding, task } = read.dataset;
  const dropIncomplete = options.missing === 'drop';
  const { header } = options;
  const asked = { header, query: null, dropIncomplete, requireTargets: true, keep } as const;
  return toTable(await loadWith(source, encoding, task, asked));
}

function toTable(dataset: Dataset): ReadTable {
  const { rows, encoding, rowNumbers, kept = [], notes = [] } = dataset;
  return {
    rows,
    rowNumber: row => (rowNumbers?.[row] ?? row + 1) - 1,
    features: toFeatures(dataset),
    targets: encoding.targets.map((name, k) => ({ name, cell: row => targetCell(dataset, row, k) })),
    kept: kept.map(({ name, spelling, values }) => ({ name, isJson: spelling === 'json', values })),
    notes,
    dataset,
  };
}

function toFeatures(dataset: Dataset): ReadFeature[] {
  const { features: width, encoding } = dataset;
  const x = readInputs(dataset);
  let offset = 0;
  return encoding.columns.map(column => {
    const begin = offset;
    offset += widthOf(column);
    const cell = (row: number) => featureCell(x, row * width + begin, column);
    return { name: column.name, fill: column.kind === 'number' ? column.fill : null, cell };
  });
}

function featureCell(x: ArrayLike<number>, at: number, column: ColumnEncoding): ReadCell {
  if (column.kind !== 'category') return { number: x[at]! };
  const hot = column.values.filter((_, k) => x[at + k] === 1);
  const isOne = hot.length === 1 && column.values.every((_, k) => x[at + k] === 0 || x[at + k] === 1);
  return { category: isOne ? hot[0]! : `${hot.length} values at once` };
}

function targetCell(
  dataset: Dataset,
  row: number,
  k: number,
): { name: string } | { value: number; exact: boolean } {
  const { y, encoding, outputs, task, truth } = dataset;
  if (task === 'multilabel') return { name: encoding.labelClasses![k]![y[row * outputs + k]!]! };
  if (task !== 'regression') return { name: encoding.classes[y[row]!]! };
  const at = row * outputs + k;
  return truth ? { value: truth[at]!, exact: true } : { value: y[at]!, exact: false };
}
