/**
 * NumPy arrays as a table: an .npy file, or the arrays of an .npz file side by side. The array of features
 * becomes the columns x0, x1, …, the array of targets the column y; every other array keeps its name.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { describeCause, failure, LockstepError } from '../../errors.js';
import { readBeginning, readWhole } from '../files.js';
import { openZip } from '../spool/zip.js';
import type { Field, Npy } from './npy.js';
import { parseNpy, parseNpyHead } from './npy.js';
import type { TypedBatch, TypedCells, TypedColumn, TypedTable } from './typed.js';

/** Usual names for an array of features; arr_0 is np.savez's name for its first array. */
const FEATURES = /^(x|data|features|inputs|images|arr_0)$/i;
/** Usual names for an array of targets. */
const TARGETS = /^(y|targets?|labels?|class|classes|arr_1)$/i;

type Column = TypedColumn & { cells: TypedCells };

/** @throws failed if it can't be read as a table */
export async function readNpyTable(path: string, name: string): Promise<TypedTable> {
  const { size } = await stat(path);
  const head = parseNpyHead(await readBeginning(path, Math.min(size, MOST_HEAD_BYTES)), size, name);
  const empty = { ...head, data: new Uint8Array(0) };
  const rows = rowsOf(empty, name);
  // In Fortran's order, a row is all over the file.
  if (head.isFortran) return toTable(rows, toColumns(parseNpy(await readWhole(path, name), name), 'x', true));
  const columns = toColumns(empty, 'x', true).map(({ name, type }) => ({ name, type }));
  return { columns, batches: readBatches(path, { ...head, rows }, name), notes: [] };
}

/** NumPy writes headers of some hundred bytes; those of structured types are longer. */
const MOST_HEAD_BYTES = 2 ** 24;
/** Bytes of a batch of rows. */
const BATCH_BYTES = 2 ** 25;

/** The rows of an array in C's order, some at a time. @throws failed if the file ends too early */
function* readBatches(
  path: string,
  { begin, rows, ...head }: ReturnType<typeof parseNpyHead> & { rows: number },
  name: string,
): Generator<TypedBatch> {
  const rowBytes = cellsPerRow(head) * head.bytes;
  const step = Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, rowBytes)));
  const file = openSync(path, 'r');
  try {
    for (let from = 0; from < rows; from += step) {
      const count = Math.min(step, rows - from);
      const data = new Uint8Array(count * rowBytes);
      for (let done = 0; done < data.length; ) {
        const read = readSync(file, data, done, data.length - done, begin + from * rowBytes + done);
        if (read === 0) throw failure(`${name} was cut short while it was read.`, 'Start again.');
        done += read;
      }
      const array = { ...head, shape: [count, ...head.shape.slice(1)], data };
      yield { rows: count, cells: toColumns(array, 'x', true).map(({ cells }) => cells) };
    }
  } finally {
    closeSync(file);
  }
}

/** @throws failed if its arrays don't fit together */
export async function readNpzTable(path: string, name: string): Promise<TypedTable> {
  const arrays = await readArrays(path, name);
  checkParts([...arrays.keys()], name);
  const rows = sharedRows(arrays, name);
  const features = featuresOf(arrays);
  const targets = [...arrays].filter(
    ([key, array]) => key !== features && TARGETS.test(usualName(key)) && cellsPerRow(array) === 1,
  );
  const columns = [...arrays].flatMap(([key, array]) => {
    const isTarget = targets.length === 1 && targets[0]![0] === key;
    return toColumns(array, key === features ? 'x' : isTarget ? 'y' : key, key === features);
  });
  return toTable(rows, columns);
}

async function readArrays(path: string, name: string): Promise<Map<string, Npy>> {
  const archive = await openZip(path, name);
  try {
    const arrays = new Map<string, Npy>();
    for (const file of archive.files) {
      const key = file.fileName.replace(/\.npy$/, '');
      const pieces: Uint8Array[] = [];
      for await (const piece of archive.read(file)) pieces.push(piece);
      arrays.set(key, parseNpy(Buffer.concat(pieces), `${name}, array "${key}"`));
    }
    if (arrays.size > 0) return arrays;
    throw failure(`${name} holds no arrays.`, 'Save some: np.savez(path, x=x, y=y).');
  } catch (cause) {
    if (cause instanceof LockstepError) throw cause;
    throw failure(`${name} is an .npz file and damaged: ${describeCause(cause)}.`, 'Copy it again.', cause);
  } finally {
    archive.close();
  }
}

