/**
 * The parts of an x86-64 instruction: prefixes, ModR/M, SIB, displacement and immediate.
 * "SDM" is Intel's 64 and IA-32 Architectures Software Developer's Manual, volume 2; its sections are named by their titles
 * where the numbers differ between editions.
 *
 * The low three bits of a register's number stand in ModR/M or SIB; the higher bits are spread over the prefix.
 */
import { Code, type Label } from '../code.js';

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

/** @throws RangeError unless it is the number of a general register */
export function requireGeneral(register: number): void {
  if (register >= 0 && register <= 15) return;
  throw new RangeError(`Expected a general register from 0 to 15; got ${register}.`);
}

/** @throws RangeError if it is an address that can't be encoded */
function requireAddress(memory: Memory): void {
  if ('label' in memory) return;
  const { base, index, offset } = memory;
  requireGeneral(base);
  if (index !== undefined) requireGeneral(index);
  if (index === GENERAL.RSP) throw new RangeError('RSP can be the base of an address, but not the index.');
  if (offset !== undefined && !fitsInt32(offset)) {
    throw new RangeError(`An offset must fit 32 bits; got ${offset}.`);
  }
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

/** Prefixes that hold registers store the highest bits of their numbers inverted: bit 3 of a register. */
const low = (register: number) => (~register >> 3) & 1;

/**
 * X̄ and B̄ together: bit 3 of the index and of the base. Of a register in rm, bit 4, for which EVEX has no other place (SDM,
 * "Register Specifier Encoding and EVEX"), and bit 3.
 */
function lowOfOperand(rm: Operand): number {
  if (typeof rm === 'number') return (~rm >> 3) & 3;
  if ('label' in rm) return 3;
  return (rm.index === undefined ? 2 : low(rm.index) << 1) | low(rm.base);
}

/** Writes instructions. Operands are checked before the first byte is written. */
export class Encoder extends Code {
  /**
   * An instruction on general registers: REX, opcode, operands, and an immediate of 0, 1 or 4 bytes.
   *
   * REX is 0100 W R X B, where W means 64-bit operands (SDM 2.2.1). It is omitted when all four bits are 0.
   *
   * @param opcode one byte, or two that begin with 0F
   */
  protected plain(w: 0 | 1, opcode: number, reg: number, rm: Operand, bytes = 0, immediate = 0): void {
    requireGeneral(reg);
    if (typeof rm === 'number') requireGeneral(rm);
    else requireAddress(rm);
    const code = this.room();
    const rex = (w << 3) | ((low(reg) ^ 1) << 2) | (lowOfOperand(rm) ^ 3);
    if (rex !== 0) code[this.size++] = 0x40 | rex;
    if (opcode > 0xff) code[this.size++] = opcode >> 8;
    code[this.size++] = opcode;
    this.#operands(code, reg, rm, 1, bytes, immediate);
  }

  /**
   * An instruction with the prefix VEX (SDM, "The VEX Prefix"): C5 and a byte R̄ v̄v̄v̄v̄ L pp if X, B and W are 0 and the map is 0F;
   * otherwise C4 and the bytes R̄ X̄ B̄ mmmmm, W v̄v̄v̄v̄ L pp. A bar marks bits stored inverted.
   *
   * @param length 0 for 128 bits, 1 for 256: L
   * @param vvvv first source; 0 if the instruction has none, as the field is stored inverted and must then be all ones
   * @param immediate null if there is none
   */
  protected vex(
    { map, pp, w, byte }: Opcode,
    length: number,
    reg: number,
    vvvv: number,
    rm: Operand,
    immediate: number | null = null,
  ): void {
    if (typeof rm !== 'number') requireAddress(rm);
    const code = this.room();
    const last = ((~vvvv & 15) << 3) | (length << 2) | pp;
    const ofOperand = lowOfOperand(rm);
    if (ofOperand === 3 && w === 0 && map === 1) {
      code[this.size++] = 0xc5;
      code[this.size++] = (low(reg) << 7) | last;
    } else {
      code[this.size++] = 0xc4;
      code[this.size++] = (low(reg) << 7) | (ofOperand << 5) | map;
      code[this.size++] = (w << 7) | last;
    }
    code[this.size++] = byte;
    this.#operands(code, reg, rm, 1, immediate === null ? 0 : 1, immediate ?? 0);
  }

  /**
   * An instruction with the prefix EVEX (SDM, "Instruction Format and EVEX"): 62 and the bytes R̄ X̄ B̄ R̄' 0 mmm,
   * W v̄v̄v̄v̄ 1 pp, z L'L b V̄' aaa. R' and V' are bit 4 of reg and vvvv, b is embedded broadcast.
   *
   * @param length 0 for 128 bits, 1 for 256, 2 for 512: L'L
   * @param unit bytes that an 8-bit displacement counts in
   * @param mask opmask register; 0 for none: aaa
   * @param zero whether lanes outside the mask become 0 instead of keeping the destination's value: z
   */
  protected evex(
    { map, pp, w, byte }: Opcode,
    length: number,
    reg: number,
    vvvv: number,
    rm: Operand,
    immediate: number | null,
    unit: number,
    mask: number,
    zero: boolean,
  ): void {
    if (typeof rm !== 'number') requireAddress(rm);
    const b = typeof rm !== 'number' && rm.broadcast ? 0x10 : 0;
    const code = this.room();
    code[this.size++] = 0x62;
    code[this.size++] = (low(reg) << 7) | (lowOfOperand(rm) << 5) | (((~reg >> 4) & 1) << 4) | map;
    code[this.size++] = (w << 7) | ((~vvvv & 15) << 3) | 4 | pp;
    code[this.size++] = (zero ? 0x80 : 0) | (length << 5) | b | (((~vvvv >> 4) & 1) << 3) | mask;
    code[this.size++] = byte;
    this.#operands(code, reg, rm, unit, immediate === null ? 0 : 1, immediate ?? 0);
  }

  /**
   * ModR/M, SIB and displacement (SDM 2.1.3 and 2.1.5), and the immediate. ModR/M is mod (2 bits), reg (3 bits), rm (3 bits):
   *
   * - mod 3: rm is a register; mod 0, 1, 2: memory without, with an 8-bit, with a 32-bit displacement;
   * - rm 4 with mod < 3: a SIB byte follows (scale, index, base), where index 4 means none. So RSP and R12 as base need one;
   * - rm 5 with mod 0: a 32-bit displacement relative to the next instruction. So RBP and R13 as base need a displacement.
   *
   * @param reg the register, or the part of the opcode, in the field reg
   * @param unit bytes that an 8-bit displacement counts in: 1, or with EVEX the size of the memory operand (SDM, "Compressed
   *   Displacement (disp8*N) Support in EVEX")
   */
  #operands(
    code: Uint8Array,
    reg: number,
    rm: Operand,
    unit: number,
    bytes: number,
    immediate: number,
  ): void {
    const middle = (reg & 7) << 3;
    if (typeof rm === 'number') {
      code[this.size++] = 0xc0 | middle | (rm & 7);
    } else if ('label' in rm) {
      code[this.size++] = middle | 5;
      // The displacement is written once the label's position is known.
      this.relative(rm.label, rm.offset ?? 0, bytes);
    } else {
      const { base, index, offset = 0 } = rm;
      const steps = offset / unit;
      const mod = offset === 0 && (base & 7) !== GENERAL.RBP ? 0x00 : fitsInt8(steps) ? 0x40 : 0x80;
      if (index === undefined && (base & 7) !== GENERAL.RSP) {
        code[this.size++] = mod | middle | (base & 7);
      } else {
        code[this.size++] = mod | middle | 4;
        code[this.size++] = (Math.log2(rm.scale ?? 1) << 6) | (((index ?? 4) & 7) << 3) | (base & 7);
      }
      if (mod === 0x40) code[this.size++] = steps;
      else if (mod === 0x80) this.int32(code, offset);
    }
    if (bytes === 1) code[this.size++] = immediate;
    else if (bytes === 4) this.int32(code, immediate);
  }

  /** Writes the little-endian bytes of a 32-bit integer, signed or unsigned. */
  protected int32(code: Uint8Array, value: number): void {
    code[this.size++] = value;
    code[this.size++] = value >> 8;
    code[this.size++] = value >> 16;
    code[this.size++] = value >> 24;
  }

  /**
   * Leaves 32 bits for the distance from the end of the instruction, which ends after so many bytes of an immediate, to a label.
   * @param offset bytes to add
   */
  protected relative(label: Label, offset: number, immediateBytes: number): void {
    const at = this.size;
    this.size += 4;
    const end = at + 4 + immediateBytes;
    this.refer(label, (code, target) => code.setInt32(at, target + offset - end, true));
  }
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

/** The longest instruction of at most so many bytes that does nothing. */
export const nop = (bytes: number) => NOPS[Math.min(bytes, NOPS.length) - 1]!;
