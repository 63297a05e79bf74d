/**
 * Compares metrics with scikit-learn's for the same predictions: test/fixtures/metrics.json, written by
 * scripts/oracles/metrics.py.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import type { Known } from '../../../src/judge/scores/known.js';
import { scoreRows } from '../../../src/judge/scores/score.js';

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
/** Tolerance for sums of a few hundred float64 values in another order. */
const TOLERANCE = 1e-12;

function known({ task, outputs, y, weights }: Omit<Case, 'name' | 'predictions' | 'figures'>): Known {
  return { task, outputs, y, weights, units: Array.from({ length: outputs }, () => 1) };
}

describe.each(cases)('$name', ({ predictions, figures, ...rest }) => {
  // The workers count accuracy.
  it.each(Object.entries(figures).filter(([name]) => name !== 'accuracy'))(
    '%s is %s',
    async (name, expected) => {
      const scores = await scoreRows([name], known(rest), Float64Array.from(predictions));
      const got = scores[name]!;
      const isUndefined =
        expected === null || (rest.task === 'binary' && isZeroByZero(rest.y, predictions, name));
      if (isUndefined) expect(got).toBeNull();
      else expect(Math.abs(got - expected)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(expected)));
    },
  );
});

/** Metrics that scikit-learn silently gives as 0: F1 if no row is of class 1 or predicted as it. */
function isZeroByZero(y: number[], predictions: number[], name: string): boolean {
  return name === 'f1' && !y.includes(1) && predictions.every(p => p <= 0.5);
}

describe('figures at the edge', () => {
  const binary = (y: number[]) => known({ task: 'binary', outputs: 1, y });

  it('has no F1 if no row is of class 1 or predicted as it', async () => {
    expect(await scoreRows(['f1'], binary([0, 0]), Float64Array.of(0.1, 0.2))).toEqual({ f1: null });
  });

  it('has no figures for predictions that are not numbers', async () => {
    const scores = await scoreRows(['auc', 'log-loss'], binary([0, 1]), Float64Array.of(Number.NaN, 0.2));
    expect(scores).toEqual({ auc: null, 'log-loss': null });
  });

  it('treats −0 and 0 as the same probability', async () => {
    expect(await scoreRows(['auc'], binary([0, 1]), Float64Array.of(0, -0))).toEqual({ auc: 0.5 });
  });

  it('distinguishes probabilities that are equal in float32', async () => {
    const yHat = Float64Array.of(0.1, 0.1 + 1e-12, 0.7, 0.7 + 1e-12);
    expect(await scoreRows(['auc'], binary([0, 1, 0, 1]), yHat)).toEqual({ auc: 0.75 });
  });

  it('clips probabilities of 0 and 1, as scikit-learn does with float64', async () => {
    const scores = await scoreRows(['log-loss'], binary([0, 1]), Float64Array.of(1, 1));
    // −ln ε / 2; the correct row adds ε / 2.
    expect(scores['log-loss']).toBeCloseTo(18.021826694558577, 12);
  });
});
