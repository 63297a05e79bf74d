/**
 * The arithmetic that everything else in this folder is written in: float32 by rounding each operation, multiply-add in the
 * two classes, and the two orders of sums. Numbers are float32 values in JavaScript numbers; `round` is what makes one.
 */
import type { Operations } from '../../src/kernels/formulas/operations.js';
import { fusedMultiplyAdd } from '../kernels/scalar.js';

export const round = Math.fround;

/** A class of arithmetic, with the orders that are the same in both. */
export interface Arithmetic {
  /** x y + z. */
  multiplyAdd(x: number, y: number, z: number): number;
  /** Terms of a block of a product. */
  block: number;
  /** Order of sums over shards and chunks. */
  sum<T>(parts: readonly T[], add: (a: T, b: T) => T): T;
}

/** The sum of both halves, each summed likewise; the first has the largest power of two of parts that leaves a second. */
function sumByTree<T>(parts: readonly T[], add: (a: T, b: T) => T): T {
  if (parts.length === 1) return parts[0]!;
  let half = 1;
  while (2 * half < parts.length) half *= 2;
  return add(sumByTree(parts.slice(0, half), add), sumByTree(parts.slice(half), add));
}

export const CLASSES = {
  /** Rounded once. */
  fused: { multiplyAdd: fusedMultiplyAdd, block: 256, sum: sumByTree },
  /** The product is rounded, then the sum. */
  unfused: { multiplyAdd: (x, y, z) => round(round(x * y) + z), block: 256, sum: sumByTree },
} as const satisfies Record<string, Arithmetic>;

/** Every `step`-th element of an array from `at` on. */
export interface Line {
  of: Float32Array;
  at: number;
  step: number;
}

/**
 * Σ x(k) y(k) over `count` terms: blocks of 256, each from 0 in the order of k by multiply-add; then the blocks one after
 * the other. Given a sum, the blocks are added to it.
 */
export function sumProducts(
  { multiplyAdd, block }: Arithmetic,
  x: Line,
  y: Line,
  count: number,
  sum: number | null = null,
): number {
  let total = sum;
  for (let begin = 0; begin < count; begin += block) {
    let part = 0;
    for (let k = begin; k < Math.min(begin + block, count); k++) {
      part = multiplyAdd(x.of[x.at + k * x.step]!, y.of[y.at + k * y.step]!, part);
    }
    total = total === null ? part : round(total + part);
  }
  return total ?? 0;
}

/** Of both, element by element. */
export function addVectors(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + b[i]!);
}

export function addNumbers(a: number, b: number): number {
  return a + b;
}

const floats = new Float32Array(1);
const words = new Int32Array(floats.buffer);

function bitsOf(x: number): number {
  floats[0] = x;
  return words[0]!;
}

function floatOf(bits: number): number {
  words[0] = bits;
  return floats[0]!;
}

/** The operations of the formulas on single numbers. */
export const OPERATIONS: Operations<number, boolean> = {
  constant: round,
  word: floatOf,
  add: (a, b) => round(a + b),
  subtract: (a, b) => round(a - b),
  multiply: (a, b) => round(a * b),
  divide: (a, b) => round(a / b),
  squareRoot: a => round(Math.sqrt(a)),
  larger: (a, b) => (a < b ? b : a),
  smaller: (a, b) => (b < a ? b : a),
  and: (a, b) => floatOf(bitsOf(a) & bitsOf(b)),
  or: (a, b) => floatOf(bitsOf(a) | bitsOf(b)),
  xor: (a, b) => floatOf(bitsOf(a) ^ bitsOf(b)),
  addWords: (a, b) => floatOf(bitsOf(a) + bitsOf(b)),
  subtractWords: (a, b) => floatOf(bitsOf(a) - bitsOf(b)),
  multiplyWords: (a, b) => floatOf(Math.imul(bitsOf(a), bitsOf(b))),
  largerWords: (a, b) => floatOf(Math.max(bitsOf(a), bitsOf(b))),
  shiftLeft: (a, bits) => floatOf(bitsOf(a) << bits),
  shiftRight: (a, bits) => floatOf(bitsOf(a) >>> bits),
  shiftRightSigned: (a, bits) => floatOf(bitsOf(a) >> bits),
  fromWhole: a => round(bitsOf(a)),
  isBelow: (a, b) => a < b,
  isEqual: (a, b) => a === b,
  isBelowWords: (a, b) => bitsOf(a) < bitsOf(b),
  isEqualWords: (a, b) => bitsOf(a) === bitsOf(b),
  both: (p, q) => p && q,
  choose: (p, a, b) => (p ? a : b),
};
