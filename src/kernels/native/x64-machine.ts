/**
 * Kernels' operations as x86-64 instructions: AVX-512 (16 lanes, 32 registers, opmasks for parts of a vector) or AVX2 with
 * fused multiply-add (8 lanes, 16 registers, vector masks).
 *
 * Kernels are entered by the runner (runner.ts), which keeps what the calling convention of the system wants kept; so the
 * same kernel runs on Linux, macOS and Windows.
 */
import type { Binary, Comparison, Shift } from '../formulas/graph.js';
import {
  type Condition,
  type Constant,
  ENTRY,
  type General,
  type Machine,
  MEMORY,
  type Place,
  type Vector,
} from './machine.js';
import { transpose8, transpose16 } from './x64/transpose.js';
import { GENERAL, type Label, type Memory, type Width, X64 } from './x64.js';

/** The kernels' registers 0 to 14. Those of the shortest encodings first; RDI and RSI are ENTRY and MEMORY. */
const REGISTERS = [
  GENERAL.RAX,
  GENERAL.RCX,
  GENERAL.RDX,
  GENERAL.RBX,
  GENERAL.RBP,
  GENERAL.R8,
  GENERAL.R9,
  GENERAL.R10,
  GENERAL.R11,
  GENERAL.R12,
  GENERAL.R13,
  GENERAL.R14,
  GENERAL.R15,
  GENERAL.RDI,
  GENERAL.RSI,
] as const;

export const ENTRY_REGISTER = REGISTERS[ENTRY]!;
export const MEMORY_REGISTER = REGISTERS[MEMORY]!;

export class X64Machine implements Machine {
  readonly name: string;
  readonly lanes: number;
  readonly vectors: number;
  readonly tiles: { one: number; two: number };
  readonly #width: Width;
  /** A register that this keeps for itself: for a mask, or the float that is multiplied. */
  readonly #spare: Vector;
  readonly #code = new X64();
  readonly #labels = new Map<string, Label>();
  readonly #constants = new Map<number, Label>();
  /** AVX-512: opmasks of parts of a vector, by the number of lanes. */
  readonly #opmasks = new Map<number, number>();
  /** AVX2: vectors in memory with all bits of so many lanes set. */
  readonly #vectorMasks = new Map<number, Label>();

  constructor(width: 256 | 512) {
    this.#width = width;
    this.lanes = width / 32;
    const isWide = width === 512;
    this.name = isWide ? 'AVX-512' : 'AVX2';
    this.#spare = isWide ? 31 : 15;
    this.vectors = this.#spare;
    // AVX-512: 2 + 2 · 14 or 1 + 24 registers; AVX2: 2 + 2 · 6 or 1 + 12.
    this.tiles = isWide ? { one: 24, two: 14 } : { one: 12, two: 6 };
  }

  label(name: string): void {
    this.#code.bind(this.#label(name));
  }

  jump(label: string): void {
    this.#code.jmp(this.#label(label));
  }

  jumpIf(a: General, condition: Condition, b: number | { register: General }, label: string): void {
    const first = REGISTERS[a]!;
    if (typeof b !== 'number') this.#code.cmp(first, REGISTERS[b.register]!);
    else if (b === 0) this.#code.test(first, first);
    else this.#code.cmpImmediate(first, b);
    this.#code.jcc(condition, this.#label(label));
  }

  countDown(counter: General, label: string): void {
    this.#code.dec(REGISTERS[counter]!);
    this.#code.jcc('notEqual', this.#label(label));
  }

  callLeaf(label: string): void {
    this.#code.callLabel(this.#label(label));
  }

  leaveLeaf(): void {
    this.#code.ret();
  }

  enter(): void {}

  leave(): void {
    this.#code.vzeroupper();
    this.#code.ret();
  }

  set(to: General, value: number): void {
    this.#code.movImmediate(REGISTERS[to]!, value);
  }

  move(to: General, from: General): void {
    this.#code.mov(REGISTERS[to]!, REGISTERS[from]!);
  }

  add(to: General, from: General): void {
    this.#code.add(REGISTERS[to]!, REGISTERS[from]!);
  }

  subtract(to: General, from: General): void {
    this.#code.sub(REGISTERS[to]!, REGISTERS[from]!);
  }

  addConstant(to: General, value: number): void {
    this.#code.addImmediate(REGISTERS[to]!, value);
  }

