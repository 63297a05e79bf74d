/** Columns as they come out of DuckDB: cell for cell what was put in, over many chunks, empty cells among them. */
import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/data/table/column.js';
import { readColumns, withDuckDB } from '../../src/data/table/duckdb.js';

const ROWS = 10_001;
const TEXTS: [name: string, sql: string, text: (i: number) => string | null][] = [
  ['two classes', "CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END", i => (i % 3 === 0 ? 'yes' : 'no')],
  ['more than are known again', "'t' || (i % 3000)", i => `t${i % 3000}`],
  ['of 12 bytes and of 13', "repeat('x', 12 + i % 2)", i => 'x'.repeat(12 + (i % 2))],
  [
    'alike but for the last byte',
    "'same begin ' || chr(CAST(97 + i % 20 AS INTEGER))",
    i => `same begin ${String.fromCharCode(97 + (i % 20))}`,
  ],
  ['of letters of several bytes', "repeat('é', i % 9) || '€'", i => `${'é'.repeat(i % 9)}€`],
  ['long ones', "'a rather long text, number ' || (i % 100)", i => `a rather long text, number ${i % 100}`],
  [
    'empty cells and empty texts',
    "CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'full' END",
    i => [null, '', 'full'][i % 3]!,
  ],
];

const FROM = `(SELECT CASE WHEN i % 7 = 6 THEN NULL ELSE i / 8.0 END AS number, i % 2 = 1 AS flag, ${TEXTS.map(
  ([name, sql]) => `${sql} AS "${name}"`,
).join(', ')} FROM range(${ROWS}) AS rows(i) ORDER BY i)`;

describe.each([true, false])('readColumns, stream %s', stream => {
  const reading = withDuckDB(connection =>
    readColumns(connection, {
      from: FROM,
      offers: [
        { name: 'number', kind: 'number', type: 'DOUBLE' },
        { name: 'flag', kind: 'boolean', type: 'BOOLEAN' },
        ...TEXTS.map(([name]) => ({ name, kind: 'text' as const, type: 'VARCHAR' })),
      ],
      keep: [
        { name: 'kept', sqlName: 'empty cells and empty texts', spelling: 'text', types: ['VARCHAR'] },
        { name: 'number kept', sqlName: 'number', spelling: 'text', types: ['DOUBLE', 'VARCHAR'] },
      ],
      source: 'rows',
      stream,
    }),
  );
  const column = async (name: string) => (await reading).columns.find(one => one.name === name) as Column;
  const rows = Array.from({ length: ROWS }, (_, i) => i);

  it('gives numbers, NaN where a cell is empty', async () => {
    const expected = Float64Array.from(rows, i => (i % 7 === 6 ? Number.NaN : i / 8));
    expect(await column('number')).toEqual({
      name: 'number',
      kind: 'number',
      values: expected,
      firstEmpty: 6,
    });
    const flags = {
      name: 'flag',
      kind: 'boolean',
      values: Float64Array.from(rows, i => i % 2),
      firstEmpty: -1,
    };
    expect(await column('flag')).toEqual(flags);
  });

  it.each(TEXTS)('gives texts: %s', async (name, _, text) => {
    const read = await column(name);
    if (read.kind !== 'text') throw new Error(`read as ${read.kind}`);
    expect(Array.from(read.codes, code => (code < 0 ? null : read.texts[code]))).toEqual(rows.map(text));
    expect(new Set(read.texts).size).toBe(read.texts.length);
  });

  it('keeps cells as texts beside them', async () => {
    const { kept } = await reading;
    expect(kept.map(({ name, values }) => [name, values])).toEqual([
      ['kept', rows.map(i => [null, '', 'full'][i % 3])],
      ['number kept', rows.map(i => (i % 7 === 6 ? null : `${i / 8}${i % 8 === 0 ? '.0' : ''}`))],
    ]);
  });
});
