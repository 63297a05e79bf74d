/**
 * Tables for training: the same rows in every format give the same numbers, and each kind of column becomes
 * the right features.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/data/load.js';
import { loadWith } from '../../src/data/load-with.js';
import { readInputs } from '../../src/data/rows.js';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { loadOptions, loadTrain, loadWithOptions, makeFolder, refusal, toRows } from './files.js';

const folder = makeFolder();

/** Houses: two numbers, a boolean, a category, a price. */
const HEAD = ['rooms', 'size', 'garden', 'town', 'price'];
const HOUSES = [
  [2, 40.5, 'true', 'Ulm', 100],
  [4, 80, 'false', 'Bern', 250.5],
  [6, 120.25, 'true', 'Ulm', 300],
  [3, 61, 'true', 'Aarau', 180],
];

const houses = folder.table('houses.csv', [HEAD, ...HOUSES]);
const asIs = { target: ['price'], scale: 'none' as const };
const HOUSE_ROWS = [
  [2, 40.5, 1, 0, 0, 1],
  [4, 80, 0, 0, 1, 0],
  [6, 120.25, 1, 0, 0, 1],
  [3, 61, 1, 1, 0, 0],
];

async function writeParquet(path: string, select: string): Promise<string> {
  await withDuckDB(connection => connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`));
  return path;
}

describe('a table', () => {
  it('becomes rows of features in the order of its columns, categories one-hot', async () => {
    const data = await loadTrain(houses, asIs);
    expect(data).toMatchObject({
      source: houses,
      task: 'regression',
      rows: 4,
      features: 6,
      outputs: 1,
      scale: 1,
    });
    expect(toRows(readInputs(data), 6)).toEqual(HOUSE_ROWS);
    expect(Array.from(data.y)).toEqual([100, 250.5, 300, 180]);
    expect(data.encoding).toEqual({
      kind: 'table',
      columns: [
        { name: 'rooms', kind: 'number', mean: 0, deviation: 1, fill: null },
        { name: 'size', kind: 'number', mean: 0, deviation: 1, fill: null },
        { name: 'garden', kind: 'number', mean: 0, deviation: 1, fill: null, boolean: true },
        { name: 'town', kind: 'category', values: ['Aarau', 'Bern', 'Ulm'] },
      ],
      targets: ['price'],
      classes: [],
      targetScales: [{ mean: 0, deviation: 1 }],
      reading: { header: true, decimal: '.', naValues: [], numeric: [], query: null },
    });
  });

  it('is standardised by mean and population deviation, except booleans and categories', async () => {
    const data = await loadTrain(houses, { target: ['price'], features: ['rooms', 'garden'] });
    const deviation = Math.sqrt((1.75 ** 2 + 0.25 ** 2 + 2.25 ** 2 + 0.75 ** 2) / 4);
    expect(data.encoding.columns[0]).toMatchObject({ mean: 3.75, deviation: expect.closeTo(deviation, 12) });
    expect(toRows(readInputs(data), 2)).toEqual(
      [2, 4, 6, 3].map((v, i) => [Math.fround((v - 3.75) / deviation), i === 1 ? 0 : 1]),
    );
  });

  it('keeps the digits of large numbers that differ little', async () => {
    const data = await loadTrain(
      folder.table('times.csv', [
        ['t', 'y'],
        [1700000001, 0.5],
        [1700000003, 1.5],
      ]),
    );
    expect(data.encoding.columns[0]).toMatchObject({ mean: 1700000002, deviation: 1 });
    expect(Array.from(readInputs(data))).toEqual([-1, 1]);
  });

  it('has 0 for a constant column, also in other rows', async () => {
    const data = await loadTrain(
      folder.table('constant.csv', [
        ['a', 'y'],
        [0.1, 0.5],
        [0.1, 1.5],
        [0.1, 2.5],
      ]),
    );
    expect(data.encoding.columns[0]).toMatchObject({ mean: 0.1, deviation: 1, constant: true });
    expect(Array.from(readInputs(data))).toEqual([0, 0, 0]);
    const other = folder.table('changed.csv', [['a'], [2030]]);
    const later = await loadWith(other, data.encoding, data.task, loadWithOptions({ requireTargets: false }));
    expect(Array.from(readInputs(later))).toEqual([0]);
  });

  it('uses the named features in that order', async () => {
    const data = await loadTrain(houses, { ...asIs, features: ['size', 'rooms'] });
    expect(toRows(readInputs(data), 2)[0]).toEqual([40.5, 2]);
  });

  it('knows the file’s row numbers of each part', async () => {
    const holes = folder.table('holes.csv', [
      ['a', 'y'],
      ...Array.from({ length: 40 }, (_, i) => [i + 1 === 3 ? '' : i + 1, i / 7]),
    ]);
    const asked = { target: ['y'], scale: 'none' as const, missing: 'drop' as const, validation: 0.25 };
    const { train, validation } = await loadData(holes, loadOptions(asked));
    for (const part of [train, validation!]) expect([...part.rowNumbers!]).toEqual([...readInputs(part)]);
    expect(train.rows + validation!.rows).toBe(39);
    const made = await loadData('synthetic:40x1x1', loadOptions({ validation: 0.25 }));
    const whole = readInputs(await loadTrain('synthetic:40x1x1'));
    const { rowNumbers } = made.validation!;
    expect([...readInputs(made.validation!)]).toEqual(Array.from(rowNumbers!, row => whole[row - 1]));
  });

  it('treats several targets as a regression with several outputs', async () => {
    const data = await loadTrain(houses, { ...asIs, target: ['price', 'rooms'] });
    expect(data).toMatchObject({ task: 'regression', outputs: 2, features: 5 });
    expect(toRows(data.y, 2)).toEqual([
      [100, 2],
      [250.5, 4],
      [300, 6],
      [180, 3],
    ]);
  });

  it('standardises its targets on request', async () => {
    const data = await loadTrain(houses, { target: ['rooms'], task: 'regression', standardizeTargets: true });
    const [{ mean, deviation }] = data.encoding.targetScales as [{ mean: number; deviation: number }];
    expect(mean).toBe(3.75);
    expect(Array.from(data.y)).toEqual([2, 4, 6, 3].map(v => Math.fround((v - mean) / deviation)));
  });

  it.each(['target', 'label', 'class', 'y', 'Label'])(
    'predicts a column named %s without being asked to',
    async name => {
      const data = await loadTrain(
        folder.table(`${name}.csv`, [
          ['a', name, 'b'],
          [1, 1.5, 2],
          [2, 2.5, 3],
        ]),
      );
      expect(data.encoding.targets).toEqual([name]);
      expect(data.features).toBe(2);
    },
  );
});

describe('the same rows', () => {
  const records = HOUSES.map(
    ([rooms, size, garden, town, price]) =>
      `{"rooms": ${rooms}, "size": ${size}, "garden": ${garden}, "town": "${town}", "price": ${price}}`,
  );
  const lines = (delimiter: string) => [HEAD, ...HOUSES].map(cells => cells.join(delimiter)).join('\n');

  it.each([
    ['csv.gz', lines(',')],
    ['tsv', lines('\t')],
    ['tsv.gz', lines('\t')],
    ['json', `[${records.join(',\n')}]`],
    ['json.gz', `[${records.join(',\n')}]`],
    ['ndjson', records.join('\n')],
    ['jsonl', records.join('\n')],
    ['semicolons.csv', lines(';')],
    ['tabs.csv', lines('\t')],
    ['bars.txt', lines('|')],
    ['spaces.data', lines(' ')],
    ['crlf.csv', lines(',').replaceAll('\n', '\r\n')],
    ['marked.csv', `\ufeff${lines(',')}`],
    ['UPPER.CSV', lines(',')],
  ])('are the same from %s', async (ending, contents) => {
    const data = await loadTrain(folder.write(`same.${ending}`, contents), asIs);
    expect(toRows(readInputs(data), 6)).toEqual(HOUSE_ROWS);
    expect(Array.from(data.y)).toEqual([100, 250.5, 300, 180]);
  });

  it('are the same from Parquet, with any numeric type', async () => {
    const path = await writeParquet(
      join(folder.path, 'same.parquet'),
      `SELECT rooms::UTINYINT AS rooms, size::DECIMAL(9, 2) AS size, garden,
              town::ENUM ('Ulm', 'Bern', 'Aarau') AS town, price::FLOAT AS price
       FROM read_csv('${houses}')`,
    );
    expect(toRows(readInputs(await loadTrain(path, asIs)), 6)).toEqual(HOUSE_ROWS);
  });

  it('are the same from a pattern, with files in name order and columns found by name', async () => {
    folder.table('parts/2.csv', [[...HEAD].reverse(), ...HOUSES.slice(2).map(cells => [...cells].reverse())]);
    folder.table('parts/1.csv', [HEAD, ...HOUSES.slice(0, 2)]);
    const data = await loadTrain(join(folder.path, 'parts/*.csv'), asIs);
    expect(toRows(readInputs(data), 6)).toEqual(HOUSE_ROWS);
  });

  it('do not get a column from a part of the path', async () => {
    folder.table('town=Ulm/a.csv', [
      ['a', 'y'],
      [1, 2.5],
      [2, 3.5],
    ]);
    expect((await loadTrain(join(folder.path, 'town=Ulm/*.csv'))).features).toBe(1);
  });

  it('have columns column0, column1, … without a header', async () => {
    const data = await loadTrain(folder.table('bare.csv', HOUSES), {
      ...asIs,
      header: false,
      target: ['column4'],
    });
    expect(data.encoding.columns.map(column => column.name)).toEqual([
      'column0',
      'column1',
      'column2',
      'column3',
    ]);
    expect(toRows(readInputs(data), 6)).toEqual(HOUSE_ROWS);
  });

  it('have column numbers without leading zeros beyond ten columns', async () => {
    const bare = folder.table('wide.csv', [
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.5],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 1.5],
    ]);
    const data = await loadTrain(bare, {
      header: false,
      target: ['column10'],
      features: ['column9', 'column1'],
    });
    expect(data.features).toBe(2);
  });
});

describe('names and cells of any kind', () => {
  it('can contain quotes, commas, line breaks and SQL', async () => {
    const path = folder.write(
      `it's "1"; DROP [a-z]*.csv`,
      `"a ""b"", c","';--",y\n"x, y",1,0.5\n"line\nbreak",2,1.5\n`,
    );
    const data = await loadTrain(path, { scale: 'none' });
    expect(data.encoding.columns).toMatchObject([
      { name: 'a "b", c', values: ['line\nbreak', 'x, y'] },
      { name: "';--", kind: 'number' },
    ]);
    expect(toRows(readInputs(data), 3)).toEqual([
      [0, 1, 1],
      [1, 0, 2],
    ]);
  });

  it('are taken literally although they look like a pattern', async () => {
    folder.table('f1.csv', [
      ['a', 'y'],
      [1, 0.5],
    ]);
    const path = folder.table('f[1].csv', [
      ['a', 'y'],
      [1, 0.5],
      [2, 1.5],
    ]);
    expect((await loadTrain(path)).rows).toBe(2);
  });

  it('are numbers if all texts are numbers', async () => {
    const path = folder.write('texts.json', '[{"a": "1.5", "y": 0.5}, {"a": " -2e1 ", "y": 1.5}]');
    expect(Array.from(readInputs(await loadTrain(path, { scale: 'none' })))).toEqual([1.5, -20]);
  });

  it('have no JSON quotes if numbers and texts are mixed', async () => {
    const path = folder.write('mixed.json', '[{"a": 1, "y": 0.5}, {"a": "x", "y": 1.5}]');
    expect((await loadTrain(path)).encoding.columns).toEqual([
      { name: 'a', kind: 'category', values: ['1', 'x'] },
    ]);
  });

  it('affect the type of their column even late in the file', async () => {
    const lines = Array.from({ length: 30000 }, (_, i) => [i, i === 25000 ? 'n/a' : 0.5 * i, i % 2]);
    const data = await loadTrain(folder.table('late.csv', [['a', 'b', 'y'], ...lines]), { missing: 'zero' });
    expect(data.encoding.columns).toMatchObject([{ kind: 'number' }, { kind: 'number', fill: 0 }]);
  });
});

