/**
 * What a program gives as rows: objects with a cell for each column; arrays x and y; or a Dataset. The first two become a table in
 * memory, which is read like a file. Everything is checked here, so that later errors are about cells.
 */
import type { Dataset } from '../data/dataset.js';
import type { MemoryCell } from '../data/table/cell-text.js';
import type { MemoryTable } from '../data/table/memory.js';
import { usageError } from '../errors.js';
import { option } from '../option-names.js';

export type RowObject = Readonly<Record<string, MemoryCell>>;

type Numbers = Float32Array | Float64Array;

/** x: rows of cells, or all numbers row after row. y: the target of each row, or its targets. */
export interface Arrays {
  x: readonly (readonly MemoryCell[] | Numbers)[] | Numbers;
  y: ArrayLike<MemoryCell> | readonly (readonly MemoryCell[] | Numbers)[];
  /** Names of the columns of x: x1, x2, … if it is left out. */
  columns?: readonly string[];
  /** Names of the columns of y: y; for several targets y1, y2, … */
  targets?: readonly string[];
  /** Weight of each row, from 0. */
  weights?: ArrayLike<number>;
}

export type Rows = readonly RowObject[] | Arrays;

/** A table, and which of its columns x and y are if the program has named none. */
export interface Given {
  table: MemoryTable;
  named: { target?: string[]; features?: string[]; weightColumn?: string };
}

/** @throws usage if the input is no object */
export function isDataset(input: Rows | Dataset, name = 'rows'): input is Dataset {
  if (typeof input !== 'object' || input === null) {
    const hint = 'To read a file, call loadData, and give the dataset that it returns.';
    throw usageError(
      `${name}: expected rows of objects, a Dataset, or { x, y }, got ${describe(input)}.`,
      typeof input === 'string' ? hint : undefined,
    );
  }
  return !Array.isArray(input) && 'encoding' in input;
}

/** The column of weights, by name or from { x, y, weights }. @throws usage if there are both */
export function weightColumnOf({ weightColumn }: Given['named'], asked: string | null = null): string | null {
  if (weightColumn === undefined || asked === null) return weightColumn ?? asked;
  throw usageError(
    `${option('weightColumn')}: expected none beside the weights of { x, y, weights }, got ${asked}.`,
    'Leave one of them out.',
  );
}

/** @throws usage if the rows make no table */
export function tableOf(rows: Rows, name: string): Given {
  if (Array.isArray(rows)) return { table: tableOfObjects(rows as readonly RowObject[], name), named: {} };
  return tableOfArrays(rows as Arrays, name);
}

function tableOfObjects(rows: readonly RowObject[], name: string): MemoryTable {
  const names = new Set<string>();
  for (const [i, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row) || ArrayBuffer.isView(row)) {
      throw usageError(
        `${name}, row ${i + 1}: expected an object with a cell for each column, got ${describe(row)}.`,
        'Give { x, y } for rows that are arrays.',
      );
    }
    for (const key of Object.keys(row)) names.add(key);
  }
  if (rows.length === 0) throw usageError(`${name}: expected rows, got none.`);
  const columns = [...names].map(key => ({
    name: key,
    at: (row: number) => checkCell(rows[row]![key], name, row, key),
  }));
  return { name, rows: rows.length, columns };
}

