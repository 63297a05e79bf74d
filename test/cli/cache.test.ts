/** --cache: the same bits with and without, and what is said if a cache can't be used. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, runInside } from './lockstep.js';
import { writeHouses, writeKinds, writeLabels } from './tables.js';

const folder = makeFolder();
const at = (name: string) => join(folder, name);
const run = (line: string) => runInside(line.split(' '), { cwd: folder });
const TRAIN = '--hidden 4 --workers 1 --epochs 3 --no-save --json';

/** What a training computes, and what it says of the cache. */
async function train(line: string) {
  const { code, stdout, stderr } = await run(`train ${line}`);
  expect(code, stderr).toBe(0);
  const { seconds: _, samplesPerSecond: __, phases: ___, ...computed } = JSON.parse(stdout);
  const said = stderr.split('\n').filter(text => text.includes('cache'));
  return { computed, said };
}

writeKinds(folder, 'kinds.csv', 200);
writeKinds(folder, 'held.csv', 60);
writeLabels(folder, 'labels.csv', 120);
writeHouses(folder, 'houses.csv', 150);
beforeEach(() => rmSync(at('c'), { recursive: true, force: true }));

describe('train --cache', () => {
  it.each([
    'kinds.csv --target kind --validation 0.2',
    'kinds.csv --target kind --validation held.csv --seed 5',
    'kinds.csv --target kind --no-shuffle --class-weights balanced',
    'labels.csv --target up,wide --validation 0.3 --metrics auc',
    'houses.csv --target price,tax --weight-column rooms --optimizer adamw',
    'houses.csv --target price --batch-size full --optimizer lbfgs',
    'houses.csv --target-is-input --ignore tax',
    'synthetic:300x5x3 --dropout 0.2',
  ])('computes the same as without: %s', async line => {
    const { computed } = await train(`${line} ${TRAIN}`);
    const written = await train(`${line} ${TRAIN} --cache c`);
    expect(written).toEqual({ computed, said: [expect.stringMatching(/^c\/.*\.rows: rows cached, /)] });
    const read = await train(`${line} ${TRAIN} --cache c`);
    expect(read).toEqual({
      computed,
      said: [expect.stringMatching(/^c\/.*\.rows: rows taken from this cache$/)],
    });
  });

  it('refuses a memory that is too small for the rows before it writes their cache', async () => {
    const { code, stderr } = await run(`train kinds.csv --target kind --memory 1K --cache c ${TRAIN}`);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--memory: expected at least \d+K, got 1K\./)]);
    expect(stderr).toContain('only if they take more than 1 GiB');
    expect(existsSync(at('c'))).toBe(false);
  });

  it('resumes a run with a cache, or without one', async () => {
    const line = 'kinds.csv --target kind --hidden 4 --workers 1 --validation 0.2 --json';
    const { computed } = await train(`${line} --epochs 4 --out whole`);
    await train(`${line} --epochs 2 --out part --cache c`);
    const { computed: resumed, said } = await train('--resume part --epochs 4 --json');
    expect(resumed.weightsSha256).toBe(computed.weightsSha256);
    expect(said).toEqual([expect.stringContaining('rows taken from this cache')]);
    await train(`${line} --epochs 2 --out part --force`);
    const { computed: again } = await train('--resume part --epochs 4 --cache c --json');
    expect(again.weightsSha256).toBe(computed.weightsSha256);
    await train(`${line} --epochs 2 --out part --force --cache c`);
    rmSync(at('c'), { recursive: true });
    const { computed: gone } = await train('--resume part --epochs 4 --json');
    expect(gone.weightsSha256).toBe(computed.weightsSha256);
  });

  it('serves all trials of a search', async () => {
    const search =
      'tune kinds.csv --target kind --validation 0.2 --trials 2 --epochs 1 --workers 1 --space hidden=3|5 --json';
    const values = async (line: string) => {
      const { code, stdout, stderr } = await run(line);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout).trials.map(({ value }: { value: number }) => value);
    };
    const plain = await values(`${search} --out t1`);
    expect(await values(`${search} --out t2 --cache c`)).toEqual(plain);
    expect(await values(`${search} --out t3 --cache c`)).toEqual(plain);
  });

  it('reads changed data again', async () => {
    const line = `change.csv --target kind ${TRAIN}`;
    writeKinds(folder, 'change.csv', 90);
    await train(`${line} --cache c`);
    writeKinds(folder, 'change.csv', 120);
    const { computed, said } = await train(`${line} --cache c`);
    expect(said).toEqual([expect.stringContaining('rows cached')]);
    expect(computed).toEqual((await train(line)).computed);
    const { stdout } = await run('cache ls c');
    expect(stdout).toMatch(/outdated.* 90 /);
    expect(stdout).toMatch(/current.* 120 /);
  });

  it('says that it does not use a damaged cache, and writes it again', async () => {
    const line = `kinds.csv --target kind ${TRAIN} --cache c`;
    const { computed } = await train(line);
    const path = join(at('c'), readdirSync(at('c'))[0]!);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, -1));
    expect(await run('cache verify c')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected'),
    });
    const again = await train(line);
    expect(again.computed).toEqual(computed);
    expect(again.said[0]).toMatch(
      /^warning: c\/.*\.rows: expected \d+ bytes of tensors.*The cache is written again\.$/,
    );
    expect(readFileSync(path).equals(whole)).toBe(true);
  });

  it('says nothing of a damaged cache of the same rows, read in a way that is not used', async () => {
    // As the preset would read them, if they were more than 150.
    await train(`houses.csv --target price --scale robust --clip-predictions ${TRAIN} --cache c`);
    const [name] = readdirSync(at('c'));
    const path = join(at('c'), name!);
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    const line = `houses.csv --target price ${TRAIN} --cache c`;
    expect((await train(line)).said).toEqual([expect.stringMatching(/\.rows: rows cached, /)]);
    expect((await train(line)).said).toEqual([expect.stringMatching(/\.rows: rows taken from this cache$/)]);
    // For the way that it is used in, it is written again.
    const again = await train(
      `houses.csv --target price --scale robust --clip-predictions ${TRAIN} --cache c`,
    );
    expect(again.said[0]).toMatch(/^warning: .*The cache is written again\.$/);
  });

  it('trains without a cache that can not be looked for', async () => {
    const line = `kinds.csv --target kind ${TRAIN}`;
    const { computed } = await train(line);
    // A link to itself.
    symlinkSync('c', at('c'));
    const { computed: again, said } = await train(`${line} --cache c`);
    expect(again).toEqual(computed);
    expect(said.at(-1)).toMatch(/^warning: .* Training continues without a cache\.$/);
  });

  it('trains without a cache that can not be read', async () => {
    const line = `kinds.csv --target kind ${TRAIN} --cache c`;
    const { computed } = await train(line);
    const path = join(at('c'), readdirSync(at('c'))[0]!);
    rmSync(path);
    // Neither a file nor one that can be replaced.
    mkdirSync(path);
    writeFileSync(join(path, 'in the way'), '');
    const { computed: again, said } = await train(line);
    expect(again).toEqual(computed);
    expect(said).toEqual([
      expect.stringMatching(/^warning: .*expected a file that can be read.* The cache is written again\.$/),
      expect.stringMatching(/^warning: .* Training continues without a cache\.$/),
    ]);
    expect(await run('cache ls c')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('unreadable'),
      stderr: expect.stringContaining('Check the disk and the permissions.'),
    });
  });

  it('stops at rows that are damaged', async () => {
    const line = `kinds.csv --target kind ${TRAIN} --cache c`;
    await train(line);
    const path = join(at('c'), readdirSync(at('c'))[0]!);
    const bytes = readFileSync(path);
    bytes[8 + Number(bytes.readBigUInt64LE())]! ^= 1;
    writeFileSync(path, bytes);
    expect(await run(`train ${line}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/training\/x is damaged in rows 1 to 200\.\n.*Remove it/),
    });
    await run('cache rm c');
    await train(line);
  });

  it('trains without a cache that it can not write', async () => {
    const line = `kinds.csv --target kind ${TRAIN}`;
    const { computed } = await train(line);
    expect(await train(`${line} --cache kinds.csv/c`)).toEqual({
      computed,
      said: [
        expect.stringMatching(
          /^warning: kinds.csv\/c: expected a file that can be written.*Training continues without a cache\.$/,
        ),
      ],
    });
  });

  it('is not written for folds that are resumed', async () => {
    const line = 'train kinds.csv --target kind --folds 2 --hidden 4 --epochs 1 --workers 1 --out folds';
    expect(await run(line)).toMatchObject({ code: 0 });
    expect(await run('train --resume folds --cache c')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--folds can't be combined with --cache"),
    });
  });

  it('writes none in a dry run', async () => {
    expect(await run('train kinds.csv --target kind --dry-run --cache c')).toMatchObject({ code: 0 });
    expect(() => readdirSync(at('c'))).toThrow();
  });

  it.each([
    ['train - --target kind --cache c', '--cache needs data in files, got -'],
    ['train kinds.csv --target kind --folds 3 --cache c', "--folds can't be combined with --cache"],
    [
      'train kinds.csv --target kind --memory 100K',
      'got 100K.\nThe rows are read in windows only if they take more than 1 GiB.',
    ],
    [
      'train synthetic:3000x100000x2 --memory 100M --hidden 4 --dry-run --cache c',
      'got 102400K.\n--dry-run writes no cache, and without one the rows have to fit. Run it without --dry-run.',
    ],
    ['train synthetic:20000000x60x2', 'train and tune take any number of rows with --cache.'],
    ['train kinds.csv --target kind --memory 100K --cache c', 'only if they take more than 1 GiB'],
    [
      'train kinds.csv --target kind --memory much',
      '--memory: expected a size such as 512M or 2G, got "much"',
    ],
    ['cache', 'expected'],
    ['cache show c', 'expected ls, rm or verify, got show'],
    ['cache rm kinds.csv', 'kinds.csv is not a cache of rows'],
    ['cache ls nowhere', 'nowhere: there is no such file or folder'],
  ])('refuses %s', async (line, message) => {
    const { code, stderr } = await run(line);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe('lockstep cache', () => {
  it('lists, verifies and removes caches, and nothing else', async () => {
    await train(`kinds.csv --target kind --validation 0.2 ${TRAIN} --cache c`);
    await train(`houses.csv --target price ${TRAIN} --cache c`);
    writeFileSync(join(at('c'), 'notes.txt'), 'mine');
    mkdirSync(join(at('c'), 'deeper'));
    const { stdout } = await run('cache ls c --json');
    expect(JSON.parse(stdout).caches).toMatchObject([
      { state: 'current', data: at('houses.csv'), rows: 150, validationRows: 0 },
      { state: 'current', data: at('kinds.csv'), rows: 160, validationRows: 40 },
    ]);
    expect(await run('cache verify c')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/sound.*\n.*sound/),
    });
    const removed = JSON.parse((await run('cache ls c --json')).stdout).caches.map(
      ({ path }: { path: string }) => path,
    );
    expect(JSON.parse((await run('cache rm c --json')).stdout)).toEqual({ removed });
    expect(await run('cache rm c')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readdirSync(at('c')).sort()).toEqual(['deeper', 'notes.txt']);
    expect((await run('cache ls c')).stdout).toBe('no caches\n');
  });
});
