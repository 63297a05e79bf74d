import { describe, expect, it } from 'vitest';
import { type BatchCut, type Folding, foldingOf, groupOf } from '../../src/model/folding.js';
import { partOf } from '../../src/model/shards.js';

/** Sums as text, so that their order shows. */
function nodeOf(begin: number, end: number): string {
  if (end - begin === 1) return `${begin}`;
  const middle = begin + 2 ** (Math.ceil(Math.log2(end - begin)) - 1);
  return `(${nodeOf(begin, middle)}+${nodeOf(middle, end)})`;
}

/** The sum in slab 0 after all workers' walks and the remaining additions. Each place has one writer. */
function runFolding({ microBatches, additions, slabs }: Folding): string {
  const places: (string | undefined)[] = Array(slabs).fill(undefined);
  const add = (to: number, from: number) => {
    places[to] = `(${places[to]}+${places[from]})`;
    places[from] = undefined;
  };
  for (const { shard, leaves, accumulate, slab, folds } of microBatches.flat()) {
    expect(slab).toBeLessThan(slabs);
    expect(places[slab] === undefined).toBe(!accumulate);
    places[slab] = nodeOf(shard, shard + leaves);
    for (let from = slab; from > slab - folds; from--) add(from - 1, from);
  }
  for (const { to, from } of additions) {
    expect(from).toBeGreaterThan(to);
    add(to, from);
  }
  expect(places.slice(1).every(place => place === undefined)).toBe(true);
  return places[0]!;
}

const CUTS: BatchCut[] = [1, 2, 3, 5, 7, 8, 13, 32, 64, 100].flatMap(shards =>
  [1, 3, 16].flatMap(rows =>
    [4, 16, 64].flatMap(microBatch =>
      [false, true].map(wholeGroups => ({
        batch: shards * rows + (shards > 1 && rows > 1 ? 1 : 0),
        shards,
        microBatch,
        wholeGroups,
      })),
    ),
  ),
);

describe('foldingOf', () => {
  it('sums all shards by the tree, with any number of workers', () => {
    for (const cut of CUTS) {
      for (const workers of [1, 2, 3, 5, 7, 64]) {
        expect(runFolding(foldingOf(cut, workers))).toBe(nodeOf(0, cut.shards));
      }
    }
  });

  it('walks each row once, in micro-batches of whole shards or parts of one', () => {
    for (const cut of CUTS) {
      for (const workers of [1, 3, 7]) {
        let next = 0;
        for (const { shard, leaves, row, rows, accumulate } of foldingOf(cut, workers).microBatches.flat()) {
          expect(row).toBe(next);
          next = row + rows;
          expect(rows).toBeLessThanOrEqual(cut.microBatch);
          const begin = partOf(cut.batch, cut.shards, shard).begin;
          expect(accumulate).toBe(row > begin);
          if (leaves > 1) expect(next).toBe(partOf(cut.batch, cut.shards, shard + leaves - 1).end);
        }
        expect(next).toBe(cut.batch);
      }
    }
  });

  it('cuts the same micro-batches for every number of workers if groups stay whole', () => {
    for (const cut of CUTS.filter(({ wholeGroups }) => wholeGroups)) {
      const rowsOf = (workers: number) =>
        foldingOf(cut, workers)
          .microBatches.flat()
          .map(({ row, rows }) => [row, rows]);
      for (const workers of [2, 3, 7]) expect(rowsOf(workers)).toEqual(rowsOf(1));
    }
  });

  it('needs slabs for the logarithm of the shards only', () => {
    const slabs = (shards: number, microBatch: number, workers: number) =>
      foldingOf({ batch: 16 * shards, shards, microBatch, wholeGroups: false }, workers).slabs;
    expect(slabs(64, 16, 1)).toBe(7);
    expect(slabs(64, 16, 2)).toBe(12);
    expect(slabs(64, 512, 2)).toBe(2);
    expect(slabs(64, 128, 2)).toBe(6);
    expect(slabs(65_536, 16, 1)).toBe(17);
  });
});

it('groups shards only by numbers of rows', () => {
  expect(groupOf({ batch: 1024, shards: 64, microBatch: 128 })).toBe(8);
  expect(groupOf({ batch: 1000, shards: 64, microBatch: 128 })).toBe(8);
  expect(groupOf({ batch: 1025, shards: 64, microBatch: 128 })).toBe(4);
  expect(groupOf({ batch: 8192, shards: 64, microBatch: 100 })).toBe(1);
  expect(groupOf({ batch: 10, shards: 5, microBatch: 100 })).toBe(8);
});
