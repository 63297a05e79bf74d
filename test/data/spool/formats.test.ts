import { describe, expect, it } from 'vitest';
import { isColumnJson } from '../../../src/data/spool/column-json.js';
import { formatOfName, formatOfText, packingOf } from '../../../src/data/spool/format.js';
import { loadTrain, makeFolder, refusal } from '../files.js';

const folder = makeFolder();
const ROWS = [
  { a: 1, y: 0.5 },
  { a: 2, y: 1.5 },
  { a: 3, y: 2.75 },
];

describe('a format is recognised', () => {
  it.each([
    ['a.csv', 'csv'],
    ['a.csv.zst', 'csv'],
    ['A.TSV.BZ2', 'tsv'],
    ['a.b.ndjson.gz', 'json'],
    ['a.feather', 'arrow'],
    ['a.zip', null],
    ['csv', null],
    ['train-images-idx3-ubyte.gz', 'idx'],
    ['idx3.csv', 'csv'],
  ])('by the name %s', (name, format) => {
    expect(formatOfName(name)).toBe(format);
  });

  it.each([
    ['[{"a":1}]', 'json'],
    ['  {"a":1}\n', 'json'],
    ['1 1:0.5 3:2\n', 'libsvm'],
    ['# made by hand\n-1 qid:3 1:1e-3\n', 'libsvm'],
    ['a,b\n1 1:2,3\n', 'csv'],
    ['time\n12:30\n', 'csv'],
    ['a b\n1 2\n', 'csv'],
  ])('by the text %j', (text, format) => {
    expect(formatOfText(text)).toBe(format);
  });

  it('not by letters that a table may begin with', () => {
    expect(packingOf(Buffer.from('BZh1,y\n1,2\n'))).toBeNull();
    expect(packingOf(Buffer.from('PK,y\n1,2\n'))).toBeNull();
  });
});

describe('a format given by the user', () => {
  it('overrides the name', async () => {
    const path = folder.write('table.txt.old', 'a\ty\n1\t0.5\n2\t1.5\n');
    expect((await loadTrain(path, { format: 'tsv' })).rows).toBe(2);
    const json = folder.write('json.csv', JSON.stringify(ROWS));
    expect((await loadTrain(json, { format: 'json' })).rows).toBe(3);
  });

  it('is required if neither the name nor the beginning tells it', async () => {
    const refused = await refusal(loadTrain(folder.write('part-00000', 'a,y\n1,2\n')), folder);
    expect(refused.message).toBe('part-00000: neither its name nor its beginning says what it holds.');
    expect(refused.hint).toMatch(/^Add --format, such as --format csv, /);
  });

  it.each([
    ['\x89HDF\r\n\x1a\n', 'HDF5'],
    ['\xfd7zXZ\0', 'xz'],
    ['\x80\x04\x95abc', 'a Python pickle'],
    ['<!DOCTYPE html><html>', 'a web page'],
    ['\n<HTML>', 'a web page'],
    ['ORC\n\x01', 'ORC'],
  ])('is refused by name: %j is %s', async (contents, name) => {
    const path = folder.writePlain('foreign.csv', Buffer.from(contents, 'latin1'));
    expect((await refusal(loadTrain(path), folder)).message).toBe(
      `foreign.csv is ${name}, which can't be read.`,
    );
  });
});

describe('text is read', () => {
  const csv = 'a,town,y\n1,Graz,0.5\n2,東京,1.5\n3,Köln,2.75\n';
  const utf16 = (text: string, big: boolean, mark: boolean) => {
    const bytes = Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };
  const TOWNS = ['Graz', 'Köln', '東京'];

  it.each<[string, string, Uint8Array]>([
    ['UTF-16, little end first', 'le.csv', utf16(csv, false, true)],
    ['UTF-16, big end first', 'be.csv', utf16(csv, true, true)],
    ['UTF-16 without a mark', 'none.csv', utf16(csv, false, false)],
    ['UTF-16 without a mark, big end first', 'none-be.tsv', utf16(csv.replaceAll(',', '\t'), true, false)],
    ['UTF-16 within gzip', 'le.csv.gz', utf16(csv, false, true)],
    ['UTF-8 with a mark', 'mark.csv', Buffer.from(`\ufeff${csv}`)],
    [
      'a JSON array with a mark',
      'mark.json',
      Buffer.from(
        `\ufeff[{"a":1,"town":"Graz","y":0.5},{"a":2,"town":"東京","y":1.5},{"a":3,"town":"Köln","y":2.75}]`,
      ),
    ],
    [
      'JSON lines in UTF-16',
      'lines.ndjson',
      utf16(
        '{"a":1,"town":"Graz","y":0.5}\n{"a":2,"town":"東京","y":1.5}\n{"a":3,"town":"Köln","y":2.75}\n',
        false,
        true,
      ),
    ],
  ])('in %s', async (_, name, contents) => {
    const { encoding, rows } = await loadTrain(folder.write(name, contents));
    expect([rows, encoding.columns.map(column => column.name)]).toEqual([3, ['a', 'town']]);
    expect(encoding.columns[1]).toMatchObject({ values: TOWNS });
  });

  it('in UTF-16 with a character across two pieces', async () => {
    const long = `a,town,y\n${'1,Köln 🚲,0.5\n'.repeat(150_000)}`;
    const { encoding, rows } = await loadTrain(folder.writePlain('long.csv', utf16(long, false, true)));
    expect([rows, encoding.columns[1]]).toMatchObject([150_000, { values: ['Köln 🚲'] }]);
  });

  it('but not in UTF-32 or damaged UTF-16', async () => {
    const wide = folder.writePlain('wide.csv', Buffer.from([0xff, 0xfe, 0, 0, 97, 0, 0, 0]));
    expect(await refusal(loadTrain(wide), folder)).toMatchObject({
      message: "wide.csv is text in UTF-32, which can't be read.",
      hint: 'Convert it: iconv -f utf-32 -t utf-8 wide.csv',
    });
    const odd = folder.writePlain('odd.csv', utf16(csv, false, true).subarray(0, 41));
    expect((await refusal(loadTrain(odd), folder)).message).toMatch(
      /^odd.csv begins as text in UTF-16LE, but some of it is not/,
    );
  });
});

