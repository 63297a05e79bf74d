/**
 * Kernels' operations as AArch64 instructions: NEON, four lanes, 32 registers. X0 to X14 are the kernels' registers; X15
 * keeps the address to return to, X16 and X17 are for constants and addresses that an instruction can't hold. V30 and V31
 * are kept for operands: instructions take none from memory.
 */
import type { Binary, Comparison, Shift } from '../formulas/graph.js';
import { Arm64, type Label } from './arm64.js';
import type { Condition, Constant, General, Machine, Place, Vector } from './machine.js';

const RETURN = 15;
const ADDRESS = 16;
const VALUE = 17;
const LINK = 30;
/** The vector that was read from memory, and a constant. */
const OPERAND: Vector = 31;
const CONSTANT: Vector = 30;

export class Arm64Machine implements Machine {
  readonly name = 'NEON';
  readonly lanes = 4;
  readonly vectors = 30;
  // 2 + 2 · 14 or 1 + 24 registers.
  readonly tiles = { one: 24, two: 14 };
  readonly masks = null;
  readonly #code = new Arm64();
  readonly #labels = new Map<string, Label>();
  readonly #constants = new Map<number, Label>();

  label(name: string): void {
    this.#code.bind(this.#label(name));
  }

  jump(label: string): void {
    this.#code.b(this.#label(label));
  }

  jumpIf(a: General, condition: Condition, b: number | { register: General }, label: string): void {
    if (typeof b === 'number') this.#code.cmpImmediate(a, b, VALUE);
    else this.#code.cmp(a, b.register);
    this.#code.bCond(condition, this.#label(label));
  }

  countDown(counter: General, label: string): void {
    this.#code.subsImmediate(counter, counter, 1);
    this.#code.bCond('notEqual', this.#label(label));
  }

  callLeaf(label: string): void {
    this.#code.bl(this.#label(label));
  }

  leaveLeaf(): void {
    this.#code.ret();
  }

  enter(): void {
    this.#code.mov(RETURN, LINK);
  }

  leave(): void {
    this.#code.mov(LINK, RETURN);
    this.#code.ret();
  }

  set(to: General, value: number): void {
    this.#code.movImmediate(to, value);
  }

  move(to: General, from: General): void {
    this.#code.mov(to, from);
  }

  add(to: General, from: General): void {
    this.#code.add(to, to, from);
  }

  subtract(to: General, from: General): void {
    this.#code.sub(to, to, from);
  }

  addConstant(to: General, value: number): void {
    if (value !== 0) this.#code.addImmediate(to, to, value, VALUE);
  }

  multiplyConstant(to: General, from: General, value: number): void {
    this.#code.movImmediate(VALUE, value);
    this.#code.mul(to, from, VALUE);
  }

  shiftRight(to: General, bits: number): void {
    this.#code.lsrImmediate(to, to, bits);
  }

  and(to: General, mask: number): void {
    this.#code.movImmediate(VALUE, mask);
    this.#code.and(to, to, VALUE);
  }

  loadWord(to: General, from: Place): void {
    this.#code.ldrW(to, this.#address(from, 4));
  }

  storeWord(to: Place, from: General): void {
    this.#code.strW(from, this.#address(to, 4));
  }

  loadLong(to: General, from: Place): void {
    this.#code.ldr(to, this.#address(from, 8));
  }

  storeLong(to: Place, from: General): void {
    this.#code.str(from, this.#address(to, 8));
  }

  prefetch(place: Place): void {
    this.#code.prfm('load', this.#address(place, 8));
  }

  useCount(): void {}

  zero(to: Vector): void {
    this.#code.moviZero(to);
  }

  load(to: Vector, from: Place, count = 4): void {
    if (count === 4) this.#code.ldrQ(to, this.#address(from, 16));
    else if (count === 1) this.#code.ldrS(to, this.#address(from, 4));
    else this.#code.ldrD(to, this.#address(from, 8));
    if (count === 3) this.#code.ld1Lane('4s', to, 2, { base: this.#pointer(from, 8) });
  }

