/** Fuzzed parsers of files with typed columns: NPY, NPZ, Arrow and LIBSVM. Their seeds are fixtures of the tests. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { tableFromIPC } from 'apache-arrow';
import { readTyped } from '../../../src/data/arrays/read.js';
import { CELL_BYTES, type TypedBatch, type TypedColumn } from '../../../src/data/arrays/typed.js';
import { checkSums } from './packed-targets.js';
import { bytes, claim, fileOf, passing, type Target } from './target.js';

const fixture = (name: string): Uint8Array => readFileSync(`test/fixtures/arrays/${name}`);

type TypedFormat = Parameters<typeof readTyped>[0];

/** Reads all cells of a file. Returns the text of each, by column. */
async function readAll(
  format: TypedFormat,
  input: Uint8Array,
): Promise<{ columns: TypedColumn[]; rows: number }> {
  const path = fileOf(`any.${format}`, input);
  const { columns, batches } = await readTyped(format, path, { shown: path, wanted: [] });
  let rows = 0;
  for (const batch of batches) {
    checkBatch(columns, batch);
    rows += batch.rows;
  }
  return { columns, rows };
}

/** Takes every cell of a batch, and checks that there are as many as rows. */
function checkBatch(columns: readonly TypedColumn[], { rows, cells }: TypedBatch): void {
  claim(cells.length === columns.length, 'cells of each column');
  for (const [i, column] of cells.entries()) {
    if (column.kind === 'text') {
      for (let row = 0; row < rows; row++) {
        const text = column.at(row);
        claim(text === null || typeof text === 'string', 'a text or nothing');
      }
      continue;
    }
    const width = CELL_BYTES[columns[i]!.type];
    claim(column.bytes(0, rows).byteLength === rows * width, `${rows} cells of ${width} bytes`);
    for (let row = 0; row < rows; row++) column.isEmpty?.(row);
  }
}

/** The array's bytes according to a simple reading of the header; null if it does not apply. */
function expectedNpyBytes(input: Uint8Array): { expected: number; got: number } | null {
  const isFirst = input[6] === 1;
  const begin = isFirst ? 10 : 12;
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const end = begin + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const header = Buffer.from(input.subarray(begin, end)).toString('latin1');
  const [, width, shape] =
    /^\{'descr': '[<>|][fiub](\d)', 'fortran_order': \w+, 'shape': \((-?\d+(?:, ?-?\d+)*),?\), \}\s*$/.exec(
      header,
    ) ?? [];
  if (width === undefined || shape === undefined) return null;
  const elements = shape.split(',').reduce((product, size) => product * Number(size), 1);
  claim(!shape.includes('-'), `a shape without sizes below 0, not ${shape}`);
  return { expected: elements * Number(width), got: input.length - end };
}

const LITERALS = [
  "'descr'",
  "'<f4'",
  "'>i8'",
  "'|b1'",
  "'|V8'",
  "'fortran_order'",
  'True',
  'False',
  "'shape'",
  '(',
  '),',
  '(2, 3)',
];
const NPY = [
  'npy-le-f4.npy',
  'npy-be-i2.npy',
  'npy-bool.npy',
  'fortran.npy',
  'images.npy',
  'records.npy',
  'version-2.npy',
  'version-3.npy',
];

const npyTarget: Target = {
  seeds: NPY.map(fixture),
  words: LITERALS,
  run: input =>
    passing(async () => {
      await readAll('npy', input);
      const sizes = expectedNpyBytes(input);
      claim(sizes === null || sizes.expected === sizes.got, `${sizes?.expected} bytes, not ${sizes?.got}`);
    }),
};

/** Files of an archive have the checksums that it says. */
const npzTarget: Target = {
  seeds: ['xy.npz', 'xy-packed.npz', 'positional.npz'].map(fixture),
  words: ['PK\u0003\u0004', 'PK\u0001\u0002', 'PK\u0005\u0006', '.npy'],
  run: input =>
    passing(async () => {
      await readAll('npz', input);
      checkSums(input);
    }),
};

