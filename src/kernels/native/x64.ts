/**
 * An encoder of x86-64 machine code: instructions on general registers (x64/general.ts) and on vectors, of which each line of
 * the tables in x64/vectors.ts becomes a method. Vector registers are numbers from 0 to 31, opmasks from 0 to 7.
 *
 * VEX, the shorter prefix of AVX and AVX2, is used when it can encode an instruction. Registers above 15, 512 bits, opmasks and
 * embedded broadcasts need EVEX (AVX-512). So code without those runs on any processor with AVX2, FMA and BMI2.
 */
import type { Operand } from './x64/encoding.js';
import { General } from './x64/general.js';
import { type Masking, METHODS, opmask, type VectorWriter, type Width } from './x64/operands.js';
import { VECTOR_INSTRUCTIONS, type VectorInstruction } from './x64/vectors.js';

export type { Label } from './code.js';
export { type Address, GENERAL, type LabelAddress, type Memory, type Operand } from './x64/encoding.js';
export type { Condition } from './x64/general.js';
export type { Masking, Merging, Predicate, Width } from './x64/operands.js';

class Vectors extends General implements VectorWriter {
  /** Opmask ← the low 16 bits of a general register. */
  kmovw(mask: number, s: number): void {
    const opcode = { map: 1, pp: 0, w: 0, byte: 0x92 } as const;
    this.vex(opcode, 0, opmask(mask), 0, s);
  }

  /** Opmask ← a ∧ b, of 16 bits. */
  kandw(mask: number, a: number, b: number): void {
    const opcode = { map: 1, pp: 0, w: 0, byte: 0x41 } as const;
    this.vex(opcode, 1, opmask(mask), opmask(a), opmask(b));
  }

  /** Clears the upper halves of the vector registers: SSE code that runs afterwards would be slow otherwise. */
  vzeroupper(): void {
    this.emit(0xc5, 0xf8, 0x77);
  }

  /** Writes a vector instruction with the shortest prefix that encodes it. */
  vector(
    name: string,
    line: VectorInstruction,
    width: Width,
    ofReg: number,
    vvvv: number,
    rm: Operand,
    immediate: number | null,
    masking = NO_MASKING,
  ): void {
    const { mask = 0, zero = false } = masking;
    const reg = line.extension ?? ofReg;
    const isMemory = typeof rm !== 'number';
    const isBroadcast = isMemory && rm.broadcast === true;
    const all = reg | vvvv | (isMemory ? 0 : rm);
    const needsEvex = width === 512 || mask > 0 || isBroadcast || all > 15;
    if (all >>> 0 > 31 || masking !== NO_MASKING || immediate !== null || isBroadcast || line.isLimited) {
      const fields = { width, registers: [reg, vvvv, isMemory ? 0 : rm], immediate, mask, zero, isBroadcast };
      const problem = problemOf(line, fields, needsEvex);
      if (problem !== null) throw new RangeError(`${name}: ${problem}.`);
    }
    // 0, 1 or 2.
    const length = width >> 8;
    if (needsEvex || line.only === 'EVEX') {
      const unit = isBroadcast ? line.memory.element! : isMemory ? line.memory.bytes(width) : 1;
      this.evex(line, length, reg, vvvv, rm, immediate, unit, mask, zero);
    } else {
      this.vex(line.byVex, length, reg, vvvv, rm, immediate);
    }
  }
}

const NO_MASKING: Masking = {};

interface Fields {
  width: Width;
  registers: readonly number[];
  immediate: number | null;
  mask: number;
  zero: boolean;
  isBroadcast: boolean;
}

/** What forbids these operands; null if nothing does. */
function problemOf(
  { memory, only, least }: VectorInstruction,
  { width, registers, immediate, mask, zero, isBroadcast }: Fields,
  needsEvex: boolean,
): string | null {
  const outside = registers.find(register => !(register >= 0 && register <= 31));
  if (outside !== undefined) return `expected a register from 0 to 31; got ${outside}`;
  if (!(mask >= 0 && mask <= 7)) return `expected an opmask from 0 to 7; got ${mask}`;
  if (zero && mask === 0) return 'only a mask can set lanes to zero';
  if (immediate !== null && !(immediate >= 0 && immediate <= 255)) {
    return `expected an immediate from 0 to 255; got ${immediate}`;
  }
  if (isBroadcast && memory.element === null) return 'no element of its operand can be broadcast';
  if (needsEvex && only === 'VEX') return 'only VEX encodes it, and these operands need EVEX';
  if (width < least) return `expected vectors of ${least} bits or more; got ${width}`;
  return null;
}

type Groups = typeof VECTOR_INSTRUCTIONS;
type Group = keyof Groups;
type Name = { [G in Group]: keyof Groups[G] }[Group];
type GroupOf<N extends Name> = { [G in Group]: N extends keyof Groups[G] ? G : never }[Group];

/** A method for each line of the tables, with the operands of its group. */
type VectorMethods = {
  [N in Name]: OmitThisParameter<ReturnType<(typeof METHODS)[GroupOf<N>]>>;
};

for (const group of Object.keys(METHODS) as Group[]) {
  for (const [name, line] of Object.entries<VectorInstruction>(VECTOR_INSTRUCTIONS[group])) {
    Object.defineProperty(Vectors.prototype, name, { value: METHODS[group](name, line) });
  }
}

export const X64 = Vectors as new () => Vectors & VectorMethods;
export type X64 = Vectors & VectorMethods;
