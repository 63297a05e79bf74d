/** Warm starts: which points of earlier searches are tried first, which are left out, and what is drawn besides. */
import { describe, expect, it } from 'vitest';
import { parseSpace } from '../../../src/config/space.js';
import { drawTrials, keyOf, type Trial } from '../../../src/lab/tune/draw.js';
import type { Result, SearchTask } from '../../../src/lab/tune/schema.js';
import { type EarlierSearch, planWarmStart, type WarmSearch } from '../../../src/lab/tune/warm-start.js';

const SPACE = 'lr=0.001..1 log; hidden=32|128,64|; optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd';

/** A search whose trials rank in the order of their numbers. The last ones diverged. */
function earlier(
  points: readonly Trial['values'][],
  {
    folder = 'tuned',
    task = 'classification' as SearchTask,
    options = {},
    diverged = 0,
  }: { folder?: string; task?: SearchTask; options?: Trial['values']; diverged?: number } = {},
): EarlierSearch {
  const trials = points.map((values, i) => ({
    number: i + 1,
    values,
    place: i + 1,
    results: [{ value: i < points.length - diverged ? 1 - i / 100 : null } as Result],
  }));
  const configuration = {
    ...{ space: [], strategy: 'random' as const, seed: 1, eta: null, rungs: [], metric: 'accuracy' },
    ...{ task, warmStart: null, subject: { options } },
  };
  return { folder, tuning: { configuration, trials } };
}

const search = (text: string, more: Partial<WarmSearch> = {}): WarmSearch => ({
  ...{ space: parseSpace(text), fixed: {}, task: 'classification', seed: 1, trials: 9 },
  ...more,
});
/** The trials of a search that starts from others. */
const trialsOf = (from: EarlierSearch[], asked: WarmSearch) =>
  drawTrials(asked.space, asked.seed, asked.trials, planWarmStart(from, asked).warmStart);
const drawn = (text: string, seed: number, count: number) =>
  drawTrials(parseSpace(text), seed, count).map(({ values }) => values);

describe('a search that starts from another one', () => {
  const before = earlier(drawn(SPACE, 1, 20));
  const trials = trialsOf([before], search(SPACE));

  it('tries the best third first, and draws the others', () => {
    const points = before.tuning.trials.map(({ values }) => values);
    expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(trials.slice(0, 3).map(({ values }) => values)).toEqual(points.slice(0, 3));
    // The same seed would draw the earlier points again.
    const all = [...points, ...trials.slice(3).map(({ values }) => values)].map(keyOf);
    expect(new Set(all).size).toBe(20 + 6);
    expect(trials.slice(3).map(({ values }) => values)).toEqual(drawn(SPACE, 1, 26).slice(20));
  });

  it('does not depend on the order in which the space is written', () => {
    const other =
      'optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd; hidden=32|128,64|; lr=1e-3..1 log';
    expect(trialsOf([before], search(other)).map(({ values }) => keyOf(values))).toEqual(
      trials.map(({ values }) => keyOf(values)),
    );
  });

  it('tries no point first that has no value, and does not draw it', () => {
    const points = drawn(SPACE, 1, 4);
    const { warmStart } = planWarmStart([earlier(points, { diverged: 3 })], search(SPACE));
    expect(warmStart.first.map(({ trial }) => trial)).toEqual([1]);
    expect(warmStart.seen).toEqual(points.slice(1));
  });
});

