/** lockstep train --ensemble. */
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../src/library/model.js';
import { loadModel } from '../../src/store/model-file.js';
import { lockstep, makeFolder, runInside } from './lockstep.js';
import { writeAnswers, writeHouses, writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 80);
writeAnswers(folder, 'answers.csv', 60);
writeHouses(folder, 'houses.csv', 60);

const words = (line: string) => line.split(' ');
const at = (...names: string[]) => join(folder, ...names);
const textOf = (...names: string[]) => readFileSync(at(...names), 'utf8');

async function json(line: string) {
  const { code, stdout, stderr } = await runInside([...words(line), '--json'], { cwd: folder });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const refused = async (line: string) => (await runInside(words(line), { cwd: folder })).stderr;

const KINDS =
  'train kinds.csv --target kind --validation 0.2 --epochs 4 --hidden 6 --dropout 0.1 --backend wasm --quiet';
const THREE = `${KINDS} --ensemble 3`;

beforeAll(async () => {
  await json(`${THREE} --out three`);
});

it.each(['--parallel 1', '--parallel 3 --workers 1', '--parallel 2 --workers 2'])(
  'has the same bits with %s',
  async how => {
    const { weightsSha256, validation } = await json(`${THREE} ${how} --no-save`);
    expect({ weightsSha256, validation }).toMatchObject(
      (({ weightsSha256, validation }) => ({ weightsSha256, validation }))(
        JSON.parse(textOf('three', 'summary.json')),
      ),
    );
  },
);

it('has the plain training as its first member, and others after it', async () => {
  const { weightsSha256 } = await json(`${KINDS} --no-save`);
  const { results } = JSON.parse(textOf('three', 'summary.json'));
  const hashes = results.map((result: { weightsSha256: string }) => result.weightsSha256);
  expect(hashes[0]).toBe(weightsSha256);
  expect(new Set(hashes).size).toBe(3);
});

describe.each([
  ['kinds', '--target kind', 'three classes'],
  ['answers', '--target answer', 'two classes'],
  ['houses', '--target price', 'numbers'],
  ['houses', '--target price --loss huber --ignore rooms', 'another loss'],
])('of %s with %s: %s', (name, options) => {
  it('predicts the mean of its members, also in the library, and evaluates it', async () => {
    await json(
      `train ${name}.csv ${options} --epochs 3 --hidden 5 --ensemble 2 --out run --force --quiet --validation 0.2`,
    );
    const columnsOf = async (model: string) => {
      await json(`predict ${model} ${name}.csv --out ${name}-out.csv --force`);
      const [, ...rows] = textOf(`${name}-out.csv`).trim().split('\n');
      const cells = rows.map(row => row.split(',').map(Number));
      // The first column of classes is their name.
      return cells.map(row => row.filter(cell => !Number.isNaN(cell)));
    };
    const [whole, first, second] = [
      await columnsOf('run'),
      await columnsOf('run/member-1'),
      await columnsOf('run/member-2'),
    ];
    for (const [i, row] of whole.entries()) {
      for (const [k, cell] of row.entries()) expect(cell).toBe((first[i]![k]! + second[i]![k]!) / 2);
    }
    const evaluated = await json(`evaluate run ${name}.csv`);
    const alone = [
      await json(`evaluate run/member-1 ${name}.csv`),
      await json(`evaluate run/member-2 ${name}.csv`),
    ];
    // E is convex in the prediction.
    expect(evaluated.loss).toBeLessThan((alone[0]!.loss + alone[1]!.loss) / 2);
    if ('log-loss' in evaluated) expect(evaluated.loss).toBeCloseTo(evaluated['log-loss'], 12);
    const model = await load(at('run', 'model.safetensors'));
    const [head, ...rows] = textOf(`${name}.csv`).trim().split('\n');
    const objects = rows.map(row =>
      Object.fromEntries(row.split(',').map((cell, j) => [head!.split(',')[j]!, cell])),
    );
    const ours =
      model.task === 'regression'
        ? model.predict(objects).map(value => [value])
        : model.predictProbabilities(objects);
    expect(ours).toEqual(whole);
  });
});

it('computes E of one member as the workers do', async () => {
  const single = await loadModel(at('three', 'member-1', 'model.safetensors'));
  const { FittedModel } = await import('../../src/library/model.js');
  const { joinMembers } = await import('../../src/model/members.js');
  const twice = new FittedModel({ ...single, weights: joinMembers([single.weights, single.weights]) });
  const [head, ...rows] = textOf('kinds.csv').trim().split('\n');
  const objects = rows.map(row =>
    Object.fromEntries(row.split(',').map((cell, j) => [head!.split(',')[j]!, cell])),
  );
  const { loss, predictions } = await twice.evaluate(objects);
  const one = await new FittedModel(single).evaluate(objects);
  expect(predictions).toEqual(one.predictions);
  expect(loss).toBeCloseTo(one.loss, 5);
});

it.each([
  ['before its members', ['summary.json', 'model.safetensors', 'member-1', 'member-2', 'member-3']],
  ['within its second member', ['summary.json', 'member-2/summary.json', 'member-3']],
  ['before its model', ['summary.json', 'model.safetensors']],
])('killed %s, resumes to the same result, and repeats no member', async (_, lost) => {
  cpSync(at('three'), at('killed'), { recursive: true, preserveTimestamps: true });
  for (const name of lost) rmSync(at('killed', name), { recursive: true });
  const told = await runInside(words('info killed'), { cwd: folder });
  if (lost.includes('member-2/summary.json'))
    expect(told.stdout).toMatch(/^next +lockstep train --resume killed$/m);
  const { weightsSha256 } = await json('train --resume killed --quiet');
  expect(weightsSha256).toBe(JSON.parse(textOf('three', 'summary.json')).weightsSha256);
  if (!lost.includes('member-1')) {
    const timeOf = (run: string) => statSync(at(run, 'member-1', 'summary.json')).mtime.toISOString();
    expect(timeOf('killed')).toBe(timeOf('three'));
  }
  rmSync(at('killed'), { recursive: true });
});

it('interrupted by a signal, is resumed within its members', async () => {
  const line = `${THREE.replace(' --quiet', '').replace('--epochs 4', '--epochs 150')} --parallel 2`;
  let sent = false;
  const { code, stderr } = await lockstep(words(`${line} --out cut`), {
    cwd: folder,
    onError: (said, kill) => {
      if (sent || !/machine/.test(said)) return;
      sent = true;
      kill('SIGINT');
    },
  });
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /SIGINT: stopped with \d of 3 members finished. To resume: lockstep train --resume cut\n$/,
  );
  const resumed = await json('train --resume cut --quiet');
  const { weightsSha256 } = await json(`${line} --no-save --quiet`);
  expect(resumed.weightsSha256).toBe(weightsSha256);
});

