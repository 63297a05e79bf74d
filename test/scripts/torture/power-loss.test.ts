/** A small version of scripts/torture/power-loss.ts: some of the states that a power loss may leave. */
import { expect, it } from 'vitest';
import { losePower, type Planted } from '../../../scripts/torture/power-loss/study.js';

it.each([
  { name: 'train', most: 25 },
  { name: 'train on folds', most: 12 },
])('$name loses nothing that it promised', async ({ name, most }) => {
  const { problems, tried } = await losePower({ name, seed: 1, most });
  expect(problems).toEqual([]);
  expect(tried).toBeGreaterThan(most / 2);
});

it.each<{ name: string; planted: Planted; most: number; says: RegExp }>([
  { name: 'train', planted: 'file', most: 25, says: /lost: the checkpoint/ },
  { name: 'train', planted: 'folder', most: 25, says: /lost: the checkpoint/ },
  // Only a cache that is torn within its rows is taken for whole: about one state in ten.
  { name: 'train with a cache', planted: 'checksums', most: 80, says: /other results/ },
])(
  'finds that $name without syncs or checksums ($planted) loses something',
  async ({ name, planted, most, says }) => {
    const { problems } = await losePower({ name, seed: 1, most, planted });
    expect(problems.map(({ problem }) => problem).join('\n')).toMatch(says);
  },
);
