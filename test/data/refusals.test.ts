/** Tables that can't be learnt from: each mistake with its message and its hint. */
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/data/load.js';
import { withDuckDB } from '../../src/data/table/duckdb.js';
import { loadOptions, loadTrain, makeFolder, refusal } from './files.js';

const folder = makeFolder();
const rows = (count: number, cells: (i: number) => (string | number)[]) =>
  Array.from({ length: count }, (_, i) => cells(i));
const file = (name: string, lines: (string | number)[][]) => folder.table(name, lines);

const HOUSES = file('houses.csv', [
  ['rooms', 'garden', 'price'],
  ...rows(20, i => [i, String(i % 2 === 0), 1.5 * i]),
]);
const WIDE = file('wide.csv', [rows(15, i => [`c${i}`]).flat(), rows(15, i => [i + 0.5]).flat()]);

const CELL_HINT =
  'If "old" stands for a missing value, add --na-values old --missing mean. If the column holds names or codes, add --categorical age. Otherwise correct the cell, or leave the column out: --ignore age.';
const RANGE_HINT = 'Correct the cell, or leave the column out with --ignore.';
const MISSING_HINT = 'Add --missing mean to fill missing cells, or --missing drop to leave their rows out.';
const TARGET_HINT = 'Add --missing-target drop to leave out rows without a target.';
const LINE_HINT =
  'Correct the line: it has a delimiter or a quote too few or too many. If the file is laid out in another way, add --delimiter, --quote, --comment or --skip-rows.';
const ROWS_HINT = 'Check how the file was made, or the query; if the only line holds data, add --no-header.';
const COPY_HINT = 'Check how the file was made or copied.';
const NAME_HINT = 'Rename it after what it holds, or fetch it again.';
const PATH_HINT = 'Check the path; `lockstep help train` lists what DATA can be.';

