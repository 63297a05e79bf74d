/** Real-life tables: info tells what they hold, and models remember how they were read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runInside } from './lockstep.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, rows: readonly (readonly (string | number)[])[], delimiter = ',') =>
  writeFileSync(join(folder, name), rows.map(cells => `${cells.join(delimiter)}\n`).join(''));
const run = (...args: string[]) => runInside(args, { cwd: folder });
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

async function trained(name: string, file: string, ...options: string[]) {
  const line = [
    'train',
    file,
    '--hidden',
    '',
    '--epochs',
    '2',
    '--out',
    name,
    '--force',
    '--quiet',
    ...options,
  ];
  const { code, stderr } = await run(...line);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
}

/** The lines that predict prints, without the header. */
async function predicted(name: string, file: string, ...options: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run('predict', name, file, ...options);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return stdout.trimEnd().split('\n').slice(1);
}

describe('a model', () => {
  it.each<[string, string[]]>([
    ['padded classes', ['01', '02', '10']],
    ['versions', ['1.1', '1.10', '1.2']],
    ['snowflakes', ['9007199254740992', '9007199254740993']],
  ])('predicts classes as they are spelled in the file: %s', async (_, classes) => {
    write('classes.csv', [
      ['x', 'y'],
      ...upTo(40).map(i => [i % classes.length, classes[i % classes.length]!]),
    ]);
    await trained(
      'classes',
      'classes.csv',
      '--target',
      'y',
      '--task',
      classes.length > 2 ? 'multiclass' : 'binary',
    );
    const found = new Set((await predicted('classes', 'classes.csv')).map(line => line.split(',')[0]));
    expect([...found].every(name => classes.includes(name!))).toBe(true);
  });

  it('remembers its query, decimal sign, missing values, dates, buckets and indicators for new data', async () => {
    const rows = upTo(1200).map(i => [
      `2024-0${1 + (i % 9)}-11`,
      `user${i}`,
      i % 5 ? `${i},5` : 'None',
      `${i % 3},5`,
      `${i % 7},25`,
    ]);
    write('kept.csv', [['at', 'user', 'a', 'b', 'y'], ...rows], ';');
    const options = [
      '--target',
      'y',
      '--decimal',
      ',',
      '--na-values',
      'None',
      '--missing',
      'mean',
      '--missing-indicator',
    ];
    const more = ['--dates', 'parts', '--categorical', 'user', '--hash-buckets', '8'];
    await trained('kept', 'kept.csv', ...options, ...more, '--query', 'SELECT *, b * 2 AS twice FROM data');
    const { stdout } = await run('info', 'kept', '--json');
    const { encoding } = JSON.parse(stdout);
    expect(encoding.reading).toMatchObject({
      decimal: ',',
      naValues: ['None'],
      query: 'SELECT *, b * 2 AS twice FROM data',
    });
    expect(encoding.columns.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
      ['at.month', 'number'],
      ['at.weekday', 'number'],
      ['user', 'hashed'],
      ['a', 'number'],
      ['b', 'number'],
      ['twice', 'number'],
    ]);
    expect(encoding.columns[3]).toMatchObject({ name: 'a', indicator: true });
    // Without y, and without options.
    write(
      'kept-new.csv',
      [
        ['at', 'user', 'a', 'b'],
        ['2025-12-24', 'somebody', '3,5', '1,5'],
        ['2025-12-25', 'user1', 'None', '0,5'],
      ],
      ';',
    );
    expect(await predicted('kept', 'kept-new.csv')).toHaveLength(2);
  });

  it('ignores unseen categories with --unseen ignore', async () => {
    write('towns.csv', [['town', 'y'], ...upTo(30).map(i => [['Ulm', 'Bern', 'Aarau'][i % 3]!, i])]);
    write('towns-new.csv', [['town'], ['Ulm'], ['Graz']]);
    await trained('towns', 'towns.csv', '--target', 'y');
    const refused = await run('predict', 'towns', 'towns-new.csv');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'row 2, column "town": expected one of the 3 values in the training data (Aarau, Bern, Ulm), got "Graz".',
    );
    expect(refused.stderr).toContain('Add --unseen ignore');
    expect(await predicted('towns', 'towns-new.csv', '--unseen', 'ignore')).toHaveLength(2);
  });
});

describe('info', () => {
  it('shows every column, unusable ones included, before the error', async () => {
    const rows = upTo(50).map(i => [
      i,
      `Name ${i}`,
      i === 3 ? '' : i % 4,
      i === 7 ? 1e6 : i % 10,
      i % 2 ? 'yes' : 'no',
      `${i}%`,
      i,
    ]);
    write('survey.csv', [['id', 'name', 'gaps', 'far', 'flag', 'rate', 'y'], ...rows]);
    const { code, stdout, stderr } = await run('info', 'survey.csv', '--target', 'y');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^data +survey\.csv\nread as +CSV, delimiter ","\nrows +50\n/);
    expect(stdout).toMatch(/\nname +✗ it has 50 different texts in 50 rows, like an identifier *\n/);
    expect(stdout).toMatch(/\ngaps +numbers +0 .* 1 *\n/);
    expect(stdout).toMatch(/\nfar +numbers .* 1,000,000 +1 *\n/);
    expect(stdout).toMatch(/\nflag +yes or no, 2: no, yes *\n/);
    expect(stdout).toMatch(/\nrate +✗ it looks like numbers with a percent sign, such as "0%" *\n/);
    expect(stderr).toContain('--ignore name,rate');
    expect(stderr).toContain('--numeric rate');
  });

  it('counts one row and one column in the singular', async () => {
    write('one.csv', [['a', 'y'], ...upTo(8).map(i => [i, i === 0 ? 'rare' : 'usual'])]);
    const { stdout } = await run('info', 'one.csv', '--target', 'y');
    expect(stdout).toMatch(/\ninputs +1, from 1 column\n/);
    expect(stdout).toMatch(/\nclasses +rare \(1 row\), usual \(7 rows\)\n/);
  });

  it('tells how the file was read, and what was left out', async () => {
    write('notes.csv', [['', 'a', 'c', 'y'], ...upTo(30).map(i => [i, `${i % 4},5`, 7, i % 3])], ';');
    const { code, stdout } = await run('info', 'notes.csv', '--target', 'y', '--decimal', ',');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nread as +CSV, delimiter ";", decimal comma\n/);
    expect(stdout).toMatch(
      /\ntask +multiclass: 3 different whole numbers, 0 to 2; --task regression predicts the number\n/,
    );
    expect(stdout).toMatch(/\nnote +left out "column0": /);
    expect(stdout).toMatch(
      /\nnote +"c" has no effect, because it holds the same value in all training rows\n/,
    );
    const { notes, columns } = JSON.parse(
      (await run('info', 'notes.csv', '--target', 'y', '--decimal', ',', '--json')).stdout,
    );
    expect(notes).toHaveLength(2);
    expect(columns).toMatchObject([{ name: 'a' }, { name: 'c', constant: true }]);
  });

  it('has the same notes in config.json', async () => {
    await trained('notes', 'notes.csv', '--target', 'y', '--decimal', ',');
    const config = readFileSync(join(folder, 'notes', 'config.json'), 'utf8');
    expect(config).toContain('numbers or names the rows');
  });
});
