/**
 * AArch64 instructions on the 64-bit general registers X0 to X30, which are named by their numbers. The destination comes
 * first, as in Arm's manual.
 */
import { Code, type Label } from '../code.js';
import { format, SP, signed, type ToLabel, ZR } from './encoding.js';

/** Conditions of branches by their numbers (DDI 0487, C1.2.4). Above and below compare unsigned. */
export const CONDITIONS = {
  equal: 0,
  notEqual: 1,
  aboveOrEqual: 2,
  below: 3,
  negative: 4,
  notNegative: 5,
  overflow: 6,
  notOverflow: 7,
  above: 8,
  belowOrEqual: 9,
  greaterOrEqual: 10,
  less: 11,
  greater: 12,
  lessOrEqual: 13,
} as const;

export type Condition = keyof typeof CONDITIONS;

// Add and subtract: o 0 adds, 1 subtracts; s sets the flags.
const SHIFTED = format('1 o s 01011 00 0 mmmmm iiiiii nnnnn ddddd');
// The same, but n and d may be the stack pointer.
const EXTENDED = format('1 o s 01011 00 1 mmmmm 011 000 nnnnn ddddd');
// h 1 shifts the immediate to the left by 12.
const IMMEDIATE = format('1 o s 100010 h iiiiiiiiiiii nnnnn ddddd');
// o 0 moves the inverted, 2 the plain 16 bits and clears the rest, 3 keeps the rest; h times 16 is their place.
const MOVE_WIDE = format('1 oo 100101 hh iiiiiiiiiiiiiiii ddddd');
// o 0 and, 1 or, 2 exclusive or.
const LOGICAL = format('1 oo 01010 00 0 mmmmm iiiiii nnnnn ddddd');
const MULTIPLY_ADD = format('1 00 11011 000 mmmmm 0 aaaaa nnnnn ddddd');
// Unsigned bit field move, of which shifts by an immediate are cases.
const BIT_FIELD = format('1 10 100110 1 rrrrrr ssssss nnnnn ddddd');
// o 1 calls.
const BRANCH = format('o 00101 00000000000000000000000000');
const BRANCH_IF = format('0101010 0 0000000000000000000 0 cccc');
// o 0 branches if t is zero, 1 if it is not.
const BRANCH_ZERO = format('1 011010 o 0000000000000000000 ttttt');
// o 1 calls, 2 returns.
const BRANCH_REGISTER = format('1101011 00 oo 11111 000000 nnnnn 00000');
const ADDRESS = format('0 00 10000 0000000000000000000 ddddd');
const NOP = 0xd503201f;

export class General extends Code {
  /** d ← s; neither is the stack pointer: for that, use addImmediate with 0. */
  mov(d: number, s: number): void {
    this.orr(d, ZR, s);
  }

  /** Loads a constant, in one to four instructions. @param value a safe integer */
  movImmediate(d: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`Expected a safe integer; got ${value}.`);
    const bits = BigInt.asUintN(64, BigInt(value));
    const parts = [0, 1, 2, 3].map(place => ({
      place,
      part: Number((bits >> BigInt(16 * place)) & 0xffffn),
    }));
    const filling = value < 0 ? 0xffff : 0;
    const [first = parts[0]!, ...others] = parts.filter(({ part }) => part !== filling);

