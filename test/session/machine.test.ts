/** The default numbers of workers and shards. */
import { expect, it } from 'vitest';
import { usableCores } from '../../src/session/cores.js';
import { chooseMachine } from '../../src/session/machine.js';

const cores = usableCores();
const AUTO = { workers: 'auto', shards: 'auto', backend: 'auto', blas: null } as const;

it.each([
  ['one worker and one shard per core', AUTO, 1000, 1e9, cores, cores],
  ['one worker if a step is too short for another to pay', AUTO, 8, 2000, 1, 1],
  ['no more workers than rows', AUTO, 1, 1e9, 1, 1],
  ['no more workers than shards', { ...AUTO, shards: 1 }, 1000, 1e9, 1, 1],
  ['one worker per core for a given number of shards', { ...AUTO, shards: 4096 }, 5000, 10, cores, 4096],
  ['one shard for each given worker', { ...AUTO, workers: 3 }, 1000, 10, 3, 3],
] as const)('chooses %s', (_, options, rows, operations, workers, shards) => {
  expect(chooseMachine(options, rows, operations)).toMatchObject({ workers, shards });
});
