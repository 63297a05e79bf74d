/**
 * New rows for a trained network: empty cells, unseen texts, booleans, constants, dates and hashes are
 * treated as in training.
 */
import { describe, expect, it } from 'vitest';
import { loadData } from '../../../src/data/load.js';
import type { LoadOptions, LoadWithOptions } from '../../../src/data/load-options.js';
import { loadWith } from '../../../src/data/load-with.js';
import { readInputs } from '../../../src/data/rows.js';
import { loadOptions, loadTrain, loadWithOptions, makeFolder, refusal, toRows } from '../files.js';
import { FORMATS, writeAs, writeParquet } from './files.js';

const folder = makeFolder();
const asIs: Partial<LoadOptions> = { target: ['y'], task: 'regression', scale: 'none' };

/** Other rows without their target, with the encoding of the training rows. */
async function apply(
  learnt: string,
  other: string,
  learn: Partial<LoadOptions> = {},
  options: Partial<LoadWithOptions> = {},
) {
  const { encoding, task } = await loadTrain(learnt, { ...asIs, ...learn });
  // As stored in the model file.
  const kept = JSON.parse(JSON.stringify(encoding));
  return loadWith(other, kept, task, loadWithOptions({ requireTargets: false, ...options }));
}

const inputs = async (data: Promise<{ features: number }>) => {
  const read = (await data) as Awaited<ReturnType<typeof loadTrain>>;
  return toRows(readInputs(read), read.features);
};

describe.each(FORMATS.filter(format => format !== 'json'))(
  'an empty category of %s in new rows only',
  format => {
    const learnt = () =>
      writeAs(folder, 'towns', format, [
        ['town', 'y'],
        ['Ulm', '1'],
        ['Bern', '2'],
        ['Ulm', '3'],
      ]);
    const other = () => writeAs(folder, 'more-towns', format, [['town'], ['Ulm'], [''], ['NA'], ['Bern']]);

    it.each(['mean', 'zero'] as const)(
      'is the category "missing" if training had --missing %s',
      async missing => {
        expect(await inputs(apply(await learnt(), await other(), { missing }))).toEqual([
          [0, 0, 1],
          [1, 0, 0],
          [1, 0, 0],
          [0, 1, 0],
        ]);
      },
    );

    it('is otherwise refused with a hint that works', async () => {
      const { message, hint } = await refusal(apply(await learnt(), await other()), folder);
      const isText = format === 'ndjson' || format === 'parquet';
      const expected = isText
        ? 'one of the 2 values in the training data (Bern, Ulm), got ""'
        : 'a value, got an empty cell';
      expect(message).toMatch(
        new RegExp(`row 2, column "town": expected ${expected.replace(/[()]/g, '\\$&')}\\.$`),
      );
      expect(hint).toBe(
        'Add --drop-incomplete to leave out rows with missing cells, or train with --missing mean.',
      );
      const data = await apply(await learnt(), await other(), {}, { dropIncomplete: true });
      expect([...data.rowNumbers!]).toEqual([1, 4]);
    });
  },
);

describe('an unseen text of a category', () => {
  const learnt = folder.table('seen.csv', [
    ['town', 'code', 'y'],
    ['Ulm', 1, 1],
    ['Bern', 2, 2],
    ['Ulm', 1, 3],
  ]);
  const other = folder.table('unseen.csv', [
    ['town', 'code'],
    ['Ulm', 2],
    ['Graz', 1],
    ['Bern', 3],
  ]);
  const learn = { categorical: ['code'] };

  it('is refused with its row and the option that ignores it', async () => {
    expect(await refusal(apply(learnt, other, learn), folder)).toEqual({
      code: 'usage',
      message:
        'unseen.csv, row 2, column "town": expected one of the 2 values in the training data (Bern, Ulm), got "Graz".',
      hint: 'Add --unseen ignore to take it for none of these values, or train with rows that have it.',
    });
  });

  it('counts as none of its values with --unseen ignore', async () => {
    expect(await inputs(apply(learnt, other, learn, { unseen: 'ignore' }))).toEqual([
      [0, 1, 0, 1],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
    ]);
  });

  it('is refused or ignored in validation rows alike', async () => {
    const held = folder.table('held.csv', [
      ['town', 'code', 'y'],
      ['Graz', 1, 1],
    ]);
    const options = loadOptions({ ...asIs, ...learn, validation: held });
    expect((await refusal(loadData(learnt, options), folder)).message).toContain('got "Graz"');
    const { validation } = await loadData(learnt, { ...options, unseen: 'ignore' });
    expect([...readInputs(validation!)]).toEqual([0, 0, 1, 0]);
  });
});

