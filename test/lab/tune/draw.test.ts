/**
 * Trials drawn from a space. Their distribution is compared with SciPy's, on the file written by
 * scripts/oracles/search.py.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSpace } from '../../../src/config/space.js';
import { drawTrials } from '../../../src/lab/tune/draw.js';

const SPACE = 'lr=0.001..1 log; hidden=32|128,64|; optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd';

describe('the list of trials', () => {
  const trials = drawTrials(parseSpace(SPACE), 3, 50);

  it('depends on the seed and the space, not on the number of trials', () => {
    expect(drawTrials(parseSpace(SPACE), 3, 50)).toEqual(trials);
    expect(drawTrials(parseSpace(SPACE), 3, 20)).toEqual(trials.slice(0, 20));
    expect(drawTrials(parseSpace(SPACE), 4, 50)).not.toEqual(trials);
  });

  it('is the same however the space is written', () => {
    const other =
      'optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd; hidden=32|128,64|; lr=1e-3..1 log';
    expect(drawTrials(parseSpace(other), 3, 50)).toEqual(trials);
  });

  it('contains an option with a condition if the condition is met', () => {
    for (const { values } of trials) expect('momentum' in values).toBe(values.optimizer === 'sgd');
    expect(new Set(trials.map(({ values }) => values.optimizer))).toEqual(new Set(['sgd', 'adam']));
  });

  it('is the same as in the released version', () => {
    expect(trials.slice(0, 3)).toEqual([
      { number: 1, values: { lr: 0.01152, hidden: [32], optimizer: 'adam' } },
      { number: 2, values: { lr: 0.1716, hidden: [32], optimizer: 'sgd', momentum: 0.7107 } },
      { number: 3, values: { lr: 0.05734, hidden: [], optimizer: 'sgd', momentum: 0.6549 } },
    ]);
  });
});

it('draws distinct trials until the space is exhausted', () => {
  const space = parseSpace('hidden=16|32|64; batch-size=8..11; no-shuffle=true|false');
  const all = drawTrials(space, 1, 24);
  expect(new Set(all.map(({ values }) => JSON.stringify(values))).size).toBe(24);
  expect(() => drawTrials(space, 1, 25)).toThrow('trials: expected at most 24');
});

interface Fixture {
  critical: number;
  samples: Record<string, number[]>;
}
const { critical, samples } = JSON.parse(readFileSync('test/fixtures/search.json', 'utf8')) as Fixture;

describe('the distribution agrees with SciPy’s', () => {
  it.each(Object.entries(samples))('%s', (text, theirs) => {
    // A second option is needed, because a range of integers has too few distinct trials.
    const space = parseSpace(`${text}; weight-decay=0..1`);
    const drawn = drawTrials(space, 1, theirs.length).map(({ values }) => {
      const value = values[space[0]!.name];
      return Number(Array.isArray(value) ? value[0] : value);
    });
    const ours = drawn.sort((a, b) => a - b);
    expect(distance(ours, theirs)).toBeLessThan(critical);
    // The test has power: it detects a sample that is off by a twentieth of the range.
    const shifted = ours.map((value, i) => ours[Math.min(i + theirs.length / 10, ours.length - 1)] ?? value);
    expect(distance(shifted, theirs)).toBeGreaterThan(critical);
  });
});

/** Kolmogorov–Smirnov statistic: the largest difference of the two empirical distributions, both sorted. */
function distance(a: readonly number[], b: readonly number[]): number {
  const below = (values: readonly number[], x: number) =>
    values.filter(value => value <= x).length / values.length;
  return Math.max(...[...a, ...b].map(x => Math.abs(below(a, x) - below(b, x))));
}
