/**
 * Column names: duplicate, missing, hard to type, or alike; and messages that name the cell and the
 * difference.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATA_OPTIONS } from '../../../src/config/data-options.js';
import { loadFolds } from '../../../src/data/load.js';
import type { LoadOptions } from '../../../src/data/load-options.js';
import { loadWith } from '../../../src/data/load-with.js';
import { readInputs } from '../../../src/data/rows.js';
import { loadOptions, loadTrain, loadWithOptions, makeFolder, refusal } from '../files.js';
import { FORMATS, writeAs, writeParquet } from './files.js';

const folder = makeFolder();
const asIs: Partial<LoadOptions> = { target: ['y'], task: 'regression', scale: 'none' };

describe('a name that the header has twice', () => {
  it.each([
    ['the target', 'csv', 'a,y,y\n1,2,3\n', 'y', 2, 3],
    ['a feature', 'csv', 'a,b,a,y\n1,2,3,4\n', 'a', 1, 3],
    ['neighbours', 'tsv', 'a\ta\ty\n1\t2\t3\n', 'a', 1, 2],
    ['quoted and bare', 'csv', '"a",a,y\n1,2,3\n', 'a', 1, 2],
  ])('is refused with name and positions: %s', async (_, extension, text, name, first, second) => {
    expect(await refusal(loadTrain(folder.write(`twice.${extension}`, text), asIs), folder)).toEqual({
      code: 'usage',
      message: `twice.${extension}: two columns have the name "${name}", columns ${first} and ${second}.`,
      hint: 'Rename one in the file, or add --no-header --skip-rows 1 to call the columns column0, column1, ….',
    });
  });

  it('can be read as the hint says', async () => {
    const path = folder.write('hinted.csv', 'a,y,y\n1,2,3\n4,5,6\n');
    const data = await loadTrain(path, { ...asIs, header: false, skipRows: [1], target: ['column2'] });
    expect([...readInputs(data)]).toEqual([1, 2, 4, 5]);
  });

  it.each(FORMATS)('in another case is another column of %s', async format => {
    const path = await writeAs(folder, 'capitals', format === 'parquet' ? 'csv' : format, [
      ['a', 'A', 'y'],
      ['1', '2', '3'],
      ['4', '5', '6'],
    ]);
    const data = await loadTrain(path, asIs);
    expect(data.encoding.columns.map(({ name }) => name)).toEqual(['a', 'A']);
    expect([...readInputs(data)]).toEqual([1, 2, 4, 5]);
    const one = await loadTrain(path, { ...asIs, features: ['A'] });
    expect([...readInputs(one)]).toEqual([2, 5]);
    expect(
      (await refusal(loadTrain(path, { ...asIs, query: 'SELECT * FROM data' }), folder)).message,
    ).toMatch(
      /^--query: the columns "a" and "A" of capitals\.[\w.]+ differ only in case, and SQL can't tell them apart\.$/,
    );
  });
});

describe('a file without a header', () => {
  it.each([
    [
      'numbers',
      '5.1,3.5,0\n4.9,3.0,1\n',
      'Add --target with one of: 5.1, 3.5, 0. If the first line holds no names, add --no-header.',
    ],
    ['numbers, some twice', '0,0,5,5,1\n0,1,5,4,0\n', 'If the first line holds no names, add --no-header.'],
    [
      'numbers with exponents',
      '1e3,-2,7\n1e2,3,8\n',
      'Add --target with one of: 1e3, -2, 7. If the first line holds no names, add --no-header.',
    ],
  ])('with %s is refused with the hint --no-header', async (_, text, hint) => {
    expect((await refusal(loadTrain(folder.write('bare.csv', text)), folder)).hint).toBe(hint);
  });

  it.each([
    [
      'fewer',
      [
        ['1.5', 'x'],
        ['2.5', 'x'],
      ],
      2,
    ],
    [
      'more',
      [
        ['1', '1.5', 'x', '3', '4'],
        ['2', '2.5', 'x', '3', '4'],
      ],
      5,
    ],
  ])('is refused by a network trained on another number of columns: %s', async (_, rows, count) => {
    const learnt = folder.table('learnt.csv', [
      ['1', '5', 'x', '2'],
      ['0', '6', 'z', '3'],
    ]);
    const options = { header: false, target: ['column0'], task: 'regression', scale: 'none' } as const;
    const { encoding, task } = await loadTrain(learnt, { ...options, target: ['column0'] });
    const other = folder.table('other.csv', rows);
    const apply = (query: string | null) =>
      loadWith(other, encoding, task, loadWithOptions({ header: false, requireTargets: false, query }));
    const { message, hint } = await refusal(apply(null), folder);
    expect(message).toBe(
      `other.csv: it has ${count} columns, and the training data had 4. Without a header, columns are matched by position.`,
    );
    if (count > 4) expect(hint).toBe('Give a file with the same columns in the same order.');
  });

  it('that lacks the target in front is read with the query in the hint', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => [i % 2 ? 'up' : 'down', i, i * i]);
    const learnt = folder.table('labelled.csv', rows);
    const options = { header: false, target: ['column0'], scale: 'none' as const };
    const { encoding, task, x } = await loadTrain(learnt, options);
    const other = folder.table(
      'unlabelled.csv',
      rows.map(row => row.slice(1)),
    );
    const apply = (query: string | null) =>
      loadWith(other, encoding, task, loadWithOptions({ header: false, requireTargets: false, query }));
    const { hint } = await refusal(apply(null), folder);
    const [, query] = /^If its first column is missing: --query '(.*)'\.$/.exec(hint)!;
    expect(readInputs(await apply(query!))).toEqual(readInputs({ ...(await loadTrain(learnt, options)), x }));
  });
});

describe('names that are hard to type', () => {
  const NAMES = ['Price, USD', ' padded ', 'say "no"', "it's", 'two words', '-dash', 'Größe', 'a;b'];
  const parse = (typed: string) => DATA_OPTIONS.target.kind.readLine!(typed)!;

  it.each([
    ['Price, USD', ['a', 'b', 'Price, USD'], ['Price, USD']],
    ['a, b', ['a', 'b', 'a, b'], ['a', 'b']],
  ])(
    'are found if %j was typed without quotes, unless its parts are columns',
    async (typed, names, found) => {
      const path = await writeAs(folder, 'unquoted', 'csv', [
        [...names, 'c'],
        ['1', '2', '0.5', '1'],
        ['2', '3', '1.5', '2'],
      ]);
      expect((await loadTrain(path, { target: parse(typed) })).encoding.targets).toEqual(found);
    },
  );

  it.each(NAMES)('work when typed as a message suggests: %j', async name => {
    const path = await writeAs(folder, 'hard', 'csv', [
      ['a', name],
      ['1', '0.5'],
      ['2', '1.5'],
    ]);
    const { hint } = await refusal(loadTrain(path), folder);
    const [, shell] = /^Add --target with one of: a, (.*)\.$/.exec(hint)!;
    // Split as a shell splits it.
    const typed = shell!.startsWith("'") ? shell!.slice(1, -1).replaceAll("'\\''", "'") : shell!;
    expect(parse(typed)).toEqual([name]);
    expect((await loadTrain(path, { target: parse(typed) })).encoding.targets).toEqual([name]);
    const { encoding } = await loadTrain(path, { target: ['a'], ignore: [], features: [name] });
    expect(encoding.columns.map(column => column.name)).toEqual([name]);
  });
});

describe('names that look alike', () => {
  const composed = 'Größe'.normalize('NFC');
  const decomposed = 'Größe'.normalize('NFD');

  it.each([
    ['composed, then decomposed', composed, decomposed],
    ['decomposed, then composed', decomposed, composed],
    ['bare, then with blanks around it', 'size', ' size '],
    ['with blanks around it, then bare', ' size', 'size'],
  ])('are the same column: %s', async (_, before, after) => {
    for (const format of FORMATS) {
      const learnt = await writeAs(folder, 'before', format, [
        [before, 'y'],
        ['1', '0.5'],
        ['2', '1.5'],
      ]);
      const other = await writeAs(folder, 'after', format, [
        ['y', after],
        ['7', '3'],
        ['8', '4'],
      ]);
      const { encoding, task } = await loadTrain(learnt, asIs);
      expect([...readInputs(await loadWith(other, encoding, task, loadWithOptions()))]).toEqual([3, 4]);
      expect((await loadTrain(other, { ...asIs, features: [before] })).features).toBe(1);
    }
  });

  it('are refused if the file has both', async () => {
    const path = folder.table('both.csv', [
      [composed, decomposed, 'y'],
      [1, 2, 3],
    ]);
    const { message } = await refusal(loadTrain(path, asIs), folder);
    expect(message.normalize('NFC')).toBe('both.csv: two columns have the name "Größe", columns 1 and 2.');
  });
});

describe('a value that DuckDB would misread', () => {
  it.each([
    ['hexadecimal ids', ['0x1F', '0xA0', '0xFF']],
    ['ids like exponents beyond float64', ['1e999', '2e999', '3x']],
    ['times like durations', ['1 day', '2 days', '99:99']],
    ['braces and brackets', ['{a', '[1,', '}']],
    ['long digits with a letter', ['12345678901234567890123X', '1', '2Z']],
  ])('is read as text: %s', async (_, texts) => {
    for (const format of FORMATS) {
      const rows = Array.from({ length: 30 }, (_, i) => [texts[i % texts.length]!, `${i}`]);
      const path = await writeAs(folder, 'odd', format, [['id', 'y'], ...rows]);
      const { encoding } = await loadTrain(path, asIs);
      expect(encoding.columns).toEqual([{ name: 'id', kind: 'category', values: [...texts].sort() }]);
    }
  });
});

it('names a class that is too rare for folds, with its rows', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => [i, i === 7 ? 'rare' : i % 2 ? 'a' : 'b']);
  const path = folder.table('rare.csv', [['x', 'y'], ...rows]);
  const { code, message } = await refusal(loadFolds(path, loadOptions(), 5), folder);
  expect(code).toBe('usage');
  expect(message).toMatch(/"rare"/);
  expect(message).not.toMatch(/2 to 1/);
});

describe('columns that cannot be used', () => {
  it('are reported together, with the option that leaves them out', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i, `Name ${i}`, `T-${i}`, i % 3, `C${i}`]);
    const path = folder.table('ship.csv', [['id', 'name', 'ticket', 'y', 'cabin'], ...rows]);
    expect(await refusal(loadTrain(path), folder)).toEqual({
      code: 'usage',
      message:
        'ship.csv: 3 columns can\'t be used as they are: "name" has 40 different texts in 40 rows, like an identifier; "ticket" has 40 different texts in 40 rows, like an identifier; "cabin" has 40 different texts in 40 rows, like an identifier.',
      hint: 'To leave them all out: --ignore name,ticket,cabin.',
    });
    const data = await loadTrain(path, { ignore: ['name', 'ticket', 'cabin'] });
    expect(data.encoding.columns.map(({ name }) => name)).toEqual(['id']);
    expect(data.notes).toContain(
      'whole numbers, different in nearly every row, perhaps identifiers: id (--ignore leaves them out)',
    );
  });

  it('can be lists, structures and bytes in Parquet, if they are left out', async () => {
    const select = `SELECT i AS a, [i] AS l, {'x': i} AS s, 'b'::BLOB AS b, i * 0.5 AS y FROM range(5) t(i)`;
    const path = await writeParquet(folder, 'nested.parquet', select);
    const { message, hint } = await refusal(loadTrain(path, asIs), folder);
    expect(message).toBe(
      'nested.parquet: "l" holds lists (BIGINT[]), "s" holds objects (STRUCT(x BIGINT)), "b" holds bytes (BLOB); expected numbers, booleans or text.',
    );
    expect(hint).toBe('Leave them out with --ignore l,s,b.');
    expect((await loadTrain(path, { ...asIs, ignore: ['l', 's', 'b'] })).features).toBe(1);
  });

  it.each([
    [{ ignore: ['nothing'] }, '--ignore: ship.csv has no column "nothing".'],
    [
      { ignore: ['y'], target: ['y'] },
      '--ignore: the column "y" is also named as a target, feature or weight.',
    ],
    [{ ignore: ['id', 'id'] }, '--ignore: the column "id" is named twice.'],
    [{ categorical: ['nothing'] }, '--categorical: ship.csv has no column "nothing".'],
    [{ numeric: ['nothing'] }, '--numeric: ship.csv has no column "nothing".'],
  ])('are not found with %j', async (options, message) => {
    const path = join(folder.path, 'ship.csv');
    expect((await refusal(loadTrain(path, options), folder)).message).toBe(message);
  });
});
