import { expect, it } from 'vitest';
import { shardsOfRanks } from '../../src/model/team.js';

it('gives each shard to one rank, in order and in proportion to its workers', () => {
  for (const shards of [1, 2, 5, 7, 16, 64, 100, 1000]) {
    for (const workers of [
      [1, 1],
      [1, 3],
      [2, 2, 2],
      [16, 1, 8, 8],
    ]) {
      const ranks = shardsOfRanks(shards, 1, workers);
      expect(ranks[0]!.begin).toBe(0);
      expect(ranks.at(-1)!.end).toBe(shards);
      for (const [i, { begin }] of ranks.slice(1).entries()) expect(begin).toBe(ranks[i]!.end);
    }
  }
  expect(shardsOfRanks(64, 1, [1, 3])).toEqual([
    { begin: 0, end: 16 },
    { begin: 16, end: 64 },
  ]);
});

it('begins each rank at a multiple of a power of two, so that it has few subtrees', () => {
  expect(shardsOfRanks(64, 1, [1, 1, 1]).map(({ begin }) => begin)).toEqual([0, 20, 42]);
  expect(shardsOfRanks(64, 16, [1, 1, 1]).map(({ begin }) => begin)).toEqual([0, 16, 32]);
});
