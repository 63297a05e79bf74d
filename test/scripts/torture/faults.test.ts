/** A small version of scripts/torture/faults.ts: some of the calls of some commands fail. */
import { expect, it } from 'vitest';
import type { Kind } from '../../../scripts/torture/calls/control.js';
import { choosePoints } from '../../../scripts/torture/faults/points.js';
import { type Point, sweep } from '../../../scripts/torture/faults/sweep.js';

const problemsOf = (points: readonly Point[]) => points.flatMap(({ what, problems }) => [what, ...problems]);

async function pointsOf(name: string, kind: Kind, most: number): Promise<readonly Point[]> {
  const [swept] = await sweep({ name, ways: [{ kind, isLasting: false }], most });
  return swept!.points;
}

it.each([
  { name: 'train', kind: 'EIO', most: 6, refused: 2 },
  { name: 'train with a cache', kind: 'ENOSPC', most: 3, refused: 1 },
  { name: 'predict', kind: 'duckdb', most: 3, refused: 2 },
  { name: 'export json', kind: 'ENOSPC', most: 8, refused: 3 },
] as const)('$name ends well when a call fails with $kind', async ({ name, kind, most, refused }) => {
  const points = await pointsOf(name, kind, most);
  expect(problemsOf(points.filter(({ problems }) => problems.length > 0))).toEqual([]);
  expect(points.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThanOrEqual(refused);
});

it('half of a write leaves no trace', async () => {
  const points = await pointsOf('train', 'short write', 3);
  expect(points.map(({ outcome }) => outcome)).toEqual(points.map(() => 'unnoticed'));
  expect(problemsOf(points.filter(({ problems }) => problems.length > 0))).toEqual([]);
  expect(points.length).toBeGreaterThan(2);
});

it('each different call is chosen before others of the same kind, and those are spread evenly', () => {
  const calls = ['open a', ...Array.from({ length: 90 }, (_, i) => `write ${i}`), 'close a'];
  expect(choosePoints(calls, 5)).toEqual([0, 16, 46, 76, 91]);
  expect(choosePoints(calls, 2)).toEqual([0, 91]);
  expect(choosePoints(calls, Number.POSITIVE_INFINITY)).toEqual(calls.map((_, i) => i));
});
