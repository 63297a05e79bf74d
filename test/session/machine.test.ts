/** The default numbers of workers and shards. */
import { expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import { usableCores } from '../../src/session/cores.js';
import { chooseMachine } from '../../src/session/machine.js';

/** 1,000 parameters. */
const network: Network = { layers: [9, 100], hidden: [], output: 'identity', loss: 'sse' };
const TINY: Network = { ...network, layers: [1, 2] };

const cores = usableCores();
const AUTO = { workers: 'auto', shards: 'auto', backend: 'auto', blas: null } as const;

it.each([
  ['one worker per core, and 64 shards on any number of cores', AUTO, network, 2000, false, cores, 64],
  ['one worker if a step is too short for another to pay', AUTO, TINY, 8, false, 1, 1],
  ['no more workers than rows', AUTO, network, 1, false, 1, 1],
  ['no more workers than shards', { ...AUTO, shards: 1 }, network, 1000, false, 1, 1],
  ['one worker per core for few shards, by block', AUTO, network, 31, true, cores, 1],
  [
    'one worker per core for a given number of shards',
    { ...AUTO, shards: 4096 },
    TINY,
    5000,
    false,
    cores,
    4096,
  ],
  ['shards that don’t depend on workers', { ...AUTO, workers: 3 }, network, 33, false, 3, 2],
] as const)('chooses %s', (_, options, net, batchRows, byBlock, workers, shards) => {
  expect(chooseMachine(options, { network: net, batchRows, byBlock })).toMatchObject({ workers, shards });
});

it('gives ranks that share cores their part, and lets none spin that has less than one', () => {
  const step = { network, batchRows: 2000, byBlock: false };
  const choose = (onCpus: number) => chooseMachine(AUTO, step, { size: onCpus, onCpus });
  expect(choose(cores)).toMatchObject({ workers: 1, spins: choose(1).spins });
  expect(choose(cores + 1)).toMatchObject({ workers: 1, spins: 0 });
});
