/** What a learning curve says if its figures are 0 or not defined. */
import { expect, it } from 'vitest';
import { gainOf } from '../../../src/lab/explain/learning-curve.js';
import { verdictOf } from '../../../src/report/explain/learning-curve.js';

it.each([
  [0.5, 0.25, 0.5, 'the error falls by 50.00 %: more rows would probably help.'],
  [0.5, 0.75, -0.5, 'the error grows by 50.00 %: more rows of this kind would hardly help.'],
  [0.5, 0, 1, 'the error falls by 100.00 %: more rows would probably help.'],
  [0, 0, null, 'is not known'],
  [0, 0.1, null, 'is not known'],
  [Number.NaN, 0.1, null, 'is not known'],
  [0.1, Number.NaN, null, 'is not known'],
])('judges an error of %s with half of the rows and %s with all', (half, all, gain, words) => {
  expect(gainOf(half, all)).toBe(gain);
  expect(verdictOf({ metric: 'loss', points: [], gain: gainOf(half, all) })).toContain(words);
});