describe('a query', () => {
  it('is a SELECT over the table data', async () => {
    const query = 'SELECT rooms / 2 AS half, price FROM data WHERE garden ORDER BY price DESC;';
    const data = await loadTrain(houses, { ...asIs, query });
    expect([Array.from(readInputs(data)), Array.from(data.y)]).toEqual([
      [3, 1.5, 1],
      [300, 180, 100],
    ]);
  });

  it('can begin with WITH and end with a comment', async () => {
    const query = 'WITH big AS (SELECT * FROM data WHERE rooms > 3) SELECT rooms, price FROM big -- big ones';
    expect((await loadTrain(houses, { ...asIs, query })).rows).toBe(2);
  });

  it('uses the same names for the columns of files without a header', async () => {
    const query = 'SELECT column0, column4 AS price FROM data';
    expect((await loadTrain(folder.table('bare.csv', HOUSES), { ...asIs, header: false, query })).rows).toBe(
      4,
    );
  });

  it('applies to a validation file as well', async () => {
    const query = 'SELECT rooms, price FROM data WHERE garden';
    const { validation } = await loadData(houses, loadOptions({ ...asIs, query, validation: houses }));
    expect(validation?.rows).toBe(3);
  });
});

describe('the task', () => {
  const column = (values: (string | number)[]) => [['a', 'y'], ...values.map((value, i) => [i, value])];
  const repeat = <T>(values: T[], times: number) => Array.from({ length: times }, () => values).flat();
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

  it.each([
    ['two texts', ['no', 'yes', 'no'], 'binary', ['no', 'yes']],
    ['texts, by code unit', ['b', 'B', 'a', 'ä'], 'multiclass', ['B', 'a', 'b', 'ä']],
    ['booleans', ['true', 'false', 'true'], 'binary', ['false', 'true']],
    ['0 and 1', repeat([0, 1], 2), 'binary', ['0', '1']],
    ['1.0 and 2.0', repeat(['1.0', '2.0'], 2), 'binary', ['1.0', '2.0']],
    ['few whole numbers, by value', repeat([10, 9, -1], 2), 'multiclass', ['-1', '9', '10']],
    ['20 whole numbers', repeat(upTo(20), 2), 'multiclass', upTo(20).map(String)],
    ['21 whole numbers', repeat(upTo(21), 2), 'regression', []],
    ['whole numbers of which each is new', [1, 2, 3], 'regression', []],
    ['fractions', repeat([0.5, 1.5], 4), 'regression', []],
  ])('of %s is guessed', async (name, values, task, classes) => {
    const data = await loadTrain(folder.table(`task ${name}.csv`, column(values)));
    expect(data.task).toBe(task);
    expect(data.encoding.classes).toEqual(classes);
    expect(data.outputs).toBe(task === 'multiclass' ? classes.length : 1);
  });

  it.each([
    ['regression', [0, 1, 1, 0], [0, 1, 1, 0]],
    ['multiclass', [0.5, 1.5, 0.5, -1], [1, 2, 1, 0]],
    ['multiclass', ['no', 'yes'], [0, 1]],
    ['binary', [0.5, 1.5, 1.5], [0, 1, 1]],
    ['regression', ['true', 'false'], [1, 0]],
  ] as const)('can be said to be %s of %j', async (task, values, y) => {
    const data = await loadTrain(folder.table('said.csv', column([...values])), { task });
    expect(data.task).toBe(task);
    expect(Array.from(data.y)).toEqual(y);
    expect(data.y).toBeInstanceOf(task === 'multiclass' ? Int32Array : Float32Array);
  });
});

