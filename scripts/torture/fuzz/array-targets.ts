/** Fuzzed parsers of files with typed columns: NPY, NPZ and LIBSVM. Their seeds are fixtures of the tests. */
import { readFileSync } from 'node:fs';
import { readTyped } from '../../../src/data/arrays/read.js';
import { CELL_BYTES, type TypedBatch, type TypedColumn } from '../../../src/data/arrays/typed.js';
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

function targetOf(format: TypedFormat, seeds: Uint8Array[], words: string[]): Target {
  return { seeds, words, run: input => passing(async () => void (await readAll(format, input))) };
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

export const ARRAY_TARGETS: Readonly<Record<string, Target>> = {
  npy: targetOf('npy', NPY.map(fixture), LITERALS),
  npz: targetOf('npz', ['xy.npz', 'xy-packed.npz', 'positional.npz'].map(fixture), [
    'PK\u0003\u0004',
    'PK\u0001\u0002',
    'PK\u0005\u0006',
    '.npy',
  ]),
  libsvm: libsvmTarget,
};