it('reports its figures beside the mean of the members, and says what it is', async () => {
  const { validation, mean, results } = JSON.parse(textOf('three', 'summary.json'));
  const losses = results.map((result: { validation: { loss: number } }) => result.validation.loss);
  expect(mean.validation.loss).toBeCloseTo((losses[0] + losses[1] + losses[2]) / 3, 12);
  expect(validation.loss).toBeLessThan(mean.validation.loss);
  const { stdout } = await runInside(words('train --resume three'), { cwd: folder });
  expect(stdout).toMatch(/^mean .*\ntogether /m);
  expect((await runInside(words('info three'), { cwd: folder })).stdout).toMatch(/^members +3, whose/m);
  expect((await runInside(words('runs ls three three/member-1'), { cwd: folder })).stdout).toMatch(
    /three +ensemble[\s\S]*member-1 +member/,
  );
  expect((await runInside(words('report three --out three.html'), { cwd: folder })).code).toBe(0);
  expect(textOf('three.html')).toMatch(/member-1[\s\S]*member-3/);
});

it('with --refit judges the models that have not seen the validation rows', async () => {
  const line = `${KINDS} --ensemble 2`;
  const plain = await json(`${line} --no-save`);
  const again = await json(`${line} --refit --no-save`);
  expect(again.validation).toEqual(plain.validation);
  expect(again.weightsSha256).not.toBe(plain.weightsSha256);
});

it('refused before its members begin, leaves the run that it would replace as it was', async () => {
  cpSync(at('three'), at('kept'), { recursive: true });
  const line = `${KINDS} --ensemble 2 --out kept --force`;
  expect(await refused(`${line} --metrics rmse`)).toContain('--metrics: expected');
  expect(textOf('kept', 'summary.json')).toBe(textOf('three', 'summary.json'));
  expect(textOf('kept', 'member-3', 'summary.json')).toBe(textOf('three', 'member-3', 'summary.json'));
  await json(line);
  expect(readdirSync(at('kept')).toSorted()).toEqual(
    ['config.json', 'member-1', 'member-2', 'model.safetensors', 'summary.json'].toSorted(),
  );
});

it('refuses seeds of which two members would have the same', async () => {
  const seed = Number.MAX_SAFE_INTEGER - 1;
  expect(await refused(`${THREE} --seed ${seed}`)).toContain(
    `--seed: expected at most ${seed - 1}, because --ensemble 3 takes the seeds after it too, got ${seed}`,
  );
  const { results } = await json(`${THREE} --seed ${seed - 1} --no-save`);
  expect(new Set(results.map((result: { weightsSha256: string }) => result.weightsSha256)).size).toBe(3);
});

it('warns about members that are the same', async () => {
  const line = `${THREE.replace(' --dropout 0.1', '')} --init three/member-1/model.safetensors --no-save`;
  expect(await refused(`${line} --no-shuffle --batch-size full`)).toContain('only 1 of 3 members differ');
  expect(await refused(`${line} --batch-size 16`)).not.toContain('differ');
});

it('refuses what makes no sense', async () => {
  expect(await refused(`${KINDS.replace('--validation 0.2 ', '')} --ensemble 2 --folds 3`)).toContain(
    "--ensemble can't be combined with --folds",
  );
  expect(await refused(`${KINDS} --parallel 2`)).toContain('--parallel needs --ensemble');
  expect(await refused('predict three kinds.csv --layer 1')).toContain('is an ensemble');
  expect(await refused(`${KINDS} --init three/model.safetensors`)).toContain('got those of an ensemble');
  expect(await refused('train --resume three/member-2')).toContain('Try --resume three.');
  expect(await refused('runs rm three/member-2')).toContain('one member of a run');
});
