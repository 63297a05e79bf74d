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
/** For each MPI. Its runs share them, each begins with other cases, and what doesn't fit is left out. */
const MINUTES = Number(process.env.LOCKSTEP_RANKS_MINUTES ?? Number.POSITIVE_INFINITY);
/** Cases that one program runs. */
const CHUNK = IS_WHOLE ? 10 : 1000;
/** What one program may take: less than vitest gives a test. */
const SECONDS = IS_WHOLE ? 300 : 110;
const WAYS = [
  ['native', 'slices'],
  ['wasm', 'slices'],
  ['native', 'whole'],
] as const;
const WHOLE: readonly Grid[] = WAYS.flatMap(([backend, exchange]) =>
  [2, 3, 4].flatMap(ranks => [1, 2, 3].map((workers): Grid => [ranks, workers, backend, exchange])),
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
  const milliseconds = (MINUTES * 60_000) / runs.length;
  it.skipIf(!make).for(runs.map((run, i) => [...run, i] as const))(
    'trains to the bits of one process on %i ranks of %i workers, %s, %s',
    { timeout: IS_WHOLE ? 7_200_000 : 120_000 },
    async ([ranks, workers, backend, exchange, i], { task }) => {
      const cases = IS_WHOLE ? Object.keys(CASES) : NAMES;
      // One shard has no work for several workers, which is refused.
      const possible = cases.filter(name => workers === 1 || !/--shards 1\b/.test(CASES[name]!));
      const names = [...possible.slice(i * CHUNK), ...possible.slice(0, i * CHUNK)];
      const begun = performance.now();
      let trainings = 0;
      while (trainings < names.length && performance.now() - begun < milliseconds) {
        const some = names.slice(trainings, trainings + CHUNK);
        expect(await runTrials(make!, ranks, trialsOf(some, { workers, backend, exchange }))).toEqual([]);
        trainings += some.length;
        Object.assign(task.meta, { trainings });
      }
    },
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
