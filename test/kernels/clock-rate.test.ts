import { expect, it } from 'vitest';
import { clockRate } from '../../src/kernels/clock-rate.js';

it('measures a clock that a processor can have', () => {
  const hertz = clockRate();
  // No core is slower, and none reaches ten gigahertz.
  expect(hertz).toBeGreaterThan(1e8);
  expect(hertz).toBeLessThan(1e10);
});
