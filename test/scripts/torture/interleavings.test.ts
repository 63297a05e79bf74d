/** All schedules of small scenarios of the real source, and the changes of it that the search has to find. */
import { describe, expect, it } from 'vitest';
import {
  barrierScenarios,
  searchAll,
  trainingNamed,
  trainingScenarios,
} from '../../../scripts/torture/interleavings/battery.js';
import { BARRIER_CHANGES, TRAINING_CHANGES } from '../../../scripts/torture/interleavings/changes.js';

const LIMITS = { states: 100_000, seconds: 100 };

describe('the search of all schedules', () => {
  it('finds nothing in the source', () => {
    const searched = searchAll([...barrierScenarios('small'), ...trainingScenarios('small')], LIMITS);
    expect(searched.filter(({ found, isWhole }) => found || !isWhole)).toEqual([]);
    expect(Math.min(...searched.map(({ states }) => states))).toBeGreaterThan(100);
  });

  it.each(BARRIER_CHANGES)('finds at the barrier: $name ($property)', ({ changes, property }) => {
    const { found } = searchAll(barrierScenarios('small', changes), LIMITS).at(-1)!;
    expect(found?.property ?? null).toBe(property);
  });

  it.each(TRAINING_CHANGES)('finds in a training: $name ($property)', ({ training, changes, property }) => {
    const { found } = searchAll([trainingNamed(training, changes)], LIMITS).at(-1)!;
    expect(found?.property ?? null).toBe(property);
  });
});
