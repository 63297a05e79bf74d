/**
 * An encoder of x86-64 machine code: instructions on general registers (x64/general.ts) and on vectors, of which each line of
 * the tables in x64/vectors.ts becomes a method. Vector registers are numbers from 0 to 31, opmasks from 0 to 7.
 *
 * VEX, the shorter prefix of AVX and AVX2, is used when it can encode an instruction. Registers above 15, 512 bits, opmasks and
 * embedded broadcasts need EVEX (AVX-512). So code without those runs on any processor with AVX2, FMA and BMI2.
 */
import { evex, vex } from './x64/encoding.js';
import { General } from './x64/general.js';
import { FIELDS, type Fields, opmask } from './x64/operands.js';
import { VECTOR_INSTRUCTIONS, type VectorInstruction } from './x64/vectors.js';

export type { Label } from './code.js';
export { type Address, GENERAL, type LabelAddress, type Memory, type Operand } from './x64/encoding.js';
export type { Condition } from './x64/general.js';
export type { Masking, Merging, Predicate, Width } from './x64/operands.js';

class Vectors extends General {
  /** Opmask ← the low 16 bits of a general register. */
  kmovw(mask: number, s: number): void {
    const opcode = { map: 1, pp: 0, w: 0, byte: 0x92 } as const;
    const fields = { length: 0, reg: opmask(mask), vvvv: 0, rm: s };
    this.instruction([...vex(opcode, fields), opcode.byte], mask, s);
  }

  /** Opmask ← a ∧ b, of 16 bits. */
  kandw(mask: number, a: number, b: number): void {
    const opcode = { map: 1, pp: 0, w: 0, byte: 0x41 } as const;
    const fields = { length: 1, reg: opmask(mask), vvvv: opmask(a), rm: opmask(b) };
    this.instruction([...vex(opcode, fields), opcode.byte], mask, b);
  }

  /** Clears the upper halves of the vector registers: SSE code that runs afterwards would be slow otherwise. */
  vzeroupper(): void {
    this.emit([0xc5, 0xf8, 0x77]);
  }

  /** Writes a vector instruction with the shortest prefix that encodes it. */
  vector(name: string, line: VectorInstruction, fields: Fields): void {
    const { width, rm, vvvv = 0, immediate, mask = 0, zero = false } = fields;
    const reg = line.extension ?? fields.reg!;
    const isBroadcast = typeof rm !== 'number' && rm.broadcast === true;
    const registers = [reg, vvvv, typeof rm === 'number' ? rm : 0];
    const needsEvex = width === 512 || mask > 0 || isBroadcast || registers.some(register => register > 15);
    const problem = problemOf(line, fields, registers, needsEvex);
    if (problem) throw new RangeError(`${name}: ${problem}.`);

    const common = { length: Math.log2(width / 128), reg, vvvv, rm };
    const immediates = immediate === undefined ? [] : [immediate];
    if (needsEvex || line.only === 'EVEX') {
      const unit = isBroadcast ? line.memory.element! : line.memory.bytes(width);
      this.instruction([...evex(line, { ...common, mask, zero }), line.byte], reg, rm, immediates, unit);
    } else {
      // In map 0F, VEX ignores W, and only a W of 0 can be left out.
      const opcode = line.map === 1 ? { ...line, w: 0 as const } : line;
      this.instruction([...vex(opcode, common), line.byte], reg, rm, immediates);
    }
  }
}

/** What forbids these operands; null if nothing does. */
function problemOf(
  { memory, only, least }: VectorInstruction,
  { width, rm, immediate = 0, mask = 0, zero = false }: Fields,
  registers: readonly number[],
  needsEvex: boolean,
): string | null {
  const outside = registers.find(register => !(register >= 0 && register <= 31));
  if (outside !== undefined) return `expected a register from 0 to 31; got ${outside}`;
  if (!(mask >= 0 && mask <= 7)) return `expected an opmask from 0 to 7; got ${mask}`;
  if (zero && mask === 0) return 'only a mask can set lanes to zero';
  if (!(immediate >= 0 && immediate <= 255)) return `expected an immediate from 0 to 255; got ${immediate}`;
  if (typeof rm !== 'number' && rm.broadcast && memory.element === undefined) {
    return 'no element of its operand can be broadcast';
  }
  if (needsEvex && only === 'VEX') return 'only VEX encodes it, and these operands need EVEX';
  if (least !== undefined && width < least) return `expected vectors of ${least} bits or more; got ${width}`;
  return null;
}

type Groups = typeof VECTOR_INSTRUCTIONS;
type Group = keyof Groups;
type Name = { [G in Group]: keyof Groups[G] }[Group];
type GroupOf<N extends Name> = { [G in Group]: N extends keyof Groups[G] ? G : never }[Group];

/** A method for each line of the tables, with the operands of its group. */
type VectorMethods = { [N in Name]: (...operands: Parameters<(typeof FIELDS)[GroupOf<N>]>) => void };

for (const group of Object.keys(FIELDS) as Group[]) {
  const fieldsOf: (...operands: never[]) => Fields = FIELDS[group];
  for (const [name, line] of Object.entries<VectorInstruction>(VECTOR_INSTRUCTIONS[group])) {
    Object.defineProperty(Vectors.prototype, name, {
      value(this: Vectors, ...operands: never[]) {
        this.vector(name, line, fieldsOf(...operands));
      },
    });
  }
}

export const X64 = Vectors as new () => Vectors & VectorMethods;
export type X64 = Vectors & VectorMethods;
