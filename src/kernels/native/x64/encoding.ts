/**
 * The parts of an x86-64 instruction: prefixes, ModR/M, SIB and displacement, as pure functions from operands to bytes.
 * "SDM" is Intel's 64 and IA-32 Architectures Software Developer's Manual, volume 2; its sections are named by their titles
 * where the numbers differ between editions.
 *
 * The low three bits of a register's number stand in ModR/M or SIB; the higher bits are spread over the prefix.
 */
import type { Label } from '../code.js';

/** Numbers of the general registers (SDM table 3-1). */
export const GENERAL = {
  RAX: 0,
  RCX: 1,
  RDX: 2,
  RBX: 3,
  RSP: 4,
  RBP: 5,
  RSI: 6,
  RDI: 7,
  R8: 8,
  R9: 9,
  R10: 10,
  R11: 11,
  R12: 12,
  R13: 13,
  R14: 14,
  R15: 15,
} as const;

/** Memory at base + index × scale + offset, in bytes; base and index are general registers. */
export interface Address {
  readonly base: number;
  readonly index?: number;
  readonly scale?: 1 | 2 | 4 | 8;
  readonly offset?: number;
  /** Whether one element is read from memory and repeated over all lanes (EVEX only). */
  readonly broadcast?: boolean;
}

/** Memory at a label, addressed relative to the next instruction. */
export interface LabelAddress {
  readonly label: Label;
  readonly offset?: number;
  readonly broadcast?: boolean;
}

export type Memory = Address | LabelAddress;

/** A register's number, or memory. */
export type Operand = number | Memory;

export const fitsInt8 = (value: number) => Number.isInteger(value) && value >= -0x80 && value <= 0x7f;
export const fitsInt32 = (value: number) => value === (value | 0);

/** Little-endian bytes of a 32-bit integer, signed or unsigned. */
export const int32 = (value: number) => [value, value >> 8, value >> 16, value >> 24];

/** @throws RangeError unless each number is one of a general register */
function requireGeneral(...registers: number[]): void {
  const outside = registers.find(register => !(register >= 0 && register <= 15));
  if (outside !== undefined)
    throw new RangeError(`Expected a general register from 0 to 15; got ${outside}.`);
}

/** Bit `n` of a register's number. */
const bit = (register: number, n: number) => (register >> n) & 1;

/**
 * ModR/M, SIB and displacement (SDM 2.1.3 and 2.1.5). ModR/M is mod (2 bits), reg (3 bits), rm (3 bits):
 *
 * - mod 3: rm is a register; mod 0, 1, 2: memory without, with an 8-bit, with a 32-bit displacement;
 * - rm 4 with mod < 3: a SIB byte follows (scale, index, base), where index 4 means none. So RSP and R12 as base need one;
 * - rm 5 with mod 0: a 32-bit displacement relative to the next instruction. So RBP and R13 as base need a displacement.
 *
 * @param reg the register, or the part of the opcode, in the field reg
 * @param unit bytes that an 8-bit displacement counts in: 1, or with EVEX the size of the memory operand (SDM, "Compressed
 *   Displacement (disp8*N) Support in EVEX")
 */
export function modRm(reg: number, rm: Operand, unit = 1): number[] {
  const middle = (reg & 7) << 3;
  if (typeof rm === 'number') return [0xc0 | middle | (rm & 7)];
  // The displacement is written once the label's position is known.
  if ('label' in rm) return [middle | 5, ...int32(0)];

  const { base, index, scale = 1, offset = 0 } = rm;
  requireGeneral(base, index ?? 0);
  if (index === GENERAL.RSP) throw new RangeError('RSP can be the base of an address, but not the index.');
  if (!fitsInt32(offset)) throw new RangeError(`An offset must fit 32 bits; got ${offset}.`);

  const steps = offset / unit;
  const isShort = fitsInt8(steps);
  const hasNone = offset === 0 && (base & 7) !== GENERAL.RBP;
  const mod = hasNone ? 0x00 : isShort ? 0x40 : 0x80;
  const displacement = hasNone ? [] : isShort ? [steps] : int32(offset);

  if (index === undefined && (base & 7) !== GENERAL.RSP) return [mod | middle | (base & 7), ...displacement];
  const sib = (Math.log2(scale) << 6) | (((index ?? 4) & 7) << 3) | (base & 7);
  return [mod | middle | 4, sib, ...displacement];
}