describe('yes and no', () => {
  const learnt = folder.table('owners.csv', [
    ['owner', 'y'],
    ['yes', 1],
    ['no', 2],
    ['YES', 3],
  ]);

  it.each([
    ['unknown', 3, [['yes'], ['no'], ['unknown']]],
    ['maybe', 1, [['maybe'], ['no']]],
    ['2', 2, [['1'], ['2']]],
    ['?!', 4, [['no'], ['no'], ['true'], ['?!']]],
  ])('are refused because of %j in row %i', async (odd, row, cells) => {
    const other = folder.table('odd-owners.csv', [['owner'], ...cells]);
    const { message, hint } = await refusal(apply(learnt, other), folder);
    expect(message).toBe(
      `odd-owners.csv, row ${row}, column "owner": expected yes or no, true or false, got "${odd}".`,
    );
    expect(hint).toBe('Correct the cell, or leave its row out.');
  });

  it.each([
    ['other words', ['true', 'N', 't', 'F'], [1, 0, 1, 0]],
    ['1 and 0', ['1', '0', '1'], [1, 0, 1]],
    ['one word alone', ['no', 'no'], [0, 0]],
  ])('can be %s in new rows', async (_, cells, values) => {
    const other = folder.table('other-owners.csv', [['owner'], ...cells.map(cell => [cell])]);
    expect(await inputs(apply(learnt, other))).toEqual(values.map(value => [value]));
  });

  it.each(FORMATS)('are features 0 and 1 of %s', async format => {
    const path = await writeAs(folder, 'flags', format, [
      ['a', 'y'],
      ['t', '1'],
      ['f', '2'],
      ['t', '3'],
      ['f', '4'],
    ]);
    const data = await loadTrain(path, { ...asIs, scale: 'standard' });
    expect(data.encoding.columns).toEqual([
      { name: 'a', kind: 'number', mean: 0, deviation: 1, fill: null, boolean: true },
    ]);
    expect([...readInputs(data)]).toEqual([1, 0, 1, 0]);
  });
});

describe('a column that is constant in training', () => {
  it.each([
    ['a year', '2024', '2030'],
    ['yes', 'yes', 'no'],
    ['a number with a fraction', '0.1', '1e9'],
  ])('has no effect on later rows, which a note says: %s', async (_, before, after) => {
    const learnt = folder.table('constant.csv', [['c', 'x', 'y'], ...[1, 2, 3].map(i => [before, i, i])]);
    const options = { scale: 'standard' } as const;
    const { notes } = await loadTrain(learnt, { ...asIs, ...options });
    expect(notes).toContain('"c" has no effect, because it holds the same value in all training rows');
    const other = (cell: string) =>
      folder.table(`later ${cell}.csv`, [
        ['c', 'x'],
        [cell, 2],
      ]);
    const later = await inputs(apply(learnt, other(after), options));
    expect(later).toEqual(await inputs(apply(learnt, other(before), options)));
    expect(later[0]![0]).toBe(0);
  });
});

