/**
 * How an AArch64 instruction, a word of 32 bits, is put together. The formats of all instructions are written as in the Arm
 * Architecture Reference Manual (DDI 0487, chapter C4, "A64 instruction set encoding"), from bit 31 to bit 0.
 */
import type { Label } from '../code.js';

/** The number of the stack pointer, or of the zero register: the instruction decides which. */
export const SP = 31;
export const ZR = 31;

/** An instruction that holds the distance to a label, in words, in a field of so many bits. */
export interface ToLabel {
  readonly word: number;
  readonly label: Label;
  readonly bits: number;
  readonly shift: number;
}

/** Values of a format's fields, by their letters. */
export type Fields = Readonly<Record<string, number>>;

/**
 * Reads a format, such as '0 1 u 01110 ss 1 mmmmm ooooo 1 nnnnn ddddd', where each run of a letter is a field and spaces mean
 * nothing. Throughout, d, t and u are destinations (t and u: registers to load or store), n, m and a are sources.
 * @returns a function from values of the fields to the word; it throws a RangeError for a value that does not fit
 */
export function format(text: string): (fields: Fields) => number {
  const bits = text.replaceAll(' ', '');
  if (bits.length !== 32) throw new Error(`${text}: expected 32 bits; got ${bits.length}.`);
  const fixed = Number.parseInt(bits.replace(/[a-z]/g, '0'), 2);
  const places = [...bits.matchAll(/([a-z])\1*/g)].map(({ 0: run, 1: letter, index }) => ({
    letter: letter!,
    shift: 32 - index - run.length,
    limit: 2 ** run.length,
  }));
  return fields =>
    places.reduce((word, { letter, shift, limit }) => {
      const value = fields[letter]!;
      if (!(Number.isInteger(value) && value >= 0 && value < limit)) {
        throw new RangeError(`${text}: expected ${letter} from 0 to ${limit - 1}; got ${value}.`);
      }
      return word | (value << shift);
    }, fixed);
}

/** Bits of a signed number in a field of so many bits. */
export function signed(value: number, bits: number): number {
  const limit = 2 ** (bits - 1);
  if (Number.isInteger(value) && value >= -limit && value < limit) return value & (2 ** bits - 1);
  throw new RangeError(`Expected an integer from ${-limit} to ${limit - 1}; got ${value}.`);
}

/** The value, if it is an integer within these limits. @throws RangeError if not */
export function within(value: number, first: number, last: number, what: string): number {
  if (Number.isInteger(value) && value >= first && value <= last) return value;
  throw new RangeError(`Expected a ${what} from ${first} to ${last}; got ${value}.`);
}
