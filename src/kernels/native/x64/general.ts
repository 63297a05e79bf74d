/**
 * x86-64 instructions on general registers, which are named by their numbers (GENERAL). Operands are 64 bits wide unless the
 * method says otherwise. The destination comes first, as in Intel's manual.
 */
import { Code, type Label } from '../code.js';
import { fitsInt8, fitsInt32, int32, type Memory, modRm, nops, type Operand, rex, vex } from './encoding.js';

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

export class General extends Code {
  mov(d: number, s: number): void {
    this.long([0x89], s, d);
  }

  /** Loads a constant, in 5 to 10 bytes. @param value a safe integer */
  movImmediate(d: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`Expected a safe integer; got ${value}.`);
    if (value >= 0 && value <= 0xffff_ffff) {
      // Writing the low half of a register clears the high half.
      this.emit([...rex(0, 0, d), 0xb8 | (d & 7), ...int32(value)]);
    } else if (fitsInt32(value)) {
      this.long([0xc7], 0, d, int32(value));
    } else {
      const high = Math.floor(value / 2 ** 32);
      this.emit([...rex(1, 0, d), 0xb8 | (d & 7), ...int32(value - high * 2 ** 32), ...int32(high)]);
    }
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
    this.long([0x85], b, a);
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
    this.long([0x0f, 0xaf], d, s);
  }

  /** d ← s × value */
  imulImmediate(d: number, s: number, value: number): void {
    if (fitsInt8(value)) this.long([0x6b], d, s, [value]);
    else this.long([0x69], d, s, immediate32(value));
  }

  neg(d: number): void {
    this.long([0xf7], 3, d);
  }

  inc(d: number): void {
    this.long([0xff], 0, d);
  }

  dec(d: number): void {
    this.long([0xff], 1, d);
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
    this.long([0xd3], SHIFTS.shl, d);
  }

  /** d ← s << count, all three general registers (BMI2, as every processor with AVX2) */
  shlx(d: number, s: number, count: number): void {
    const opcode = { map: 2, pp: 1, w: 1, byte: 0xf7 } as const;
    const prefix = vex(opcode, { length: 0, reg: d, vvvv: count, rm: s });
    this.instruction([...prefix, opcode.byte], d, s);
  }

  /** d ← the address of `from` */
  lea(d: number, from: Memory): void {
    this.long([0x8d], d, from);
  }

  loadLong(d: number, from: Memory): void {
    this.long([0x8b], d, from);
  }

  storeLong(to: Memory, s: number): void {
    this.long([0x89], s, to);
  }

  /** Loads 32 bits; the high half becomes 0. */
  loadWord(d: number, from: Memory): void {
    this.#narrow([0x8b], d, from);
  }

  /** Stores the low 32 bits. */
  storeWord(to: Memory, s: number): void {
    this.#narrow([0x89], s, to);
  }

  /** Loads 8 bits; all others become 0. */
  loadByte(d: number, from: Memory): void {
    this.#narrow([0x0f, 0xb6], d, from);
  }

  push(s: number): void {
    this.emit([...rex(0, 0, s), 0x50 | (s & 7)]);
  }

  pop(d: number): void {
    this.emit([...rex(0, 0, d), 0x58 | (d & 7)]);
  }

  ret(): void {
    this.emit([0xc3]);
  }

  /** Calls the function whose address the register holds. */
  call(target: number): void {
    this.#narrow([0xff], 2, target);
  }

  /** Calls the routine at a label. */
  callLabel(label: Label): void {
    this.emit([0xe8, ...int32(0)]);
    this.#relative(label, 0, 0);
  }

  jmp(label: Label): void {
    this.emit([0xe9, ...int32(0)]);
    this.#relative(label, 0, 0);
  }

  jcc(condition: Condition, label: Label): void {
    this.emit([0x0f, 0x80 | CONDITIONS[condition], ...int32(0)]);
    this.#relative(label, 0, 0);
  }

  cpuid(): void {
    this.emit([0x0f, 0xa2]);
  }

  xgetbv(): void {
    this.emit([0x0f, 0x01, 0xd0]);
  }

  mfence(): void {
    this.emit([0x0f, 0xae, 0xf0]);
  }

  /** Asks for the cache line at `from` in all levels of cache. */
  prefetcht0(from: Memory): void {
    this.#narrow([0x0f, 0x18], 1, from);
  }

  /** Fills with no-operations up to the next multiple of a power of two, counted from the start of the code. */
  align(alignment: number): void {
    this.emit(nops(-this.size & (alignment - 1)));
  }

  /**
   * Writes one instruction: what precedes ModR/M, the operands, an immediate.
   * @param unit bytes that an 8-bit displacement counts in
   */
  protected instruction(
    start: readonly number[],
    reg: number,
    rm: Operand,
    immediate: number[] = [],
    unit = 1,
  ): void {
    this.emit([...start, ...modRm(reg, rm, unit), ...immediate]);
    if (typeof rm !== 'number' && 'label' in rm) this.#relative(rm.label, rm.offset ?? 0, immediate.length);
  }

  /** An instruction on 64-bit operands. */
  protected long(opcode: readonly number[], reg: number, rm: Operand, immediate: number[] = []): void {
    this.instruction([...rex(1, reg, rm), ...opcode], reg, rm, immediate);
  }

  #narrow(opcode: readonly number[], reg: number, rm: Operand): void {
    this.instruction([...rex(0, reg, rm), ...opcode], reg, rm);
  }

  #arithmetic(name: keyof typeof ARITHMETIC, d: number, s: number): void {
    this.long([8 * ARITHMETIC[name] + 1], s, d);
  }

  #arithmeticImmediate(name: keyof typeof ARITHMETIC, d: number, value: number): void {
    const n = ARITHMETIC[name];
    if (fitsInt8(value)) this.long([0x83], n, d, [value]);
    // RAX has an opcode of its own, one byte shorter.
    else if (d === 0) this.emit([...rex(1, 0, d), 8 * n + 5, ...immediate32(value)]);
    else this.long([0x81], n, d, immediate32(value));
  }

  #shift(name: keyof typeof SHIFTS, d: number, count: number): void {
    if (count === 1) this.long([0xd1], SHIFTS[name], d);
    else this.long([0xc1], SHIFTS[name], d, [count]);
  }

  /**
   * Fills the last 32 bits before an immediate with the distance from the end of the instruction to a label.
   * @param offset bytes to add
   */
  #relative(label: Label, offset: number, immediateBytes: number): void {
    const end = this.size;
    this.refer(label, (code, target) => code.setInt32(end - immediateBytes - 4, target + offset - end, true));
  }
}

function immediate32(value: number): number[] {
  if (!fitsInt32(value)) throw new RangeError(`An immediate must fit 32 bits; got ${value}.`);
  return int32(value);
}