describe('missing cells', () => {
  const path = folder.write(
    'gaps.csv',
    'age,town,flag,y\n20,A,true,0.5\n,B,,1.5\n40,,false,2.5\nn/a,A,true,3.5\n ? ,A,true,4.5\n30,A,true,5.5\n',
  );

  it('are filled with the mean of the others; missing categories become a separate value', async () => {
    const data = await loadTrain(path, { missing: 'mean', features: ['age', 'town'] });
    expect(data.encoding.columns).toEqual([
      { name: 'age', kind: 'number', mean: 30, deviation: expect.closeTo(Math.sqrt(200 / 6), 12), fill: 30 },
      { name: 'town', kind: 'category', values: ['', 'A', 'B'] },
    ]);
    expect(toRows(readInputs(data), 4).map(row => row.slice(1))).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
    expect([1, 3, 4].map(i => readInputs(data)[4 * i])).toEqual([0, 0, 0]);
  });

  it('are filled with zero, which counts in mean and deviation', async () => {
    const data = await loadTrain(path, { missing: 'zero', features: ['age'] });
    expect(data.encoding.columns[0]).toMatchObject({ mean: 15, fill: 0 });
    const sum = Array.from(readInputs(data)).reduce((a, b) => a + b, 0);
    const squares = Array.from(readInputs(data)).reduce((a, b) => a + b * b, 0);
    expect([sum, squares / 6]).toEqual([expect.closeTo(0, 5), expect.closeTo(1, 5)]);
  });

  it('drop their rows, and only those of the columns in use', async () => {
    const data = await loadTrain(path, { missing: 'drop', scale: 'none', features: ['age', 'town'] });
    expect(toRows(readInputs(data), 3)).toEqual([
      [20, 1, 0],
      [30, 1, 0],
    ]);
    expect(Array.from(data.y)).toEqual([0.5, 5.5]);
  });

  it('of a target leave out their rows only with --missing-target drop', async () => {
    const target = folder.table('target.csv', [
      ['a', 'y'],
      [1, 0.5],
      [2, ''],
      [3, 1.5],
    ]);
    expect((await loadTrain(target, { missingTarget: 'drop' })).rows).toBe(2);
    const { message } = await refusal(loadTrain(target, { missing: 'drop' }), folder);
    expect(message).toBe('target.csv, row 2, column "y": expected a number, got an empty cell.');
  });

  it('can be spelled nan in a column of numbers', async () => {
    const nan = folder.table('nan.csv', [
      ['a', 'y'],
      [1, 0.5],
      ['nan', 1.5],
      [3, 2.5],
    ]);
    expect((await loadTrain(nan, { missing: 'mean' })).encoding.columns[0]).toMatchObject({ fill: 2 });
  });

  it('are not recognised in categories by default', async () => {
    const codes = folder.table('codes.csv', [
      ['country', 'y'],
      ['NA', 0.5],
      ['DE', 1.5],
    ]);
    expect((await loadTrain(codes)).encoding.columns[0]).toMatchObject({ values: ['DE', 'NA'] });
  });
});

