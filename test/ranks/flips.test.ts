/** A rank that computes or keeps other bits than rank 0 is found and named. */
import { expect, it } from 'vitest';
import { OPEN_MPI, program, run } from './launch.js';

it.skipIf(!OPEN_MPI).each([
  [
    'before the first step, of a weight that goes into the gradient',
    'gradient',
    'whole',
    'the first gradient',
  ],
  ['at the checkpoint, of a weight', 'weights', 'whole', 'the weights after step \\d+'],
  ['at the checkpoint, with slices', 'weights', 'slices', 'the weights after step \\d+'],
])('a flipped bit is noticed %s', async (_, what, exchange, place) => {
  const { code, stdout } = await run(OPEN_MPI!, 2, program('flips', what, exchange));
  const [other, first] = ['rank 1 \\(host .+\\)', 'rank 0 \\(host .+\\)'];
  expect(stdout).toMatch(new RegExp(`^${other}: expected the bits of ${first} in ${place}, got others\\.`));
  expect(code).toBe(3);
});
