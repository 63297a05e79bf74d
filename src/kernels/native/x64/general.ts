/**
 * x86-64 instructions on general registers, which are named by their numbers (GENERAL). Operands are 64 bits wide unless the
 * method says otherwise. The destination comes first, as in Intel's manual.
 */
import type { Label } from '../code.js';
import { Encoder, fitsInt8, fitsInt32, type Memory, nop, type Operand, requireGeneral } from './encoding.js';

/** Conditions of jumps, by the low four bits of their opcodes (SDM volume 1, appendix B). Above and below compare unsigned. */
export const CONDITIONS = {
  overflow: 0,
  notOverflow: 1,
  below: 2,
  aboveOrEqual: 3,
  equal: 4,
  notEqual: 5,
  belowOrEqual: 6,
  above: 7,
  negative: 8,
  notNegative: 9,
  parityEven: 10,
  parityOdd: 11,
  less: 12,
  greaterOrEqual: 13,
  lessOrEqual: 14,
  greater: 15,
} as const;

export type Condition = keyof typeof CONDITIONS;

/** Two-operand arithmetic: opcode 8 n + 1 for two registers, /n for an immediate (SDM A.3 and A.4, group 1). */
const ARITHMETIC = { add: 0, or: 1, and: 4, sub: 5, xor: 6, cmp: 7 } as const;

/** Shifts: /n of group 2 (SDM A.4). */
const SHIFTS = { shl: 4, shr: 5, sar: 7 } as const;

export class General extends Encoder {
  mov(d: number, s: number): void {
    this.long(0x89, s, d);
  }