describe('a held-out fraction', () => {
  const lines = Array.from({ length: 100 }, (_, i) => [i, i % 10 === 0 ? 'rare' : 'usual']);
  const path = folder.table('fraction.csv', [['a', 'y'], ...lines]);

  it('has its share of each class, and the other rows are for training', async () => {
    const { train, validation } = await loadData(path, loadOptions({ validation: 0.2, scale: 'none' }));
    expect([train.rows, validation?.rows]).toEqual([80, 20]);
    const all = [...readInputs(train), ...readInputs(validation!)].sort((a, b) => a - b);
    expect(all).toEqual(lines.map(([a]) => a));
    expect(Array.from(validation!.y).filter(k => k === 0).length).toBe(2);
  });

  it('does not affect the constants', async () => {
    const { train, validation } = await loadData(path, loadOptions({ validation: 0.5 }));
    const [column] = train.encoding.columns;
    const raw = (x: ArrayLike<number>) =>
      Array.from(x, v => (column?.kind === 'number' ? v * column.deviation + column.mean : Number.NaN));
    const values = raw(readInputs(train));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(column).toMatchObject({ mean: expect.closeTo(mean, 3) });
    expect(validation!.encoding).toEqual(train.encoding);
    expect(raw(readInputs(validation!)).map(value => Math.abs(Math.round(value)))).toEqual(
      lines.map(([a]) => a).filter(a => !values.map(Math.round).includes(a as number)),
    );
  });

  it('depends on the seed', async () => {
    const draw = async (seed: number) =>
      Array.from(
        readInputs((await loadData(path, loadOptions({ validation: 0.2, seed, scale: 'none' }))).validation!),
      );
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it('is drawn after rows are dropped', async () => {
    const gaps = folder.table('dropped.csv', [
      ['a', 'y'],
      ...lines.map(([a, y], i) => [i < 50 ? '' : a!, y!]),
    ]);
    const { train, validation } = await loadData(gaps, loadOptions({ validation: 0.2, missing: 'drop' }));
    expect([train.rows, validation?.rows]).toEqual([40, 10]);
  });
});

describe('many rows', () => {
  it('keep the order of the file', async () => {
    mkdirSync(join(folder.path, 'many'), { recursive: true });
    const select = 'SELECT range AS a, range * 0.5 + 0.25 AS y FROM range(300000)';
    const path = await writeParquet(join(folder.path, 'many/rows.parquet'), select);
    await withDuckDB(connection => connection.run(`COPY (${select}) TO '${folder.path}/many/rows.csv'`));
    for (const source of [path, join(folder.path, 'many/rows.csv')]) {
      const data = await loadTrain(source, { scale: 'none' });
      expect(data.rows).toBe(300000);
      expect(readInputs(data).every((value, i) => value === i)).toBe(true);
      expect((data.y as Float32Array).every((value, i) => value === Math.fround(i * 0.5 + 0.25))).toBe(true);
    }
  });
});
