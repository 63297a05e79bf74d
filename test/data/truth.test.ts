/** Regression targets in their original units: exactly as in the file, for any selection of rows. */
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { loadData, loadFolds } from '../../src/data/load.js';
import { loadWith } from '../../src/data/load-with.js';
import { truthOf } from '../../src/data/reconstruction.js';
import { readInputs } from '../../src/data/rows.js';
import { idx, loadOptions, loadTrain, loadWithOptions, makeFolder } from './files.js';

const folder = makeFolder();

/** Targets that float32 can't represent exactly, such as time stamps. */
const rows = Array.from({ length: 40 }, (_, i) => ({
  x: i,
  stamp: 1_700_000_000 + 3 * i + 0.25,
  easting: 500_000.001 * (i % 2 ? 1 : -1) + i / 1024,
  tiny: (i + 0.1) * 1e-9,
  weight: 0.1 * (1 + (i % 7)),
}));
const names = ['x', 'stamp', 'easting', 'tiny', 'weight'] as const;
const path = folder.table('rows.csv', [names, ...rows.map(row => names.map(name => row[name]))]);
const TARGETS = ['stamp', 'easting', 'tiny'] as const;
const options = loadOptions({
  target: [...TARGETS],
  features: ['x'],
  weightColumn: 'weight',
  scale: 'none',
  standardizeTargets: true,
});

/** Checks each row, identified by its feature, against the numbers in the file. */
function expectTheFilesNumbers(data: Dataset) {
  const of = [...readInputs(data)].map(x => rows[x]!);
  expect([...data.truth!]).toEqual(of.flatMap(row => TARGETS.map(name => row[name])));
  expect([...data.exactWeights!]).toEqual(of.map(row => row.weight));
  expect([...data.weights!]).toEqual(of.map(row => Math.fround(row.weight)));
}

describe('the targets of a table', () => {
  it('are kept unchanged in addition to the encoded ones', async () => {
    const { train } = await loadData(path, options);
    expectTheFilesNumbers(train);
    expect(truthOf(train)).toBe(train.truth);
  });

  it('follow their rows into both parts of a split, and into folds', async () => {
    const { train, validation } = await loadData(path, { ...options, validation: 0.25 });
    for (const part of [train, validation!]) expectTheFilesNumbers(part);
    const folds = await loadFolds(path, options, 4);
    for (const part of Object.values(folds.fold(2))) expectTheFilesNumbers(part);
  });

  it('are those of the validation file, not of the training file', async () => {
    const { encoding, task } = await loadTrain(path, options);
    const shown = [rows[3]!, rows[30]!].map(row => [...names.map(name => row[name])].reverse());
    const other = folder.table('other.csv', [[...names].reverse(), ...shown]);
    expectTheFilesNumbers(await loadWith(other, encoding, task, loadWithOptions({ weightColumn: 'weight' })));
  });

  it('are absent without a regression or without validation rows', async () => {
    const classes = folder.table('classes.csv', [['x', 'y'], ...rows.map(({ x }) => [x, x % 2])]);
    expect(await loadTrain(classes)).not.toHaveProperty('truth');
    const { encoding, task } = await loadTrain(path, options);
    const unjudged = await loadWith(path, encoding, task, loadWithOptions({ requireTargets: false }));
    expect(unjudged).not.toHaveProperty('truth');
  });
});

describe('the labels of images', () => {
  const pair = (name: string, labels: Uint8Array) => {
    folder.write(`${name}/train-labels-idx1-ubyte`, labels);
    return folder.write(`${name}/train-images-idx3-ubyte`, idx([3, 1, 1], [0, 128, 255]));
  };
  const doubles = (values: number[]) => {
    const view = new DataView(new ArrayBuffer(8 * values.length));
    for (const [i, value] of values.entries()) view.setFloat64(8 * i, value);
    return idx([values.length], new Uint8Array(view.buffer), 14);
  };
  const integers = (values: number[]) => {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    for (const [i, value] of values.entries()) view.setInt32(4 * i, value);
    return idx([values.length], new Uint8Array(view.buffer), 12);
  };

  it('are exact as numbers, also in parts of a split', async () => {
    const values = [1_700_000_000.25, -1_700_000_001.5, 0.1];
    const images = pair('doubles', doubles(values));
    const data = await loadTrain(images);
    expect([...data.truth!]).toEqual(values);
    const { train, validation } = await loadData(images, loadOptions({ validation: 0.34 }));
    expect([...train.truth!, ...validation!.truth!].sort()).toEqual([...values].sort());
  });

  it('stay distinct as classes that are equal in float32', async () => {
    const data = await loadTrain(pair('integers', integers([16_777_217, 16_777_216, 16_777_218])));
    expect(data.encoding.classes).toEqual(['16777216', '16777217', '16777218']);
    expect([...data.y]).toEqual([1, 0, 2]);
  });
});

describe('the truth of inputs that are targets', () => {
  it('is what the network sees, scaled back in float64', async () => {
    const table = folder.table('inputs.csv', [['a', 'b'], ...rows.map(({ stamp, tiny }) => [stamp, tiny])]);
    const data = await loadTrain(table, { targetIsInput: true });
    const scales = data.encoding.targetScales;
    expect([...truthOf(data)]).toEqual(
      [...readInputs(data)].map((value, i) => scales[i % 2]!.mean + scales[i % 2]!.deviation * value),
    );
    // With a deviation of 35, float32 resolves a few millionths.
    truthOf(data).forEach((value, i) => {
      if (i % 2 === 0) expect(Math.abs(value - rows[i / 2]!.stamp)).toBeLessThan(1e-5);
    });
  });

  it('is that of pixels exactly', async () => {
    folder.write('pixels/train-images-idx3-ubyte', idx([3, 1, 1], [0, 51, 255]));
    const data = await loadTrain(`${folder.path}/pixels`, { targetIsInput: true });
    expect([...truthOf(data)]).toEqual([0, 51 / 255, 1]);
  });
});
