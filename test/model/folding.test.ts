import { describe, expect, it } from 'vitest';
import { type BatchCut, type Folding, foldingOf, groupOf } from '../../src/model/folding.js';
import { partOf } from '../../src/model/shards.js';
import { teamOf } from '../../src/model/team.js';

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

/** The sums of one rank before the exchange, by slab. */
function runRank({ microBatches, joins, slabs }: Folding): (string | undefined)[] {
  const places: (string | undefined)[] = Array(slabs).fill(undefined);
  for (const { shard, leaves, accumulate, slab, folds } of microBatches.flat()) {
    expect(places[slab] === undefined).toBe(!accumulate);
    places[slab] = nodeOf(shard, shard + leaves);
    addAll(
      places,
      Array.from({ length: folds }, (_, i) => ({ to: slab - i - 1, from: slab - i })),
    );
  }
  return addAll(places, joins);
}

function addAll(places: (string | undefined)[], additions: Folding['additions']): (string | undefined)[] {
  for (const { to, from } of additions) {
    places[to] = `(${places[to]}+${places[from]})`;
    places[from] = undefined;
  }
  return places;
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
        expect(runFolding(foldingOf(cut, teamOf(workers)))).toBe(nodeOf(0, cut.shards));
      }
    }
  });

  it('sums all shards by the tree on every rank, with any ranks of any workers', () => {
    for (const cut of CUTS) {
      for (const workers of [
        [1, 1],
        [2, 3],
        [1, 1, 1],
        [3, 1, 2],
        [2, 2, 2, 2],
        [1, 1, 1, 1, 1],
      ]) {
        const ranks = workers.map((_, rank) => foldingOf(cut, { rank, workers }));
        const sums = ranks.map(runRank);
        for (const [rank, folding] of ranks.entries()) {
          const places = sums[rank]!;
          // What the exchange does: the subtrees of the other ranks, to where they are expected.
          folding.nodes.forEach((slabs, other) => {
            if (other === rank) return;
            expect(slabs).toHaveLength(ranks[other]!.nodes[other]!.length);
            slabs.forEach((slab, i) => {
              expect(slab).toBeLessThan(folding.slabs);
              expect(places[slab]).toBeUndefined();
              places[slab] = sums[other]![ranks[other]!.nodes[other]![i]!];
            });
          });
        }
        for (const [rank, { additions }] of ranks.entries()) {
          expect(addAll(sums[rank]!, additions)[0]).toBe(nodeOf(0, cut.shards));
        }
      }
    }
  });

  it('sends one subtree for each rank if shards and ranks are powers of two', () => {
    const cut = { batch: 1024, shards: 64, microBatch: 64, wholeGroups: false };
    for (const workers of [
      [1, 1],
      [2, 2],
      [1, 1, 1, 1],
      [3, 3, 3, 3],
    ]) {
      expect(foldingOf(cut, { rank: 0, workers }).nodes.map(({ length }) => length)).toEqual(
        workers.map(() => 1),
      );
    }
  });

  it('walks each row once, in micro-batches of whole shards or parts of one', () => {
    for (const cut of CUTS) {
      for (const workers of [1, 3, 7]) {
        let next = 0;
        for (const { shard, leaves, row, rows, accumulate } of foldingOf(
          cut,
          teamOf(workers),
        ).microBatches.flat()) {
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
        foldingOf(cut, teamOf(workers))
          .microBatches.flat()
          .map(({ row, rows }) => [row, rows]);
      for (const workers of [2, 3, 7]) expect(rowsOf(workers)).toEqual(rowsOf(1));
    }
  });

  it('needs slabs for the logarithm of the shards only', () => {
    const slabs = (shards: number, microBatch: number, workers: number) =>
      foldingOf({ batch: 16 * shards, shards, microBatch, wholeGroups: false }, teamOf(workers)).slabs;
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
