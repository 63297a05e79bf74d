/** Table files with arbitrary contents: data of finite numbers, or a LockstepError. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/data/load.js';
import { readInputs } from '../../src/data/rows.js';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { LockstepError } from '../../src/errors.js';
import { loadOptions, makeFolder } from '../data/files.js';
import { damaged, fc } from './arbitraries.js';

const folder = makeFolder();
const NUM_RUNS = 25;

const text = (value: string) => new TextEncoder().encode(value);
const rows = Array.from({ length: 12 }, (_, i) => ({ a: i * 1.5, b: `k${i % 3}`, y: i % 2 }));
const cell = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    '-2.5e3',
    '1e999',
    'nan',
    '"',
    '""',
    "'",
    '2020-01-01',
    'true',
    '\0',
    'é',
    '1,5',
    'NA',
    '0x1',
    '\ufeff',
  ),
  fc.string({ maxLength: 5 }),
);
const table = fc
  .array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .map(lines => text(['a,b,y', ...lines.map(cells => cells.join(','))].join('\n')));

async function parquet(): Promise<Uint8Array> {
  const path = join(folder.path, 'whole.parquet');
  await withDuckDB(connection =>
    connection.run(
      `COPY (SELECT i * 1.5 AS a, 'k' || i % 3 AS b, i % 2 AS y FROM range(12) t(i)) TO '${path}'`,
    ),
  );
  return readFileSync(path);
}

const csv = text(['a,b,y', ...rows.map(row => Object.values(row).join(','))].join('\n'));
const json = text(rows.map(row => JSON.stringify(row)).join('\n'));

describe.each<[string, fc.Arbitrary<Uint8Array>]>([
  ['rows.csv', table],
  ['rows.tsv', table.map(bytes => text(new TextDecoder().decode(bytes).replaceAll(',', '\t')))],
  ['damaged.csv', damaged([csv], ['"', ',', '\n', '\r', '""', ';', '\t'])],
  ['damaged.csv.gz', damaged([csv], ['"', '\n'])],
  ['damaged.ndjson', damaged([json], ['"a":', '\n', 'null', ','])],
  ['any.json', fc.json().map(text)],
  ['damaged.parquet', damaged([await parquet()], ['PAR1'])],
])('%s', (name, contents) => {
  it('can be learnt from or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(contents, async bytes => {
        const path = folder.write(name, bytes);
        try {
          const { train } = await loadData(path, loadOptions({ target: ['y'] }));
          expect(readInputs(train).length).toBe(train.rows * train.features);
          expect(readInputs(train).every(Number.isFinite) && train.y.every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!(error instanceof LockstepError)) throw error;
        }
      }),
      { numRuns: NUM_RUNS },
    );
  });
});
