/**
 * Random operands for each vector method of X64, and the same instruction in Intel's syntax. Nothing here knows an encoding,
 * apart from which operands need EVEX, as some instructions have another name then.
 */

import { PREDICATES, type Predicate } from '../../../src/kernels/native/x64/operands.js';
import { VECTOR_INSTRUCTIONS, type VectorInstruction } from '../../../src/kernels/native/x64/vectors.js';
import type { Masking, Memory, Operand, Width } from '../../../src/kernels/native/x64.js';
import type { Case, Draw, DrawCase } from './draw.js';
import { address, memory } from './x64-text.js';

/** A vector register of at least so many bits. */
const vector = (bits: number, register: number) => `${{ 256: 'y', 512: 'z' }[bits] ?? 'x'}mm${register}`;

/** Bits of the operand that may be memory, when it is a register and they are not those of the vector width. */
const OPERAND_BITS: Record<string, (width: number) => number> = {
  vbroadcastss: () => 128,
  vcvtps2pd: width => width / 2,
  vpmovzxbd: () => 128,
  vinsertf128: () => 128,
  vinsertf32x4: () => 128,
  vinsertf32x8: () => 256,
  vextractf128: () => 128,
  vextractf32x4: () => 128,
  vextractf32x8: () => 256,
};

const EVEX_NAMES: Record<string, string> = {
  vpand: 'vpandd',
  vpor: 'vpord',
  vpxor: 'vpxord',
  vroundps: 'vrndscaleps',
};

/** Draws the operands of one instruction. Half of the instructions need nothing that VEX lacks. */
class VectorDraw {
  readonly isPlain: boolean;
  readonly width: Width;
  #needsEvex = false;

  constructor(
    readonly draw: Draw,
    readonly name: string,
    readonly line: VectorInstruction,
  ) {
    this.isPlain = line.only === 'VEX' || (line.only !== 'EVEX' && draw.oneIn(2));
    const widths = ([128, 256, 512] as const).filter(
      width => width >= line.least && !(this.isPlain && width === 512),
    );
    this.width = draw.of(...widths);
    this.#needsEvex = this.width === 512;
  }

  register(): number {
    const register = this.draw.below(this.isPlain ? 16 : 32);
    this.#needsEvex ||= register > 15;
    return register;
  }

  /** The text of a register of the instruction's width. */
  text(register: number): string {
    return vector(this.width, register);
  }

  masking(mayZero = true): [Masking, string] {
    if (this.isPlain || this.draw.oneIn(2)) return [{}, ''];
    const [mask, zero] = [this.draw.between(1, 7), mayZero && this.draw.oneIn(2)];
    this.#needsEvex = true;
    return zero ? [{ mask, zero }, `{k${mask}}{z}`] : [{ mask }, `{k${mask}}`];
  }

  memory(): [Memory, string] {
    const bytes = this.line.memory.bytes(this.width);
    const at = address(this.draw, bytes);
    return [at, memory(bytes, at)];
  }

  /** A register, memory, or one element of memory for all lanes. */
  operand(): [Operand, string] {
    const { draw, line, name, width } = this;
    if (draw.oneIn(2)) {
      const register = this.register();
      return [register, vector(OPERAND_BITS[name]?.(width) ?? width, register)];
    }
    const { element } = line.memory;
    if (element === null || this.isPlain || draw.oneIn(2)) return this.memory();
    this.#needsEvex = true;
    const at = address(draw, element);
    const lanes = line.memory.bytes(width) / element;
    return [{ ...at, broadcast: true }, `${memory(element, at)}{1to${lanes}}`];
  }

