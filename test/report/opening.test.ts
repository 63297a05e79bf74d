import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { arrayRows } from '../../src/data/rows.js';
import type { Network } from '../../src/model/network.js';
import { makeOptimizer } from '../../src/model/optimizer.js';
import { makeSchedule } from '../../src/model/schedule.js';
import { type OpeningFacts, openingText, shortDescription } from '../../src/report/opening.js';
import { START } from './reports.js';

const network: Network = { layers: [5, 1200, 1], hidden: ['relu'], output: 'identity', loss: 'sse' };
const data: Dataset = {
  source: 'houses.csv',
  task: 'regression',
  rows: 1800,
  features: 5,
  outputs: 1,
  scale: 1,
  x: arrayRows(new Float32Array(0), 5),
  y: new Float32Array(0),
  encoding: {
    kind: 'table',
    columns: [
      { name: 'area', kind: 'number', mean: 0, deviation: 1, fill: null },
      { name: 'rooms', kind: 'number', mean: 0, deviation: 1, fill: null },
      { name: 'town', kind: 'category', values: ['Graz', 'Linz', 'Wien'] },
    ],
    targets: ['price'],
    classes: [],
    targetScales: [],
  },
};

function linesOf(facts: Partial<OpeningFacts> & { of?: Partial<Dataset> } = {}): string[] {
  const { of, ...others } = facts;
  const rest = { batchSchedule: [], schedule: null, steps: null };
  const options = { optimizer: makeOptimizer('adam'), learningRate: 0.001, epochs: 30, ...rest };
  const known = {
    network,
    validation: null,
    options,
    start: START,
    isScaled: false,
    isSplitByDefault: false,
  };
  return openingText({ ...known, data: { ...data, ...of }, ...others }).split('\n');
}

describe('openingText', () => {
  it('names data, target, features, network, training and machine', () => {
    expect(linesOf({ validation: { ...data, rows: 200 } })).toEqual([
      'data      houses.csv: 1,800 rows for training, 200 for validation',
      'target    price: regression',
      'features  5 from 3 columns',
      'network   5 → 1,200 → 1, relu, sse, 101,770 parameters',
      'training  adam, learning rate 0.001, batches of 100 rows, 30 epochs',
      'machine   wasm (SIMD), 2 workers, 4 shards',
    ]);
  });

  it('says why the task was chosen, and how the data was changed', () => {
    const encoding = { ...data.encoding, targets: ['stars'] };
    const of = {
      ...({ task: 'multiclass', outputs: 20, encoding } as const),
      taskReason: 'whole numbers from 1 to 20; --task regression predicts the number',
      notes: ['column "id" is left out', 'column "zip" is constant'],
    };
    const lines = linesOf({ of });
    expect(lines[1]).toBe(
      'target    stars: 20 classes (whole numbers from 1 to 20; --task regression predicts the number)',
    );
    expect(lines.slice(-2)).toEqual([
      'note      column "id" is left out',
      'note      column "zip" is constant',
    ]);
  });

  it.each<[string, Partial<Dataset>, string]>([
    [
      'two classes',
      { task: 'binary', encoding: { ...data.encoding, classes: ['no', 'yes'] } },
      'price: 2 classes, "no" and "yes"',
    ],
    [
      'labels',
      { task: 'multilabel', outputs: 5, encoding: { ...data.encoding, targets: [...'abcde'] } },
      'a, b, c and 2 more: 5 labels',
    ],
    [
      'the inputs',
      { encoding: { ...data.encoding, targetIsInput: true } },
      'the features themselves (autoencoder)',
    ],
  ])('names the target: %s', (_, of, expected) => {
    expect(linesOf({ of })[1]).toBe(`target    ${expected}`);
  });

  it('names the file of the validation rows if it differs', () => {
    const validation = { ...data, source: 'test.csv', rows: 1 };
    expect(linesOf({ validation })[0]).toContain('1,800 rows for training, 1 of test.csv for validation');
    expect(linesOf()[0]).toContain('1,800 rows for training, none for validation');
  });

  it('counts pixels, and columns that are single features', () => {
    expect(linesOf({ of: { features: 784, encoding: { ...data.encoding, kind: 'pixels' } } })[2]).toBe(
      'features  784 pixels',
    );
    expect(linesOf({ of: { features: 3 } })[2]).toBe('features  3 columns');
  });

  it('names the schedule, scaled rates, growing batches and a step limit', () => {
    const options = {
      ...{ optimizer: makeOptimizer('lamb'), learningRate: 0.0123456, epochs: 1, steps: 5000 },
      ...{ schedule: makeSchedule('cosine', {}), batchSchedule: [] },
    };
    expect(linesOf({ options, isScaled: true, start: { ...START, largestBatch: 4096 } })[4]).toBe(
      'training  lamb, learning rate 0.01235 (scaled with the batch size, cosine), batches of 100 to 4,096 rows, 1 epoch or 5,000 steps',
    );
  });

  it('begins with the notice of the backend, if there is one', () => {
    expect(linesOf({ start: { ...START, notice: 'no BLAS: using wasm' } })[0]).toBe('no BLAS: using wasm');
  });
});

it.each([
  ['blas (OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Cooperlake MAX_THREADS=64)', 'OpenBLAS 0.3.21'],
  ['blas (OpenBLAS 0.3.29.dev DYNAMIC_ARCH Zen MAX_THREADS=2)', 'OpenBLAS 0.3.29.dev'],
  ['blas (/usr/lib/libblis.so.4)', 'blas (/usr/lib/libblis.so.4)'],
  ['wasm (relaxed SIMD)', 'wasm (relaxed SIMD)'],
  ['reference (plain loops)', 'reference (plain loops)'],
])('shortens the description %s', (description, expected) => {
  expect(shortDescription(description)).toBe(expected);
});
