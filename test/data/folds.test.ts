/** Compares folds with scikit-learn's: test/fixtures/folds.json, written by scripts/oracles/folds.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dealFolds, splitFold } from '../../src/data/folds.js';
import { loadFolds } from '../../src/data/load.js';

interface Fixture {
  cases: { name: string; labels: number[]; folds: number; counts: number[][] }[];
  sizes: { rows: number; folds: number; sizes: number[] }[];
}

const fixture = JSON.parse(readFileSync('test/fixtures/folds.json', 'utf8')) as Fixture;

describe('rows dealt into folds', () => {
  it.each(fixture.cases)(
    'have as many of each class as StratifiedKFold: $name, $folds',
    ({ labels, folds, counts }) => {
      const foldOf = dealFolds(labels.length, labels, folds, 1);
      const got = counts.map(row => row.map(() => 0));
      for (const [i, fold] of foldOf.entries()) got[fold]![labels[i]!]!++;
      expect(got).toEqual(counts);
    },
  );

  it.each(fixture.sizes)('have the sizes of KFold: $rows, $folds', ({ rows, folds, sizes }) => {
    const foldOf = dealFolds(rows, null, folds, 1);
    expect(sizes.map((_, fold) => splitFold(foldOf, fold).validation.length)).toEqual(sizes);
  });

  it('depend on the seed', () => {
    const deal = (seed: number) => dealFolds(100, null, 5, seed);
    expect(deal(3)).toEqual(deal(3));
    expect(deal(4)).not.toEqual(deal(3));
  });

  it('are each in one validation set, with all others for training, in file order', () => {
    const foldOf = dealFolds(23, null, 4, 1);
    const held: number[] = [];
    for (let fold = 0; fold < 4; fold++) {
      const { train, validation } = splitFold(foldOf, fold);
      held.push(...validation);
      expect([...train]).toEqual([...train].sort((a, b) => a - b));
      expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...foldOf.keys()]);
    }
    expect(held.sort((a, b) => a - b)).toEqual([...foldOf.keys()]);
  });

  it.each([
    [5, [0, 0, 0, 0, 0, 1, 1, 1], 'folds: 5: class "1" has 3 rows, and each fold needs one.'],
    [5, null, 'folds: 5: the data has 4 rows, and each fold needs one.'],
    [1, null, 'folds: expected 2 or more, got 1'],
  ])('%i of %o: %s', (folds, labels, message) => {
    expect(() => dealFolds(labels?.length ?? 4, labels, folds, 1)).toThrow(message);
  });
});

it('deals rows without columns by their classes too', async () => {
  const options = {
    target: null,
    features: null,
    header: true,
    query: null,
    seed: 2,
    task: 'auto',
    scale: 'standard',
    standardizeTargets: true,
    missing: 'error',
  } as const;
  const { count, fold } = await loadFolds('synthetic:90x4x3', options, 3);
  expect(count).toBe(3);
  for (let i = 0; i < 3; i++) {
    const { train, validation } = fold(i);
    expect([train.rows, validation.rows]).toEqual([60, 30]);
    for (const label of [0, 1, 2]) expect(validation.y.filter(y => y === label)).toHaveLength(10);
  }
});
