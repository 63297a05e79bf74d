import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Scratch } from '../../../src/data/spool/scratch.js';
import { readPipe, refuseTwice } from '../../../src/data/spool/stdin.js';
import { CLI, makeFolder as makeCliFolder } from '../../cli/lockstep.js';
import { idx, loadTrain, makeFolder, refusal } from '../files.js';

const folder = makeFolder();
const runs = makeCliFolder();

const ROWS = Array.from({ length: 40 }, (_, i) => ({ a: i, town: ['Graz', 'Köln'][i % 2]!, y: 2 * i + 0.5 }));
const CSV = ['a,town,y', ...ROWS.map(({ a, town, y }) => `${a},${town},${y}`)].join('\n');

/** TMPDIR of the commands below, used by nothing else. */
const temporary = join(runs, 'tmp');
mkdirSync(temporary);
const env = { ...process.env, TMPDIR: temporary };

/** Output of a command with data on stdin. */
function pipe(args: readonly string[], input: string | Uint8Array): string {
  const stdio = ['pipe', 'pipe', 'pipe'] as ('pipe' | 'ignore')[];
  return execFileSync(process.execPath, [CLI, ...args], { input, encoding: 'utf8', stdio, env });
}

describe.skipIf(process.platform === 'win32')('a FIFO is read', () => {
  it.each<[string, string]>([
    ['CSV', CSV],
    ['TSV', CSV.replaceAll(',', '\t')],
    ['a JSON array', JSON.stringify(ROWS)],
    ['JSON lines', ROWS.map(row => JSON.stringify(row)).join('\n')],
    ['libsvm', ROWS.map(({ a, y }) => `${y} 1:${a} 2:${a % 2}`).join('\n')],
  ])('of %s', async (name, contents) => {
    const path = join(folder.path, `fifo of ${name}`);
    execFileSync('mkfifo', [path]);
    const loading = loadTrain(path);
    const writer = import('node:fs/promises').then(fs => fs.writeFile(path, contents));
    const [data] = await Promise.all([loading, writer]);
    expect({ rows: data.rows, source: data.source, task: data.task }).toEqual({
      rows: 40,
      source: path,
      task: 'regression',
    });
  });
});

describe('stdin is read', () => {
  it('by train, evaluate, predict and info, and leaves no temporary file', () => {
    const run = join(runs, 'run');
    pipe(['train', '-', '--target', 'y', '--epochs', '2', '--out', run, '--quiet'], CSV);
    expect(pipe(['evaluate', run, '-'], CSV)).toContain('40 rows of stdin');
    expect(pipe(['predict', run, '-'], JSON.stringify(ROWS)).split('\n')).toHaveLength(42);
    expect(pipe(['info', '-', '--target', 'y'], CSV)).toMatch(/^data +stdin\n(.*\n)*rows +40\n/);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('as IDX, whose rows are read on request', () => {
    const run = join(runs, 'pixels');
    const images = idx(
      [4, 2, 2],
      Array.from({ length: 16 }, (_, i) => i),
    );
    pipe(['train', '-', '--target-is-input', '--epochs', '1', '--out', run, '--quiet'], images);
    expect(pipe(['predict', run, '-'], gzipSync(images)).trim().split('\n')).toHaveLength(5);
  });

  it('as validation rows', () => {
    const table = folder.write('table.csv', CSV);
    const args = ['--target', 'y', '--epochs', '1', '--out', join(runs, 'judged'), '--quiet'];
    expect(pipe(['train', table, '--validation', '-', ...args], CSV)).toMatch(/validation/);
  });

  it('in the given format, which decides how text is read', () => {
    const text = '1 1:2\n2 1:3\n';
    expect(pipe(['info', '-', '--format', 'libsvm'], text)).toMatch(/read as +libsvm\n(.*\n)*targets +y/);
    expect(() => pipe(['info', '-', '--format', 'json', '--target', 'y'], text)).toThrow(/JSON/);
  });
});

describe('a pipe is refused', () => {
  it('that is empty', () => {
    expect(() => pipe(['info', '-', '--target', 'y'], '')).toThrow(/stdin: expected data, got an empty file/);
  });

  it('as both training and validation rows', () => {
    expect(() => refuseTwice('-', '-')).toThrow('stdin can be read only once.');
    expect(() => refuseTwice('-', '/dev/stdin')).toThrow('stdin can be read only once.');
    expect(() => refuseTwice('a.csv', '-')).not.toThrow();
    expect(() =>
      pipe(['train', '-', '--target', 'y', '--validation', '-', '--out', join(runs, 'two')], CSV),
    ).toThrow(/can be read only once/);
  });

  it('by scale, which reads its data several times', () => {
    expect(() => pipe(['scale', '-', '--target', 'y'], CSV)).toThrow(/is a pipe, which can be read once/);
  });

  it('that is larger than the free disk space, with both sizes', async () => {
    let free = 200 * 2 ** 20;
    const scratch = await Scratch.create(async () => {
      free -= 60 * 2 ** 20;
      return free;
    });
    const pieces = function* () {
      for (;;) yield new Uint8Array(2 ** 20);
    };
    const writing = scratch.write(pieces(), 'stdin');
    await expect(writing).rejects.toMatchObject({
      code: 'failed',
      message: `stdin: the temporary copy in ${tmpdir()} needs more than 32 MiB and only 20 MiB are free there.`,
      hint: 'Free some space, or set TMPDIR to a folder on a larger disk.',
    });
    scratch.dispose();
    expect(() => readdirSync(scratch.folder)).toThrow(/ENOENT/);
  });

  it('that fails while it is read', async () => {
    const reading = readPipe(join(folder.path, 'not there'));
    await expect(reading.next()).rejects.toThrow("can't be read: ENOENT: no such file or directory");
  });
});

it('mentions TMPDIR if no temporary folder can be created', () => {
  const env = { ...process.env, TMPDIR: join(folder.path, 'none') };
  const run = () =>
    execFileSync(process.execPath, [CLI, 'info', '-', '--target', 'y'], {
      input: CSV,
      encoding: 'utf8',
      env,
      stdio: 'pipe',
    });
  expect(run).toThrow(/a folder for temporary files cannot be made there.*\nSet TMPDIR/);
});

it('names the source in messages, not a temporary file', async () => {
  const path = join(folder.path, 'wrong.csv');
  writeFileSync(
    path,
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,y\n1,2\n1,2,3\n', 'utf16le')]),
  );
  expect(await refusal(loadTrain(path), folder)).toMatchObject({
    message: 'wrong.csv, line 3: expected 2 cells, as in the first line, got more.',
  });
});
