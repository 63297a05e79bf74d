/**
 * Operands of the vector instructions: for each group of vectors.ts, the parameters of its methods, and which fields of the
 * encoding hold them. The destination d comes first, as in Intel's manual.
 */
import type { Memory, Operand } from './encoding.js';
import type { VECTOR_INSTRUCTIONS, VectorInstruction } from './vectors.js';

/** Bits of a vector. */
export type Width = 128 | 256 | 512;

/** Which lanes are written: those whose bit in an opmask register is set. */
export interface Masking {
  /** Opmask register, 1 to 7. */
  readonly mask?: number;
  /** Whether the other lanes become 0; otherwise they keep the destination's value. */
  readonly zero?: boolean;
}

/** Masking of what can't be set to zero: memory and opmasks. */
export type Merging = Pick<Masking, 'mask'>;

/** Comparisons of floats, quiet for NaN (SDM, CMPPD). The last four hold if a lane is NaN. */
export const PREDICATES = {
  equal: 0x00,
  less: 0x11,
  lessOrEqual: 0x12,
  greater: 0x1e,
  greaterOrEqual: 0x1d,
  ordered: 0x07,
  unordered: 0x03,
  notEqual: 0x04,
  notLess: 0x15,
  notLessOrEqual: 0x16,
} as const;

export type Predicate = keyof typeof PREDICATES;

/** Writes a vector instruction, given by the fields of its encoding. */
export interface VectorWriter {
  /**
   * @param reg a register; 0 where the opcode continues in this field
   * @param vvvv the first source, or a destination that shifts can't hold in reg; 0 if there is none
   * @param rm a register or memory: the last source, or the destination of a store
   */
  vector(
    name: string,
    line: VectorInstruction,
    width: Width,
    reg: number,
    vvvv: number,
    rm: Operand,
    immediate: number | null,
    masking?: Masking,
  ): void;
}

/** An opmask register's number. @throws RangeError if it is none */
export function opmask(register: number): number {
  if (register >= 0 && register <= 7) return register;
  throw new RangeError(`Expected an opmask from 0 to 7; got ${register}.`);
}

/** Makes a method of an instruction of each group. */
export const METHODS = {
  two: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, s: Operand, masking?: Masking) {
      this.vector(name, line, width, d, 0, s, null, masking);
    },
  three: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, a: number, b: Operand, masking?: Masking) {
      this.vector(name, line, width, d, a, b, null, masking);
    },
  toMask: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, a: number, b: Operand, merging?: Merging) {
      this.vector(name, line, width, opmask(d), a, b, null, merging);
    },
  compare: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, a: number, b: Operand, predicate: Predicate) {
      this.vector(name, line, width, d, a, b, PREDICATES[predicate]);
    },
  compareToMask: (name, line) =>
    function (
      this: VectorWriter,
      width: Width,
      d: number,
      a: number,
      b: Operand,
      predicate: Predicate,
      merging?: Merging,
    ) {
      this.vector(name, line, width, opmask(d), a, b, PREDICATES[predicate], merging);
    },
  twoImmediate: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, s: Operand, immediate: number, masking?: Masking) {
      this.vector(name, line, width, d, 0, s, immediate, masking);
    },
  threeImmediate: (name, line) =>
    function (
      this: VectorWriter,
      width: Width,
      d: number,
      a: number,
      b: Operand,
      immediate: number,
      masking?: Masking,
    ) {
      this.vector(name, line, width, d, a, b, immediate, masking);
    },
  extract: (name, line) =>
    function (this: VectorWriter, width: Width, d: Operand, s: number, immediate: number, masking?: Masking) {
      this.vector(name, line, width, s, 0, d, immediate, masking);
    },
  shift: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, s: number, count: number, masking?: Masking) {
      this.vector(name, line, width, 0, d, s, count, masking);
    },
  // The fourth register is the high half of an immediate (SDM 3.1.1, "/is4").
  blend: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, a: number, b: Operand, mask: number) {
      this.vector(name, line, width, d, a, b, mask << 4);
    },
  maskedLoad: (name, line) =>
    function (this: VectorWriter, width: Width, d: number, mask: number, from: Memory) {
      this.vector(name, line, width, d, mask, from, null);
    },
  maskedStore: (name, line) =>
    function (this: VectorWriter, width: Width, to: Memory, mask: number, s: number) {
      this.vector(name, line, width, s, mask, to, null);
    },
  store: (name, line) =>
    function (this: VectorWriter, width: Width, to: Memory, s: number, merging?: Merging) {
      this.vector(name, line, width, s, 0, to, null, merging);
    },
  loadLane: (name, line) =>
    function (this: VectorWriter, d: number, from: Memory) {
      this.vector(name, line, 128, d, 0, from, null);
    },
  storeLane: (name, line) =>
    function (this: VectorWriter, to: Memory, s: number) {
      this.vector(name, line, 128, s, 0, to, null);
    },
  scalar: (name, line) =>
    function (this: VectorWriter, d: number, a: number, b: Operand) {
      this.vector(name, line, 128, d, a, b, null);
    },
} satisfies Record<
  keyof typeof VECTOR_INSTRUCTIONS,
  (name: string, line: VectorInstruction) => (this: VectorWriter, ...operands: never[]) => void
>;
