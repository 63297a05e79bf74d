/**
 * Compares the rungs of halving with scikit-learn's, on the file written by scripts/oracles/search.py, and
 * with Hyperband's table.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countEpochs, type PlanRequest, planRungs } from '../../../src/lab/tune/plan.js';

type Case = Omit<PlanRequest, 'strategy'> & { rungs: [trials: number, epochs: number][] };

const fixture = JSON.parse(readFileSync('test/fixtures/search.json', 'utf8')) as { rungs: Case[] };
const rungsOf = (request: Omit<PlanRequest, 'strategy'>) => planRungs({ strategy: 'halving', ...request });

it('plans the same rungs as scikit-learn', () => {
  expect(fixture.rungs.length).toBeGreaterThan(500);
  for (const { rungs, ...request } of fixture.rungs) {
    const pairs = rungsOf(request).map(({ trials, epochs }) => [trials, epochs]);
    expect(pairs, JSON.stringify(request)).toEqual(rungs);
  }
});

describe('the published schedule', () => {
  // Li et al. 2018, table 1, bracket s = 4: R = 81, η = 3.
  it('is reproduced for 81 trials and 81 epochs', () => {
    const rungs = rungsOf({ trials: 81, epochs: 81, eta: 3, minEpochs: null });
    expect(rungs.map(({ trials, epochs }) => [trials, epochs])).toEqual([
      [81, 1],
      [27, 3],
      [9, 9],
      [3, 27],
      [1, 81],
    ]);
    // Each rung continues from the previous one.
    expect(countEpochs(rungs)).toBe(81 + 27 * 2 + 9 * 6 + 3 * 18 + 54);
  });

  it('is exact even if a floating-point logarithm is not', () => {
    // ln 243 / ln 3 is 4.999999999999999.
    expect(rungsOf({ trials: 243, epochs: 243, eta: 3, minEpochs: null })).toHaveLength(6);
    expect(rungsOf({ trials: 1000, epochs: 1000, eta: 10, minEpochs: null })).toHaveLength(4);
  });
});

it('never plans a rung with too many epochs or without trials', () => {
  for (let trials = 1; trials < 40; trials++) {
    for (let epochs = 1; epochs < 40; epochs++) {
      const rungs = rungsOf({ trials, epochs, eta: 2, minEpochs: null });
      expect(rungs.at(-1)!.epochs).toBeLessThanOrEqual(epochs);
      expect(rungs.at(-1)!.trials).toBeGreaterThanOrEqual(1);
    }
  }
});

it('plans one rung for random search, and refuses a first rung longer than the last', () => {
  const request = { trials: 7, epochs: 5, eta: 3, minEpochs: null };
  expect(planRungs({ strategy: 'random', ...request })).toEqual([{ trials: 7, epochs: 5 }]);
  expect(() => rungsOf({ ...request, minEpochs: 6 })).toThrow('minEpochs: expected 1 to 5 (epochs), got 6.');
});
