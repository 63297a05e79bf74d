/** Workers and shards where they are left open. */
import { expect, it } from 'vitest';
import { usableCores } from '../../src/session/cores.js';
import { chooseMachine } from '../../src/session/machine.js';

const cores = usableCores();
const AUTO = { workers: 'auto', shards: 'auto', backend: 'auto', blas: null } as const;

it.each([
  ['a worker and a shard a core', AUTO, 1000, 1e9, cores, cores],
  ['one for a step so short that no other pays', AUTO, 8, 2000, 1, 1],
  ['no more than rows', AUTO, 1, 1e9, 1, 1],
  ['no more workers than shards', { ...AUTO, shards: 1 }, 1000, 1e9, 1, 1],
  ['workers a core for shards that were asked for', { ...AUTO, shards: 4096 }, 5000, 10, cores, 4096],
  ['a shard for each worker that was asked for', { ...AUTO, workers: 3 }, 1000, 10, 3, 3],
] as const)('%s', (_, options, rows, operations, workers, shards) => {
  expect(chooseMachine(options, rows, operations)).toMatchObject({ workers, shards });
});