describe('missing numbers', () => {
  const learnt = folder.table('gaps.csv', [
    ['a', 'b', 'y'],
    [2, 1, 1],
    ['', 2, 2],
    [4, 3, 3],
  ]);

  it('have an indicator on request, only in columns with missing cells', async () => {
    const data = await loadTrain(learnt, { ...asIs, missing: 'mean', missingIndicator: true });
    expect(data.encoding.columns).toMatchObject([
      { name: 'a', fill: 3, indicator: true },
      { name: 'b', fill: 2 },
    ]);
    expect(data.encoding.columns[1]).not.toHaveProperty('indicator');
    expect(toRows(readInputs(data), 3)).toEqual([
      [2, 0, 1],
      [3, 1, 2],
      [4, 0, 3],
    ]);
    const other = folder.table('more gaps.csv', [
      ['a', 'b'],
      ['n/a', 5],
      [7, ''],
    ]);
    const applied = apply(learnt, other, { missing: 'mean', missingIndicator: true });
    expect(await inputs(applied)).toEqual([
      [3, 1, 5],
      [7, 0, 2],
    ]);
  });

  it('do not drop rows if their column is not in use', async () => {
    expect((await loadTrain(learnt, { ...asIs, missing: 'drop', ignore: ['a'] })).rows).toBe(3);
    expect((await loadTrain(learnt, { ...asIs, missing: 'drop', features: ['b'] })).rows).toBe(3);
    expect((await loadTrain(learnt, { ...asIs, missing: 'drop' })).rows).toBe(2);
  });
});

describe('dates', () => {
  const CELLS = ['2024-01-31 10:00', '2024-02-01 12:00', '2024-03-01 10:00'];
  const EPOCHS = [1_706_695_200, 1_706_788_800, 1_709_287_200];
  const rows = [['at', 'y'], ...CELLS.map((cell, i) => [cell, `${i}`])];

  it.each(FORMATS)('of %s become seconds or components, the same in new rows', async format => {
    const path = await writeAs(folder, 'dates', format, rows);
    expect((await refusal(loadTrain(path, asIs), folder)).hint).toBe(
      'Add --dates parts or --dates epoch to learn from dates, or --ignore at.',
    );
    const epoch = await loadTrain(path, { ...asIs, dates: 'epoch' });
    expect([...readInputs(epoch)]).toEqual(EPOCHS.map(Math.fround));
    const parts = await loadTrain(path, { ...asIs, dates: 'parts' });
    expect(parts.encoding.columns.map(({ name }) => name)).toEqual([
      'at.month',
      'at.day',
      'at.weekday',
      'at.hour',
    ]);
    expect(toRows(readInputs(parts), 4)).toEqual([
      [1, 31, 3, 10],
      [2, 1, 4, 12],
      [3, 1, 5, 10],
    ]);
    const other = await writeAs(folder, 'other-dates', format, [['at'], ['2025-12-24T18:30:00Z']]);
    expect(await inputs(apply(path, other, { dates: 'parts' }))).toEqual([[12, 24, 3, 18]]);
  });

  it('are refused by cell if they are invalid in new rows', async () => {
    const path = folder.table('dates.csv', rows);
    const other = folder.table('odd-dates.csv', [['at'], ['2024-01-01'], ['24.12.2025']]);
    expect((await refusal(apply(path, other, { dates: 'epoch' }), folder)).message).toBe(
      'odd-dates.csv, row 2, column "at": expected a date or time such as 2024-01-31 or 2024-01-31 10:20, got "24.12.2025".',
    );
  });
});

describe('hashed texts that otherwise stand for missing values', () => {
  const users = ['NA', 'null', '?', ...Array.from({ length: 1200 }, (_, i) => `user${i}`)];
  const table = (more: string[]) =>
    writeAs(folder, `users${more.length}`, 'csv', [
      ['user', 'n', 'y'],
      ...[...users, ...more].map((user, i) => [user, `${i}.5`, `${i % 7}.5`]),
    ]);

  it.each(['error', 'mean', 'zero', 'drop'] as const)(
    'are the same in use as in training with --missing %s',
    async missing => {
      const path = await table([]);
      const learnt = await inputs(loadTrain(path, { ...asIs, missing, hashBuckets: 16 }));
      expect(learnt).toHaveLength(users.length);
      expect(await inputs(apply(path, path, { missing, hashBuckets: 16 }))).toEqual(learnt);
    },
  );

  it('are left out with their rows by dropIncomplete if they are empty', async () => {
    const path = await table(['', ' ']);
    const drop = { missing: 'drop', hashBuckets: 16 } as const;
    expect((await loadTrain(path, { ...asIs, ...drop })).rows).toBe(users.length);
    expect(await inputs(apply(path, path, drop, { dropIncomplete: true }))).toHaveLength(users.length);
    expect(await inputs(apply(path, path, drop))).toHaveLength(users.length + 2);
  });
});