  /** Loads a constant, in 5 to 10 bytes. @param value a safe integer */
  movImmediate(d: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`Expected a safe integer; got ${value}.`);
    requireGeneral(d);
    if (value < 0 && fitsInt32(value)) {
      this.long(0xc7, 0, d, 4, value);
      return;
    }
    // Writing the low half of a register clears the high half.
    const isLong = value < 0 || value > 0xffff_ffff;
    this.#inOpcode(isLong ? 1 : 0, 0xb8, d);
    const code = this.room();
    const high = Math.floor(value / 2 ** 32);
    this.int32(code, value - high * 2 ** 32);
    if (isLong) this.int32(code, high);
  }

  add(d: number, s: number): void {
    this.#arithmetic('add', d, s);
  }

  sub(d: number, s: number): void {
    this.#arithmetic('sub', d, s);
  }

  and(d: number, s: number): void {
    this.#arithmetic('and', d, s);
  }

  or(d: number, s: number): void {
    this.#arithmetic('or', d, s);
  }

  xor(d: number, s: number): void {
    this.#arithmetic('xor', d, s);
  }

  /** Sets the flags of a − b. */
  cmp(a: number, b: number): void {
    this.#arithmetic('cmp', a, b);
  }

  /** Sets the flags of a ∧ b. */
  test(a: number, b: number): void {
    this.long(0x85, b, a);
  }

  addImmediate(d: number, value: number): void {
    this.#arithmeticImmediate('add', d, value);
  }

  subImmediate(d: number, value: number): void {
    this.#arithmeticImmediate('sub', d, value);
  }

  andImmediate(d: number, value: number): void {
    this.#arithmeticImmediate('and', d, value);
  }

  orImmediate(d: number, value: number): void {
    this.#arithmeticImmediate('or', d, value);
  }

  xorImmediate(d: number, value: number): void {
    this.#arithmeticImmediate('xor', d, value);
  }

  cmpImmediate(d: number, value: number): void {
    this.#arithmeticImmediate('cmp', d, value);
  }

  /** d ← d × s */
  imul(d: number, s: number): void {
    this.long(0x0faf, d, s);
  }

  /** d ← s × value */
  imulImmediate(d: number, s: number, value: number): void {
    if (fitsInt8(value)) this.long(0x6b, d, s, 1, value);
    else this.long(0x69, d, s, 4, requireInt32(value));
  }

  neg(d: number): void {
    this.long(0xf7, 3, d);
  }

  inc(d: number): void {
    this.long(0xff, 0, d);
  }

  dec(d: number): void {
    this.long(0xff, 1, d);
  }

  shlImmediate(d: number, count: number): void {
    this.#shift('shl', d, count);
  }

  shrImmediate(d: number, count: number): void {
    this.#shift('shr', d, count);
  }

  sarImmediate(d: number, count: number): void {
    this.#shift('sar', d, count);
  }

  /** d ← d << CL */
  shlByCl(d: number): void {
    this.long(0xd3, SHIFTS.shl, d);
  }

  /** d ← s << count, all three general registers (BMI2, as every processor with AVX2) */
  shlx(d: number, s: number, count: number): void {
    const opcode = { map: 2, pp: 1, w: 1, byte: 0xf7 } as const;
    this.vex(opcode, 0, d, count, s);
  }

  /** d ← the address of `from` */
  lea(d: number, from: Memory): void {
    this.long(0x8d, d, from);
  }

  loadLong(d: number, from: Memory): void {
    this.long(0x8b, d, from);
  }

  storeLong(to: Memory, s: number): void {
    this.long(0x89, s, to);
  }

  /** Loads 32 bits; the high half becomes 0. */
  loadWord(d: number, from: Memory): void {
    this.#narrow(0x8b, d, from);
  }

  /** Stores the low 32 bits. */
  storeWord(to: Memory, s: number): void {
    this.#narrow(0x89, s, to);
  }

  /** Loads 8 bits; all others become 0. */
  loadByte(d: number, from: Memory): void {
    this.#narrow(0x0fb6, d, from);
  }

  push(s: number): void {
    this.#inOpcode(0, 0x50, s);
  }

  pop(d: number): void {
    this.#inOpcode(0, 0x58, d);
  }

  ret(): void {
    this.emit(0xc3);
  }

  /** Calls the function whose address the register holds. */
  call(target: number): void {
    this.#narrow(0xff, 2, target);
  }

  /** Calls the routine at a label. */
  callLabel(label: Label): void {
    this.emit(0xe8);
    this.relative(label, 0, 0);
  }

  jmp(label: Label): void {
    this.emit(0xe9);
    this.relative(label, 0, 0);
  }

  jcc(condition: Condition, label: Label): void {
    this.emit(0x0f, 0x80 | CONDITIONS[condition]);
    this.relative(label, 0, 0);
  }

  cpuid(): void {
    this.emit(0x0f, 0xa2);
  }

  xgetbv(): void {
    this.emit(0x0f, 0x01, 0xd0);
  }

  mfence(): void {
    this.emit(0x0f, 0xae, 0xf0);
  }

  /** Asks for the cache line at `from` in all levels of cache. */
  prefetcht0(from: Memory): void {
    this.#narrow(0x0f18, 1, from);
  }

  /** Fills with no-operations up to the next multiple of a power of two, counted from the start of the code. */
  align(alignment: number): void {
    for (let left = -this.size & (alignment - 1); left > 0; left = -this.size & (alignment - 1)) {
      this.emit(...nop(left));
    }
  }

  /** An instruction on 64-bit operands. */
  protected long(opcode: number, reg: number, rm: Operand, bytes = 0, immediate = 0): void {
    this.plain(1, opcode, reg, rm, bytes, immediate);
  }

  #narrow(opcode: number, reg: number, rm: Operand): void {
    this.plain(0, opcode, reg, rm);
  }

  /** An instruction whose opcode ends in a register's number: REX and that byte. */
  #inOpcode(w: 0 | 1, opcode: number, register: number): void {
    requireGeneral(register);
    const rex = (w << 3) | (register >> 3);
    if (rex !== 0) this.emit(0x40 | rex);
    this.emit(opcode | (register & 7));
  }

  #arithmetic(name: keyof typeof ARITHMETIC, d: number, s: number): void {
    this.long(8 * ARITHMETIC[name] + 1, s, d);
  }

  #arithmeticImmediate(name: keyof typeof ARITHMETIC, d: number, value: number): void {
    const n = ARITHMETIC[name];
    if (fitsInt8(value)) this.long(0x83, n, d, 1, value);
    // RAX has an opcode of its own, one byte shorter.
    else if (d === 0) {
      requireInt32(value);
      this.emit(0x48, 8 * n + 5);
      this.int32(this.room(), value);
    } else this.long(0x81, n, d, 4, requireInt32(value));
  }

  #shift(name: keyof typeof SHIFTS, d: number, count: number): void {
    if (count === 1) this.long(0xd1, SHIFTS[name], d);
    else this.long(0xc1, SHIFTS[name], d, 1, count);
  }
}

/** @throws RangeError unless it is an integer of 32 bits */
function requireInt32(value: number): number {
  if (fitsInt32(value)) return value;
  throw new RangeError(`An immediate must fit 32 bits; got ${value}.`);
}