  multiplyConstant(to: General, from: General, value: number): void {
    this.#code.imulImmediate(REGISTERS[to]!, REGISTERS[from]!, value);
  }

  shiftRight(to: General, bits: number): void {
    this.#code.shrImmediate(REGISTERS[to]!, bits);
  }

  and(to: General, mask: number): void {
    this.#code.andImmediate(REGISTERS[to]!, mask);
  }

  loadWord(to: General, from: Place): void {
    this.#code.loadWord(REGISTERS[to]!, memory(from));
  }

  storeWord(to: Place, from: General): void {
    this.#code.storeWord(memory(to), REGISTERS[from]!);
  }

  loadLong(to: General, from: Place): void {
    this.#code.loadLong(REGISTERS[to]!, memory(from));
  }

  storeLong(to: Place, from: General): void {
    this.#code.storeLong(memory(to), REGISTERS[from]!);
  }

  prefetch(place: Place): void {
    this.#code.prefetcht0(memory(place));
  }

  useCount(count: number, temporary: General): void {
    if (this.#width !== 512 || this.#opmasks.has(count)) return;
    const mask = 1 + this.#opmasks.size;
    this.#code.movImmediate(REGISTERS[temporary]!, 2 ** count - 1);
    this.#code.kmovw(mask, REGISTERS[temporary]!);
    this.#opmasks.set(count, mask);
  }

  zero(to: Vector): void {
    // The same on its lower half clears all of it, and has the shorter encoding.
    if (to < 16) this.#code.vxorps(128, to, to, to);
    else this.#code.vpxor(this.#width, to, to, to);
  }

  load(to: Vector, from: Place, count = this.lanes): void {
    if (count === this.lanes) this.#code.vmovups(this.#width, to, memory(from));
    else if (NARROW_COUNTS.has(count)) this.#loadNarrow(to, memory(from), count);
    else if (this.#width === 512) {
      this.#code.vmovups(512, to, memory(from), { mask: this.#opmask(count), zero: true });
    } else {
      this.#code.vmovups(this.#width, this.#spare, { label: this.#vectorMask(count) });
      this.#code.vmaskmovps(this.#width, to, this.#spare, memory(from));
    }
  }

  store(to: Place, from: Vector, count = this.lanes): void {
    if (count === this.lanes) this.#code.vmovupsStore(this.#width, memory(to), from);
    else if (this.#width === 512 && !NARROW_COUNTS.has(count)) {
      this.#code.vmovupsStore(512, memory(to), from, { mask: this.#opmask(count) });
    } else this.#storePart(to, from, count);
  }

  /** Fills the upper lanes with zeros. */
  #loadNarrow(to: Vector, from: Memory, count: number): void {
    if (count === 1) this.#code.vmovss(to, from);
    else if (count === 2) this.#code.vmovsd(to, from);
    else this.#code.vmovups(count === 4 ? 128 : 256, to, from);
  }

