/** The seeded draw of validation rows. */
import { describe, expect, it } from 'vitest';
import { splitRows } from '../../src/data/split.js';

/** Number of positions of each label in a part. */
function count(positions: Uint32Array, labels: number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const position of positions) counts[labels[position]!] = (counts[labels[position]!] ?? 0) + 1;
  return counts;
}

const labelled = (...counts: number[]) =>
  counts.flatMap((count, label) => new Array<number>(count).fill(label));

describe('splitRows', () => {
  it.each([
    [2, 0.5],
    [2, 0.01],
    [2, 0.99],
    [10, 0.25],
    [1000, 0.2],
    [1001, 1 / 3],
  ])('puts each of %i rows into one of two sorted, non-empty parts (%f)', (rows, fraction) => {
    const { train, validation } = splitRows(rows, null, fraction, 7);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(
      Array.from({ length: rows }, (_, i) => i),
    );
    for (const part of [train, validation]) expect(part).toEqual(part.slice().sort());
    const held = Math.min(rows - 1, Math.max(1, Math.round(rows * fraction)));
    expect(validation.length).toBe(held);
  });

  it.each([
    [labelled(50, 50), 0.2, { 0: 10, 1: 10 }],
    [labelled(90, 10), 0.2, { 0: 18, 1: 2 }],
    [labelled(3, 3, 3), 1 / 3, { 0: 1, 1: 1, 2: 1 }],
    [labelled(97, 1, 1, 1), 0.2, { 0: 20 }],
    [labelled(98, 2), 0.5, { 0: 49, 1: 1 }],
    [labelled(2, 2), 0.9, { 0: 1, 1: 1 }],
  ])('splits case %# in proportion, and leaves each class a row for training', (labels, fraction, held) => {
    const { train, validation } = splitRows(labels.length, labels, fraction, 1);
    expect(count(validation, labels)).toEqual(held);
    expect(Object.keys(count(train, labels))).toEqual(
      Object.keys(count(Uint32Array.from(labels.keys()), labels)),
    );
  });

  it('draws the same rows for the same seed, and others for another', () => {
    const draw = (seed: number) => splitRows(1000, null, 0.1, seed).validation;
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('draws from everywhere', () => {
    const { validation } = splitRows(10000, null, 0.5, 3);
    for (let tenth = 0; tenth < 10; tenth++) {
      const inside = validation.filter(position => Math.floor(position / 1000) === tenth).length;
      expect(Math.abs(inside - 500)).toBeLessThan(100); // over six standard deviations
    }
  });
});
