/** Fewer workers of each rank, as a training tries them at first (src/train/probe.ts), have the same bits. */
import { expect, it } from 'vitest';
import { type Outcome, type Trial, takeSteps } from './fewer-workers.js';
import { OPEN_MPI, program, run } from './launch.js';

const TRIALS: Trial[] = [
  { exchange: 'whole', optimizer: 'sgd', tolerance: null },
  { exchange: 'slices', optimizer: 'sgd', tolerance: null },
  { exchange: 'slices', optimizer: 'lamb', tolerance: null },
  // What workers have noted of their changes must not count once they take no part.
  { exchange: 'slices', optimizer: 'lamb', tolerance: 0.003 },
  { exchange: 'whole', optimizer: 'lamb', tolerance: 0.003 },
];

it.skipIf(!OPEN_MPI)(
  'ranks take the same steps on fewer workers, and benchmarks try them',
  async () => {
    const expected: Outcome[] = [];
    for (const trial of TRIALS) expected.push(await takeSteps(trial));
    const words = program('fewer-workers', JSON.stringify(TRIALS));
    const { code, stdout, stderr } = await run(OPEN_MPI!, 3, words);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const got = stdout.trim().split('\n');
    expect(got.map(line => JSON.parse(line))).toEqual([...expected, true]);
    expect(expected.at(-1)!.ends).toEqual(['done 3', 'unchanged 1', 'unchanged 1', 'done 3', 'unchanged 1']);
  },
  60_000,
);
