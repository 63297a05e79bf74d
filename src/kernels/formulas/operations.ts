/**
 * What formulas are written in: operations on one float32 number, or on many at once, lane by lane. Each rounds once, as
 * IEEE 754 says; there is no fused multiply-add here, so a formula has the same bits in every class of arithmetic. A
 * formula is a function over this interface. It is written once, and run by whoever implements it: a graph that becomes
 * WebAssembly (scripts/tools/assembly-text.ts) or machine code (../native/lower.ts), or plain numbers (tests).
 */

/** @typeParam V a value, @typeParam M a mask: true or false in each lane */
export interface Operations<V, M> {
  /** The float32 nearest to a number. */
  constant(value: number): V;
  /** The value with these 32 bits. */
  word(bits: number): V;
  add(a: V, b: V): V;
  subtract(a: V, b: V): V;
  multiply(a: V, b: V): V;
  divide(a: V, b: V): V;
  squareRoot(a: V): V;
  /** a < b ? b : a; so a NaN in a is kept. */
  larger(a: V, b: V): V;
  /** b < a ? b : a; so a NaN in a is kept. */
  smaller(a: V, b: V): V;
  /** Of the bits. */
  and(a: V, b: V): V;
  or(a: V, b: V): V;
  xor(a: V, b: V): V;
  /** Of the bits as whole numbers of 32 bits, which wrap around. */
  addWords(a: V, b: V): V;
  subtractWords(a: V, b: V): V;
  multiplyWords(a: V, b: V): V;
  /** The larger of two signed ones. */
  largerWords(a: V, b: V): V;
  shiftLeft(a: V, bits: number): V;
  /** Fills up with zeros, or with the sign. */
  shiftRight(a: V, bits: number): V;
  shiftRightSigned(a: V, bits: number): V;
  /** The float32 of a signed whole number. */
  fromWhole(a: V): V;
  /** a < b; false if either is NaN. */
  isBelow(a: V, b: V): M;
  isEqual(a: V, b: V): M;
  /** Of the bits as signed whole numbers. */
  isBelowWords(a: V, b: V): M;
  isEqualWords(a: V, b: V): M;
  /** p and q. */
  both(p: M, q: M): M;
  /** p ? a : b. */
  choose(p: M, a: V, b: V): V;
}

/** A formula of one number. */
export type Formula = <V, M>(o: Operations<V, M>, x: V) => V;
