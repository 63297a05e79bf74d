/** Classes that look like numbers: each is the text in the file, in every format, and is returned as such. */
import { describe, expect, it } from 'vitest';
import { loadWith } from '../../../src/data/load-with.js';
import { loadTrain, loadWithOptions, makeFolder } from '../files.js';
import { beside, FORMATS, writeAs, writeParquet } from './files.js';

const folder = makeFolder();

const KINDS: [name: string, values: string[], classes: string[]][] = [
  ['ids beyond 2^53', ['9007199254740992', '9007199254740993'], ['9007199254740992', '9007199254740993']],
  [
    'snowflakes',
    ['1234567890123456789', '1234567890123456788', '7'],
    ['7', '1234567890123456788', '1234567890123456789'],
  ],
  [
    'whole numbers of 30 digits',
    [`1${'0'.repeat(29)}`, `1${'0'.repeat(28)}1`],
    [`1${'0'.repeat(29)}`, `1${'0'.repeat(28)}1`],
  ],
  ['padded codes', ['01', '02', '10'], ['01', '02', '10']],
  ['padded and bare codes', ['0389', '389', '0390'], ['0389', '389', '0390']],
  ['negative zeros', ['-0', '0', '1'], ['-0', '0', '1']],
  ['signs', ['+1', '-1'], ['-1', '+1']],
];

describe.each(FORMATS)('classes of %s', format => {
  it.each(KINDS)('keep %s apart', async (name, values, classes) => {
    const path = await writeAs(folder, name, format, beside(values, 30));
    const data = await loadTrain(path);
    expect(data.encoding.classes).toEqual(classes);
    const labels = [...data.y].map(label => classes[label]);
    expect(labels).toEqual(Array.from(labels, (_, i) => values[i % values.length]));
    const again = await loadWith(path, data.encoding, data.task, loadWithOptions());
    expect([...again.y]).toEqual([...data.y]);
  });

  it.each([
    ['versions', ['1.1', '1.10', '1.2']],
    ['names of wells', ['1E2', '100', '2E1']],
    ['amounts', ['0.5', '.5', '0.50']],
    ['hexadecimal and other numbers', ['0x10', '16', '1e1']],
    ['infinite numbers', ['inf', 'INF', '1']],
  ])('keep %s apart if the task is classification', async (name, values) => {
    const path = await writeAs(folder, name, format, beside(values, 30));
    const { encoding, y } = await loadTrain(path, { task: 'multiclass' });
    expect([...encoding.classes].sort()).toEqual([...values].sort());
    expect([...y].map(label => encoding.classes[label])).toEqual(
      Array.from(y, (_, i) => values[i % values.length]),
    );
  });

  it('can be codes of digits, some with a letter', async () => {
    const values = [...Array.from({ length: 18 }, (_, i) => `${10 + i}`), 'V10', '7B'];
    const { encoding } = await loadTrain(await writeAs(folder, 'mostly codes', format, beside(values, 5)));
    expect([...encoding.classes].sort()).toEqual([...values].sort());
  });
});

describe('classes of typed columns', () => {
  it.each([
    ['BIGINT', ['9007199254740992', '9007199254740993']],
    ['UBIGINT', ['18446744073709551614', '18446744073709551615']],
    ['DECIMAL(38,0)', ['100000000000000000000000000001', '100000000000000000000000000002']],
    ['DECIMAL(20,0)', ['12345678901234567890', '12345678901234567891']],
    ['UUID', ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']],
  ])('of %s in Parquet are named as the type is printed', async (type, classes) => {
    const cases = classes.map((value, k) => `WHEN ${k} THEN '${value}'::${type}`).join(' ');
    const select = `SELECT i * 0.5 AS x, CASE i % ${classes.length} ${cases} END AS y FROM range(60) t(i)`;
    const path = await writeParquet(folder, `typed.parquet`, select);
    expect((await loadTrain(path, { task: 'multiclass' })).encoding.classes).toEqual(classes);
  });

  it('of JSON numbers are named as the file spells them', async () => {
    const spelled = ['1.10', '1.1', '1e1', '9007199254740993', '9007199254740992'];
    const lines = Array.from({ length: 60 }, (_, i) => `{"x": ${i}.5, "y": ${spelled[i % 5]}}`);
    const data = await loadTrain(folder.write('bare.ndjson', lines.join('\n')), { task: 'multiclass' });
    expect([...data.y].map(label => data.encoding.classes[label])).toEqual(
      lines.map((_, i) => spelled[i % 5]),
    );
  });

  it('pass through a query unchanged', async () => {
    for (const values of [
      ['1.10', '1.1', '1.2'],
      ['007', '7', '07'],
      ['9007199254740993', '9007199254740992', '1'],
    ]) {
      const path = await writeAs(folder, 'queried', 'csv', beside(values, 30));
      const { encoding } = await loadTrain(path, { query: 'SELECT * FROM data', task: 'multiclass' });
      expect([...encoding.classes].sort()).toEqual([...values].sort());
    }
  });
});

describe('categories', () => {
  it('named by --categorical keep their texts', async () => {
    const values = ['01001', '1001', '02108', '1E2', '100'];
    for (const format of FORMATS) {
      const path = await writeAs(folder, 'zips', format, beside(values, 12, ['y', 'zip']));
      const { encoding, features } = await loadTrain(path, { categorical: ['zip'] });
      expect(encoding.columns).toEqual([{ name: 'zip', kind: 'category', values: [...values].sort() }]);
      expect(features).toBe(5);
    }
  });

  it('cast to text in a query stay texts', async () => {
    const path = await writeAs(folder, 'cast', 'csv', beside(['1', '2', '3'], 10, ['y', 'room']));
    const { encoding } = await loadTrain(path, {
      query: 'SELECT y, CAST(room AS VARCHAR) AS room FROM data',
    });
    expect(encoding.columns).toEqual([{ name: 'room', kind: 'category', values: ['1', '2', '3'] }]);
  });
});

it.each([
  [
    ['01', '1'],
    '2 different texts of whole numbers, such as 01 and 1; --task regression predicts the number',
  ],
  [
    ['7', '3', '3.0'],
    '3 different texts of whole numbers, such as 3 and 3.0; --task regression predicts the number',
  ],
  [['0', '1'], '2 different whole numbers, 0 and 1; --task regression predicts the number'],
  [['5', '2', '9'], '3 different whole numbers, 2 to 9; --task regression predicts the number'],
])('describes the target in the reason for the task: %j', async (values, reason) => {
  const path = await writeAs(folder, `reason ${values.join(' ')}`, 'csv', beside(values, 30));
  expect((await loadTrain(path)).taskReason).toBe(reason);
});
