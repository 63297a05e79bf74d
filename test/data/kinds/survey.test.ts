/** Survey of columns that can't be learnt from. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { surveyData } from '../../../src/data/load.js';
import { loadTrain, makeFolder, refusal } from '../files.js';
import { writeParquet } from './files.js';

const folder = makeFolder();

describe('a table without readable columns', () => {
  it('is surveyed if its files have no column in common', async () => {
    folder.write('apart/1.csv', 'a,b\n1,2\n3,4\n');
    folder.write('apart/2.csv', 'c,y\n5,6\n');
    const { survey, loaded } = await surveyData(join(folder.path, 'apart', '*.csv'));
    expect(survey!.rows).toBe(3);
    expect(survey!.columns.map(({ name, kind }) => [name, kind])).toEqual(
      ['a', 'b', 'c', 'y'].map(name => [name, 'unusable']),
    );
    expect(loaded).toBeInstanceOf(Error);
  });

  it('is surveyed if it contains only lists', async () => {
    const path = await writeParquet(folder, 'lists.parquet', "SELECT [1, 2] AS x, ['a'] AS y FROM range(5)");
    const { survey } = await surveyData(path);
    expect(survey!.rows).toBe(5);
    expect(survey!.columns.map(({ problem }) => problem)).toEqual(['holds INTEGER[]', 'holds VARCHAR[]']);
  });
});

describe('a survey', () => {
  it('counts NaN and empty cells of Parquet as missing', async () => {
    const cells = ['1.5', "'nan'", 'NULL', "'nan'", '-2'];
    const select = cells.map(cell => `SELECT ${cell}::DOUBLE AS a, 1 AS y`).join(' UNION ALL ');
    const { survey } = await surveyData(await writeParquet(folder, 'nan.parquet', select));
    expect(survey!.columns[0]).toMatchObject({ kind: 'number', missing: 3, least: -2, greatest: 1.5 });
  });

  it('counts texts among many numbers apart from missing cells', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      i % 1000 === 7 ? 'bad' : i % 1000 === 8 ? 'NA' : i,
    );
    const path = folder.table('many.csv', [['a', 'y'], ...rows.map(cell => [cell, 1])]);
    expect((await surveyData(path)).survey!.columns[0]).toMatchObject({ kind: 'number', missing: 20 });
  });

  it('does not read ignored columns, however many texts they contain', async () => {
    const select = 'SELECT \'user \' || i AS "the, id", i % 7 AS a, i % 2 AS y FROM range(1000010) t(i)';
    const path = await writeParquet(folder, 'users.parquet', select);
    const { survey } = await surveyData(path, { ignore: ['the, id'] });
    expect(survey!.columns.map(({ kind }) => kind)).toEqual(['ignored', 'number', 'number']);
    expect(await refusal(surveyData(path), folder)).toEqual({
      code: 'usage',
      message:
        'users.parquet, column "the, id": it has more than 1,000,000 different texts, so it looks like an identifier.',
      hint: `Leave it out with --ignore '"the, id"', or hash its texts with --hash-buckets 256.`,
    });
    const { encoding } = await loadTrain(path, { hashBuckets: 16 });
    expect(encoding.columns[0]).toEqual({ name: 'the, id', kind: 'hashed', buckets: 16 });
  });
});
