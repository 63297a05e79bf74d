/** predict --layer: the outputs of a hidden layer, compared with the textbook's forward pass in float64. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadWith } from '../../src/data/load-with.js';
import { readInputs } from '../../src/data/rows.js';
import { forward } from '../../src/reference/mlp.js';
import { loadModel } from '../../src/store/model-file.js';
import { expectAllClose } from '../close.js';
import { loadWithOptions } from '../data/files.js';
import { FLOAT32_GRADIENT } from '../tolerances.js';
import { makeFolder, runInside } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();
const kinds = writeKinds(folder, 'kinds.csv', 90);
const train = 'train kinds.csv --target kind --hidden 7,5,3 --activation gelu,tanh,relu --epochs 4 --out run';

it('writes z of each hidden layer as columns', async () => {
  expect((await runInside(train.split(' '), { cwd: folder })).code).toBe(0);
  const model = await loadModel(join(folder, 'run', 'model.safetensors'));
  const { network, weights, encoding, task } = model;
  const data = await loadWith(kinds, encoding, task, loadWithOptions());
  const { rows } = data;
  const layersOfRow = (n: number) => forward(network, weights, readInputs(data, n, n + 1)).z;

  for (const [layer, width] of [7, 5, 3].map((width, i) => [i + 1, width] as const)) {
    const line = `predict run kinds.csv --layer ${layer} --workers 2 --force --out layer.json`;
    expect((await runInside(line.split(' '), { cwd: folder })).code).toBe(0);
    const written: Record<string, number>[] = JSON.parse(readFileSync(join(folder, 'layer.json'), 'utf8'));
    expect(written).toHaveLength(rows);
    expect(Object.keys(written[0]!)).toEqual(
      Array.from({ length: width }, (_, k) => `layer${layer}_${k + 1}`),
    );
    const expected = Array.from({ length: rows }, (_, n) => [...layersOfRow(n)[layer]!]).flat();
    expectAllClose(written.flatMap(Object.values), expected, FLOAT32_GRADIENT, `layer ${layer}`);
  }
});

it.each([
  ['--layer 4', '--layer 4: run has 3 hidden layers: 1 (7 gelu), 2 (5 tanh), 3 (3 relu).'],
  ['--layer 0', '--layer 0: run has 3 hidden layers: 1 (7 gelu), 2 (5 tanh), 3 (3 relu).'],
  ['--layer=-1', '--layer: expected the number of a hidden layer, from 1, got -1.'],
])('refuses %s', async (option, message) => {
  const { code, stdout, stderr } = await runInside(['predict', 'run', 'kinds.csv', ...option.split(' ')], {
    cwd: folder,
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

it('writes the code of an autoencoder, which can be kept, evaluated and resumed like other models', async () => {
  const run = (line: string) => runInside(line.split(' '), { cwd: folder });
  const options = '--target-is-input --hidden 3 --activation tanh --validation 0.2 --checkpoint-every epoch';
  const trained = await run(`train kinds.csv ${options} --epochs 3 --out code --json`);
  expect([trained.code, trained.stderr.includes('error')]).toEqual([0, false]);
  expect(JSON.parse(trained.stdout)).toMatchObject({ validation: { rmse: expect.any(Number) } });
  const more = await run('train --resume code --epochs 5 --json');
  const whole = await run(`train kinds.csv ${options} --epochs 5 --out whole --json`);
  expect(JSON.parse(more.stdout).weightsSha256).toBe(JSON.parse(whole.stdout).weightsSha256);

  const evaluated = JSON.parse((await run('evaluate code kinds.csv --json')).stdout);
  expect(evaluated.targets.map(({ target }: { target: string }) => target)).toEqual([
    ...['length', 'weight', 'colour=green', 'colour=red', 'kind=ant', 'kind=bee', 'kind=cat'],
  ]);
  const predicted = (await run('predict code kinds.csv')).stdout.split('\n');
  expect(predicted[0]).toBe('length,weight,colour=green,colour=red,kind=ant,kind=bee,kind=cat');
  const code = (await run('predict code kinds.csv --layer 1')).stdout.trim().split('\n');
  expect([code[0], code.length]).toEqual(['layer1_1,layer1_2,layer1_3', 91]);
  expect(JSON.parse((await run('info code --json')).stdout).encoding.targetIsInput).toBe(true);
  expect((await run('verify kinds.csv --target-is-input --hidden 3 --steps 5')).code).toBe(0);
  expect((await run('report code')).code).toBe(0);
  const refused = await run('train kinds.csv --target-is-input --target kind');
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("--target kind can't be combined"),
  ]);
});