/** Refuses an archive with training and test rows: they are two sources, not one. */
function checkParts(keys: readonly string[], name: string): void {
  const test = keys.find(key => /(^|_)(test|val|valid|validation)(_|$)/i.test(key));
  const train = keys.find(key => /(^|_)train(_|$)/i.test(key));
  if (test === undefined || train === undefined) return;
  throw failure(
    `${name} holds both rows to train on ("${train}") and rows to test on ("${test}"): ${keys.join(', ')}.`,
    'Save them apart: np.savez("train.npz", x=d["x_train"], y=d["y_train"]), and the others as test.npz.',
  );
}

function sharedRows(arrays: ReadonlyMap<string, Npy>, name: string): number {
  const counts = [...arrays].map(([key, array]) => rowsOf(array, `${name}, array "${key}"`));
  if (new Set(counts).size === 1) return counts[0]!;
  const lengths = [...arrays.keys()].map((key, i) => `${key} ${counts[i]!.toLocaleString('en')}`);
  throw failure(
    `${name} holds arrays of different lengths, so they are no columns of one table: ${lengths.join(', ')}.`,
    'Save those that belong together: np.savez(path, x=x, y=y).',
  );
}

/** Keras uses the names x_train and y_train. */
function usualName(key: string): string {
  return key.replace(/_(train|test)$/i, '');
}

/**
 * Name of the array of features: the one with a usual name, or else the only one with two or more dimensions.
 */
function featuresOf(arrays: ReadonlyMap<string, Npy>): string | null {
  const usual = [...arrays.keys()].filter(key => FEATURES.test(usualName(key)));
  if (usual.length === 1) return usual[0]!;
  const wide = [...arrays].filter(([, array]) => array.shape.length > 1);
  return wide.length === 1 ? wide[0]![0] : null;
}

function rowsOf({ shape }: Npy, name: string): number {
  if (shape.length > 0) return shape[0]!;
  throw failure(`${name} holds a single value, not rows.`, 'Leave it out: np.savez(path, x=x, y=y).');
}

/** Number of cells in a row of each field. */
function cellsPerRow({ shape }: Pick<Npy, 'shape'>): number {
  return shape.slice(1).reduce((count, size) => count * size, 1);
}

/** Columns of an array. `numbered`: their names get numbers even if there is only one. */
function toColumns(array: Npy, name: string, numbered: boolean): Column[] {
  const width = cellsPerRow(array);
  return array.fields.flatMap(field =>
    Array.from({ length: width }, (_, j) => {
      const base = field.name ?? name;
      const isNumbered = width > 1 || (numbered && field.name === null);
      return {
        name: isNumbered ? `${base}${j}` : base,
        type: field.dtype.type,
        cells: cellsOf(array, field, j),
      };
    }),
  );
}

/** Cell j of each row, in the order of NumPy's ravel. */
function cellsOf(array: Npy, { dtype, offset }: Field, j: number): TypedCells {
  const { shape, data, bytes, isFortran } = array;
  if (!isFortran) return dtype.cells(data, j * bytes + offset, cellsPerRow(array) * bytes);
  return dtype.cells(data, fortranIndex(shape.slice(1), j) * shape[0]! * bytes + offset, bytes);
}

/** Index in Fortran order of the element with index j in C order. */
function fortranIndex(sizes: readonly number[], j: number): number {
  let rest = j;
  let index = 0;
  let step = sizes.reduce((count, size) => count * size, 1);
  for (const size of sizes.toReversed()) {
    step /= size;
    index += (rest % size) * step;
    rest = Math.floor(rest / size);
  }
  return index;
}

function toTable(rows: number, columns: Column[]): TypedTable {
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    batches: [{ rows, cells: columns.map(({ cells }) => cells) }],
    notes: [],
  };
}