  /** Eight lanes, or four, then two, then one: a store by mask takes some processors with AVX2 a dozen cycles. */
  #storePart(to: Place, from: Vector, count: number): void {
    const code = this.#code;
    const after = (lanes: number) => memory({ ...to, offset: to.offset + lanes * 4 });
    let [left, stored] = [from, 0];
    if (count === 8) code.vmovupsStore(256, after(0), left);
    if (count & 4) {
      code.vmovupsStore(128, after(0), left);
      if (count > 4) code.vextractf128(256, this.#spare, left, 1);
      [left, stored] = [this.#spare, 4];
    }
    if (count & 2) {
      code.vmovsdStore(after(stored), left);
      if (count & 1) code.vunpckhpd(128, this.#spare, left, left);
      [left, stored] = [this.#spare, stored + 2];
    }
    if (count & 1) code.vmovssStore(after(stored), left);
  }

  addMemory(to: Vector, from: Place, count = this.lanes): void {
    if (count === this.lanes) this.#code.vaddps(this.#width, to, to, memory(from));
    else if (this.#width === 512) {
      this.#code.vaddps(512, to, to, memory(from), { mask: this.#opmask(count) });
    } else {
      this.load(this.#spare, from, count);
      this.#code.vaddps(this.#width, to, to, this.#spare);
    }
  }

  multiplyAddBroadcast(sums: readonly Vector[], from: Place, by: readonly Vector[]): void {
    if (this.#width === 512 && sums.length === 1) {
      const factor = { base: REGISTERS[from.base]!, offset: from.offset, broadcast: true };
      this.#code.vfmadd231ps(512, sums[0]!, by[0]!, factor);
      return;
    }
    // AVX-512 could repeat the float as it multiplies, but would load it for each sum: two loads for two operations.
    this.#code.vbroadcastss(this.#width, this.#spare, memory(from));
    for (let j = 0; j < sums.length; j++) {
      this.#code.vfmadd231ps(this.#width, sums[j]!, by[j]!, this.#spare);
    }
  }

  loadAll(to: Vector, from: Place): void {
    this.#code.vbroadcastss(this.#width, to, memory(from));
  }

  loadBytes(to: Vector, from: Place, count: number, temporary: General, scratch: Place): void {
    if (count === this.lanes) this.#code.vpmovzxbd(this.#width, to, memory(from));
    else if (this.#width === 512) {
      this.#code.vpmovzxbd(512, to, memory(from), { mask: this.#opmask(count), zero: true });
    } else {
      // The eight bytes that end with the last one; those before it are pushed out.
      const word = REGISTERS[temporary]!;
      this.#code.loadLong(word, memory({ ...from, offset: from.offset + count - 8 }));
      this.#code.shrImmediate(word, (8 - count) * 8);
      this.#code.storeLong(memory(scratch), word);
      this.#code.vpmovzxbd(256, to, memory(scratch));
    }
  }

  constant(bits: number): Constant {
    let label = this.#constants.get(bits);
    if (!label) {
      // AVX-512 repeats one float over all lanes as it reads it.
      const words = new Uint32Array(this.#width === 512 ? 1 : this.lanes).fill(bits);
      label = this.#code.data(new Uint8Array(words.buffer), words.byteLength);
      this.#constants.set(bits, label);
    }
    return { constant: { label, broadcast: this.#width === 512 } };
  }

  laneConstant(words: readonly number[]): Constant {
    const label = this.#code.data(new Uint8Array(Uint32Array.from(words).buffer), this.lanes * 4);
    return { constant: { label } };
  }

  inMemory(place: Place): Constant {
    return { constant: memory(place) };
  }

  repeat(from: Place, scratch: Place, temporary: Vector): Constant {
    if (this.#width === 512) return { constant: { ...memory(from), broadcast: true } };
    this.loadAll(temporary, from);
    this.store(scratch, temporary);
    return this.inMemory(scratch);
  }

  loadConstant(to: Vector, { constant }: Constant): void {
    const { broadcast, ...at } = constant as Memory;
    if (broadcast) this.#code.vbroadcastss(this.#width, to, at);
    else this.#code.vmovups(this.#width, to, at);
  }

  binary(kind: Binary, to: Vector, a: Vector | Constant, b: Vector | Constant): void {
    // max(x, y) of the processor is x > y ? x : y.
    if (kind === 'larger' || kind === 'smaller') [a, b] = [b, a];
    const isCommutative = !NOT_COMMUTATIVE.has(kind);
    if (typeof a !== 'number' && isCommutative) [a, b] = [b, a];
    if (typeof a !== 'number') {
      this.loadConstant(to, a);
      a = to;
    }
    this.#code[INSTRUCTIONS[kind]](this.#width, to, a, typeof b === 'number' ? b : (b.constant as Memory));
  }

  shift(kind: Shift, to: Vector, a: Vector, bits: number): void {
    this.#code[SHIFTS[kind]](this.#width, to, a, bits);
  }

  fromWhole(to: Vector, a: Vector): void {
    this.#code.vcvtdq2ps(this.#width, to, a);
  }

  squareRoot(to: Vector, a: Vector): void {
    this.#code.vsqrtps(this.#width, to, a);
  }

  get masks(): readonly number[] | null {
    return this.#width === 512 ? [7, 6, 5, 4] : null;
  }

  compare(kind: Comparison, to: number, a: Vector, b: Vector): void {
    // Words only compare by equal and greater.
    if (kind === 'isBelowWords') [a, b] = [b, a];
    const words = WORD_COMPARISONS[kind as keyof typeof WORD_COMPARISONS] ?? null;
    const predicate = PREDICATES[kind as keyof typeof PREDICATES];
    if (this.#width === 512) {
      if (words) this.#code[`${words}Mask`](512, to, a, b);
      else this.#code.vcmppsMask(512, to, a, b, predicate);
    } else if (words) this.#code[words](this.#width, to, a, b);
    else this.#code.vcmpps(this.#width, to, a, b, predicate);
  }

  both(to: number, a: number, b: number): void {
    if (this.#width === 512) this.#code.kandw(to, a, b);
    else this.#code.vandps(this.#width, to, a, b);
  }

  choose(to: Vector, mask: number, a: Vector, b: Vector): void {
    if (this.#width === 512) this.#code.vblendmps(512, to, b, a, { mask });
    else this.#code.vblendvps(this.#width, to, b, a, mask);
  }

  keep(to: Vector, mask: number, a: Vector): void {
    if (this.#width === 512) this.#code.vblendmps(512, to, a, a, { mask, zero: true });
    else this.#code.vandps(this.#width, to, a, mask);
  }

  loadDouble(to: Vector, from: Place): void {
    this.#code.vmovsd(to, memory(from));
  }

  storeDouble(to: Place, from: Vector): void {
    this.#code.vmovsdStore(memory(to), from);
  }

  addDouble(to: Vector, from: Vector): void {
    this.#code.vaddsd(to, to, from);
  }

  addFloats(sum: Vector, from: Place, count: number, temporary: Vector): void {
    for (let i = 0; i < count; i++) {
      if (i % 2 === 0) this.#loadTwo(temporary, from, i);
      else this.#code.vunpckhpd(128, temporary, temporary, temporary);
      this.#code.vaddsd(sum, sum, temporary);
    }
  }

  addSquares(sum: Vector, from: Place, count: number, [t, u]: readonly [Vector, Vector]): void {
    const code = this.#code;
    for (let i = 0; i < count; i += 4) {
      this.#loadTwo(t, from, i);
      this.#loadTwo(u, from, i + 2);
      code.vmulpd(128, t, t, t);
      code.vmulpd(128, u, u, u);
      code.vaddpd(128, t, t, u);
      code.vunpckhpd(128, u, t, t);
      code.vaddsd(t, t, u);
      code.vaddsd(sum, sum, t);
    }
  }

  multiplyDouble(to: Vector, from: Place, temporary: Vector): void {
    this.#loadTwo(temporary, from, 0);
    this.#code.vmulsd(to, to, temporary);
  }

  /** Two floats in double precision. */
  #loadTwo(to: Vector, { base, offset }: Place, i: number): void {
    this.#code.vcvtps2pd(128, to, memory({ base, offset: offset + i * 4 }));
  }

  transpose(rows: readonly Vector[], temporaries: readonly Vector[]): readonly Vector[] {
    return this.#width === 512
      ? transpose16(this.#code, rows, temporaries)
      : transpose8(this.#code, rows, temporaries);
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

  #opmask(count: number): number {
    const mask = this.#opmasks.get(count);
    if (mask === undefined) throw new Error(`No mask of ${count} lanes was made.`);
    return mask;
  }

  #vectorMask(count: number): Label {
    let label = this.#vectorMasks.get(count);
    if (!label) {
      const lanes = new Int32Array(this.lanes).map((_, i) => (i < count ? -1 : 0));
      label = this.#code.data(new Uint8Array(lanes.buffer), 32);
      this.#vectorMasks.set(count, label);
    }
    return label;
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

const INSTRUCTIONS = {
  add: 'vaddps',
  subtract: 'vsubps',
  multiply: 'vmulps',
  divide: 'vdivps',
  larger: 'vmaxps',
  smaller: 'vminps',
  and: 'vpand',
  or: 'vpor',
  xor: 'vpxor',
  addWords: 'vpaddd',
  subtractWords: 'vpsubd',
  multiplyWords: 'vpmulld',
  largerWords: 'vpmaxsd',
} as const satisfies Record<Binary, keyof X64>;

const NOT_COMMUTATIVE = new Set<Binary>(['subtract', 'divide', 'larger', 'smaller', 'subtractWords']);

const SHIFTS = { shiftLeft: 'vpslld', shiftRight: 'vpsrld', shiftRightSigned: 'vpsrad' } as const;

const PREDICATES = { isBelow: 'less', isEqual: 'equal' } as const;

const WORD_COMPARISONS = { isBelowWords: 'vpcmpgtd', isEqualWords: 'vpcmpeqd' } as const;

/** Parts of a vector that are loaded and stored without a mask. */
const NARROW_COUNTS: ReadonlySet<number> = new Set([1, 2, 4, 8]);

function memory({ base, offset }: Place): Memory {
  return { base: REGISTERS[base]!, offset };
}