    const { place, part } = first;
    this.word(MOVE_WIDE({ o: value < 0 ? 0 : 2, h: place, i: part ^ filling, d }));
    for (const { place, part } of others) this.word(MOVE_WIDE({ o: 3, h: place, i: part, d }));
  }

  /** d ← n + (m << shift) */
  add(d: number, n: number, m: number, shift = 0): void {
    this.word(SHIFTED({ o: 0, s: 0, m, i: shift, n, d }));
  }

  /** d ← n − (m << shift) */
  sub(d: number, n: number, m: number, shift = 0): void {
    this.word(SHIFTED({ o: 1, s: 0, m, i: shift, n, d }));
  }

  /** d ← n − m, and sets the flags. */
  subs(d: number, n: number, m: number): void {
    this.word(SHIFTED({ o: 1, s: 1, m, i: 0, n, d }));
  }

  /** Sets the flags of n − m. */
  cmp(n: number, m: number): void {
    this.subs(ZR, n, m);
  }

  /**
   * d ← n + value; d and n may be the stack pointer.
   * @param scratch a register for values other than 12 bits, or 12 bits followed by 12 zeros
   */
  addImmediate(d: number, n: number, value: number, scratch?: number): void {
    this.#addOrSubtract(0, 0, d, n, value, scratch);
  }

  /** d ← n − value, otherwise as addImmediate. */
  subImmediate(d: number, n: number, value: number, scratch?: number): void {
    this.#addOrSubtract(1, 0, d, n, value, scratch);
  }

  /** d ← n − value, and sets the flags. */
  subsImmediate(d: number, n: number, value: number, scratch?: number): void {
    this.#addOrSubtract(1, 1, d, n, value, scratch);
  }

  /** Sets the flags of n − value. */
  cmpImmediate(n: number, value: number, scratch?: number): void {
    this.subsImmediate(ZR, n, value, scratch);
  }

  /** d ← n × m */
  mul(d: number, n: number, m: number): void {
    this.madd(d, n, m, ZR);
  }

  /** d ← n × m + a */
  madd(d: number, n: number, m: number, a: number): void {
    this.word(MULTIPLY_ADD({ m, a, n, d }));
  }

  lslImmediate(d: number, n: number, count: number): void {
    this.word(BIT_FIELD({ r: -count & 63, s: 63 - count, n, d }));
  }

  lsrImmediate(d: number, n: number, count: number): void {
    this.word(BIT_FIELD({ r: count, s: 63, n, d }));
  }

  and(d: number, n: number, m: number): void {
    this.word(LOGICAL({ o: 0, m, i: 0, n, d }));
  }

  orr(d: number, n: number, m: number): void {
    this.word(LOGICAL({ o: 1, m, i: 0, n, d }));
  }

  eor(d: number, n: number, m: number): void {
    this.word(LOGICAL({ o: 2, m, i: 0, n, d }));
  }

  /** d ← the address of a label, within 1 MiB */
  adr(d: number, label: Label): void {
    const at = this.size;
    this.word(ADDRESS({ d }));
    this.refer(label, (code, target) => {
      const distance = signed(target - at, 21);
      const fields = ((distance & 3) << 29) | ((distance >> 2) << 5);
      code.setInt32(at, code.getInt32(at, true) | fields, true);
    });
  }

  b(label: Label): void {
    this.toLabel({ word: BRANCH({ o: 0 }), label, bits: 26, shift: 0 });
  }

  /** Calls the routine at a label. */
  bl(label: Label): void {
    this.toLabel({ word: BRANCH({ o: 1 }), label, bits: 26, shift: 0 });
  }

  bCond(condition: Condition, label: Label): void {
    this.toLabel({ word: BRANCH_IF({ c: CONDITIONS[condition] }), label, bits: 19, shift: 5 });
  }

  /** Branches if t is zero. */
  cbz(t: number, label: Label): void {
    this.toLabel({ word: BRANCH_ZERO({ o: 0, t }), label, bits: 19, shift: 5 });
  }

  /** Branches if t is not zero. */
  cbnz(t: number, label: Label): void {
    this.toLabel({ word: BRANCH_ZERO({ o: 1, t }), label, bits: 19, shift: 5 });
  }

  /** Calls the function whose address the register holds. */
  blr(n: number): void {
    this.word(BRANCH_REGISTER({ o: 1, n }));
  }

  ret(): void {
    this.word(BRANCH_REGISTER({ o: 2, n: 30 }));
  }

  /** Fills with no-operations up to the next multiple of a power of two, counted from the start of the code. */
  align(alignment: number): void {
    while (this.size % alignment !== 0) this.word(NOP);
  }

  protected word(word: number): void {
    const code = this.room();
    code[this.size++] = word;
    code[this.size++] = word >> 8;
    code[this.size++] = word >> 16;
    code[this.size++] = word >> 24;
  }

  protected toLabel({ word, label, bits, shift }: ToLabel): void {
    const at = this.size;
    this.word(word);
    this.refer(label, (code, target) => {
      const distance = signed((target - at) / 4, bits);
      code.setInt32(at, code.getInt32(at, true) | (distance << shift), true);
    });
  }

  /** d ← n + value (o 0) or n − value (o 1); s sets the flags. */
  #addOrSubtract(o: 0 | 1, s: 0 | 1, d: number, n: number, value: number, scratch?: number): void {
    const size = Math.abs(value);
    const operation = value < 0 ? o ^ 1 : o;
    if (size < 0x1000) {
      this.word(IMMEDIATE({ o: operation, s, h: 0, i: size, n, d }));
    } else if (size < 0x100_0000 && size % 0x1000 === 0) {
      this.word(IMMEDIATE({ o: operation, s, h: 1, i: size / 0x1000, n, d }));
    } else {
      if (scratch === undefined)
        throw new RangeError(`Adding or subtracting ${size} needs a scratch register.`);
      this.movImmediate(scratch, size);
      // With flags, register 31 as destination is the zero register in both formats.
      const hasStackPointer = n === SP || (d === SP && s === 0);
      if (hasStackPointer) this.word(EXTENDED({ o: operation, s, m: scratch, n, d }));
      else this.word(SHIFTED({ o: operation, s, m: scratch, i: 0, n, d }));
    }
  }
}
