/**
 * The text format of LIBSVM and SVMlight: a label, then index:value pairs of the features that are not zero.
 * Columns are named after their indices, x1, x2, …, so that files counted from 0 and from 1 are not confused;
 * the label is the column y.
 */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { failure, type LockstepError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { TypedBatch, TypedColumn, TypedTable } from './typed.js';

/** More features do not suit dense layers: the first layer would have millions of weights. */
const MOST_FEATURES = 20_000;

/** Number of rows converted to dense form at once. */
const BATCH_ROWS = 2048;

/** Sparse rows, concatenated. */
interface Sparse {
  labels: number[];
  /** Start of each row's pairs, and the end of the last row's. */
  starts: number[];
  indices: number[];
  values: number[];
  least: number;
  greatest: number;
  hasQuery: boolean;
}

/**
 * @param wanted features that a network was trained on; those that the file lacks are zero
 * @throws failed if a line can't be read, or there are too many features
 */
export async function readLibsvmTable(
  path: string,
  name: string,
  wanted: readonly string[] = [],
): Promise<TypedTable> {
  const sparse = await readLines(path, name);
  const known = wanted.flatMap(column => (/^x\d+$/.test(column) ? [Number(column.slice(1))] : []));
  const base = sparse.least === 0 ? 0 : 1;
  if (base === 0 && Math.min(...known) === 1) {
    throw failure(
      `${name} counts features from 0, and the training data counted them from 1.`,
      'Write the file so that it counts from 1.',
    );
  }
  const first = Math.min(base, ...known);
  const last = Math.max(sparse.greatest, ...known);
  const width = last - first + 1;
  if (width > MOST_FEATURES) {
    const count = (value: number) => value.toLocaleString('en');
    throw failure(
      `${name} has features up to number ${count(last)}: more than the ${count(MOST_FEATURES)} that can be made dense.`,
      'Reduce them first, with a hash or a projection.',
    );
  }
  const areWhole = sparse.labels.every(Number.isSafeInteger);
  const features = Array.from({ length: width }, (_, j) => ({
    name: `x${first + j}`,
    type: 'DOUBLE' as const,
  }));
  const label: TypedColumn = { name: 'y', type: areWhole ? 'BIGINT' : 'DOUBLE' };
  return {
    columns: [label, ...features],
    batches: denseBatches(sparse, first, width, areWhole),
    notes: notesOf(sparse, name, base),
  };
}

function notesOf({ greatest, hasQuery }: Sparse, name: string, base: number): string[] {
  const range = `${name} counts its features from ${base}: they are x${base} to x${greatest}.`;
  return hasQuery ? [range, `${name} has qid: pairs, which are left out.`] : [range];
}

async function readLines(path: string, name: string): Promise<Sparse> {
  const sparse: Sparse = {
    labels: [],
    starts: [0],
    indices: [],
    values: [],
    least: Number.POSITIVE_INFINITY,
    greatest: 0,
    hasQuery: false,
  };
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    const text = line.replace(/#.*/, '').trim();
    if (text !== '') addLine(sparse, text, `${name}, line ${number}`);
  }
  if (sparse.labels.length === 0) throw failure(`${name} holds no rows.`, 'Check how the file was made.');
  return sparse;
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function addLine(sparse: Sparse, text: string, where: string): void {
  const [label = '', ...pairs] = text.split(/\s+/);
  sparse.labels.push(readLabel(label, where));
  let before = -1;
  for (const pair of pairs) {
    const colon = pair.indexOf(':');
    const key = pair.slice(0, colon);
    const value = pair.slice(colon + 1);
    if (key === 'qid') {
      sparse.hasQuery = true;
      continue;
    }
    if (!/^\d+$/.test(key) || !NUMBER.test(value))
      throw wrong(where, pair, 'an index:value pair, such as 7:0.5');
    const index = Number(key);
    if (index <= before) throw wrong(where, pair, `an index above ${before}, as they are in order`);
    before = index;
    sparse.indices.push(index);
    sparse.values.push(Number(value));
    if (index < sparse.least) sparse.least = index;
    if (index > sparse.greatest) sparse.greatest = index;
  }
  sparse.starts.push(sparse.indices.length);
}

function readLabel(label: string, where: string): number {
  if (NUMBER.test(label)) return Number(label);
  if (/^\S+(,\S+)+$/.test(label)) {
    throw failure(
      `${where}: a row with several labels, ${label}, can't be read from this format.`,
      `Write a table with a column of 0 and 1 for each label, and name them in ${option('target')}.`,
    );
  }
  throw wrong(where, label, 'a label, which is a number, and then index:value pairs');
}

function wrong(where: string, got: string, expected: string): LockstepError {
  return failure(`${where}: expected ${expected}; got ${JSON.stringify(got)}.`, 'Correct the line.');
}

function* denseBatches(
  sparse: Sparse,
  first: number,
  width: number,
  areWhole: boolean,
): Generator<TypedBatch> {
  const { labels, starts, indices, values } = sparse;
  for (let begin = 0; begin < labels.length; begin += BATCH_ROWS) {
    const rows = Math.min(BATCH_ROWS, labels.length - begin);
    const dense = new Float64Array(rows * width);
    for (let i = 0; i < rows; i++) {
      const end = starts[begin + i + 1]!;
      for (let at = starts[begin + i]!; at < end; at++)
        dense[(indices[at]! - first) * rows + i] = values[at]!;
    }
    const part = labels.slice(begin, begin + rows);
    const label = areWhole ? BigInt64Array.from(part, BigInt) : Float64Array.from(part);
    const columns = [
      label,
      ...Array.from({ length: width }, (_, j) => dense.subarray(j * rows, (j + 1) * rows)),
    ];
    yield {
      rows,
      cells: columns.map(column => ({
        kind: 'fixed' as const,
        bytes: (from: number, count: number) => column.subarray(from, from + count),
        isEmpty: null,
      })),
    };
  }
}
