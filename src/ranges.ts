/**
 * The ranges that numbers of options have, each once: the command line reads values by them, and the library checks by
 * them what a program gives.
 */
import { optionError } from './errors.js';
import { fitsFloat32, isPartInFloat32 } from './float32.js';

/** Numbers that an option can have. */
export interface Range {
  /** As in `expected a number above 0`. */
  readonly expected: string;
  has(value: number): boolean;
}

export const FROM_ZERO: Range = {
  expected: 'a number from 0',
  has: value => value >= 0 && Number.isFinite(value),
};

export const ABOVE_ZERO: Range = {
  expected: 'a number above 0',
  has: value => value > 0 && Number.isFinite(value),
};

/** A part that is less than all. */
export const FRACTION: Range = {
  expected: 'a number from 0, below 1',
  has: value => value >= 0 && value < 1,
};

/** The same for numbers that kernels compute with. */
export const SINGLE_FROM_ZERO = inFloat32(FROM_ZERO);
export const SINGLE_ABOVE_ZERO = inFloat32(ABOVE_ZERO);

/** Just below 1, float32 rounds to 1. */
export const SINGLE_FRACTION: Range = {
  expected: 'a number from 0, below 1 in float32 too',
  has: isPartInFloat32,
};

/** A share that is neither nothing nor all, in float32 too. */
export const QUANTILE: Range = {
  expected: 'a number above 0 and below 1, in float32 too',
  has: value => isPartInFloat32(value) && Math.fround(value) > 0,
};

/** Whole numbers from one to another, which may be left out. */
export function wholeNumbers(from: number, to?: number): Range {
  return {
    expected: to === undefined ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`,
    has: value => Number.isSafeInteger(value) && value >= from && value <= (to ?? Number.MAX_SAFE_INTEGER),
  };
}

/** Cosines of each number: 0 for none. */
export const NUMBER_WAVES = wholeNumbers(0, 1000);

/** Bins of numbers: 0 for none; one bin says no more than the number. */
export const NUMBER_BINS: Range = {
  expected: '0, or a whole number from 2 to 1,000',
  has: value => value === 0 || wholeNumbers(2, 1000).has(value),
};

function inFloat32({ expected, has }: Range): Range {
  return { expected: `${expected} that float32 can hold`, has: value => has(value) && fitsFloat32(value) };
}

/** @throws usage if the option's value is out of range; the example is one that is not */
export function checkRange(property: string, value: number, range: Range, example?: unknown): void {
  if (range.has(value)) return;
  throw optionError(property, { expected: range.expected, got: value, example });
}
