/** A small version of scripts/torture/power-loss.ts: some of the states that a power loss may leave. */
import { expect, it } from 'vitest';
import { losePower, type Planted } from '../../../scripts/torture/power-loss/study.js';

it('a training loses nothing that it promised', async () => {
  const { problems, tried } = await losePower({ name: 'train', seed: 1, most: 25 });
  expect(problems).toEqual([]);
  expect(tried).toBe(25);
});

it.each<{ name: string; planted: Planted; says: RegExp }>([
  { name: 'train', planted: 'file', says: /lost: the checkpoint/ },
  { name: 'train', planted: 'folder', says: /lost: the checkpoint/ },
  { name: 'train with a cache', planted: 'checksums', says: /other results/ },
])(
  'finds that $name without syncs or checksums ($planted) loses something',
  async ({ name, planted, says }) => {
    const { problems } = await losePower({ name, seed: 1, most: 25, planted });
    expect(problems.map(({ problem }) => problem).join('\n')).toMatch(says);
  },
);