  /** The instruction's name, once its operands are drawn. */
  get mnemonic(): string {
    const name = (this.#needsEvex && EVEX_NAMES[this.name]) || this.name;
    return name.replace(/Store$|Mask$/, '');
  }
}

/** Draws the instructions of each group of the tables. */
const GROUPS: Record<keyof typeof VECTOR_INSTRUCTIONS, (drawn: VectorDraw) => Case> = {
  two: drawn => {
    const { width, name } = drawn;
    const d = drawn.register();
    const [s, source] = drawn.operand();
    const [masking, mask] = drawn.masking();
    const destination = vector(name === 'vcvtpd2ps' ? width / 2 : width, d);
    // as would exchange two registers if the move in the other direction is shorter.
    const prefix = name === 'vmovups' && typeof s === 'number' ? '{load} ' : '';
    const text = `${prefix}${drawn.mnemonic} ${destination}${mask}, ${source}`;
    return { operands: [width, d, s, masking], text };
  },
  three: drawn => {
    const [d, a] = [drawn.register(), drawn.register()];
    const [b, source] = drawn.operand();
    const [masking, mask] = drawn.masking();
    const text = `${drawn.mnemonic} ${drawn.text(d)}${mask}, ${drawn.text(a)}, ${source}`;
    return { operands: [drawn.width, d, a, b, masking], text };
  },
  toMask: drawn => {
    const [d, a] = [drawn.draw.below(8), drawn.register()];
    const [b, source] = drawn.operand();
    const [masking, mask] = drawn.masking(false);
    const text = `${drawn.mnemonic} k${d}${mask}, ${drawn.text(a)}, ${source}`;
    return { operands: [drawn.width, d, a, b, masking], text };
  },
  compare: drawn => {
    const [d, a] = [drawn.register(), drawn.register()];
    const [b, source] = drawn.operand();
    const predicate = drawn.draw.of(...(Object.keys(PREDICATES) as Predicate[]));
    const text = `${drawn.mnemonic} ${drawn.text(d)}, ${drawn.text(a)}, ${source}, ${PREDICATES[predicate]}`;
    return { operands: [drawn.width, d, a, b, predicate], text };
  },
  compareToMask: drawn => {
    const [d, a] = [drawn.draw.below(8), drawn.register()];
    const [b, source] = drawn.operand();
    const [masking, mask] = drawn.masking(false);
    const predicate = drawn.draw.of(...(Object.keys(PREDICATES) as Predicate[]));
    const text = `${drawn.mnemonic} k${d}${mask}, ${drawn.text(a)}, ${source}, ${PREDICATES[predicate]}`;
    return { operands: [drawn.width, d, a, b, predicate, masking], text };
  },
  twoImmediate: drawn => {
    const d = drawn.register();
    const [s, source] = drawn.operand();
    const [masking, mask] = drawn.masking();
    const immediate = drawn.draw.below(256);
    const text = `${drawn.mnemonic} ${drawn.text(d)}${mask}, ${source}, ${immediate}`;
    return { operands: [drawn.width, d, s, immediate, masking], text };
  },
  threeImmediate: drawn => {
    const [d, a] = [drawn.register(), drawn.register()];
    const [b, source] = drawn.operand();
    const [masking, mask] = drawn.masking();
    const immediate = drawn.draw.below(256);
    const text = `${drawn.mnemonic} ${drawn.text(d)}${mask}, ${drawn.text(a)}, ${source}, ${immediate}`;
    return { operands: [drawn.width, d, a, b, immediate, masking], text };
  },
  extract: drawn => {
    const s = drawn.register();
    const [d, destination] = drawn.operand();
    const [masking, mask] = drawn.masking(typeof d === 'number');
    const immediate = drawn.draw.below(256);
    const text = `${drawn.mnemonic} ${destination}${mask}, ${drawn.text(s)}, ${immediate}`;
    return { operands: [drawn.width, d, s, immediate, masking], text };
  },
  shift: drawn => {
    const [d, s] = [drawn.register(), drawn.register()];
    const [masking, mask] = drawn.masking();
    const count = drawn.draw.below(32);
    const text = `${drawn.mnemonic} ${drawn.text(d)}${mask}, ${drawn.text(s)}, ${count}`;
    return { operands: [drawn.width, d, s, count, masking], text };
  },
  blend: drawn => {
    const [d, a, mask] = [drawn.register(), drawn.register(), drawn.register()];
    const [b, source] = drawn.operand();
    const text = `${drawn.mnemonic} ${drawn.text(d)}, ${drawn.text(a)}, ${source}, ${drawn.text(mask)}`;
    return { operands: [drawn.width, d, a, b, mask], text };
  },
  loadLane: drawn => {
    const d = drawn.register();
    const [from, source] = drawn.memory();
    return { operands: [d, from], text: `${drawn.mnemonic} xmm${d}, ${source}` };
  },
  storeLane: drawn => {
    const s = drawn.register();
    const [to, destination] = drawn.memory();
    return { operands: [to, s], text: `${drawn.mnemonic} ${destination}, xmm${s}` };
  },
  store: drawn => {
    const s = drawn.register();
    const [to, destination] = drawn.memory();
    const [masking, mask] = drawn.masking(false);
    const text = `${drawn.mnemonic} ${destination}${mask}, ${drawn.text(s)}`;
    return { operands: [drawn.width, to, s, masking], text };
  },
  maskedLoad: drawn => {
    const [d, mask] = [drawn.register(), drawn.register()];
    const [from, source] = drawn.memory();
    const text = `${drawn.mnemonic} ${drawn.text(d)}, ${drawn.text(mask)}, ${source}`;
    return { operands: [drawn.width, d, mask, from], text };
  },
  maskedStore: drawn => {
    const [s, mask] = [drawn.register(), drawn.register()];
    const [to, destination] = drawn.memory();
    const text = `${drawn.mnemonic} ${destination}, ${drawn.text(mask)}, ${drawn.text(s)}`;
    return { operands: [drawn.width, to, mask, s], text };
  },
  scalar: drawn => {
    const [d, a] = [drawn.register(), drawn.register()];
    const memoryOperand = drawn.memory();
    const register = drawn.register();
    const [b, source] = drawn.draw.oneIn(2) ? memoryOperand : [register, `xmm${register}`];
    return { operands: [d, a, b], text: `${drawn.mnemonic} xmm${d}, xmm${a}, ${source}` };
  },
};

/** A function that draws a case, for each method. */
export const X64_VECTOR_CASES: Readonly<Record<string, DrawCase>> = Object.fromEntries(
  Object.entries(GROUPS).flatMap(([group, drawCase]) =>
    Object.entries<VectorInstruction>(VECTOR_INSTRUCTIONS[group as keyof typeof GROUPS]).map(
      ([name, line]): [string, DrawCase] => [name, draw => drawCase(new VectorDraw(draw, name, line))],
    ),
  ),
);
