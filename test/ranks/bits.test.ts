/** Trainings on several ranks have the bits of one process, which are kept: test/bits. */
import { describe, expect, it } from 'vitest';
import type { ExchangeName } from '../../src/model/sharing.js';
import { CASES, ON_OTHER_WORKERS, RESUMED, SHARDED_ON_OTHER_WORKERS } from '../bits/cases.js';
import type { Backend } from '../bits/run.js';
import { makeFiles } from '../bits/suite.js';
import { type Make, MPICH, OPEN_MPI, program, run } from './launch.js';
import type { Result, Trial } from './programs/trainings.js';

const files = makeFiles();

/** Runs trials in one program, as starting ranks takes longer than a training. Returns those that went wrong. */
async function runTrials(make: Make, ranks: number, trials: Trial[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(
    make,
    ranks,
    program('trainings', files, JSON.stringify(trials)),
    SECONDS,
  );
  const results = stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as Result);
  expect({ code, done: results.length, stderr: code === 0 ? '' : stderr }).toEqual({
    code: 0,
    done: trials.length,
    stderr: '',
  });
  return results.flatMap(({ name, trouble }) => (trouble === null ? [] : [`${name}: ${trouble}`]));
}

function trialsOf(names: readonly string[], more: Partial<Trial> = {}): Trial[] {
  return names.map(name => {
    const trial: Trial = { name, backend: 'wasm', workers: 1, exchange: 'whole', resumed: false, ...more };
    // Those that divide nothing cannot exchange slices, which is refused.
    return /by block|lbfgs/.test(name) ? { ...trial, exchange: 'whole' } : trial;
  });
}

/** Every path of a step, both walks, every rule that remembers something, and trees of several depths. */
const NAMES: readonly string[] = [
  ...ON_OTHER_WORKERS,
  ...SHARDED_ON_OTHER_WORKERS,
  ...['shards by default', 'shards by default, adam, clip-norm', 'seven shards, by block'],
  ...['clip-norm, lars', 'clip-norm, lamb', 'validation split', 'one shard', 'several micro-batches'],
];

/** Ranks, workers of each, a backend, and what is exchanged. */
type Grid = readonly [ranks: number, workers: number, backend: Backend, exchange: ExchangeName];

/** Every number of ranks and workers, and every case: `npm run torture -- ranks`. */
const IS_WHOLE = process.env.LOCKSTEP_RANKS === 'all';
/** What one program may take: less than vitest gives a test. */
const SECONDS = IS_WHOLE ? 550 : 110;
const WHOLE: readonly Grid[] = [2, 3, 4].flatMap(ranks =>
  [1, 2, 3].flatMap((workers): Grid[] => [
    [ranks, workers, 'wasm', 'slices'],
    [ranks, workers, 'native', 'whole'],
    [ranks, workers, 'native', 'slices'],
  ]),
);

/** What each commit runs: those that share cores with other tests get less. */
const MAKES: readonly { name: string; make: Make | null; grid: readonly Grid[]; resumes: boolean }[] = [
  {
    name: 'Open MPI',
    make: OPEN_MPI,
    grid: [
      [2, 1, 'wasm', 'whole'],
      [3, 2, 'native', 'slices'],
    ],
    resumes: true,
  },
  {
    name: 'MPICH',
    make: MPICH,
    // Its ranks spin while they wait: each more than there are cores takes seconds.
    grid: [[2, 3, 'native', 'slices']],
    resumes: false,
  },
];

describe.each(MAKES)('$name', ({ make, grid, resumes }) => {
  const runs = IS_WHOLE ? WHOLE : grid;
  it.skipIf(!make).each(runs)(
    'trains to the bits of one process on %i ranks of %i workers, %s, %s',
    async (ranks, workers, backend, exchange) => {
      const cases = IS_WHOLE ? Object.keys(CASES) : NAMES;
      // One shard has no work for several workers, which is refused.
      const names = cases.filter(name => workers === 1 || !/--shards 1\b/.test(CASES[name]!));
      expect(await runTrials(make!, ranks, trialsOf(names, { workers, backend, exchange }))).toEqual([]);
    },
    600_000,
  );

  it.skipIf(!make || !(resumes || IS_WHOLE))(
    'resumes halfway to the bits of one process',
    async () => {
      const trials = trialsOf(RESUMED, { exchange: 'slices', resumed: true });
      expect(await runTrials(make!, 2, trials)).toEqual([]);
    },
    600_000,
  );
});