describe('a file is refused', () => {
  it('that is compressed and truncated, although its first rows can be read', async () => {
    const noise = rows(5000, i => [(i * 7919) % 10_007, (i * 104_729) % 1009, i % 2]);
    const whole = gzipSync([['a', 'b', 'label'], ...noise].map(cells => cells.join(',')).join('\n'));
    const path = folder.writePlain('cut.csv.gz', whole.subarray(0, whole.length - 200));
    const refused = await refusal(loadData(path, loadOptions()), folder);
    expect(refused.message).toBe('cut.csv.gz: expected a whole gzip file, got unexpected end of file.');
  });

  it.each([
    ['that is not there', 'nothing.csv', 'nothing.csv: there is no such file or folder.', PATH_HINT],
    ['that no pattern finds', 'nothing*.csv', 'nothing*.csv: there is no such file or folder.', PATH_HINT],
    ['below a file', 'houses.csv/a.csv', 'houses.csv/a.csv: there is no such file or folder.', PATH_HINT],
  ])('%s', async (_, name, message, hint) => {
    const refused = await refusal(loadTrain(`${folder.path}/${name}`), folder);
    expect(refused).toEqual({ code: 'failed', message, hint });
  });

  it.each([
    ['empty.csv', '', 'expected data, got an empty file.', COPY_HINT],
    ['empty.json', '', 'expected data, got an empty file.', COPY_HINT],
    ['empty.parquet', '', 'expected data, got an empty file.', COPY_HINT],
    ['header.csv', 'a,y\n', 'it has no rows of data.', ROWS_HINT],
    ['header-without-end.csv', 'a,y', 'it has no rows of data.', ROWS_HINT],
    ['zero.csv', 'a,y\n1,\0\n', 'expected text, as its name says, got binary data.', NAME_HINT],
    ['really-parquet.csv', 'PAR1 and so on', 'expected text, as its name says, got Parquet.', NAME_HINT],
    ['text.parquet', 'a,y\n1,2\n', 'expected Parquet, as its name says, got text.', NAME_HINT],
    ['table.json', 'a,y\n1,2\n', 'expected JSON that begins with [ or {, got "a,y\\n1,2\\n".', NAME_HINT],
    [
      'damaged.json',
      '{"a": 1, "y": 2},,',
      'row 3: expected JSON, got input length is 0 at its byte 1.',
      'JSON files hold one array of objects, or one object a line.',
    ],
    [
      'cut.parquet',
      'PAR1 and so on',
      'expected a whole Parquet file, got one without an end.',
      'The file was cut short: fetch it again.',
    ],
    ['short.csv', 'a,b,y\n1,2,0\n3,4\n', 'line 3: expected 3 cells, as in the first line, got 2.', LINE_HINT],
    [
      'long.csv',
      'a,b,y\n1,2,0\n3,4,1,9,9\n',
      'line 3: expected 3 cells, as in the first line, got more.',
      LINE_HINT,
    ],
    [
      'late.csv',
      `a,b,y\n${'1,2,0\n'.repeat(30000)}3,4\n`,
      'line 30002: expected 3 cells, as in the first line, got 2.',
      LINE_HINT,
    ],
    [
      'quote.csv',
      `a,b,y\n${'1,2,0\n'.repeat(30000)}3,"4,5\n`,
      'line 30002: expected a closing quote, got the end of the file or a letter after it.',
      'Correct the line; a quote inside a quoted cell is written twice.',
    ],
    [
      'ends.csv',
      'a,b,y\r\n1,2,0\r\n1,2,0\n3,4,1\r\n',
      "the lines don't all end alike, or a quote is not closed.",
      "If some end in CR LF and some in LF: sed -i 's/\\r$//' ends.csv. Otherwise check the quotes.",
    ],
    [
      'name.csv',
      '"a\nof it",b,y\r\n1,2,0\n3,4,1\n',
      "the lines don't all end alike, or a quote is not closed.",
      "If some end in CR LF and some in LF: sed -i 's/\\r$//' name.csv. Otherwise check the quotes.",
    ],
    [
      'latin.csv',
      Buffer.from('a,y\nZ\xfcrich,2\n', 'latin1'),
      'line 2: expected UTF-8 text, got bytes of another encoding.',
      'Convert it: iconv -f latin1 -t utf-8 latin.csv',
    ],
    [
      'something.bin',
      'who knows',
      'neither its name nor its beginning says what it holds.',
      'Add --format, such as --format csv, or end its name with .csv, .tsv, .json, .ndjson, .parquet, .npy, .npz, .arrow, .feather or .libsvm.',
    ],
  ])('%s', async (name, contents, message, hint) => {
    const refused = await refusal(loadTrain(folder.writePlain(name, contents), { target: ['y'] }), folder);
    expect(refused.message.replace(`${name}, `, '').replace(`${name}: `, '')).toBe(message);
    expect(refused).toMatchObject({ code: 'failed', hint });
  });

  it('that is named .gz but is not gzip', async () => {
    const refused = await refusal(loadTrain(folder.writePlain('text.csv.gz', 'a,y\n1,2\n')), folder);
    expect(refused.message).toBe('text.csv.gz: expected gzip, as its name says, got text.');
  });

  it('that lacks columns of the others', async () => {
    file('parts/a.csv', [
      ['a', 'y'],
      [1, 2],
    ]);
    file('parts/b.csv', [['a'], [1]]);
    expect(await refusal(loadTrain(`${folder.path}/parts/*.csv`), folder)).toEqual({
      code: 'usage',
      message: 'parts/b.csv: it has no column "y", which other files of parts/*.csv have.',
      hint: 'Files read together need the same columns. Leave it out with --ignore y.',
    });
  });

  it('that has another format than the others', async () => {
    file('mixed/a.csv', [
      ['a', 'y'],
      [1, 2],
    ]);
    folder.write('mixed/b.json', '[]');
    const refused = await refusal(loadTrain(`${folder.path}/mixed/*`), folder);
    expect(refused.message).toBe(
      'mixed/*: the pattern also finds mixed/b.json, and all files need one format.',
    );
  });
});

