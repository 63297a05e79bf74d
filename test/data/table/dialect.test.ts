/** Layout of CSV files, from their first lines and from options. */
import { describe, expect, it } from 'vitest';
import { type DialectOptions, delimiterName, findDialect } from '../../../src/data/table/dialect.js';
import { makeFolder } from '../files.js';

const folder = makeFolder();
const ASKED: DialectOptions = { delimiter: null, quote: null, comment: null, skipRows: null, header: true };

function find(text: string, asked: Partial<DialectOptions> = {}, name = 'file.csv') {
  return findDialect(folder.write(name, text), name.includes('.tsv'), { ...ASKED, ...asked });
}

describe('the delimiter', () => {
  it.each([
    ['a,b,c\n1,2,3\n', ',', 3],
    ['a\tb\n1\t2\n', '\t', 2],
    ['a;b;c\n1,5;2,5;3\n', ';', 3],
    ['a|b\n1|2\n', '|', 2],
    ['a b c\n1 2 3\n', ' ', 3],
    ['a  b c\n1 2   3\n', 'whitespace', 3],
    [' a b\n 1 2\n', 'whitespace', 2],
    ['first name,last name\nAnn Lee,Ray\n', ',', 2],
    ['"a;b;c;d",e\n"1",2\n', ',', 2],
    ['only\n1\n', ',', 1],
    ['a;b', ';', 2],
    ['\n\na;b\n1;2\n', ';', 2],
    ['\ufeffa;b\n1;2\n', ';', 2],
    ['a;b\r\n1;2\r\n', ';', 2],
    ['a;b\r1;2\r', ';', 2],
    ['"two\nlines";b\n1;2\n', ';', 2],
    ['sep=;\na;b\n1;2\n', ';', 2],
    ['sep=|\r\na,x|b,x\r\n1|2\r\n', '|', 2],
  ])('of %j is %j', async (text, delimiter, cells) => {
    expect(await find(text)).toMatchObject({ delimiter, cells });
  });

  it.each([
    ['decimal commas in every cell', 'a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['commas in some texts', 'name;note\nAnn;x, y\nBob;z\n', ';'],
    ['bars in some texts', 'name,note\nAnn,x|y\nBob,z\n', ','],
  ])('is the one that all lines contain equally often, not %s', async (_, text, delimiter) => {
    expect((await find(text)).delimiter).toBe(delimiter);
  });

  it('is a tab in TSV, whatever else occurs', async () => {
    expect(await find('a,b\tc,d\n', {}, 'file.tsv')).toMatchObject({ delimiter: '\t', cells: 2 });
  });

  it.each([
    ['~', 'a~b~c\n1~2~3\n', 3],
    ['::', 'a::b\n1::2\n', 2],
    [',', 'a;b,c\n', 2],
    ['whitespace', ' a  b\tc\n', 3],
  ])('is %j if the user says so', async (delimiter, text, cells) => {
    expect(await find(text, { delimiter })).toMatchObject({ delimiter, cells });
  });

  it('is found in compressed files', async () => {
    expect((await find('a;b\n1;2\n', {}, 'file.csv.gz')).delimiter).toBe(';');
  });

  it('is found below a first line of more than 64 KiB', async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `column${i}`);
    expect(await find(`${names.join(';')}\n`)).toMatchObject({ delimiter: ';', cells: 20_000 });
  });
});

describe('an option', () => {
  it('skips lines above and below the header', async () => {
    const text = 'A title\nby me\na;b\nm;s\n1;2\n';
    expect(await find(text, { skipRows: [2, 1] })).toMatchObject({
      skipLines: 2,
      skipRows: 1,
      delimiter: ';',
      cells: 2,
    });
  });

  it('keeps comments from being the header', async () => {
    const asked = { comment: '#' };
    expect(await find('# x,y,z\n#\na;b\n1;2\n', asked)).toMatchObject({
      comment: '#',
      delimiter: ';',
      cells: 2,
    });
  });

  it('ignores delimiters inside quotes', async () => {
    const text = "'a,b',c\n'1,2',3\n";
    expect(await find(text, { quote: "'" })).toMatchObject({ quote: "'", cells: 2 });
    expect(await find(text)).toMatchObject({ quote: '"', cells: 3 });
    expect(await find('5" pipe,6\n', { quote: '' })).toMatchObject({ quote: '', cells: 2 });
  });

  it('ignores a sep= line if lines are skipped', async () => {
    expect(await find('sep=;\na,b\n', { skipRows: [1] })).toMatchObject({
      delimiter: ',',
      skipLines: 1,
      cells: 2,
    });
  });
});

it.each([
  [',', '","'],
  ['\t', 'tab'],
  [' ', 'blank'],
  ['whitespace', 'blanks and tabs'],
])('delimiterName calls %j %s', (delimiter, name) => {
  expect(delimiterName(delimiter)).toBe(name);
});
