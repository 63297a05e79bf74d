/**
 * What a kernel is written for: a processor with some general registers, some vector registers of float32 lanes, and the
 * operations that kernels need. x64-machine.ts and arm64-machine.ts turn each call into instructions. A kernel written
 * over this interface never mixes two lanes of a sum, so it gives the same bits at every vector width.
 *
 * All memory is addressed as register + constant. Every kernel is entered with the register ENTRY pointing at its
 * arguments, 32-bit words (runner.ts), and MEMORY at the first byte of the arena; it may change all other registers.
 */

import type { Binary, Comparison, Shift } from '../formulas/graph.js';

/** A general register (64 bits), by its number: 0 to GENERALS − 1. */
export type General = number;

/** A vector register. */
export type Vector = number;

/** General registers that a kernel may use, ENTRY and MEMORY included. */
export const GENERALS = 15;
/** Points at the kernel's arguments. */
export const ENTRY: General = 13;
/** Points at the arena's first byte. */
export const MEMORY: General = 14;

/** An address: what a register holds, plus a constant of bytes. */
export interface Place {
  base: General;
  offset: number;
}

export const at = (base: General, offset = 0): Place => ({ base, offset });

/** A vector in memory, or a float there for all lanes, that instructions can read. */
export interface Constant {
  readonly constant: unknown;
}

export type Condition = 'equal' | 'notEqual' | 'below' | 'aboveOrEqual';

export interface Machine {
  /** The instruction set, as `lockstep info` names it: `AVX-512`. */
  readonly name: string;
  /** Floats in a vector. */
  readonly lanes: number;
  /** Vector registers that a kernel may use, numbered from 0. */
  readonly vectors: number;
  /** Rows of the largest tile of C that the registers hold beside B, for tiles of one vector and of two. */
  readonly tiles: { readonly one: number; readonly two: number };

  // Control.
  label(name: string): void;
  jump(label: string): void;
  /** Jumps if the unsigned comparison of a register with a constant or a register holds. */
  jumpIf(a: General, condition: Condition, b: number | { register: General }, label: string): void;
  /** Subtracts 1, and jumps unless the result is 0. */
  countDown(counter: General, label: string): void;
  /** Calls a leaf: a routine that calls none itself. */
  callLeaf(label: string): void;
  leaveLeaf(): void;
  /** To be the first instruction of a kernel, and its last. */
  enter(): void;
  leave(): void;

  // Whole numbers.
  set(to: General, value: number): void;
  move(to: General, from: General): void;
  add(to: General, from: General): void;
  subtract(to: General, from: General): void;
  addConstant(to: General, value: number): void;
  /** to ← from · value. */
  multiplyConstant(to: General, from: General, value: number): void;
  shiftRight(to: General, bits: number): void;
  and(to: General, mask: number): void;
  /** to ← the 32-bit word, zero-extended. */
  loadWord(to: General, from: Place): void;
  storeWord(to: Place, from: General): void;
  loadLong(to: General, from: Place): void;
  storeLong(to: Place, from: General): void;
  /** Brings the line of an address towards the first-level cache. */
  prefetch(place: Place): void;

  // Vectors. A count is how many lanes are read or written (the others are read as 0); all if it is left out. A count
  // below the number of lanes must have been announced by useCount, but for loads and stores of 1, 2, 4 or 8.
  useCount(count: number, temporary: General): void;
  zero(to: Vector): void;
  load(to: Vector, from: Place, count?: number): void;
  store(to: Place, from: Vector, count?: number): void;
  /** to ← to + the vector in memory. */
  addMemory(to: Vector, from: Place, count?: number): void;
  /** sums[j] ← fma(the float in memory, by[j], sums[j]). */
  multiplyAddBroadcast(sums: readonly Vector[], from: Place, by: readonly Vector[]): void;
  /** to ← the word in memory in each lane. */
  loadAll(to: Vector, from: Place): void;
  /** to ← bytes, each as a whole number. */
  loadBytes(to: Vector, from: Place, count: number, temporary: General, scratch: Place): void;

  // Formulas (../formulas/graph.ts). A constant stands after the code.
  /** A constant of 32 bits for all lanes. */
  constant(bits: number): Constant;
  /** A constant with a word for each lane. */
  laneConstant(words: readonly number[]): Constant;
  /** A vector in memory, as a constant. */
  inMemory(place: Place): Constant;
  /** The word in memory for all lanes, as a constant; it may be copied to `scratch`, a vector. Changes the temporary. */
  repeat(from: Place, scratch: Place, temporary: Vector): Constant;
  loadConstant(to: Vector, constant: Constant): void;
  /** `to` is none of the operands if one of them is a constant. Not both are. */
  binary(kind: Binary, to: Vector, a: Vector | Constant, b: Vector | Constant): void;
  shift(kind: Shift, to: Vector, a: Vector, bits: number): void;
  fromWhole(to: Vector, a: Vector): void;
  squareRoot(to: Vector, a: Vector): void;
  /** Registers for masks that are none of the vectors; null if masks are kept in vectors. */
  readonly masks: readonly number[] | null;
  compare(kind: Comparison, to: number, a: Vector, b: Vector): void;
  both(to: number, a: number, b: number): void;
  choose(to: Vector, mask: number, a: Vector, b: Vector): void;
  /** As choose, with 0 for b. */
  keep(to: Vector, mask: number, a: Vector): void;

  // Sums in double precision, in lane 0 of a vector; its other lanes are anything.
  loadDouble(to: Vector, from: Place): void;
  storeDouble(to: Place, from: Vector): void;
  addDouble(to: Vector, from: Vector): void;
  /** sum ← sum + f for each of so many floats in memory, one after the other. Reads an even number of them. */
  addFloats(sum: Vector, from: Place, count: number, temporary: Vector): void;
  /** sum ← sum + ((a² + c²) + (b² + d²)) for each four floats a, b, c, d in memory; count: a multiple of four. */
  addSquares(sum: Vector, from: Place, count: number, temporaries: readonly [Vector, Vector]): void;
  /** to ← to × the float in memory; reads the one behind it too. */
  multiplyDouble(to: Vector, from: Place, temporary: Vector): void;

  /** Transposes a square of `lanes` rows in registers, with four others. Returns the registers of the result, in order. */
  transpose(rows: readonly Vector[], temporaries: readonly Vector[]): readonly Vector[];

  /** Bytes of the code so far. */
  readonly size: number;
  /** Writes what was written from one place to another once more: no jumps, no counts, no constants. */
  again(begin: number, end: number): void;
  /** The finished code. */
  bytes(): Uint8Array;
}