describe('hashed texts', () => {
  const rows = Array.from({ length: 2500 }, (_, i) => [`user${i % 1250}`, `${i}`]);

  it.each(['csv', 'ndjson', 'parquet'] as const)(
    'of %s fall into the same bucket in training and in new rows',
    async format => {
      const path = await writeAs(folder, 'users', format, [['user', 'y'], ...rows]);
      expect((await refusal(loadTrain(path, asIs), folder)).hint).toContain('--hash-buckets 256');
      const data = await loadTrain(path, { ...asIs, hashBuckets: 16 });
      expect(data.encoding.columns).toEqual([{ name: 'user', kind: 'hashed', buckets: 16 }]);
      const learnt = toRows(readInputs(data), 16);
      expect(learnt.every(row => row.reduce((a, b) => a + b, 0) === 1)).toBe(true);
      const other = await writeAs(folder, 'other-users', format, [
        ['user'],
        ['user7'],
        ['user1249'],
        ['nobody yet'],
      ]);
      const applied = await inputs(apply(path, other, { hashBuckets: 16 }));
      expect(applied.slice(0, 2)).toEqual([learnt[7], learnt[1249]]);
      expect(applied[2]!.reduce((a, b) => a + b, 0)).toBe(1);
    },
  );
});

describe('a query', () => {
  it.each(FORMATS)('is kept with the model and applied to new %s', async format => {
    const path = await writeAs(folder, 'measured', format, [
      ['w', 'h', 'y'],
      ['60', '2', '1'],
      ['90', '1.5', '2'],
      ['70', '1.75', '3'],
    ]);
    const query = 'SELECT CAST(w AS DOUBLE) / CAST(h AS DOUBLE) AS ratio, CAST(y AS DOUBLE) AS y FROM data';
    const { encoding, task } = await loadTrain(path, { ...asIs, query });
    expect(encoding.reading).toMatchObject({ query });
    expect([...readInputs(await loadWith(path, encoding, task, loadWithOptions()))]).toEqual([30, 60, 40]);
    const other = 'SELECT 7 AS ratio, 0.5 AS y FROM data';
    const data = await loadWith(path, encoding, task, loadWithOptions({ query: other }));
    expect([...readInputs(data)]).toEqual([7, 7, 7]);
  });
});

describe('new rows of Parquet with DOUBLE', () => {
  it('fall into the buckets of the texts hashed in training', async () => {
    const rows = Array.from({ length: 2500 }, (_, i) => [`${i % 1250}`, `${i}`]);
    const learnt = await writeAs(folder, 'codes', 'csv', [['code', 'y'], ...rows]);
    const learn = { categorical: ['code'], hashBuckets: 16 };
    const select = ['7', '1249', 'NULL'].map(cell => `SELECT ${cell}::DOUBLE AS code`).join(' UNION ALL ');
    const other = await writeParquet(folder, 'codes-double.parquet', select);
    const known = toRows(readInputs(await loadTrain(learnt, { ...asIs, ...learn })), 16);
    expect((await inputs(apply(learnt, other, learn))).slice(0, 2)).toEqual([known[7], known[1249]]);
  });

  const dates = () =>
    folder.table('days.csv', [
      ['at', 'y'],
      ['2024-01-31', 1],
      ['2024-02-01', 2],
    ]);

  it.each([
    ['45000.5', 'NULL', 'row 1', 'got "45000.5".'],
    ['NULL', '20240131', 'row 1', 'got an empty cell.'],
  ])('are refused with what was found if training had dates: %s, %s', async (a, b, row, got) => {
    const select = `SELECT ${a}::DOUBLE AS at UNION ALL SELECT ${b}::DOUBLE`;
    const other = await writeParquet(folder, 'days.parquet', select);
    const { message } = await refusal(apply(dates(), other, { dates: 'epoch' }), folder);
    expect(message).toContain(`days.parquet, ${row}, column "at": expected a date or time`);
    expect(message.endsWith(got)).toBe(true);
  });

  it('are reported if training had dates, even if rows above are empty and dropped', async () => {
    const select = 'SELECT NULL::DOUBLE AS at UNION ALL SELECT 20240131';
    const other = await writeParquet(folder, 'days-dropped.parquet', select);
    const { message } = await refusal(
      apply(dates(), other, { dates: 'epoch' }, { dropIncomplete: true }),
      folder,
    );
    expect(message).toMatch(/row 2, column "at": .* got "20240131"\.$/);
  });
});

