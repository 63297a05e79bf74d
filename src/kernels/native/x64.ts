/**
 * An encoder of x86-64 machine code: instructions on general registers (x64/general.ts) and on vectors, of which each line of
 * the tables in x64/vectors.ts is a method here. Vector registers are numbers from 0 to 31, opmasks from 0 to 7.
 *
 * VEX, the shorter prefix of AVX and AVX2, is taken when it can encode an instruction; EVEX (AVX-512) when a register above 15,
 * 512 bits, an opmask or an embedded broadcast needs it. So code without those runs on any processor with AVX2 and FMA.
 */
import { evex, type Memory, type Operand, vex } from './x64/encoding.js';
import { General } from './x64/general.js';
import { STORE, THREE, TWO, type VectorInstruction } from './x64/vectors.js';

export type { Label } from './code.js';
export { type Address, GENERAL, type LabelAddress, type Memory, type Operand } from './x64/encoding.js';
export type { Condition } from './x64/general.js';

/** Bits of a vector. */
export type Width = 128 | 256 | 512;

/** Which lanes are written: those whose bit in an opmask register is set. */
export interface Masking {
  /** Opmask register, 1 to 7. */
  readonly mask?: number;
  /** Whether the other lanes become 0; otherwise they keep the destination's value. */
  readonly zero?: boolean;
}

type Two = (width: Width, d: number, s: Operand, masking?: Masking) => void;
type Three = (width: Width, d: number, a: number, b: Operand, masking?: Masking) => void;
type Store = (width: Width, to: Memory, s: number, masking?: Pick<Masking, 'mask'>) => void;

/** Operands of a vector instruction, by the fields that hold them. */
interface Fields extends Masking {
  readonly reg: number;
  readonly vvvv?: number;
  readonly rm: Operand;
  readonly immediate?: number;
}

class Vectors extends General {
  /** Opmask ← the low 16 bits of a general register. */
  kmovw(mask: number, s: number): void {
    const opcode = { map: 1, pp: 0, w: 0, byte: 0x92 } as const;
    const fields = { length: 0, reg: mask, vvvv: 0, rm: s };
    this.instruction([...vex(opcode, fields), opcode.byte], mask, s);
  }

  /** Clears the high parts of the vector registers, before code that was compiled for SSE runs. */
  vzeroupper(): void {
    this.emit([0xc5, 0xf8, 0x77]);
  }

  /** Writes a vector instruction with the shorter prefix that encodes it. */
  vector(name: string, line: VectorInstruction, width: Width, fields: Fields): void {
    const { reg, vvvv = 0, rm, immediate, mask = 0, zero = false } = fields;
    const { memory, only } = line;
    const isBroadcast = typeof rm !== 'number' && rm.broadcast === true;
    if (isBroadcast && memory.element === undefined)
      throw new RangeError(`${name} can't broadcast its operand.`);

    if (zero && mask === 0) throw new RangeError(`${name} can't zero lanes without a mask.`);

    const registers = [reg, vvvv, typeof rm === 'number' ? rm : 0];
    const outside = registers.find(register => !(register >= 0 && register <= 31));
    if (outside !== undefined)
      throw new RangeError(`${name}: expected a register from 0 to 31; got ${outside}.`);

    const needsEvex = width === 512 || mask > 0 || isBroadcast || registers.some(register => register > 15);
    if (needsEvex && only === 'VEX') throw new RangeError(`${name} has no encoding with EVEX.`);

    const common = { length: Math.log2(width / 128), reg, vvvv, rm };
    const immediates = immediate === undefined ? [] : [immediate];
    if (needsEvex || only === 'EVEX') {
      const unit = isBroadcast ? memory.element! : memory.bytes(width);
      this.instruction([...evex(line, { ...common, mask, zero }), line.byte], reg, rm, immediates, unit);
    } else {
      // In map 0F, VEX ignores W, and only a W of 0 can be left out.
      const opcode = line.map === 1 ? { ...line, w: 0 as const } : line;
      this.instruction([...vex(opcode, common), line.byte], reg, rm, immediates);
    }
  }
}

type VectorMethods = Record<keyof typeof TWO, Two> &
  Record<keyof typeof THREE, Three> &
  Record<keyof typeof STORE, Store>;

/** Gives the class a method for each line of a table. */
function addMethods<Name extends string>(
  table: Record<Name, VectorInstruction>,
  methodOf: (name: Name, line: VectorInstruction) => (this: Vectors, ...operands: never[]) => void,
): void {
  for (const [name, line] of Object.entries(table) as [Name, VectorInstruction][]) {
    Object.defineProperty(Vectors.prototype, name, { value: methodOf(name, line) });
  }
}

addMethods(
  TWO,
  (name, line) =>
    function (width: Width, d: number, s: Operand, masking?: Masking) {
      this.vector(name, line, width, { reg: d, rm: s, ...masking });
    },
);
addMethods(
  THREE,
  (name, line) =>
    function (width: Width, d: number, a: number, b: Operand, masking?: Masking) {
      this.vector(name, line, width, { reg: d, vvvv: a, rm: b, ...masking });
    },
);
addMethods(
  STORE,
  (name, line) =>
    function (width: Width, to: Memory, s: number, masking?: Masking) {
      this.vector(name, line, width, { reg: s, rm: to, ...masking });
    },
);

export const X64 = Vectors as new () => Vectors & VectorMethods;
export type X64 = Vectors & VectorMethods;
