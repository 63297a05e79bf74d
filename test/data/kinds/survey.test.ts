/** What a look at every column says of those that can't be learnt from. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { surveyData } from '../../../src/data/load.js';
import { makeFolder } from '../files.js';
import { writeParquet } from './files.js';

const folder = makeFolder();

describe('a table without a column that can be read', () => {
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

  it('is surveyed if it holds lists alone', async () => {
    const path = await writeParquet(folder, 'lists.parquet', "SELECT [1, 2] AS x, ['a'] AS y FROM range(5)");
    const { survey } = await surveyData(path);
    expect(survey!.rows).toBe(5);
    expect(survey!.columns.map(({ problem }) => problem)).toEqual(['holds INTEGER[]', 'holds VARCHAR[]']);
  });
});
