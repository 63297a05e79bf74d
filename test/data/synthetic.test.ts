/** Rows generated from a seed: the same everywhere, and suitable for learning. */

import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { loadData } from '../../src/data/load.js';
import { loadWith } from '../../src/data/load-with.js';
import { readInputs } from '../../src/data/rows.js';
import { spelledOut } from '../datasets.js';
import { loadOptions, loadTrain, loadWithOptions, makeFolder, refusal } from './files.js';

const folder = makeFolder();

/** Mean and deviation of all features. */
function moments(data: Dataset): [number, number] {
  let sum = 0;
  let squares = 0;
  const x = readInputs(data);
  for (const value of x) {
    sum += value;
    squares += value * value;
  }
  return [sum / x.length, Math.sqrt(squares / x.length)];
}

/** Share of the rows whose nearest other row is of the same class. */
function neighbourAccuracy(data: Dataset): number {
  const { y, rows, features } = data;
  const x = readInputs(data);
  let right = 0;
  for (let i = 0; i < rows; i++) {
    let best = { distance: Infinity, label: -1 };
    for (let other = 0; other < rows; other++) {
      if (other === i) continue;
      let distance = 0;
      for (let j = 0; j < features; j++) distance += (x[i * features + j]! - x[other * features + j]!) ** 2;
      if (distance < best.distance) best = { distance, label: y[other]! };
    }
    if (best.label === y[i]) right++;
  }
  return right / rows;
}

describe('synthetic data', () => {
  it.each([
    ['synthetic:500x20x3', { task: 'multiclass', rows: 500, features: 20, outputs: 3 }],
    ['synthetic:500x20x2', { task: 'binary', rows: 500, features: 20, outputs: 1 }],
    ['synthetic:500x20x1', { task: 'regression', rows: 500, features: 20, outputs: 1 }],
    ['synthetic:1x1x1', { task: 'regression', rows: 1, features: 1, outputs: 1 }],
  ])('%s has the requested shape', async (source, expected) => {
    const data = await loadTrain(source);
    expect(data).toMatchObject({ ...expected, source, scale: 1 });
    expect(data.encoding.columns.length).toBe(data.features);
  });

  it('is the same for the same seed, and different for another', async () => {
    const make = async (seed: number) => await loadTrain('synthetic:50x4x3', { seed });
    expect(spelledOut(await make(1))).toEqual(spelledOut(await make(1)));
    expect(readInputs(await make(1))).not.toEqual(readInputs(await make(2)));
  });

  it.each([1, 3])('has the first rows of the larger set of %i classes', async classes => {
    const few = await loadTrain(`synthetic:30x5x${classes}`);
    const many = await loadTrain(`synthetic:90x5x${classes}`);
    expect(readInputs(many).slice(0, readInputs(few).length)).toEqual(readInputs(few));
    expect(many.y.slice(0, few.y.length)).toEqual(few.y);
  });

  it.each([
    'synthetic:2000x1x2',
    'synthetic:2000x2x2',
    'synthetic:2000x3x10',
    'synthetic:2000x50x10',
    'synthetic:500x784x10',
    'synthetic:2000x20x1',
  ])('%s has features of mean 0 and a deviation near 1', async source => {
    const [mean, deviation] = moments(await loadTrain(source));
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(deviation).toBeGreaterThan(0.6);
    expect(deviation).toBeLessThan(1.7);
  });

  it.each([
    'synthetic:600x2x2',
    'synthetic:600x2x4',
    'synthetic:600x5x3',
    'synthetic:600x20x10',
    'synthetic:400x100x10',
  ])('%s can be learnt, because neighbours share a class', async source => {
    expect(neighbourAccuracy(await loadTrain(source))).toBeGreaterThan(0.9);
  });

  it('cannot be separated linearly, because each class has its mean at 0', async () => {
    const data = await loadTrain('synthetic:4000x10x2');
    const { y, features } = data;
    const x = readInputs(data);
    for (const label of [0, 1]) {
      const rows = Array.from(y.keys()).filter(i => y[i] === label);
      for (let j = 0; j < features; j++) {
        const mean = rows.reduce((sum, i) => sum + x[i * features + j]!, 0) / rows.length;
        expect(Math.abs(mean)).toBeLessThan(0.2); // over six standard deviations of the mean
      }
    }
  });

  it('can have a fraction held out', async () => {
    const { train, validation } = await loadData('synthetic:100x3x4', loadOptions({ validation: 0.2 }));
    expect([train.rows, validation?.rows]).toEqual([80, 20]);
    expect(readInputs(validation!)).toHaveLength(60);
  });

  it('is generated again for a network trained on it', async () => {
    const first = await loadTrain('synthetic:50x4x3', { seed: 9 });
    const { encoding, task } = first;
    const again = await loadWith('synthetic:50x4x3', encoding, task, loadWithOptions({ seed: 9 }));
    expect(readInputs(again)).toEqual(readInputs(first));
  });

  it.each([
    'synthetic:',
    'synthetic:10x2',
    'synthetic:10x2x2x2',
    'synthetic:0x2x2',
    'synthetic:10x0x2',
    'synthetic:10x2x0',
    'synthetic:1e3x2x2',
    'synthetic:3x2x4',
  ])('is refused as %s', async source => {
    expect(await refusal(loadTrain(source), folder)).toEqual({
      code: 'usage',
      message: `${source}: expected synthetic:ROWSxFEATURESxCLASSES, each 1 or more and no fewer rows than classes.`,
      hint: 'Try synthetic:10000x20x3; one class makes a regression.',
    });
  });

  it.each([
    [{ task: 'regression' as const }, '--task regression: expected multiclass, which synthetic:9x2x3 is.'],
    [{ target: ['y'] }, '--target is for tables, and synthetic:9x2x3 is none.'],
  ])('is refused with %j', async (options, message) => {
    expect((await refusal(loadTrain('synthetic:9x2x3', options), folder)).message).toBe(message);
  });

  it('is refused if its shape differs from the training data', async () => {
    const { encoding, task } = await loadTrain('synthetic:50x4x3');
    const loading = loadWith('synthetic:50x5x3', encoding, task, loadWithOptions());
    expect((await refusal(loading, folder)).message).toBe(
      'synthetic:50x5x3: expected 4 features and 3 classes, as in training.',
    );
  });
});
