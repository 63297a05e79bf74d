/** Metrics against scikit-learn's, of the same predictions: test/fixtures/metrics.json, by scripts/oracles/metrics.py. */
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
/** Sums of a few hundred float64 values in another order. */
const TOLERANCE = 1e-12;

function known({ task, outputs, y, weights }: Omit<Case, 'name' | 'predictions' | 'figures'>): Known {
  return { task, outputs, y, weights, units: Array.from({ length: outputs }, () => 1) };
}

describe.each(cases)('$name', ({ predictions, figures, ...rest }) => {
  // Accuracy is counted by the workers.
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

/** What scikit-learn gives as 0 without a word: F1 without any row of class 1, taken or true. */
function isZeroByZero(y: number[], predictions: number[], name: string): boolean {
  return name === 'f1' && !y.includes(1) && predictions.every(p => p <= 0.5);
}

describe('figures at the edge', () => {
  const binary = (y: number[]) => known({ task: 'binary', outputs: 1, y });

  it('has no F1 where no row is of class 1 or taken for it', async () => {
    expect(await scoreRows(['f1'], binary([0, 0]), Float64Array.of(0.1, 0.2))).toEqual({ f1: null });
  });

  it('has no figure of predictions that are not numbers', async () => {
    const scores = await scoreRows(['auc', 'log-loss'], binary([0, 1]), Float64Array.of(Number.NaN, 0.2));
    expect(scores).toEqual({ auc: null, 'log-loss': null });
  });

  it('takes −0 and 0 for the same probability', async () => {
    expect(await scoreRows(['auc'], binary([0, 1]), Float64Array.of(0, -0))).toEqual({ auc: 0.5 });
  });

  it('tells probabilities apart that are one in float32', async () => {
    const yHat = Float64Array.of(0.1, 0.1 + 1e-12, 0.7, 0.7 + 1e-12);
    expect(await scoreRows(['auc'], binary([0, 1, 0, 1]), yHat)).toEqual({ auc: 0.75 });
  });

  it('takes a probability of 0 or 1 for one that is nearly so, as scikit-learn does of float64', async () => {
    const scores = await scoreRows(['log-loss'], binary([0, 1]), Float64Array.of(1, 1));
    // −ln ε / 2; the right row adds ε / 2.
    expect(scores['log-loss']).toBeCloseTo(18.021826694558577, 12);
  });
});