describe('a folder', () => {
  it('of tables is read in name order, without files that contain no rows', async () => {
    folder.write('spark/_SUCCESS', '');
    folder.write('spark/.part-00000.csv.crc', 'crc');
    folder.write('spark/part-00001.csv', 'a,y\n3,2.75\n');
    folder.write('spark/part-00000.csv', 'a,y\n1,0.5\n2,1.5\n');
    const data = await loadTrain(`${folder.path}/spark`, { target: ['y'] });
    expect([...data.y]).toEqual([0.5, 1.5, 2.75]);
  });

  it('of files without an extension is read with a given format', async () => {
    folder.write('old/part-00000', 'a,y\n1,0.5\n2,1.5\n');
    expect((await loadTrain(`${folder.path}/old`, { format: 'csv' })).rows).toBe(2);
  });

  it('of compressed tables is read', async () => {
    folder.write('packed/1.json.gz', JSON.stringify(ROWS));
    folder.write('packed/2.json.gz', JSON.stringify(ROWS));
    expect((await loadTrain(`${folder.path}/packed`)).rows).toBe(6);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'several formats',
      { 'a.csv': 'a,y\n1,2\n', 'b.json': '[]' },
      /^several-formats holds files of several kinds, several-formats\/a.csv and several-formats\/b.json/,
    ],
    [
      'a file that may be a table',
      { 'a.csv': 'a,y\n1,2\n', README: 'Rows.' },
      /^a-file-that-may-be-a-table holds files of several kinds, .*\/README and .*\/a.csv/,
    ],
    [
      'a folder',
      { 'a.csv': 'a,y\n1,2\n', 'year=2024/b.csv': 'a,y\n1,2\n' },
      /^a-folder holds a folder, year=2024/,
    ],
    ['nothing', { _SUCCESS: '' }, /^nothing holds neither tables nor IDX files\.$/],
  ])('that holds %s is refused', async (holds, files, message) => {
    const name = holds.replaceAll(' ', '-');
    for (const [file, contents] of Object.entries(files)) folder.write(`${name}/${file}`, contents);
    expect((await refusal(loadTrain(`${folder.path}/${name}`, { target: ['y'] }), folder)).message).toMatch(
      message,
    );
  });
});

describe('JSON', () => {
  it.each<[string, unknown, string | null]>([
    ['numbered rows in columns', { a: { 0: 1, 1: 2 }, y: { 0: 3, 1: 4 } }, 'columns'],
    ['named rows in columns', { a: { x: 1, z: 2 }, y: { x: 3, z: 4 } }, 'columns'],
    ['lists as columns', { a: [1, 2, 3], y: [4, 5, 6] }, 'columns'],
    ['rows by their numbers', { 0: { a: 1, y: 2 }, 1: { a: 3, y: 4 } }, 'index'],
    [
      'values alone',
      [
        [1, 2],
        [3, 4],
      ],
      'values',
    ],
    ['names and values apart', { columns: ['a'], index: [0], data: [[1]] }, 'split'],
    ['a schema', { schema: { fields: [] }, data: [] }, 'table'],
    ['rows', ROWS, null],
    ['one row', { a: 1, y: 2 }, null],
    ['one row with a list', { a: [1, 2], y: 2 }, null],
    ['rows with objects', [{ a: { b: 1, c: 2 } }], null],
  ])('that holds %s', (_, value, shape) => {
    expect(isColumnJson(JSON.stringify(value))).toBe(shape);
    expect(isColumnJson(JSON.stringify(value, null, 2))).toBe(shape);
  });

  it('of lines is rows, whatever they hold', () => {
    expect(isColumnJson('{"a":{"0":1,"1":2}}\n{"a":{"0":1,"1":2}}\n')).toBeNull();
  });

  it('that is too long to be read at once is judged by its beginning', () => {
    const long = `{"a":{"0":1,"1":"${'x'.repeat(2 ** 24)}`;
    expect(isColumnJson(long)).toBe('columns');
    expect(isColumnJson(long.replace('"1"', '"b"'))).toBeNull();
  });

  it('of columns is refused, with the pandas option to use', async () => {
    const path = folder.write('columns.json.gz', JSON.stringify({ a: { 0: 1, 1: 2 }, y: { 0: 3, 1: 4 } }));
    expect(await refusal(loadTrain(path), folder)).toEqual({
      code: 'failed',
      message: 'columns.json.gz is JSON as pandas writes it with orient="columns"; rows are expected.',
      hint: 'Write rows: df.to_json(path, orient="records").',
    });
  });
});
