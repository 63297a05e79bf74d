/** Windows of the rows on several ranks: each reads its own, to the bits of one process with all rows in memory. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrainOptions } from '../../src/train/options.js';
import { makeFolder } from '../store/folder.js';
import { type Make, MPICH, OPEN_MPI, program, run } from './launch.js';
import { makeRows, type Outcome, readRows, trainRows, writeRows } from './windowed.js';

const folder = makeFolder();
const path = join(folder, 'rows');
await writeRows(path);

async function runOn(make: Make, ranks: number, others: string, list: Partial<TrainOptions>[]) {
  const words = program('windows', path, others, JSON.stringify(list));
  const { code, stdout, stderr } = await run(make, ranks, words);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as [Outcome, Outcome] | string);
}

const TRIALS: Partial<TrainOptions>[] = [
  {},
  { workers: 2, batchSize: 100 },
  // Of nearly a window.
  { batchSize: 399, epochs: 2 },
  { classWeights: 'balanced', dropout: [0.2], exchange: 'slices' },
  { walk: 'block' },
];

const MAKES: readonly [string, Make | null, number, Partial<TrainOptions>[]][] = [
  ['Open MPI', OPEN_MPI, 3, TRIALS],
  ['MPICH', MPICH, 2, TRIALS.slice(0, 1)],
];

describe.each(MAKES)('windows of the rows, %s', (_, make, ranks, trials) => {
  it.skipIf(!make)(
    'have the bits of one process with all rows in memory',
    async () => {
      const got = await runOn(make!, ranks, path, trials);
      for (const [i, { exchange: _, ...options }] of trials.entries()) {
        const { bits } = await trainRows(makeRows(), options);
        expect(got[i], JSON.stringify(options)).toMatchObject([
          { bits, windows: null },
          { bits, windows: 7 },
        ]);
      }
    },
    60_000,
  );

  it.skipIf(!make)(
    'tell whose cache is damaged',
    async () => {
      const bytes = readFileSync(path);
      bytes[readRows(path).x.stored!.offset + 5000]! ^= 1;
      const damaged = join(folder, 'damaged');
      writeFileSync(damaged, bytes);
      const { memoryBytes } = await trainRows(makeRows(), {});
      const [got] = await runOn(make!, ranks, damaged, [{ memory: memoryBytes }]);
      expect(got).toMatch(/rank 1 \(host \S+\): \S+damaged: it is damaged in the \d+ bytes from/);
    },
    60_000,
  );
});
