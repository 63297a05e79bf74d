import { describe, expect, it } from 'vitest';
import { alignedBlocks, foldsAfter, splitOf, sumByTree } from '../../src/model/tree.js';
import { Random } from '../../src/random.js';

/** The definition: a node splits at the largest power of two below its count. */
function sumOf(values: readonly number[]): number {
  if (values.length === 1) return values[0]!;
  const middle = 2 ** (Math.ceil(Math.log2(values.length)) - 1);
  return sumOf(values.slice(0, middle)) + sumOf(values.slice(middle));
}

const random = new Random(1, 'probe');
const valuesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => (random.uniform(i) - 0.5) * 10 ** (i % 17));

describe('sumByTree', () => {
  it('is the recursive sum for every count', () => {
    expect(sumByTree(0, () => 1)).toBe(0);
    for (let count = 1; count <= 130; count++) {
      const values = valuesOf(count);
      expect(sumByTree(count, i => values[i]!)).toBe(sumOf(values));
    }
  });

  it('adds pairs first, and not one after the other', () => {
    const values = [1e16, 1, -1e16, 1];
    expect(sumByTree(4, i => values[i]!)).toBe(0);
    expect(values.reduce((sum, value) => sum + value, 0)).toBe(1);
  });
});

it('splits so that the left half is an aligned block', () => {
  expect([2, 3, 4, 5, 8, 9].map(end => splitOf({ begin: 0, end }))).toEqual([1, 2, 2, 4, 4, 8]);
  expect(splitOf({ begin: 8, end: 11 })).toBe(10);
});

describe('alignedBlocks', () => {
  it('cuts a range into its largest aligned blocks', () => {
    const sizes = (begin: number, end: number, most?: number) =>
      alignedBlocks({ begin, end }, most).map(block => block.end - block.begin);
    expect(sizes(0, 64)).toEqual([64]);
    expect(sizes(21, 42)).toEqual([1, 2, 8, 8, 2]);
    expect(sizes(0, 11)).toEqual([8, 2, 1]);
    expect(sizes(0, 11, 4)).toEqual([4, 4, 2, 1]);
    expect(sizes(5, 5)).toEqual([]);
  });
});

it('folds like a binary counter, down to the largest aligned blocks of the range', () => {
  for (let begin = 0; begin < 12; begin++) {
    for (let end = begin + 1; end < 40; end++) {
      const stack: number[] = [];
      for (let leaf = begin; leaf < end; leaf++) {
        stack.push(1);
        for (let i = foldsAfter({ begin: leaf, end: leaf + 1 }, begin); i > 0; i--) {
          const right = stack.pop()!;
          expect(stack.at(-1)).toBe(right);
          stack.push(stack.pop()! + right);
        }
      }
      const blocks = alignedBlocks({ begin, end });
      expect(stack).toEqual(blocks.map(block => block.end - block.begin));
    }
  }
});
