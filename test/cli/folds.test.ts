/** lockstep train --folds. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dealFolds } from '../../src/data/folds.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { writeAnswers, writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 60);
writeAnswers(folder, 'answers.csv', 50);
writeHouses(folder, 'houses.csv', 45);

interface FoldResult {
  weightsSha256: string;
  loss: number;
  validation: Record<string, number>;
}

type Summary = FoldResult & { results: FoldResult[] };

async function lockstepJson(line: string): Promise<Summary> {
  const { code, stdout, stderr } = await runInside([...line.split(' '), '--json', '--quiet'], {
    cwd: folder,
  });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const words = (line: string) => line.split(' ');
const readSummary = (run: string) => JSON.parse(readFileSync(join(folder, run, 'summary.json'), 'utf8'));
const hashesOf = ({ results }: Summary) => results.map(({ weightsSha256 }) => weightsSha256);

/** Writes the rows of a fold to one file and all others to another. */
function exportFold(name: string, foldOf: Uint32Array, fold: number): void {
  const [head, ...rows] = readFileSync(join(folder, `${name}.csv`), 'utf8')
    .trim()
    .split('\n');
  const write = (part: string, wanted: (fold: number) => boolean) => {
    const kept = rows.filter((_, i) => wanted(foldOf[i]!));
    writeFileSync(join(folder, `${name}-${part}.csv`), `${[head, ...kept].join('\n')}\n`);
  };
  write('others', other => other !== fold);
  write('fold', other => other === fold);
}

const columnOf = (name: string, column: number) =>
  readFileSync(join(folder, `${name}.csv`), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(',')[column]!);

describe('a fold gives the bits of a training on files with its rows', () => {
  it.each([
    ['kinds', '--target kind --metrics f1,auc --batch-size 7', ['ant', 'bee', 'cat'], 3],
    ['answers', '--target answer --optimizer adam', ['down', 'up'], 2],
    ['houses', '--target price --hidden 5 --metrics r2', null, 0],
  ])('%s', async (name, options, classes, column) => {
    const line = `--epochs 3 --shards 2 --seed 4 ${options}`;
    const { results, validation } = await lockstepJson(`train ${name}.csv --folds 3 ${line}`);
    const cells = columnOf(name, column);
    const labels = classes && cells.map(cell => classes.indexOf(cell));
    const foldOf = dealFolds(cells.length, labels, 3, 4);
    const alone: FoldResult[] = [];
    for (let fold = 0; fold < 3; fold++) {
      exportFold(name, foldOf, fold);
      alone.push(await lockstepJson(`train ${name}-others.csv --validation ${name}-fold.csv ${line}`));
    }
    const plain = (all: FoldResult[]) =>
      all.map(({ weightsSha256, loss, validation }) => ({ weightsSha256, loss, validation }));
    expect(plain(results)).toEqual(plain(alone));
    const losses = alone.map(one => one.validation.loss!);
    expect(validation.loss).toBeCloseTo((losses[0]! + losses[1]! + losses[2]!) / 3, 12);
  });
});

const KINDS = 'train kinds.csv --target kind --folds 3 --shards 3 --batch-size 5 --hidden 6 --backend wasm';

it('has the same bits for any number of workers, and leaves a folder for each fold', async () => {
  const one = await lockstepJson(`${KINDS} --epochs 4 --workers 1 --out one`);
  const two = await lockstepJson(`${KINDS} --epochs 4 --workers 2 --update coordinator --out two`);
  expect(hashesOf(two)).toEqual(hashesOf(one));
  expect(new Set(hashesOf(one)).size).toBe(3);
  expect(readdirSync(join(folder, 'one')).sort()).toEqual([
    'config.json',
    'fold-1',
    'fold-2',
    'fold-3',
    'summary.json',
  ]);
  expect(hashesOf(readSummary('one'))).toEqual(hashesOf(one));

  const { stdout } = await runInside(words('train --resume one'), { cwd: folder });
  expect(stdout).toMatch(/^fold +epochs +validation loss +validation accuracy\n1 +4 .*\n2 .*\n3 .*\nmean /);
  for (const line of ['evaluate one kinds.csv', 'predict one kinds.csv']) {
    const { code, stderr } = await runInside(words(line), { cwd: folder });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: one: .* cross-validation.*\nTry one\/fold-1,/),
    ]);
  }
  await runInside(words('report one --out folds.html'), { cwd: folder });
  expect(readFileSync(join(folder, 'folds.html'), 'utf8')).toMatch(/fold-1[\s\S]*fold-2[\s\S]*fold-3/);
});