describe('what does not fit', () => {
  it('is left out, each value with its reason', () => {
    const points = [
      { lr: 5, hidden: [32] },
      { lr: 0.1, hidden: [99] },
      { lr: 0.2, hidden: [32], 'batch-size': 16 },
      { lr: 0.3, hidden: [32] },
      { lr: 0.4, hidden: [99] },
      { lr: 0.5, hidden: [32], 'batch-size': 64 },
    ];
    const asked = search('lr=0.01..1; hidden=32|64', { fixed: { 'batch-size': 64 } });
    const { warmStart, taken } = planWarmStart([earlier(points)], asked);
    // The batch size of trial 6 is that of all new trials.
    expect(warmStart.first.map(({ trial }) => trial)).toEqual([4, 6]);
    expect(warmStart.first.map(({ values }) => values)).toEqual([
      { lr: 0.3, hidden: [32] },
      { lr: 0.5, hidden: [32] },
    ]);
    expect(taken).toEqual([
      expect.objectContaining({
        trials: 6,
        first: [4, 6],
        misfits: [
          { name: 'lr', value: 5, trials: 1 },
          { name: 'hidden', value: [99], trials: 2 },
          { name: 'batch-size', value: 16, trials: 1 },
        ],
      }),
    ]);
  });

  it.each([
    ['lr=0.01..1', { lr: 0.01 }, true],
    ['lr=0.01..1', { lr: 1.01 }, false],
    ['lr=0.01..1', { lr: [0.5] }, false],
    ['dropout=0.1..0.5', { dropout: [0.2] }, true],
    ['dropout=0.1..0.5', { dropout: [0.2, 0.2] }, false],
    ['dropout=0.1..0.5', { dropout: 0.2 }, false],
    ['batch-size=8..64', { 'batch-size': 16 }, true],
    ['batch-size=8..64', { 'batch-size': 'full' }, false],
    ['batch-size=full|8', { 'batch-size': 'full' }, true],
    ['hidden=32|', { hidden: [] }, true],
  ])('the space %s has the point %j: %j', (text, values, fits) => {
    const { warmStart } = planWarmStart([earlier([values])], search(text));
    expect(warmStart.first.map(point => point.values)).toEqual(fits ? [values] : []);
  });

  it('is a whole search for another task', () => {
    const { warmStart, taken } = planWarmStart(
      [earlier(drawn(SPACE, 1, 5), { task: 'regression' })],
      search(SPACE),
    );
    expect(warmStart).toEqual({ first: [], seen: [] });
    expect(taken[0]).toMatchObject({ task: 'regression', first: [], misfits: [] });
    const points = trialsOf([earlier(drawn(SPACE, 1, 5), { task: 'regression' })], search(SPACE));
    expect(points.map(({ values }) => values)).toEqual(drawn(SPACE, 1, 9));
  });
});

describe('an option that the earlier search did not draw', () => {
  const wider = search('lr=0.01..1; optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd');

  it('has the value that all its trials had, if that is in the space', () => {
    const { warmStart } = planWarmStart(
      [earlier([{ lr: 0.1 }, { lr: 0.2 }], { options: { optimizer: 'adam' } })],
      wider,
    );
    expect(warmStart.first.map(({ values }) => values)).toEqual([
      { lr: 0.1, optimizer: 'adam' },
      { lr: 0.2, optimizer: 'adam' },
    ]);
  });

  it('is drawn otherwise, by the seed, and such a point counts as untried', () => {
    const from = [earlier(drawn('lr=0.01..1', 1, 20), { options: { optimizer: 'rprop' } })];
    const { warmStart } = planWarmStart(from, { ...wider, trials: 60 });
    expect(warmStart.first).toHaveLength(20);
    expect(new Set(warmStart.first.map(({ values }) => values.optimizer))).toEqual(new Set(['sgd', 'adam']));
    for (const { values } of warmStart.first) expect('momentum' in values).toBe(values.optimizer === 'sgd');
    expect(planWarmStart(from, { ...wider, trials: 60 }).warmStart).toEqual(warmStart);
    expect(planWarmStart(from, { ...wider, trials: 60, seed: 2 }).warmStart).not.toEqual(warmStart);
    expect(planWarmStart(from, wider).warmStart.seen).toEqual([]);
  });
});

it('takes turns among several searches, without what they have in common', () => {
  const from = [
    earlier([{ lr: 0.1 }, { lr: 0.2 }, { lr: 0.3 }], { folder: 'a' }),
    earlier([{ lr: 0.1 }, { lr: 0.5 }], { folder: 'b' }),
  ];
  const { warmStart, taken } = planWarmStart(from, search('lr=0.01..1', { trials: 12 }));
  expect(warmStart.first.map(({ folder, trial }) => [folder, trial])).toEqual([
    ['a', 1],
    ['a', 2],
    ['b', 2],
    ['a', 3],
  ]);
  expect(taken.map(({ first }) => first)).toEqual([[1, 2, 3], [2]]);
});

it('tries earlier points again only if the space has no others', () => {
  const points = drawn('hidden=16|32|64; batch-size=8..11', 3, 10);
  const asked = search('hidden=16|32|64; batch-size=8..11', { trials: 6 });
  const trials = trialsOf([earlier(points)], asked);
  const keys = trials.map(({ values }) => keyOf(values));
  const before = points.map(keyOf);
  // Two of the best, the two that were never tried, and the next best two.
  expect(new Set(keys).size).toBe(6);
  expect(keys.map(key => before.indexOf(key))).toEqual([0, 1, -1, -1, 2, 3]);
});
