/** Waves of numbers: which columns have them, first weights, rates, predictions beside plain loops, and what is refused. */
import { expect, it } from 'vitest';
import type { ColumnEncoding, Dataset } from '../../src/data/dataset.js';
import { arrayRows } from '../../src/data/rows.js';
import { fit as fitRows } from '../../src/index.js';
import { initialWeights } from '../../src/model/init.js';
import { firstLayers, layersOf, type Network } from '../../src/model/network.js';
import { makeOptimizer, rateFactor } from '../../src/model/optimizer.js';
import { predict } from '../../src/reference/mlp.js';
import { Forward } from '../../src/session/forward.js';
import { networkFor } from '../../src/train/make-network.js';
import { train } from '../../src/train/train.js';
import { withWaves } from '../../src/train/waves.js';

const ROWS = 60;
const number = (name: string, more: object = {}): ColumnEncoding =>
  ({ name, kind: 'number', mean: 0, deviation: 1, fill: null, ...more }) as ColumnEncoding;

/** Features: 0 a number, 1 and 2 a category, 3 a number, 4 and 5 its bins, 6 a constant, 7 a flag, 8 a number. */
const COLUMNS: ColumnEncoding[] = [
  number('a'),
  { name: 'c', kind: 'category', values: ['p', 'q'] },
  number('b', { edges: [0, 1, 2] }),
  number('always', { constant: true }),
  number('flag', { boolean: true }),
  number('d'),
];

function dataOf(columns = COLUMNS, kind: 'table' | 'pixels' = 'table'): Dataset {
  const features = 9;
  const x = Float32Array.from({ length: ROWS * features }, (_, i) => ((i * 37) % 101) / 25 - 2);
  return {
    ...{ source: 'rows', task: 'regression', rows: ROWS, features, outputs: 1, scale: 1 },
    x: arrayRows(x, features),
    y: Float32Array.from({ length: ROWS }, (_, i) => ((i * 17) % 23) / 11 - 1),
    encoding: { kind, columns, targets: ['y'], classes: [], targetScales: [{ mean: 0, deviation: 1 }] },
  };
}

const networkOf = (data: Dataset, cosines = 4, hidden = [7]): Network =>
  withWaves(networkFor([data.features, ...hidden, 1], 'mish', 'regression'), data, cosines);

it('gives waves to numbers, and none to categories, bins, constants and flags', () => {
  const network = networkOf(dataOf());
  expect(network).toMatchObject({ waves: [0, 3, 8], layers: [9, 12, 9, 7, 1] });
  expect(network.hidden).toEqual(['cosine', 'identity', 'mish']);
  expect(networkOf(dataOf(), 0)).not.toHaveProperty('waves');
});

it('begins with published frequencies, phases and sums', () => {
  const weights = initialWeights(networkOf(dataOf(), 1000, []), 1);
  const spread = (values: Float32Array) => Math.hypot(...values) / Math.sqrt(values.length);
  const [phases, frequencies] = [weights.subarray(0, 3000), weights.subarray(3000, 6000)];
  expect(Math.max(...phases.map(Math.abs))).toBeLessThanOrEqual(Math.fround(Math.PI));
  expect(spread(phases)).toBeCloseTo(Math.PI / Math.sqrt(3), 1);
  expect(spread(frequencies)).toBeCloseTo(0.2 * Math.PI, 1);
  expect(Math.max(...weights.subarray(6000, 15_009).map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(1000));
});

it('learns waves at a tenth of the rate, frequencies in turns', () => {
  const network = networkOf(dataOf());
  const optimizer = makeOptimizer('adam', { biasRate: 0.5, fanInRate: true });
  const rates = [0, 1, 2].map(layer =>
    [true, false].map(bias => rateFactor(optimizer, network, layer, bias)),
  );
  expect(rates).toEqual([
    [0.1, 0.2 * Math.PI],
    [0.1, 0.1],
    [0.5, 1 / Math.sqrt(18)],
  ]);
});

it('predicts what the textbook does, also layer by layer', async () => {
  const data = dataOf();
  const network = networkOf(data);
  let weights = new Float32Array();
  for await (const report of train(network, data, null, { epochs: 2, batchSize: 7 })) {
    if (report.type === 'end') weights = report.result.weights as Float32Array<ArrayBuffer>;
  }
  const x = new Float32Array(ROWS * data.features);
  data.x.write(x, 0, ROWS);
  const parts = [1, 2, 3].map(count => firstLayers(network, weights, count));
  for (const first of [...parts, { network, weights }]) {
    const forward = new Forward(first.network, first.weights, { backend: 'auto', blas: null });
    forward.x.set(x);
    const expected = predict(first.network, first.weights, x);
    const worst = forward.run(ROWS).reduce((most, z, i) => Math.max(most, Math.abs(z - expected[i]!)), 0);
    expect(worst).toBeLessThan(1e-5);
  }
  expect(layersOf(network).map(({ inputs }) => inputs)).toEqual([1, 4, 18, 7]);
});

it('says what waves can not be combined with', async () => {
  const data = dataOf();
  const run = async (options: object) => {
    for await (const _ of train(networkOf(data), data, null, { epochs: 1, ...options }));
  };
  await expect(run({ walk: 'block' })).rejects.toThrow(
    /without numberWaves, whose layers are walked by shard/,
  );
  await expect(run({ noiseScale: true })).rejects.toThrow(/without numberWaves, whose gradients/);
  const none = dataOf([{ name: 'c', kind: 'category', values: [...'pqrstuvwx'] }]);
  expect(() => networkOf(none)).toThrow('numberWaves: 4: expected columns of numbers, and rows has none.');
  expect(() => networkOf(dataOf(COLUMNS, 'pixels'))).toThrow('expected columns of numbers');
});

it('is an option of fit, whose model predicts rows', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ a: i / 10, c: 'pq'[i % 2]!, y: Math.sin(i / 3) }));
  const model = await fitRows(rows, { target: 'y', numberWaves: 8, hidden: [16], epochs: 3 });
  const [first] = model.predict(rows.slice(0, 1)) as number[];
  expect(first).toBeCloseTo((model.predict(rows) as number[])[0]!, 6);
  await expect(fitRows(rows, { target: 'y', numberWaves: -1 })).rejects.toThrow('numberWaves: expected');
});