/** Bits 3 and 4 of the registers in ModR/M and SIB: R extends reg, X the index, B the base or the register in rm. */
function extensions(reg: number, rm: Operand) {
  const R = bit(reg, 3);
  const R2 = bit(reg, 4);
  // EVEX has no fourth bit for rm: X, without an index to extend, serves as bit 4 of a register (SDM, "Register
  // Specifier Encoding and EVEX").
  if (typeof rm === 'number') return { R, R2, X: bit(rm, 4), B: bit(rm, 3) };
  if ('label' in rm) return { R, R2, X: 0, B: 0 };
  return { R, R2, X: bit(rm.index ?? 0, 3), B: bit(rm.base, 3) };
}

/** REX: 0100 W R X B, where W means 64-bit operands (SDM 2.2.1). Omitted when all four bits are 0. */
export function rex(w: 0 | 1, reg: number, rm: Operand): number[] {
  requireGeneral(reg, typeof rm === 'number' ? rm : 0);
  const { R, X, B } = extensions(reg, rm);
  const bits = (w << 3) | (R << 2) | (X << 1) | B;
  return bits === 0 ? [] : [0x40 | bits];
}

/** Which table an opcode is looked up in, and a mandatory prefix that selects one of its rows. */
export interface Opcode {
  /** Opcode map 0F, 0F 38 or 0F 3A, in the numbers of VEX.mmmmm and EVEX.mmm. */
  readonly map: 1 | 2 | 3;
  /** No prefix, 66, F3 or F2, in the numbers of VEX.pp and EVEX.pp. */
  readonly pp: 0 | 1 | 2 | 3;
  /** A further bit of the opcode; often it tells float32 (0) from float64 (1). */
  readonly w: 0 | 1;
  readonly byte: number;
}

/** Registers and length that a vector prefix holds. */
export interface VexFields {
  /** 0 for 128 bits, 1 for 256, 2 for 512: VEX.L, EVEX.L'L. */
  readonly length: number;
  readonly reg: number;
  /** First source; 0 if the instruction has none, as the field is stored inverted and must then be all ones. */
  readonly vvvv: number;
  readonly rm: Operand;
}

export interface EvexFields extends VexFields {
  /** Opmask register; 0 for none. */
  readonly mask: number;
  /** Whether lanes outside the mask become 0 instead of keeping the destination's value. */
  readonly zero: boolean;
}

/**
 * VEX (SDM, "The VEX Prefix"): C5 and a byte R̄ v̄v̄v̄v̄ L pp if X, B and W are 0 and the map is 0F; otherwise C4 and the bytes
 * R̄ X̄ B̄ mmmmm, W v̄v̄v̄v̄ L pp. A bar marks bits stored inverted.
 */
export function vex({ map, pp, w }: Opcode, { length, reg, vvvv, rm }: VexFields): number[] {
  const { R, X, B } = extensions(reg, rm);
  const last = ((~vvvv & 15) << 3) | (length << 2) | pp;
  if (X === 0 && B === 0 && w === 0 && map === 1) return [0xc5, ((R ^ 1) << 7) | last];
  return [0xc4, ((R ^ 1) << 7) | ((X ^ 1) << 6) | ((B ^ 1) << 5) | map, (w << 7) | last];
}

/**
 * EVEX (SDM, "Instruction Format and EVEX"): 62 and the bytes R̄ X̄ B̄ R̄' 0 mmm, W v̄v̄v̄v̄ 1 pp,
 * z L'L b V̄' aaa. R' and V' are bit 4 of reg and vvvv, z is zeroing, b is embedded broadcast, aaa is the mask.
 */
export function evex({ map, pp, w }: Opcode, fields: EvexFields): number[] {
  const { length, reg, vvvv, rm, mask, zero } = fields;
  const { R, R2, X, B } = extensions(reg, rm);
  const b = typeof rm !== 'number' && rm.broadcast ? 1 : 0;
  return [
    0x62,
    ((R ^ 1) << 7) | ((X ^ 1) << 6) | ((B ^ 1) << 5) | ((R2 ^ 1) << 4) | map,
    (w << 7) | ((~vvvv & 15) << 3) | 4 | pp,
    ((zero ? 1 : 0) << 7) | (length << 5) | (b << 4) | ((bit(vvvv, 4) ^ 1) << 3) | mask,
  ];
}

/** Recommended no-operations of 1 to 9 bytes (SDM, NOP). */
const NOPS = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/** Instructions that do nothing, of so many bytes together. */
export function nops(bytes: number): number[] {
  if (bytes === 0) return [];
  const first = NOPS[Math.min(bytes, NOPS.length) - 1]!;
  return [...first, ...nops(bytes - first.length)];
}
