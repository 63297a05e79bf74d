import { describe, expect, it } from 'vitest';
import type { Dataset, Encoding, Task } from '../../src/data/dataset.js';
import { arrayRows } from '../../src/data/rows.js';
import { baselineOf, isNoBetter } from '../../src/judge/baseline.js';

interface Rows extends Partial<Pick<Dataset, 'outputs' | 'weights' | 'x' | 'features' | 'scale'>> {
  encoding?: Partial<Encoding>;
}

function rowsOf(task: Task, y: number[], { outputs = 1, encoding, ...more }: Rows = {}): Dataset {
  const width = task === 'multiclass' ? 1 : outputs;
  return {
    source: 'rows.csv',
    task,
    rows: y.length / width,
    features: 1,
    outputs,
    scale: 1,
    x: arrayRows(new Float32Array(y.length / width), 1),
    y: task === 'multiclass' ? Int32Array.from(y) : Float32Array.from(y),
    ...more,
    encoding: { kind: 'table', columns: [], targets: ['y'], classes: [], targetScales: [], ...encoding },
  };
}

describe('the baseline of numbers', () => {
  it('is the RMSE of the training mean, in the units of the target', () => {
    const encoding = { targetScales: [{ mean: 100, deviation: 10 }] };
    const data = rowsOf('regression', [0, 1, 2], { encoding });
    // The mean is 1: 10 · √((1 + 9) / 2).
    const validation = rowsOf('regression', [2, 4], { encoding });
    expect(baselineOf(data, validation)).toEqual({ figure: 'rmse', value: 10 * Math.sqrt(5), answer: null });
  });

  it('counts rows by their weights', () => {
    const data = rowsOf('regression', [0, 4], { weights: Float32Array.of(3, 1) });
    const validation = rowsOf('regression', [2, 3, 1], { weights: Float32Array.of(1, 1, 0) });
    expect(baselineOf(data, validation).value).toBeCloseTo(Math.sqrt((1 + 4) / 2), 12);
  });

  it('has a mean for each target', () => {
    const data = rowsOf('regression', [0, 10, 2, 30], { outputs: 2 });
    const validation = rowsOf('regression', [1, 20, 3, 24], { outputs: 2 });
    expect(baselineOf(data, validation).value).toBeCloseTo(Math.sqrt((0 + 0 + 4 + 16) / 4), 12);
  });

  it('refers to the inputs if those are the targets', () => {
    const encoding = { targetIsInput: true };
    const pixels = (...x: number[]) =>
      rowsOf('regression', [], {
        x: arrayRows(Uint8Array.from(x), 2),
        features: 2,
        outputs: 2,
        scale: 1 / 255,
        encoding,
      });
    const data = { ...pixels(0, 255, 102, 255), rows: 2 };
    const validation = { ...pixels(51, 0), rows: 1 };
    // Means 0.2 and 1; values 0.2 and 0.
    expect(baselineOf(data, validation).value).toBeCloseTo(Math.sqrt(1 / 2), 6);
  });
});

describe('the baseline of classes', () => {
  it.each<[string, Task, number[], number[], Rows, { value: number; answer: string | null }]>([
    [
      'two classes',
      'binary',
      [1, 1, 0],
      [1, 0, 0, 0],
      { encoding: { classes: ['no', 'yes'] } },
      { value: 1 / 4, answer: 'yes' },
    ],
    [
      'several',
      'multiclass',
      [2, 0, 2, 1],
      [2, 2, 1, 0],
      { outputs: 3, encoding: { classes: ['a', 'b', 'c'] } },
      { value: 1 / 2, answer: 'c' },
    ],
    [
      'labels',
      'multilabel',
      [1, 0, 1, 0, 0, 1],
      [1, 1, 0, 0],
      { outputs: 2 },
      { value: 2 / 4, answer: null },
    ],
  ])('is the accuracy of the most frequent training class: %s', (_, task, y, held, more, expected) => {
    const found = baselineOf(rowsOf(task, y, more), rowsOf(task, held, more));
    expect(found).toEqual({ figure: 'accuracy', ...expected });
  });

  it('counts rows by their weights', () => {
    const classes = { encoding: { classes: ['no', 'yes'] } };
    const data = rowsOf('binary', [0, 0, 1], { ...classes, weights: Float32Array.of(1, 1, 5) });
    const validation = rowsOf('binary', [1, 0], { ...classes, weights: Float32Array.of(3, 1) });
    expect(baselineOf(data, validation)).toEqual({ figure: 'accuracy', value: 3 / 4, answer: 'yes' });
  });
});

describe('a validation figure', () => {
  const numbers = (value: number) => ({ figure: 'rmse', value, answer: null }) as const;
  const classes = (value: number) => ({ figure: 'accuracy', value, answer: 'a' }) as const;

  it.each([
    [{ rmse: 2 }, numbers(1.9), true],
    [{ rmse: 2 }, numbers(2), false],
    [{ rmse: 1e-7 }, numbers(0), false],
    [{ accuracy: 0.5 }, classes(0.6), true],
    [{ accuracy: 0.6 }, classes(0.6), true],
    [{ accuracy: 0.61 }, classes(0.6), false],
    [{ accuracy: 1 }, classes(1), false],
    [{ accuracy: 0.5 }, classes(Number.NaN), false],
  ])('%j compared with %j: no better is %j', (judged, baseline, expected) => {
    expect(isNoBetter({ loss: 1, accuracy: null, rmse: null, ...judged }, baseline)).toBe(expected);
  });
});