describe('an interrupted cross-validation', () => {
  const LONG = `${KINDS} --epochs 60`;

  it('resumes within the fold that a signal interrupted, and repeats no other', async () => {
    const undisturbed = await lockstepJson(`${LONG} --out undisturbed`);
    let sent = false;
    const { code, stderr, stdout } = await lockstep(words(`${LONG} --out cut`), {
      cwd: folder,
      onError: (said, kill) => {
        if (sent || !/fold 2 of 3\n[\s\S]*epoch /.test(said)) return;
        sent = true;
        kill('SIGINT');
      },
    });
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toMatch(/SIGINT: stopped in fold 2. To resume: lockstep train --resume cut\n$/);
    const first = readFileSync(join(folder, 'cut', 'fold-1', 'summary.json'), 'utf8');
    const told = await runInside(['info', 'cut'], { cwd: folder });
    expect(told.stdout).toMatch(/^so far +1 of 3 folds; not finished$/m);
    expect(told.stdout).toMatch(/^mean +validation loss .*accuracy/m);
    expect(told.stdout).toMatch(/^next +lockstep train --resume cut$/m);
    const again = await runInside(words('train --resume cut --workers 1'), { cwd: folder });
    expect(again.stderr).toMatch(/^cut\/fold-2: resuming after step /m);
    expect(again.stderr).not.toContain('fold 1 of 3');
    expect(hashesOf(readSummary('cut'))).toEqual(hashesOf(undisturbed));
    const whole = await runInside(['info', 'cut', '--json'], { cwd: folder });
    const { validation } = readSummary('cut');
    expect(JSON.parse(whole.stdout)).toMatchObject({ finished: true, progress: null, validation });
    expect(readFileSync(join(folder, 'cut', 'fold-1', 'summary.json'), 'utf8')).toBe(first);
  });

  it('is described without a fold that has only begun, which is named', async () => {
    cpSync(join(folder, 'one'), join(folder, 'begun'), { recursive: true });
    const inBegun = (...names: string[]) => join(folder, 'begun', ...names);
    for (const name of ['summary.json', 'fold-2', 'fold-3']) rmSync(inBegun(name), { recursive: true });
    mkdirSync(inBegun('fold-2'));
    const tell = (line: string) => runInside(words(line), { cwd: folder });

    const told = (await tell('info begun')).stdout;
    expect(told).toMatch(/^so far +1 of 3 folds; not finished; begun\/fold-2 has begun$/m);
    expect(told).toMatch(/^mean +validation loss /m);
    expect(JSON.parse((await tell('info begun --json')).stdout)).toMatchObject({ begun: 'begun/fold-2' });
    expect((await tell('report begun --out begun.html')).code).toBe(0);
    const page = readFileSync(join(folder, 'begun.html'), 'utf8');
    expect(page).toContain('<h1>Training run fold-1</h1>');
    expect(page).toContain('begun/fold-2 has started but has nothing to show yet.');

    rmSync(inBegun('fold-2'), { recursive: true });
    for (const name of readdirSync(inBegun('fold-1'))) rmSync(inBegun('fold-1', name), { recursive: true });
    expect((await tell('info begun')).stdout).toMatch(/^so far +0 of 3 folds.*begun\/fold-1 has begun$/m);
    const refused = (what: string, hint: string) => [
      2,
      expect.stringMatching(`^error: begun.*${what}.*\n${hint}`),
    ];
    const answer = async (line: string) => {
      const { code, stderr } = await tell(line);
      return [code, stderr];
    };
    expect(await answer('report begun')).toEqual(refused('has only begun', 'Wait for it, or resume it'));

    rmSync(inBegun('config.json'));
    for (const command of ['info', 'report']) {
      expect(await answer(`${command} begun`)).toEqual(refused('got nothing yet', 'Repeat the command'));
    }
  });

  it.each([
    ['before the record of its first fold', ['summary.json', 'fold-1/config.json', 'fold-2', 'fold-3']],
    ['before its second fold', ['summary.json', 'fold-2', 'fold-3']],
    ['within its second fold, without a checkpoint', ['summary.json', 'fold-2/summary.json', 'fold-3']],
    ['before its summary', ['summary.json']],
  ])('killed %s, resumes to the same result', async (_, lost) => {
    cpSync(join(folder, 'one'), join(folder, 'killed'), { recursive: true });
    for (const name of lost) rmSync(join(folder, 'killed', name), { recursive: true });
    const summary = await lockstepJson('train --resume killed');
    expect(hashesOf(summary)).toEqual(hashesOf(readSummary('one')));
    const membersOf = ({ results }: { results: object[] }) => results.map(Object.keys);
    expect(membersOf(summary)).toEqual(membersOf(readSummary('one')));
    rmSync(join(folder, 'killed'), { recursive: true });
  });

  it('refuses changed rows, and options that would train folds differently', async () => {
    cpSync(join(folder, 'one'), join(folder, 'killed'), { recursive: true });
    rmSync(join(folder, 'killed', 'summary.json'));
    rmSync(join(folder, 'killed', 'fold-3'), { recursive: true });
    writeKinds(folder, 'other-kinds.csv', 60, 5000);
    const refused = async (line: string) => (await runInside(words(line), { cwd: folder })).stderr;
    expect(await refused('train other-kinds.csv --resume killed')).toContain('the data has changed since');
    expect(await refused('train --resume killed --epochs 5')).toContain(
      '--epochs: expected 4, as the folds of killed were started with',
    );
    expect(await refused('train --resume killed --folds 4')).toContain(
      '--folds: expected 3, as killed was started with',
    );
    expect(await refused('train --resume killed/fold-1')).toContain('Try --resume killed.');
    const config = join(folder, 'killed', 'fold-1', 'config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/"rules": \d+,/, ''));
    expect(await refused('train --resume killed')).toContain('got those of another (rules: 1)');
  });
});

it('stops each fold by its own rows, and tells in how many a target was reached', async () => {
  const line = `${KINDS} --epochs 12 --monitor f1 --patience 2 --seed 3`;
  const { results } = await lockstepJson(line);
  expect(results.every(({ validation }) => typeof validation.f1 === 'number')).toBe(true);
  const target = `${KINDS} --epochs 2 --target-metric log-loss=0 --out missed`;
  const missed = await runInside(words(`${target} --json --quiet`), { cwd: folder });
  expect([missed.code, missed.stderr]).toEqual([5, '--target-metric was reached in 0 of 3 folds.\n']);
  expect(JSON.parse(missed.stdout).target).toEqual({ figure: 'log-loss', value: 0, reached: false });
  expect((await runInside(words('train --resume missed'), { cwd: folder })).code).toBe(5);
});

it('replaces an earlier run and its folds with --force, and nothing else', async () => {
  await lockstepJson(`${KINDS} --epochs 1 --out replaced`);
  await lockstepJson(`${KINDS.replace('--folds 3', '--folds 2')} --epochs 1 --out replaced --force`);
  expect(readdirSync(join(folder, 'replaced')).filter(name => name.startsWith('fold'))).toEqual([
    'fold-1',
    'fold-2',
  ]);
  writeFileSync(join(folder, 'replaced', 'fold-2', 'mine.txt'), '');
  await lockstepJson('train kinds.csv --target kind --epochs 1 --out replaced --force');
  expect(readdirSync(join(folder, 'replaced')).filter(name => name.startsWith('fold'))).toEqual(['fold-2']);
  expect(readdirSync(join(folder, 'replaced', 'fold-2'))).toEqual(['mine.txt']);
});

describe('too few rows for the folds', () => {
  const write = (name: string, targets: readonly string[]) =>
    writeFileSync(join(folder, name), `a,y\n${targets.map((target, i) => `${i},${target}`).join('\n')}\n`);

  it.each<[string, string[], number, string]>([
    [
      'a class of one row',
      [...Array(20).fill('x'), 'rare', ...Array(20).fill('z')],
      5,
      'class "rare" has one row (row 21)',
    ],
    [
      'two classes of few rows',
      [...Array(9).fill('x'), 'b', 'c', 'b', 'b', 'c'],
      4,
      'class "c" has 2 rows (rows 11, 14)',
    ],
    ['numbers as classes', [...Array(9).fill('1'), ...Array(6).fill('0')], 7, 'class "0" has 6 rows, and'],
    ['a regression', ['1.5', '2.5', '3.25'], 4, 'the data has 3 rows, and'],
  ])('are reported with the class and its rows: %s', async (name, targets, folds, message) => {
    const file = `${name.replaceAll(' ', '-')}.csv`;
    write(file, targets);
    const { code, stderr } = await runInside(words(`train ${file} --target y --folds ${folds} --out few`), {
      cwd: folder,
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`--folds ${folds}: ${message}`),
    });
  });
});