function tableOfArrays({ x, y, columns, targets, weights }: Arrays, name: string): Given {
  if (x === undefined || y === undefined) {
    throw usageError(
      `${name}: expected rows of objects, a Dataset, or { x, y }, got an object without ${x === undefined ? 'x' : 'y'}.`,
    );
  }
  for (const [which, part] of Object.entries({ x, y, ...(weights !== undefined && { weights }) })) {
    if (isList(part)) continue;
    throw usageError(`${name}, ${which}: expected an array or a typed array, got ${describe(part)}.`);
  }
  const count = y.length;
  const ofY = partOf(y as Part, count, name, 'y');
  const ofX = partOf(x as Part, count, name, 'x');
  const features = namesOf(columns, ofX.width, 'x', name);
  const taken = new Set(features);
  const targetNames = namesOf(targets, ofY.width, 'y', name).map(target => free(target, taken));
  if (weights !== undefined && weights.length !== count) {
    throw usageError(`${name}, weights: expected ${count}, one for each row, got ${weights.length}.`);
  }
  const weightName = free('weight', new Set([...features, ...targetNames]));
  const table = {
    name,
    rows: count,
    columns: [
      ...features.map((column, j) => ({
        name: column,
        at: (row: number) => checkCell(ofX.at(row, j), name, row, column),
      })),
      ...targetNames.map((column, k) => ({
        name: column,
        at: (row: number) => checkCell(ofY.at(row, k), name, row, column),
      })),
      ...(weights ? [{ name: weightName, at: (row: number) => weights[row] }] : []),
    ],
  };
  return { table, named: { target: targetNames, features, ...(weights && { weightColumn: weightName }) } };
}

type Part = Numbers | readonly (MemoryCell | readonly MemoryCell[] | Numbers)[];

/** x or y as (rows, width). */
function partOf(part: Part, count: number, name: string, which: 'x' | 'y') {
  if (count === 0) throw usageError(`${name}, ${which}: expected rows, got none.`);
  const isFlat = ArrayBuffer.isView(part);
  const lists = part as readonly (readonly MemoryCell[])[];
  const isNested = !isFlat && isList(lists[0]);
  if (!isNested) {
    if (which === 'x' && !isFlat) {
      throw usageError(
        `${name}, x: expected an array of rows or a Float32Array, got ${describe(lists[0])} first.`,
        'Put each row into an array.',
      );
    }
    const width = part.length / count;
    if (!Number.isInteger(width) || width === 0) {
      throw usageError(
        `${name}, ${which}: expected a multiple of ${count} numbers, as y has ${count} rows, got ${part.length}.`,
      );
    }
    const cells = part as ArrayLike<MemoryCell>;
    return { width, at: (row: number, j: number) => cells[row * width + j] };
  }
  if (lists.length !== count) {
    throw usageError(`${name}: expected as many rows in x as in y, got ${lists.length} and ${count}.`);
  }
  const width = lists[0]!.length;
  const other = lists.findIndex(list => !isList(list));
  if (other >= 0) {
    throw usageError(
      `${name}, ${which}, row ${other + 1}: expected an array of cells, as in the first row, got ${describe(lists[other])}.`,
    );
  }
  const wrong = lists.findIndex(list => list.length !== width);
  if (wrong >= 0) {
    throw usageError(
      `${name}, ${which}, row ${wrong + 1}: expected ${width} cells, as in the first row, got ${lists[wrong]!.length}.`,
    );
  }
  return { width, at: (row: number, j: number) => lists[row]![j] };
}

function namesOf(
  given: readonly string[] | undefined,
  width: number,
  letter: 'x' | 'y',
  name: string,
): string[] {
  if (given === undefined)
    return width === 1 && letter === 'y'
      ? ['y']
      : Array.from({ length: width }, (_, j) => `${letter}${j + 1}`);
  const property = letter === 'x' ? 'columns' : 'targets';
  if (given.length !== width)
    throw usageError(`${name}, ${property}: expected ${width} names, got ${given.length}.`);
  if (new Set(given).size !== width)
    throw usageError(`${name}, ${property}: expected different names, got ${given.join(', ')}.`);
  return [...given];
}

function free(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free += '_';
  return free;
}

/** @throws usage if it is no cell */
function checkCell(cell: unknown, name: string, row: number, column: string): MemoryCell {
  const isCell =
    cell === null || typeof cell !== 'object'
      ? !['function', 'symbol'].includes(typeof cell)
      : cell instanceof Date && !Number.isNaN(cell.getTime());
  if (isCell) return cell as MemoryCell;
  throw usageError(
    `${name}, row ${row + 1}, column "${column}": expected a number, text, boolean, Date or null, got ${describe(cell)}.`,
  );
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value === null) return 'null';
  if (value instanceof Date) return 'an invalid Date';
  return typeof value === 'object'
    ? `an object (${value.constructor?.name ?? 'without a class'})`
    : `${typeof value}`;
}
