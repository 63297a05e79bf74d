/**
 * Operands of the vector instructions: for each group of vectors.ts, the parameters of its methods and the fields of the
 * encoding that hold them. The destination d comes first, as in Intel's manual.
 */
import type { Memory, Operand } from './encoding.js';
import type { VECTOR_INSTRUCTIONS } from './vectors.js';

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

/** Operands by the fields that hold them. */
export interface Fields extends Masking {
  readonly width: Width;
  /** A register; left out where the opcode continues in this field. */
  readonly reg?: number;
  /** The first source, or a destination that shifts can't hold in reg. */
  readonly vvvv?: number;
  /** A register or memory: the last source, or the destination of a store. */
  readonly rm: Operand;
  readonly immediate?: number;
}

/** An opmask register's number. @throws RangeError if it is none */
export function opmask(register: number): number {
  if (register >= 0 && register <= 7) return register;
  throw new RangeError(`Expected an opmask from 0 to 7; got ${register}.`);
}

export const FIELDS = {
  two: (width: Width, d: number, s: Operand, masking?: Masking) => {
    return { width, reg: d, rm: s, ...masking };
  },
  three: (width: Width, d: number, a: number, b: Operand, masking?: Masking) => {
    return { width, reg: d, vvvv: a, rm: b, ...masking };
  },
  toMask: (width: Width, d: number, a: number, b: Operand, merging?: Merging) => {
    return { width, reg: opmask(d), vvvv: a, rm: b, ...merging };
  },
  compare: (width: Width, d: number, a: number, b: Operand, predicate: Predicate) => {
    return { width, reg: d, vvvv: a, rm: b, immediate: PREDICATES[predicate] };
  },
  compareToMask: (
    width: Width,
    d: number,
    a: number,
    b: Operand,
    predicate: Predicate,
    merging?: Merging,
  ) => {
    return { width, reg: opmask(d), vvvv: a, rm: b, immediate: PREDICATES[predicate], ...merging };
  },
  twoImmediate: (width: Width, d: number, s: Operand, immediate: number, masking?: Masking) => {
    return { width, reg: d, rm: s, immediate, ...masking };
  },
  threeImmediate: (width: Width, d: number, a: number, b: Operand, immediate: number, masking?: Masking) => {
    return { width, reg: d, vvvv: a, rm: b, immediate, ...masking };
  },
  extract: (width: Width, d: Operand, s: number, immediate: number, masking?: Masking) => {
    return { width, reg: s, rm: d, immediate, ...masking };
  },
  shift: (width: Width, d: number, s: number, count: number, masking?: Masking) => {
    return { width, vvvv: d, rm: s, immediate: count, ...masking };
  },
  // The fourth register is the high half of an immediate (SDM 3.1.1, "/is4").
  blend: (width: Width, d: number, a: number, b: Operand, mask: number) => {
    return { width, reg: d, vvvv: a, rm: b, immediate: mask << 4 };
  },
  maskedLoad: (width: Width, d: number, mask: number, from: Memory) => {
    return { width, reg: d, vvvv: mask, rm: from };
  },
  maskedStore: (width: Width, to: Memory, mask: number, s: number) => {
    return { width, reg: s, vvvv: mask, rm: to };
  },
  store: (width: Width, to: Memory, s: number, merging?: Merging) => {
    return { width, reg: s, rm: to, ...merging };
  },
  loadLane: (d: number, from: Memory) => {
    return { width: 128, reg: d, rm: from };
  },
  storeLane: (to: Memory, s: number) => {
    return { width: 128, reg: s, rm: to };
  },
  scalar: (d: number, a: number, b: Operand) => {
    return { width: 128, reg: d, vvvv: a, rm: b };
  },
} satisfies Record<keyof typeof VECTOR_INSTRUCTIONS, (...operands: never[]) => Fields>;
