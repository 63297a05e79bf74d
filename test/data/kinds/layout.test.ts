/**
 * CSV in unusual layouts: delimiters, quotes, comments, titles, units; and columns without data: indices,
 * trailing commas.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '../../../src/data/load-options.js';
import { loadWith } from '../../../src/data/load-with.js';
import { readInputs } from '../../../src/data/rows.js';
import { loadTrain, loadWithOptions, makeFolder, refusal, toRows } from '../files.js';
import { FORMATS, writeAs, writeParquet } from './files.js';

const folder = makeFolder();
const asIs: Partial<LoadOptions> = { target: ['y'], task: 'regression', scale: 'none' };
const ROWS = [
  [1, 10],
  [2, 20],
  [3, 30],
];

describe('a layout', () => {
  it.each<[string, string, Partial<LoadOptions>]>([
    [
      'of semicolons, and commas in texts',
      'a;b;y\n1;10;"x, y"\n2;20;z\n3;30;z\n',
      { target: ['a'], features: ['b'] },
    ],
    ['that sep= names', 'sep=;\na;b;y\n1;10;0\n2;20;1\n3;30;2\n', {}],
    ['of blanks in any number', ' a  b   y\n 1 10   0\n 2   20 1\n3 30 2\n', {}],
    ['of blanks and tabs', 'a\tb  y\n1 10\t0\n2\t20 1\n3 30\t2\n', { delimiter: 'whitespace' }],
    ['of tildes', 'a~b~y\n1~10~0\n2~20~1\n3~30~2\n', { delimiter: '~' }],
    ['of tabs in .csv', 'a\tb\ty\n1\t10\t0\n2\t20\t1\n3\t30\t2\n', {}],
    [
      'with comments above',
      '# made today\n# by me, and others\na,b,y\n1,10,0\n2,20,1\n3,30,2\n',
      { comment: '#' },
    ],
    ['with comments between and behind', 'a,b,y\n1,10,0\n% half\n2,20,1 % here\n3,30,2\n', { comment: '%' }],
    ['with a title', 'Measurements of 2024\na,b,y\n1,10,0\n2,20,1\n3,30,2\n', { skipRows: [1] }],
    [
      'with a title of several lines',
      'Title\n\nby: me, you\na,b,y\n1,10,0\n2,20,1\n3,30,2\n',
      { skipRows: [3] },
    ],
    ['with units below the header', 'a,b,y\nm,s,kg\n1,10,0\n2,20,1\n3,30,2\n', { skipRows: [0, 1] }],
    [
      'with a title, and units and types below the header',
      'T\na,b,y\nm,s,kg\nint,int,int\n1,10,0\n2,20,1\n3,30,2\n',
      { skipRows: [1, 2] },
    ],
    ['of single quotes', "'a','b','y'\n'1','10','0'\n'2','20','1'\n'3','30','2'\n", { quote: "'" }],
    ['of no quotes', 'a,b,y\n1,10,0\n2,20,1\n3,30,2\n', { quote: '' }],
    ['of CR LF and a mark', '\ufeffa,b,y\r\n1,10,0\r\n2,20,1\r\n3,30,2\r\n', {}],
    ['of CR LF with another line break in a name', '"a\nof it",b,y\r\n1,10,0\r\n2,20,1\r\n3,30,2\r\n', {}],
    ['of CR with CR in a name', '"a\rof it",b,y\r1,10,0\r2,20,1\r3,30,2\r', {}],
    ['of LF with CR LF in a name', '"a\r\nof it",b,y\n1,10,0\n2,20,1\n3,30,2\n', {}],
    ['without an end of the last line', 'a,b,y\n1,10,0\n2,20,1\n3,30,2', {}],
    ['with empty lines', 'a,b,y\n\n1,10,0\n\n2,20,1\n3,30,2\n\n', {}],
  ])('%s is read', async (_, text, options) => {
    for (const extension of ['csv', 'txt', 'csv.gz']) {
      const path = folder.write(`layout.${extension}`, text);
      const data = await loadTrain(path, { ...asIs, ...options });
      const rows = toRows(readInputs(data), data.features);
      expect(rows).toEqual(options.features ? ROWS.map(row => [row[1]]) : ROWS);
    }
  });

  it('without quoting treats quotes as letters', async () => {
    const path = folder.write('inches.csv', 'a,y\n5" pipe,1\n7" pipe,2\n5" pipe,3\n');
    const { encoding } = await loadTrain(path, { ...asIs, quote: '' });
    expect(encoding.columns).toEqual([{ name: 'a', kind: 'category', values: ['5" pipe', '7" pipe'] }]);
  });

  it.each<[string, string, string]>([
    ['comments', '# made today\n# by me, and others\na,b,y\n1,10,0\n', "--comment '#'"],
    ['single quotes', "a,b,y\n'1, 2',10,0\n'3',20,1\n", '--quote'],
    ['a title', 'Measurements of 2024\na,b,y\n1,10,0\n2,20,1\n', '--skip-rows'],
    ['an unknown delimiter', 'a~b~y\n1~10~0\n', '--delimiter'],
  ])('with %s is refused with the option that reads it', async (_, text, option) => {
    const { message, hint } = await refusal(loadTrain(folder.write('asked.csv', text), asIs), folder);
    expect(`${message} ${hint}`).toContain(option);
  });

  it('with units is refused with the option that skips them', async () => {
    const text = `a,b,y\nm,s,kg\n${Array.from({ length: 40 }, (_, i) => `${i},${i / 2},${i}.5`).join('\n')}\n`;
    const path = folder.write('units.csv', text);
    const { message, hint } = await refusal(loadTrain(path, asIs), folder);
    expect(message).toMatch(/^units\.csv, row 1, column "[aby]": expected a number, got "(m|s|kg)"\.$/);
    expect(hint).toContain('--skip-rows 0,1');
    expect((await loadTrain(path, { ...asIs, skipRows: [0, 1] })).rows).toBe(40);
  });

  it('of several files skips lines in each', async () => {
    for (const k of [1, 2]) folder.write(`titled/${k}.csv`, `Title ${k}\na,b,y\nm,s,kg\n${k},10,0\n3,30,2\n`);
    const data = await loadTrain(join(folder.path, 'titled/*.csv'), { ...asIs, skipRows: [1, 1] });
    expect(toRows(readInputs(data), 2)).toEqual([
      [1, 10],
      [3, 30],
      [2, 10],
      [3, 30],
    ]);
  });

  it('can differ from file to file', async () => {
    folder.write('apart/1.csv', 'a,b,y\n1,10,0\n');
    folder.write('apart/2.csv', 'b;a;y\n20;2;1\n30;3;2\n');
    const data = await loadTrain(join(folder.path, 'apart/*.csv'), asIs);
    expect(toRows(readInputs(data), 2)).toEqual(ROWS);
  });
});

describe('an index', () => {
  const index = (begin: number) =>
    Array.from({ length: 30 }, (_, i) => [`${i + begin}`, `${i % 7}`, `${i}.5`]);

  it.each(['csv', 'tsv', 'csv.gz'] as const)(
    'without a name is left out of %s, which is said',
    async format => {
      for (const begin of [0, 1]) {
        const path = await writeAs(folder, 'index', format, [['', 'a', 'y'], ...index(begin)]);
        const data = await loadTrain(path, asIs);
        expect(data.encoding.columns.map(({ name }) => name)).toEqual(['a']);
        expect(data.notes).toEqual([
          'left out "column0": it numbers or names the rows, like an index (name it in --features to use it)',
        ]);
        const named = await loadTrain(path, { ...asIs, features: ['column0', 'a'] });
        expect(named.features).toBe(2);
        expect((await loadWith(path, data.encoding, data.task, loadWithOptions())).features).toBe(1);
      }
    },
  );

  it('of many rows is left out too', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${i % 7},${i}.5\n`);
    const data = await loadTrain(folder.write('long-index.csv', `,a,y\n${lines.join('')}`), asIs);
    expect(data.encoding.columns.map(({ name }) => name)).toEqual(['a']);
  });

  it('that pandas wrote to Parquet is left out with a note', async () => {
    const select =
      'SELECT i % 7 AS a, i * 0.5 AS y, i AS __index_level_0__, i AS __index_level_1__ FROM range(30) t(i)';
    const data = await loadTrain(await writeParquet(folder, 'index.parquet', select), asIs);
    expect(data.encoding.columns.map(({ name }) => name)).toEqual(['a']);
    expect(data.notes).toEqual([
      'left out "__index_level_0__": an index that pandas wrote (name it in --features to use it)',
      'left out "__index_level_1__": an index that pandas wrote (name it in --features to use it)',
    ]);
  });

  it('is not recognised if it has a name, has duplicates, or is not the first column', async () => {
    const rows = index(0);
    const heads = [
      ['n', 'a', 'y'],
      ['a', 'y', ''],
    ];
    const cells = [rows, rows.map(([n, a, y]) => [a!, y!, n!])];
    for (const [k, head] of heads.entries()) {
      const path = await writeAs(folder, 'no-index', 'csv', [head, ...cells[k]!]);
      expect((await loadTrain(path, asIs)).features).toBe(2);
    }
    const other = await writeAs(folder, 'no-index', 'csv', [
      ['', 'a', 'y'],
      ...rows.map(([n, a, y]) => [`${Number(n) % 13}`, a!, y!]),
    ]);
    expect((await loadTrain(other, asIs)).features).toBe(2);
  });

  it('without a name is left out if some rows are missing, as R writes part of a table', async () => {
    const path = await writeAs(folder, 'rest', 'csv', [
      ['', 'a', 'y'],
      ...index(0).map(([n, a, y]) => [`${Number(n) * 3}`, a!, y!]),
    ]);
    expect((await loadTrain(path, asIs)).features).toBe(1);
  });
});

describe('a delimiter at the end of every line', () => {
  it.each([
    ['csv', ','],
    ['tsv', '\t'],
    ['txt', ';'],
  ])('in %s adds no column', async (extension, delimiter) => {
    const lines = [['a', 'b', 'y', ''], ...ROWS.map((row, i) => [...row, i, ''])];
    const path = folder.write(
      `trailing.${extension}`,
      lines.map(cells => `${cells.join(delimiter)}\n`).join(''),
    );
    for (const missing of ['error', 'mean', 'zero', 'drop'] as const) {
      const data = await loadTrain(path, { ...asIs, missing });
      expect(toRows(readInputs(data), data.features)).toEqual(ROWS);
      expect(data.notes).toContain(
        'left out "column3": it has no name and no value in any row (name it in --features to use it)',
      );
    }
  });
});

describe('classes that differ in blanks alone', () => {
  it.each(FORMATS)('are kept apart in %s, with a note', async format => {
    const values = ['yes', 'yes ', 'no', ' no'];
    const rows = Array.from({ length: 40 }, (_, i) => [`${i}.5`, values[i % 4]!]);
    const { encoding, notes } = await loadTrain(
      await writeAs(folder, 'blanks', format, [['x', 'y'], ...rows]),
    );
    expect(encoding.classes).toEqual([' no', 'no', 'yes', 'yes ']);
    expect(notes).toContain('classes with blanks around them are kept apart: " no", "no", "yes", "yes "');
  });
});

describe('a table separated by blanks', () => {
  it.each(['M\xfcnchen', 'caf\xe9', '\xa3'])('is refused in Latin-1 with its line: %s', async text => {
    const path = folder.write(
      'latin1.data',
      Buffer.from(`a  b   y\n 1 ok   0\r\n 2   ${text} 1\n`, 'latin1'),
    );
    expect(await refusal(loadTrain(path, { target: ['y'], delimiter: 'whitespace' }), folder)).toEqual({
      code: 'failed',
      message: 'latin1.data, line 3: expected UTF-8 text, got bytes of another encoding.',
      hint: 'Convert it: iconv -f latin1 -t utf-8 latin1.data',
    });
  });

  it.each([
    ['a line separator of Unicode', 'x\u2028y'],
    ['a no-break space', 'x\u00a0y'],
    ['letters beyond ASCII', 'Zoë'],
  ])('keeps %s in a cell', async (_, text) => {
    const path = folder.write('unicode.data', `a   y\n1   ${text}\n2   other\n 3 ${text}\n`);
    const data = await loadTrain(path, { target: ['y'], delimiter: 'whitespace' });
    expect(data.encoding.classes).toEqual(['other', text].sort());
    expect([...data.y]).toHaveLength(3);
  });

  it.each(['\n', '\r\n', '\r'])('has lines that end in %j, across pieces of the file', async end => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ` ${i}   ${i % 2 ? 'é' : 'ü'}`);
    const path = folder.write('pieces.data', ['a  y', ...rows, ''].join(end));
    const data = await loadTrain(path, { target: ['y'], delimiter: 'whitespace' });
    expect(data.encoding.classes).toEqual(['é', 'ü']);
    expect(data.y).toHaveLength(30_000);
  });

  it('can have a quoted name with a blank', async () => {
    const path = folder.write('quoted.data', '"a b"   y\n1   0\n2  1\n');
    const data = await loadTrain(path, { target: ['y'], delimiter: 'whitespace' });
    expect(data.encoding.columns.map(({ name }) => name)).toEqual(['a b']);
  });
});

describe('a header one cell short, as R writes it', () => {
  it.each([
    ['blanks', '"a" "y"\n"1" 0.5 "u"\n"2" 1.5 "v"\n', ' '],
    ['blanks in any number', 'a  y\nr1 0.5   u\nr2 1.5   v\n', ' '],
    ['commas', 'a,y\nrow one,0.5,u\nrow two,1.5,v\n', ','],
    ['tabs', 'a\ty\n1\t0.5\tu\n2\t1.5\tv\n', '\\t'],
  ])('is refused between %s with a fix for the header', async (_, text, delimiter) => {
    const path = folder.write('r.csv', text);
    const { message, hint } = await refusal(loadTrain(path, { target: ['y'] }), folder);
    expect(message).toContain('r.csv, line 2: expected 2 cells, as in the first line, got more.');
    expect(hint).toContain(
      `If the header is one cell short, as R writes it above row names: sed -i '1s/^/row${delimiter}/' r.csv. Otherwise correct the line`,
    );
    const cured = folder.write('r.csv', `row${delimiter.replace('\\t', '\t')}${text}`);
    expect((await loadTrain(cured, { target: ['y'] })).encoding.classes).toEqual(['u', 'v']);
  });

  it('is not suspected if a later row has a cell too many', async () => {
    const path = folder.write('later.csv', 'a,b,y\n1,2,u\n1,2,3,v\n');
    expect((await refusal(loadTrain(path, { target: ['y'] }), folder)).hint).not.toContain('row names');
  });
});