/** The sum of a row's values, as the text of the file has them; NaN if this simple reading does not apply. */
function sumsInText(text: string): number {
  if (text.includes('#')) return Number.NaN;
  let sum = 0;
  for (const line of text.split('\n')) {
    const [, ...pairs] = line.trim().split(/\s+/);
    for (const pair of pairs) sum += /^\d+:[\d.]+$/.test(pair) ? Number(pair.split(':')[1]) : Number.NaN;
  }
  return sum;
}

const libsvmTarget: Target = {
  seeds: [
    fixture('base-0.libsvm'),
    fixture('base-1.libsvm'),
    bytes('1 1:0.5 3:2 # note\n-1 qid:7 2:1e3\n'),
    bytes('0.5 0:1\n'),
  ],
  words: ['1:', ' 7:0.5', 'qid:1', '#', '\r\n', '-1', '+1', 'nan', ','],
  run: input =>
    passing(async () => {
      const path = fileOf('any.libsvm', input);
      const { columns, batches } = await readTyped('libsvm', path, { shown: path, wanted: [] });
      let sum = 0;
      for (const batch of batches) {
        checkBatch(columns, batch);
        for (const cells of batch.cells.slice(1)) {
          if (cells.kind !== 'fixed') throw new Error('expected numbers');
          for (const value of cells.bytes(0, batch.rows) as Float64Array) sum += value;
        }
      }
      const expected = sumsInText(Buffer.from(input).toString('latin1'));
      if (!Number.isFinite(expected)) return;
      claim(
        Math.abs(sum - expected) <= 1e-9 * Math.abs(expected),
        `values that add up to ${expected}, not ${sum}`,
      );
    }),
};

/** Types whose cells are numbers of JavaScript, in arrays of these kinds. */
const NUMBERS = {
  ...{ TINYINT: Int8Array, UTINYINT: Uint8Array, SMALLINT: Int16Array, USMALLINT: Uint16Array },
  ...{ INTEGER: Int32Array, UINTEGER: Uint32Array, FLOAT: Float32Array, DOUBLE: Float64Array },
} as const;

/** Numbers are those that the library reads by itself, row by row. */
const arrowTarget: Target = {
  seeds: ['uncompressed.feather', 'stream.arrows', 'lz4.feather'].map(fixture),
  words: ['ARROW1', '\u00ff\u00ff\u00ff\u00ff'],
  run: input =>
    passing(async () => {
      const path = fileOf('any.arrow', input);
      const { columns, batches } = await readTyped('arrow', path, { shown: path, wanted: [] });
      const read: unknown[][] = columns.map(() => []);
      for (const batch of batches) {
        claim(batch.rows <= 8 * 255 * input.length, `rows of a bit or more each, not ${batch.rows}`);
        checkBatch(columns, batch);
        for (const [i, cells] of batch.cells.entries()) {
          const Numbers = NUMBERS[columns[i]!.type as keyof typeof NUMBERS];
          if (cells.kind === 'text' || Numbers === undefined) continue;
          const { buffer, byteOffset, byteLength } = cells.bytes(0, batch.rows);
          const numbers = new Numbers(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
          for (const [row, value] of numbers.entries()) read[i]!.push(cells.isEmpty?.(row) ? null : value);
        }
      }
      const table = tableFromIPC(input);
      for (const [i, { name, type }] of columns.entries()) {
        const twins = columns.filter(column => column.name === name).length > 1;
        if (!(type in NUMBERS) || twins) continue;
        const vector = table.getChild(name);
        const expected = [...(vector ?? [])];
        claim(isDeepStrictEqual(read[i], expected), `${name} as ${expected}, not ${read[i]}`);
      }
    }),
};

export const ARRAY_TARGETS: Readonly<Record<string, Target>> = {
  npy: npyTarget,
  npz: npzTarget,
  arrow: arrowTarget,
  libsvm: libsvmTarget,
};