describe('a table is refused', () => {
  it.each([
    [
      'a target that is not named and not clear',
      HOUSES,
      {},
      '--target is needed: the name of the column of houses.csv to predict.',
      'Add --target with one of: rooms, garden, price.',
    ],
    [
      'a target that could be either',
      file('either.csv', [
        ['y', 'my note', 'label'],
        [1, 2, 3],
      ]),
      {},
      '--target is needed: the name of the column of either.csv to predict.',
      'Try --target y.',
    ],
    [
      'the names of many columns',
      WIDE,
      {},
      '--target is needed: the name of the column of wide.csv to predict.',
      'Add --target with one of: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 and 3 more.',
    ],
    [
      'a first line that holds numbers',
      file(
        'bare.csv',
        [
          [1.5, 2.5, 'it is'],
          [3, 4, 5],
        ].map(cells => cells.slice(0, 2)),
      ),
      {},
      '--target is needed: the name of the column of bare.csv to predict.',
      'Add --target with one of: 1.5, 2.5. If the first line holds no names, add --no-header.',
    ],
    [
      'an unknown target',
      HOUSES,
      { target: ['Prise'] },
      '--target: houses.csv has no column "Prise".',
      'Did you mean price?',
    ],
    [
      'an unknown feature, like none there is',
      HOUSES,
      { target: ['price'], features: ['rooms', 'weather'] },
      '--features: houses.csv has no column "weather".',
      'It has rooms, garden, price.',
    ],
    [
      'a feature named twice',
      HOUSES,
      { target: ['price'], features: ['rooms', 'rooms'] },
      '--features: the column "rooms" is named twice.',
      'Leave one out.',
    ],
    [
      'a target that is a feature too',
      HOUSES,
      { target: ['price'], features: ['rooms', 'price'] },
      '--features: the column "price" is the target.',
      'Leave it out of --features.',
    ],
    [
      'no feature at all',
      file('lonely.csv', [['y'], [1], [2]]),
      {},
      'lonely.csv: it has no column to learn from besides the target.',
      'If something else than a comma, tab, semicolon, bar or blank separates the cells, add --delimiter.',
    ],
    [
      'a date',
      file('dates.csv', [
        ['sold on', 'y'],
        ['2020-01-02', 1],
        ['2021-03-04', 2],
      ]),
      {},
      'dates.csv, column "sold on": it holds dates or times.',
      "Add --dates parts or --dates epoch to learn from dates, or --ignore 'sold on'.",
    ],
    [
      'a list',
      folder.write('lists.json', '[{"a": [1, 2], "y": 1}]'),
      {},
      'lists.json: "a" holds JSON lists or objects; expected numbers, booleans or text.',
      'Leave it out with --ignore a.',
    ],
    [
      'an identifier, one a row',
      file('names.csv', [['name', 'y'], ...rows(40, i => [`Ann${i}`, i + 0.5])]),
      {},
      'names.csv, column "name": it has 40 different texts in 40 rows, like an identifier.',
      'Leave it out with --ignore name.',
    ],
    [
      'a category of too many values',
      file('many.csv', [['name', 'y'], ...rows(3003, i => [`v${i % 1001}`, i + 0.5])]),
      {},
      'many.csv, column "name": it has 1,001 different texts in 3,003 rows.',
      'Leave it out with --ignore name, or hash its texts with --hash-buckets 256.',
    ],
    [
      'a single class',
      file('single.csv', [['a', 'y'], ...rows(10, i => [i, 'no'])]),
      {},
      'single.csv, column "y": it has only one class, "no".',
      'Add rows of other classes, or choose another --target.',
    ],
    [
      'three classes for a binary task',
      file('three.csv', [['a', 'y'], ...rows(9, i => [i, i % 3])]),
      { task: 'binary' as const },
      '--task binary: column "y" has 3 classes, not two.',
      'Try --task multiclass.',
    ],
    [
      'two targets for classes',
      HOUSES,
      { target: ['price', 'rooms'], task: 'multiclass' as const },
      '--task multiclass: it takes one --target, got 2.',
      'Name one, or try --task multilabel, or regression.',
    ],
    [
      'text for a regression',
      file('text.csv', [
        ['a', 'y'],
        [1, 'low'],
        [2, 'high'],
      ]),
      { task: 'regression' as const },
      'text.csv, row 1, column "y": expected a number, got "low".',
      'Correct the cell. If it stands for a missing value, name it in --na-values and add --missing-target drop. If the texts are classes, add --task multiclass.',
    ],
    [
      'more classes than outputs make sense',
      file('ids.csv', [['a', 'y'], ...rows(10002, i => [i, `u${i}`])]),
      {},
      'ids.csv, column "y": it has more than 10,000 classes.',
      'Try --task regression, or choose another --target.',
    ],
  ])('for %s', async (_, path, options, message, hint) => {
    expect(await refusal(loadTrain(path, options), folder)).toEqual({ code: 'usage', message, hint });
  });
});