  store(to: Place, from: Vector, count = 4): void {
    if (count === 4) this.#code.strQ(from, this.#address(to, 16));
    else if (count === 1) this.#code.strS(from, this.#address(to, 4));
    else this.#code.strD(from, this.#address(to, 8));
    if (count === 3) this.#code.st1Lane('4s', from, 2, { base: this.#pointer(to, 8) });
  }

  addMemory(to: Vector, from: Place, count?: number): void {
    this.load(OPERAND, from, count);
    this.#code.fadd('4s', to, to, OPERAND);
  }

  multiplyAddBroadcast(sums: readonly Vector[], from: Place, by: readonly Vector[]): void {
    this.#code.ldrS(OPERAND, this.#address(from, 4));
    for (const [j, sum] of sums.entries()) this.#code.fmlaElement('4s', sum, by[j]!, OPERAND, 0);
  }

  loadAll(to: Vector, from: Place): void {
    this.#code.ldrS(to, this.#address(from, 4));
    this.#code.dupElement('4s', to, to, 0);
  }

  loadBytes(to: Vector, from: Place, count: number): void {
    // The four bytes that end with the last one; those before it are pushed out.
    this.#code.ldrW(VALUE, this.#address({ ...from, offset: from.offset + count - 4 }, 4));
    if (count < 4) this.#code.lsrImmediate(VALUE, VALUE, (4 - count) * 8);
    this.#code.dupGeneral('4s', to, VALUE);
    this.#code.ushll('8h', to, to, 0);
    this.#code.ushll('4s', to, to, 0);
  }

  constant(bits: number): Constant {
    let label = this.#constants.get(bits);
    if (!label) {
      label = this.#code.data(new Uint8Array(new Uint32Array(4).fill(bits).buffer), 16);
      this.#constants.set(bits, label);
    }
    return { constant: label };
  }

  laneConstant(words: readonly number[]): Constant {
    return { constant: this.#code.data(new Uint8Array(Uint32Array.from(words).buffer), 16) };
  }

  inMemory(place: Place): Constant {
    return { constant: place };
  }

  repeat(from: Place, scratch: Place, temporary: Vector): Constant {
    this.loadAll(temporary, from);
    this.store(scratch, temporary);
    return this.inMemory(scratch);
  }

  loadConstant(to: Vector, { constant }: Constant): void {
    const from = constant as Label | Place;
    if ('base' in from) this.load(to, from);
    else this.#code.ldrQ(to, { label: from });
  }

  binary(kind: Binary, to: Vector, a: Vector | Constant, b: Vector | Constant): void {
    const first = this.#operand(a);
    const second = this.#operand(b);
    const code = this.#code;
    switch (kind) {
      case 'larger':
      case 'smaller':
        if (kind === 'larger') code.fcmgt('4s', OPERAND, second, first);
        else code.fcmgt('4s', OPERAND, first, second);
        code.bsl(OPERAND, second, first);
        code.vmov(to, OPERAND);
        return;
      case 'and':
      case 'or':
      case 'xor':
        code[BITWISE[kind]](to, first, second);
        return;
      default:
        code[INSTRUCTIONS[kind]]('4s', to, first, second);
    }
  }

  shift(kind: Shift, to: Vector, a: Vector, bits: number): void {
    this.#code[SHIFTS[kind]]('4s', to, a, bits);
  }

  fromWhole(to: Vector, a: Vector): void {
    this.#code.scvtf('4s', to, a);
  }

  squareRoot(to: Vector, a: Vector): void {
    this.#code.fsqrt('4s', to, a);
  }

  compare(kind: Comparison, to: number, a: Vector, b: Vector): void {
    this.#code[COMPARISONS[kind]]('4s', to, b, a);
  }

  both(to: number, a: number, b: number): void {
    this.#code.vand(to, a, b);
  }

  choose(to: Vector, mask: number, a: Vector, b: Vector): void {
    this.#code.vmov(to, mask);
    this.#code.bsl(to, a, b);
  }

  keep(to: Vector, mask: number, a: Vector): void {
    this.#code.vand(to, mask, a);
  }

  loadDouble(to: Vector, from: Place): void {
    this.#code.ldrD(to, this.#address(from, 8));
  }

  storeDouble(to: Place, from: Vector): void {
    this.#code.strD(from, this.#address(to, 8));
  }

  addDouble(to: Vector, from: Vector): void {
    this.#code.fadd('2d', to, to, from);
  }

  addFloats(sum: Vector, from: Place, count: number, temporary: Vector): void {
    for (let i = 0; i < count; i++) {
      if (i % 2 === 0) this.#loadTwo(temporary, from, i);
      else this.#code.dupElement('2d', temporary, temporary, 1);
      this.#code.fadd('2d', sum, sum, temporary);
    }
  }

  addSquares(sum: Vector, from: Place, count: number, [t, u]: readonly [Vector, Vector]): void {
    const code = this.#code;
    for (let i = 0; i < count; i += 4) {
      this.#loadTwo(t, from, i);
      this.#loadTwo(u, from, i + 2);
      code.fmul('2d', t, t, t);
      code.fmul('2d', u, u, u);
      code.fadd('2d', t, t, u);
      code.dupElement('2d', u, t, 1);
      code.fadd('2d', t, t, u);
      code.fadd('2d', sum, sum, t);
    }
  }

  multiplyDouble(to: Vector, from: Place, temporary: Vector): void {
    this.#loadTwo(temporary, from, 0);
    this.#code.fmul('2d', to, to, temporary);
  }

  /** Two floats in double precision. */
  #loadTwo(to: Vector, { base, offset }: Place, i: number): void {
    this.#code.ldrD(to, this.#address({ base, offset: offset + i * 4 }, 8));
    this.#code.fcvtl(to, to);
  }