describe('--categorical of Parquet with numbers', () => {
  const make = (cells: readonly string[], type: string) =>
    writeParquet(
      folder,
      `sorts-${type}.parquet`,
      cells.map((cell, i) => `SELECT ${cell}::${type} AS sort, ${i} AS y`).join(' UNION ALL '),
    );

  it.each([
    ['DOUBLE', ['1', '2.5', '1', '-3'], ['-3', '1', '2.5']],
    ['FLOAT', ['0.5', '2', '0.5', '2'], ['0.5', '2']],
    ['BIGINT', ['10', '9', '10', '9'], ['10', '9']],
  ])('has the values of %s as texts, the same in new rows', async (type, cells, values) => {
    const path = await make(cells, type);
    const learn = { categorical: ['sort'] };
    const data = await loadTrain(path, { ...asIs, ...learn });
    expect(data.encoding.columns).toMatchObject([{ name: 'sort', kind: 'category', values }]);
    expect(await inputs(apply(path, path, learn))).toEqual(toRows(readInputs(data), values.length));
  });

  it('has missing cells where DOUBLE has NaN', async () => {
    const path = await make(['1', "'nan'", '2', 'NULL'], 'DOUBLE');
    const learn = { categorical: ['sort'] };
    expect((await refusal(loadTrain(path, { ...asIs, ...learn }), folder)).message).toMatch(
      /row 2, column "sort"/,
    );
    expect((await loadTrain(path, { ...asIs, ...learn, missing: 'drop' })).rows).toBe(2);
    const kept = await loadTrain(path, { ...asIs, ...learn, missing: 'mean' });
    expect(kept.encoding.columns).toMatchObject([{ values: ['', '1', '2'] }]);
    const other = await writeParquet(folder, 'sorts-other.parquet', 'SELECT 3::DOUBLE AS sort');
    expect((await refusal(apply(path, other, { ...learn, missing: 'mean' }), folder)).message).toContain(
      'expected one of the 2 values in the training data (1, 2), got "3"',
    );
  });

  it('is refused with more than 1,000 distinct values, with options that work', async () => {
    const path = await writeParquet(
      folder,
      'wide.parquet',
      'SELECT i / 2 AS sort, i AS y FROM range(2200) t(i)',
    );
    const learn = { ...asIs, categorical: ['sort'] };
    const { message, hint } = await refusal(loadTrain(path, learn), folder);
    expect(message).toContain('"sort": it has too many different values for a category');
    expect(hint).toBe('Leave it out with --ignore sort, or hash its values with --hash-buckets 256.');
    const { encoding } = await loadTrain(path, { ...learn, hashBuckets: 8 });
    expect(encoding.columns).toEqual([{ name: 'sort', kind: 'hashed', buckets: 8 }]);
  });
});

describe('--hash-buckets', () => {
  it.each([
    ['names, each of its own', 40, (i: number) => `person ${i}`, 'hashed'],
    ['names, nearly each of its own', 40, (i: number) => `person ${i % 38}`, 'hashed'],
    ['few names', 15, (i: number) => `person ${i}`, 'category'],
    ['names that come back', 80, (i: number) => `person ${i % 40}`, 'category'],
  ])('settles %s', async (_, count, nameOf, kind) => {
    const rows = Array.from({ length: count }, (_, i) => [nameOf(i), i]);
    const path = folder.table('people.csv', [['name', 'y'], ...rows]);
    const { encoding } = await loadTrain(path, { ...asIs, hashBuckets: 8 });
    expect(encoding.columns[0]!.kind).toBe(kind);
  });
});
