/** Metrics against scikit-learn's, of the same predictions: test/fixtures/metrics.json, by scripts/metrics.py. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { arrayRows } from '../../../src/data/rows.js';
import { scoreRows } from '../../../src/train/scores/score.js';

interface Case {
  name: string;
  task: Dataset['task'];
  outputs: number;
  y: number[];
  weights?: number[];
  predictions: number[];
  figures: Record<string, number | null>;
}

const cases = JSON.parse(readFileSync('test/fixtures/metrics.json', 'utf8')) as Case[];
/** Sums of a few hundred float64 values in another order. */
const TOLERANCE = 1e-12;

function datasetOf(
  { task, outputs, y, weights }: Omit<Case, 'name' | 'predictions' | 'figures'>,
  deviation = 1,
): Dataset {
  const targetScales =
    task === 'regression' ? Array.from({ length: outputs }, () => ({ mean: 3, deviation })) : [];
  const isWide = task === 'regression' || task === 'multilabel';
  return {
    ...{ source: 'case', task, rows: y.length / (isWide ? outputs : 1), features: 0, outputs },
    x: arrayRows(new Float32Array(), 1),
    scale: 1,
    ...(weights && { weights: Float32Array.from(weights) }),
    y: task === 'multiclass' ? Int32Array.from(y) : Float32Array.from(y),
    encoding: { kind: 'table', columns: [], targets: ['y'], classes: [], targetScales },
  };
}

describe.each(cases)('$name', ({ predictions, figures, ...rest }) => {
  // Accuracy is counted by the workers.
  it.each(Object.entries(figures).filter(([name]) => name !== 'accuracy'))(
    '%s is %s',
    async (name, expected) => {
      const scores = await scoreRows([name], datasetOf(rest), Float32Array.from(predictions));
      const got = scores[name]!;
      const isUndefined =
        expected === null || (rest.task === 'binary' && isZeroByZero(rest.y, predictions, name));
      if (isUndefined) expect(got).toBeNull();
      else expect(Math.abs(got - expected)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(expected)));
    },
  );
});

/** What scikit-learn gives as 0 without a word: F1 without any row of class 1, taken or true. */
function isZeroByZero(y: number[], predictions: number[], name: string): boolean {
  return name === 'f1' && !y.includes(1) && predictions.every(p => p <= 0.5);
}

describe('figures at the edge', () => {
  const binary = (y: number[]) => datasetOf({ task: 'binary', outputs: 1, y });

  it('has no F1 where no row is of class 1 or taken for it', async () => {
    expect(await scoreRows(['f1'], binary([0, 0]), Float32Array.of(0.1, 0.2))).toEqual({ f1: null });
  });

  it('has no figure of predictions that are not numbers', async () => {
    const scores = await scoreRows(['auc', 'log-loss'], binary([0, 1]), Float32Array.of(Number.NaN, 0.2));
    expect(scores).toEqual({ auc: null, 'log-loss': null });
  });

  it('takes −0 and 0 for the same probability', async () => {
    expect(await scoreRows(['auc'], binary([0, 1]), Float32Array.of(0, -0))).toEqual({ auc: 0.5 });
  });

  it('gives absolute errors in the units of the targets, as rmse', async () => {
    const data = datasetOf({ task: 'regression', outputs: 1, y: [1, 2] }, 10);
    expect(await scoreRows(['mae', 'r2'], data, Float32Array.of(2, 2))).toEqual({ mae: 5, r2: -1 });
  });
});