describe('a cell is refused', () => {
  const numbers = (cell: string, row: number, count = 50) => [
    ['age', 'y'],
    ...rows(count, i => [i === row ? cell : i, i + 0.5]),
  ];

  it.each([
    ['empty', '', {}, 'expected a number, got an empty cell.', MISSING_HINT],
    [
      'spelled missing',
      'n/a',
      {},
      'expected a number, got "n/a", which stands for a missing value.',
      MISSING_HINT,
    ],
    [
      'a question mark',
      '?',
      {},
      'expected a number, got "?", which stands for a missing value.',
      MISSING_HINT,
    ],
    ['text', 'old', {}, 'expected a number, got "old".', CELL_HINT],
    [
      'text, though missing cells may be',
      'old',
      { missing: 'mean' as const },
      'expected a number, got "old".',
      CELL_HINT,
    ],
    [
      'a long text',
      'x'.repeat(99),
      {},
      `expected a number, got "${'x'.repeat(60)}…".`,
      'If the column holds texts, add --categorical age. Otherwise correct the cell, or leave the column out: --ignore age.',
    ],
    ['infinite', 'inf', {}, 'expected a finite number, got "inf".', RANGE_HINT],
    [
      'minus infinity',
      '-Infinity',
      { missing: 'drop' as const },
      'expected a finite number, got "-inf".',
      RANGE_HINT,
    ],
    [
      'not a number',
      'nan',
      {},
      'expected a number, got "nan", which stands for a missing value.',
      MISSING_HINT,
    ],
    ['too large', '1e39', {}, 'expected a number that float32 can hold, got "1e+39".', RANGE_HINT],
  ])('that is %s', async (name, cell, options, message, hint) => {
    const path = file(`cell ${name}.csv`, numbers(cell, 46));
    expect(await refusal(loadTrain(path, options), folder)).toEqual({
      code: 'usage',
      message: `cell ${name}.csv, row 47, column "age": ${message}`,
      hint,
    });
  });

  it('late in the file', async () => {
    const path = file('late cell.csv', numbers('n/a', 30000, 40000));
    const refused = await refusal(loadTrain(path), folder);
    expect(refused.message).toBe(
      'late cell.csv, row 30,001, column "age": expected a number, got "n/a", which stands for a missing value.',
    );
  });

  it.each([
    [
      'an empty category',
      [
        ['town', 'y'],
        ['A', 1.5],
        ['', 2.5],
      ],
      'row 2, column "town": expected a value, got an empty cell.',
      MISSING_HINT,
    ],
    [
      'an empty class',
      [
        ['a', 'y'],
        [1, 'no'],
        [2, ''],
      ],
      'row 2, column "y": expected a class, got an empty cell.',
      TARGET_HINT,
    ],
    [
      'an empty target',
      [
        ['a', 'y'],
        [1, 0.5],
        [2, ''],
      ],
      'row 2, column "y": expected a number, got an empty cell.',
      TARGET_HINT,
    ],
  ])('as %s', async (name, lines, message, hint) => {
    const refused = await refusal(loadTrain(file(`${name}.csv`, lines)), folder);
    expect(refused).toEqual({ code: 'usage', message: `${name}.csv, ${message}`, hint });
  });

  it('as a target, although features may be filled in', async () => {
    const path = file('fill.csv', [
      ['a', 'y'],
      [1, 0.5],
      [2, ''],
    ]);
    expect((await refusal(loadTrain(path, { missing: 'mean' }), folder)).hint).toBe(TARGET_HINT);
  });

  it('in a column without values to compute the mean from', async () => {
    const path = file('hollow.csv', [
      ['a', 'y'],
      ['', 0.5],
      ['', 1.5],
    ]);
    expect(await refusal(loadTrain(path, { missing: 'mean' }), folder)).toMatchObject({
      message: 'hollow.csv, column "a": it has no value in any row.',
      hint: 'Leave it out: --ignore a.',
    });
  });

  it('in every row, if such rows are dropped', async () => {
    const path = file('all.csv', [
      ['a', 'b', 'y'],
      ['', 1, 0.5],
      [1, '', 1.5],
    ]);
    expect(await refusal(loadTrain(path, { missing: 'drop' }), folder)).toMatchObject({
      message: 'all.csv: each of its 2 rows has a missing cell.',
      hint: 'Try --missing mean.',
    });
  });

  it('that is NaN in Parquet', async () => {
    const path = `${folder.path}/nan.parquet`;
    const select = `SELECT 1.5 AS y, 'nan'::DOUBLE AS a`;
    await withDuckDB(connection => connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`));
    expect((await refusal(loadTrain(path), folder)).message).toBe(
      'nan.parquet, row 1, column "a": expected a number, got "nan", which stands for a missing value.',
    );
  });
});

describe('a query is refused', () => {
  it.each([
    ['that is empty', ' ; ', 'it is empty'],
    ['that is no SQL', 'SELEKT *', 'syntax error at or near "SELEKT"'],
    [
      'that asks for what is not there',
      'SELECT weather FROM data',
      'Referenced column "weather" not found in FROM clause',
    ],
    [
      'that attaches a database',
      `ATTACH '${folder.path}/other.db'`,
      'it is of the kind ATTACH, and only a SELECT is allowed',
    ],
    ['that installs an extension', 'INSTALL httpfs', 'it is of the kind LOAD, and only a SELECT is allowed'],
    [
      'that loads an extension',
      "LOAD '/tmp/x.duckdb_extension'",
      'it is of the kind LOAD, and only a SELECT is allowed',
    ],
    ['that is a pragma', 'PRAGMA database_list', 'it is not one whole SELECT'],
    ['that calls a pragma', 'CALL pragma_version()', 'it is of the kind CALL, and only a SELECT is allowed'],
    [
      'that changes a setting',
      'SET enable_external_access = true',
      'it is of the kind SET, and only a SELECT is allowed',
    ],
    ['that changes the table', 'DELETE FROM data', 'it is of the kind DELETE, and only a SELECT is allowed'],
    [
      'that makes a table',
      'CREATE TABLE more AS FROM data',
      'it is of the kind CREATE, and only a SELECT is allowed',
    ],
    [
      'that waits for a value',
      'SELECT * FROM data WHERE price > $1',
      'Expected 1 parameters, but none were supplied',
    ],
    ['that is two', 'SELECT 1; DROP TABLE data', 'it has 2 statements, and needs to be one SELECT'],
    ['that leaves its brackets', 'SELECT 1) AS t, (SELECT 2', 'syntax error at or near ")"'],
    [
      'that fails as it runs',
      "SELECT CAST('x' AS INTEGER) AS a, price FROM data",
      "Could not convert string 'x' to INT32",
    ],
  ])('%s', async (_, query, got) => {
    const refused = await refusal(loadTrain(HOUSES, { target: ['price'], query }), folder);
    expect(refused).toEqual({
      code: 'usage',
      message: `--query does not work: ${got}.`,
      hint: "Give one SELECT over the table data, such as --query 'SELECT * FROM data'.",
    });
  });

  it.each([
    ['reads another file', `SELECT * FROM read_csv('${HOUSES}')`],
    ['reads the machine', `SELECT * FROM read_text('/etc/hostname')`],
    ['reads the machine in bytes', `SELECT * FROM read_blob('/etc/hostname')`],
    ['looks for files', `SELECT * FROM glob('/*')`],
    ['reads a file by its name', `FROM '${HOUSES}'`],
    ['fetches a file', `FROM 'https://example.com/a.parquet'`],
    ['sniffs at a file', `SELECT Delimiter AS rooms, 1 AS price FROM sniff_csv('${HOUSES}')`],
    ['reads what is secret', 'SELECT name AS rooms, 1 AS price FROM duckdb_secrets()'],
    ['writes a file', "COPY data TO 'stolen.csv'"],
    ['writes what it selects', "COPY (FROM data) TO 'stolen.parquet' (FORMAT parquet)"],
    ['exports the database', "EXPORT DATABASE 'stolen'"],
    ['imports a database', "IMPORT DATABASE '/tmp'"],
  ])('that %s', async (_, query) => {
    const refused = await refusal(loadTrain(HOUSES, { target: ['price'], query }), folder);
    expect(refused.message).toMatch(
      /^--query does not work: Cannot access .* - file system operations are disabled by configuration\.$/,
    );
    expect(readdirSync('.').filter(name => name.startsWith('stolen'))).toEqual([]);
  });

  it('that finds no rows', async () => {
    const query = 'SELECT * FROM data WHERE rooms < 0';
    const refused = await refusal(loadTrain(HOUSES, { target: ['price'], query }), folder);
    expect(refused.message).toBe('houses.csv (query): it has no rows of data.');
  });
});

describe('a validation is refused', () => {
  it.each([
    [-0.1, '--validation: expected a fraction between 0 and 1, got -0.1.'],
    [1, '--validation: expected a fraction between 0 and 1, got 1.'],
    [Number.NaN, '--validation: expected a fraction between 0 and 1, got NaN.'],
    ['synthetic:10x2x2', '--validation: expected a file or a fraction, got synthetic:10x2x2.'],
  ])('%s', async (validation, message) => {
    const loading = loadData(HOUSES, loadOptions({ target: ['price'], validation }));
    expect(await refusal(loading, folder)).toMatchObject({ code: 'usage', message });
  });

  it('that would leave no training rows', async () => {
    const path = file('two.csv', [
      ['a', 'y'],
      [1, 'no'],
      [2, 'yes'],
    ]);
    expect(await refusal(loadData(path, loadOptions({ validation: 0.5 })), folder)).toMatchObject({
      message: '--validation 0.5: expected rows enough to leave each class one to learn from, got 2.',
      hint: 'Try --validation 0.2, or name a file.',
    });
  });
});