  transpose(rows: readonly Vector[], temporaries: readonly Vector[]): readonly Vector[] {
    const [a, b, c, d] = rows as [Vector, Vector, Vector, Vector];
    const [p, q, r, s] = temporaries as [Vector, Vector, Vector, Vector];
    const code = this.#code;
    code.trn1('4s', p, a, b);
    code.trn2('4s', q, a, b);
    code.trn1('4s', r, c, d);
    code.trn2('4s', s, c, d);
    code.trn1('2d', a, p, r);
    code.trn1('2d', b, q, s);
    code.trn2('2d', c, p, r);
    code.trn2('2d', d, q, s);
    return rows;
  }

  get size(): number {
    return this.#code.size;
  }

  again(begin: number, end: number): void {
    this.#code.again(begin, end);
  }

  bytes(): Uint8Array {
    return this.#code.bytes();
  }

  #operand(operand: Vector | Constant): Vector {
    if (typeof operand === 'number') return operand;
    this.loadConstant(CONSTANT, operand);
    return CONSTANT;
  }

  /** As a load or store of so many bytes takes it: a multiple of them, or a few bytes, from a register. */
  #address(place: Place, bytes: number): { base: number; offset: number } {
    const { base, offset } = place;
    const steps = offset / bytes;
    const fits = (Number.isInteger(steps) && steps >= 0 && steps < 4096) || (offset >= -256 && offset < 256);
    return fits ? { base, offset } : { base: this.#pointer(place, 0), offset: 0 };
  }

  /** A register with the address, and some bytes more. */
  #pointer({ base, offset }: Place, more: number): number {
    this.#code.addImmediate(ADDRESS, base, offset + more, VALUE);
    return ADDRESS;
  }

  #label(name: string): Label {
    let label = this.#labels.get(name);
    if (!label) {
      label = this.#code.label(name);
      this.#labels.set(name, label);
    }
    return label;
  }
}

const BITWISE = { and: 'vand', or: 'vorr', xor: 'veor' } as const;

const INSTRUCTIONS = {
  add: 'fadd',
  subtract: 'fsub',
  multiply: 'fmul',
  divide: 'fdiv',
  addWords: 'vadd',
  subtractWords: 'vsub',
  multiplyWords: 'vmul',
  largerWords: 'smax',
} as const;

/** Of b and a. */
const COMPARISONS = {
  isBelow: 'fcmgt',
  isEqual: 'fcmeq',
  isBelowWords: 'cmgt',
  isEqualWords: 'cmeq',
} as const;

const SHIFTS = { shiftLeft: 'shl', shiftRight: 'ushr', shiftRightSigned: 'sshr' } as const;
