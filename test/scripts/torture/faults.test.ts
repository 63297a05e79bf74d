/** A small version of scripts/torture/faults.ts: some of the calls of some commands fail. */
import { expect, it } from 'vitest';
import { type Point, sweep } from '../../../scripts/torture/faults/sweep.js';

const problemsOf = (points: readonly Point[]) => points.flatMap(({ what, problems }) => [what, ...problems]);

it.each([
  { name: 'train', kind: 'EIO', stride: 61, refused: 2 },
  { name: 'train with a cache', kind: 'ENOSPC', stride: 47, refused: 1 },
  { name: 'predict', kind: 'duckdb', stride: 13, refused: 2 },
] as const)('$name ends well when a call fails with $kind', async ({ name, kind, stride, refused }) => {
  const { points } = await sweep({ name, kind, stride, from: 1 });
  expect(problemsOf(points.filter(({ problems }) => problems.length > 0))).toEqual([]);
  expect(points.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThanOrEqual(refused);
});

it('half of a write leaves no trace', async () => {
  const { points } = await sweep({ name: 'train', kind: 'short write', stride: 13 });
  expect(points.map(({ outcome }) => outcome)).toEqual(points.map(() => 'unnoticed'));
  expect(problemsOf(points.filter(({ problems }) => problems.length > 0))).toEqual([]);
  expect(points.length).toBeGreaterThan(2);
});
