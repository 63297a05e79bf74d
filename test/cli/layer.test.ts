/** predict --layer: what a hidden layer gives, against the textbook's forward pass in float64. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadWith } from '../../src/data/load.js';
import { forward } from '../../src/reference/mlp.js';
import { loadModel } from '../../src/store/model-file.js';
import { expectAllClose } from '../close.js';
import { loadWithOptions } from '../data/files.js';
import { FLOAT32_GRADIENT } from '../tolerances.js';
import { lockstep, makeFolder } from './lockstep.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();
const kinds = writeKinds(folder, 'kinds.csv', 90);
const train = 'train kinds.csv --target kind --hidden 7,5,3 --activation gelu,tanh,relu --epochs 4 --out run';

it('writes z of any hidden layer as columns', async () => {
  expect((await lockstep(train.split(' '), { cwd: folder })).code).toBe(0);
  const model = await loadModel(join(folder, 'run', 'model.safetensors'));
  const { network, weights, encoding, task } = model;
  const { x, rows, features } = await loadWith(kinds, encoding, task, loadWithOptions());
  const layersOfRow = (n: number) =>
    forward(network, weights, x.subarray(n * features, (n + 1) * features)).z;

  for (const [layer, width] of [7, 5, 3].map((width, i) => [i + 1, width] as const)) {
    const line = `predict run kinds.csv --layer ${layer} --workers 2 --out layer.json`;
    expect((await lockstep(line.split(' '), { cwd: folder })).code).toBe(0);
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
  ['--layer 4', '--layer: expected a hidden layer of run, 1 (7 gelu), 2 (5 tanh), 3 (3 relu), got 4.'],
  ['--layer 0', '--layer: expected a whole number from 1, got 0.'],
  ['--layer=-1', '--layer: expected a whole number from 1, got -1.'],
])('refuses %s', async (option, message) => {
  const { code, stdout, stderr } = await lockstep(['predict', 'run', 'kinds.csv', ...option.split(' ')], {
    cwd: folder,
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
