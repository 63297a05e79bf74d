import { expect, it } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';
import type { Network } from '../../src/model/network.js';
import { teamOf } from '../../src/model/team.js';
import { Walks } from '../../src/session/walks.js';

const layers = [784, 1024, 1024, 1024, 10];
const network: Network = {
  layers,
  hidden: ['tanh', 'tanh', 'tanh'],
  output: 'softmax',
  loss: 'cross-entropy',
};
const wasm = chooseBackend('wasm', null);

it('needs gradient slabs for each worker, not for each shard', () => {
  const slabsOf = (batch: number, workers: number, shards: number | 'auto' = 'auto') =>
    new Walks({ network, shards, rows: 60_000, judged: [], wholeGroups: false }, [batch]).room(
      wasm,
      teamOf(workers),
    ).slabs;
  expect(slabsOf(1024, 1)).toBeLessThanOrEqual(4);
  expect(slabsOf(1024, 2)).toBe(2);
  expect(slabsOf(8192, 2)).toBeLessThanOrEqual(10);
  // One shard for each worker.
  expect(slabsOf(1024, 64)).toBe(64);
  // A batch that is walked by block has one.
  expect(slabsOf(64, 8)).toBe(1);
});

it('has room for the last batch of an epoch, whose shards may be divided differently among the workers', () => {
  const walks = new Walks({ network, shards: 64, rows: 4141, judged: [], wholeGroups: false }, [4096]);
  expect(walks.room(wasm, teamOf(3)).slabs).toBeGreaterThan(1);
  expect(walks.cutOf(4096)).toEqual({ shards: 64, microBatch: 512 });
});

it('has room for the rows that a worker walks at once, fewer if many workers share them', () => {
  const rowsOf = (workers: number) =>
    new Walks({ network, shards: 'auto', rows: 60_000, judged: [], wholeGroups: false }, [1024]).room(
      wasm,
      teamOf(workers),
    ).scratchRows;
  // With half or a quarter of the workers, only the first ones take part.
  const rows = [512, 512, 256, 256, 128, 128, 128, 128];
  expect(rowsOf(8)).toEqual(rows);
  expect(rowsOf(32)).toEqual([...rows, ...Array(8).fill(64), ...Array(16).fill(32)]);
});

it('has as many shards for a table that is judged as for a batch of its rows', () => {
  const walks = new Walks(
    { network, shards: 'auto', rows: 60_000, judged: [10_000], wholeGroups: false },
    [64],
  );
  expect(walks.tableCut(10_000).shards).toBe(64);
  expect(walks.room(wasm, teamOf(2)).shards).toBe(64);
});
