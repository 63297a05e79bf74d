/** All schedules of small scenarios of the real source, and the changes of it that the search has to find. */
import { describe, expect, it } from 'vitest';
import {
  barrierScenarios,
  ranksNamed,
  ranksScenarios,
  searchAll,
  trainingNamed,
  trainingScenarios,
} from '../../../scripts/torture/interleavings/battery.js';
import { BARRIER_CHANGES } from '../../../scripts/torture/interleavings/changes/barrier.js';
import { RANKS_CHANGES } from '../../../scripts/torture/interleavings/changes/ranks.js';
import { TRAINING_CHANGES } from '../../../scripts/torture/interleavings/changes/training.js';

const LIMITS = { states: 100_000, seconds: 100 };

describe('the search of all schedules', () => {
  it('finds nothing in the source', () => {
    const scenarios = [
      ...barrierScenarios('small'),
      ...trainingScenarios('small'),
      ...ranksScenarios('small'),
    ];
    const searched = searchAll(scenarios, LIMITS);
    expect(searched.filter(({ found, isWhole }) => found || !isWhole)).toEqual([]);
    expect(Math.min(...searched.map(({ states }) => states))).toBeGreaterThan(100);
  });

  it.each(BARRIER_CHANGES)('finds at the barrier: $name ($property)', ({ changes, property }) => {
    const { found } = searchAll(barrierScenarios('small', changes), LIMITS).at(-1)!;
    expect(found?.property ?? null).toBe(property);
  });

  it.each(TRAINING_CHANGES)('finds in a training: $name ($property)', ({ scenario, changes, property }) => {
    const { found } = searchAll([trainingNamed(scenario, changes)], LIMITS).at(-1)!;
    expect(found?.property ?? null).toBe(property);
  });

  it.each(RANKS_CHANGES)('finds between ranks: $name ($property)', ({ scenario, changes, property }) => {
    const { found } = searchAll([ranksNamed(scenario, changes)], LIMITS).at(-1)!;
    expect(found?.property ?? null).toBe(property);
  });
});
