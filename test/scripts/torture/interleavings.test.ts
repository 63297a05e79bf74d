/** All schedules of small scenarios of the real source, and the changes of it that the search has to find. */
import { describe, expect, it } from 'vitest';
import { scenariosOf, searchAll } from '../../../scripts/torture/interleavings/battery.js';
import { BARRIER_CHANGES } from '../../../scripts/torture/interleavings/changes.js';

const LIMITS = { states: 200_000, seconds: 60 };

describe('the search of all schedules', () => {
  it('finds nothing in the source', () => {
    const searched = searchAll(scenariosOf('small'), LIMITS);
    expect(searched.filter(({ found, isWhole }) => found || !isWhole)).toEqual([]);
    expect(Math.min(...searched.map(({ states }) => states))).toBeGreaterThan(100);
  });

  it.each(BARRIER_CHANGES)('finds: $name ($property)', ({ changes, property }) => {
    const { found } = searchAll(scenariosOf('small', changes), LIMITS).at(-1)!;
    expect(found?.property ?? null).toBe(property);
  });
});
