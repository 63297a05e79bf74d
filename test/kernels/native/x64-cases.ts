/**
 * Random operands for each method of X64, and the same instruction in Intel's syntax. Nothing here knows an encoding, apart
 * from the names that EVEX gives to some instructions.
 */

import type { CONDITIONS } from '../../../src/kernels/native/x64/general.js';
import { STORE, THREE, TWO, type VectorInstruction } from '../../../src/kernels/native/x64/vectors.js';
import type { Address, Masking, Memory, Operand, Width } from '../../../src/kernels/native/x64.js';
import type { Draw, DrawCase } from './draw.js';

const LONG = 'rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15'.split(' ');
const WORD = 'eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d'.split(' ');
const SIZES: Record<number, string> = {
  1: 'byte',
  4: 'dword',
  8: 'qword',
  16: 'xmmword',
  32: 'ymmword',
  64: 'zmmword',
};

/** The text of a memory operand of so many bytes. */
function memory(bytes: number, { base, index, scale = 1, offset = 0 }: Address): string {
  const parts = [LONG[base!]!];
  if (index !== undefined) parts.push(`${LONG[index]}*${scale}`);
  if (offset !== 0) parts.push(String(offset));
  return `${SIZES[bytes]} ptr [${parts.join('+').replaceAll('+-', '-')}]`;
}

/** @param unit a displacement that is a multiple of this may be encoded in less */
function address(draw: Draw, unit = 1): Address {
  const index = draw.below(16);
  return {
    base: draw.below(16),
    ...(draw.oneIn(2) && index !== 4 ? { index, scale: draw.of(1, 2, 4, 8) } : {}),
    ...(draw.oneIn(4) ? {} : { offset: draw.of(draw.signed(32), draw.signed(9), unit * draw.signed(9)) }),
  };
}

const general = (draw: Draw) => draw.below(16);

const cases: Record<string, DrawCase> = {};

for (const name of ['mov', 'add', 'sub', 'and', 'or', 'xor', 'cmp', 'test', 'imul']) {
  cases[name] = draw => {
    const [d, s] = [general(draw), general(draw)];
    return { operands: [d, s], text: `${name} ${LONG[d]}, ${LONG[s]}` };
  };
}
for (const name of ['add', 'sub', 'and', 'or', 'xor', 'cmp']) {
  cases[`${name}Immediate`] = draw => {
    const [d, value] = [general(draw), draw.signed(32)];
    return { operands: [d, value], text: `${name} ${LONG[d]}, ${value}` };
  };
}
for (const name of ['shl', 'shr', 'sar']) {
  cases[`${name}Immediate`] = draw => {
    const [d, count] = [general(draw), draw.between(1, 63)];
    return { operands: [d, count], text: `${name} ${LONG[d]}, ${count}` };
  };
}
for (const name of ['neg', 'inc', 'dec', 'push', 'pop', 'call']) {
  cases[name] = draw => {
    const d = general(draw);
    return { operands: [d], text: `${name} ${LONG[d]}` };
  };
}
for (const name of ['ret', 'cpuid', 'xgetbv', 'mfence', 'vzeroupper']) {
  cases[name] = () => ({ operands: [], text: name });
}

/** The shortest of three instructions, which as does not look for. */
cases.movImmediate = draw => {
  const [d, value] = [general(draw), draw.of(draw.signed(32), draw.signed(33), draw.signed(53))];
  const text =
    value >= 0 && value < 2 ** 32
      ? `mov ${WORD[d]}, ${value}`
      : `${value < -(2 ** 31) || value >= 2 ** 32 ? 'movabs' : 'mov'} ${LONG[d]}, ${value}`;
  return { operands: [d, value], text };
};
cases.imulImmediate = draw => {
  const [d, s, value] = [general(draw), general(draw), draw.signed(32)];
  return { operands: [d, s, value], text: `imul ${LONG[d]}, ${LONG[s]}, ${value}` };
};
cases.shlByCl = draw => {
  const d = general(draw);
  return { operands: [d], text: `shl ${LONG[d]}, cl` };
};
cases.shlx = draw => {
  const [d, s, count] = [general(draw), general(draw), general(draw)];
  return { operands: [d, s, count], text: `shlx ${LONG[d]}, ${LONG[s]}, ${LONG[count]}` };
};
for (const [method, name, registers, bytes] of [
  ['lea', 'lea', LONG, 8],
  ['loadLong', 'mov', LONG, 8],
  ['loadWord', 'mov', WORD, 4],
  ['loadByte', 'movzx', WORD, 1],
] as const) {
  cases[method] = draw => {
    const [d, from] = [general(draw), address(draw)];
    return { operands: [d, from], text: `${name} ${registers[d]}, ${memory(bytes, from)}` };
  };
}
for (const [method, registers, bytes] of [
  ['storeLong', LONG, 8],
  ['storeWord', WORD, 4],
] as const) {
  cases[method] = draw => {
    const [to, s] = [address(draw), general(draw)];
    return { operands: [to, s], text: `mov ${memory(bytes, to)}, ${registers[s]}` };
  };
}
cases.prefetcht0 = draw => {
  const from = address(draw);
  return { operands: [from], text: `prefetcht0 ${memory(1, from)}` };
};
cases.kmovw = draw => {
  const [mask, s] = [draw.below(8), general(draw)];
  return { operands: [mask, s], text: `kmovw k${mask}, ${WORD[s]}` };
};

/** Vector registers' names: at least 128 bits. */
const vector = (width: number, register: number) => `${{ 256: 'y', 512: 'z' }[width] ?? 'x'}mm${register}`;

/** Bits of the destination and of the last source, where they are not those of the vector width. */
const NARROW: Record<string, (width: number) => [number, number]> = {
  vbroadcastss: width => [width, 128],
  vcvtps2pd: width => [width, width / 2],
  vcvtpd2ps: width => [width / 2, width],
  vpmovzxbd: width => [width, 128],
};

/** What EVEX calls some instructions. */
const EVEX_NAMES: Record<string, string> = { vpand: 'vpandd', vpor: 'vpord', vpxor: 'vpxord' };

const masked = ({ mask, zero }: Masking) => (mask ? `{k${mask}}${zero ? '{z}' : ''}` : '');

/** Draws what all vector instructions have in common: half of the cases need nothing that VEX lacks. */
class VectorDraw {
  readonly isPlain: boolean;
  readonly width: Width;

  constructor(
    readonly draw: Draw,
    readonly name: string,
    readonly line: VectorInstruction,
  ) {
    this.isPlain = line.only === 'VEX' || (line.only !== 'EVEX' && draw.oneIn(2));
    this.width = this.isPlain ? draw.of(128, 256) : draw.of(128, 256, 512);
  }

  get register(): number {
    return this.draw.below(this.isPlain ? 16 : 32);
  }

  get masking(): Masking {
    if (this.isPlain || this.draw.oneIn(2)) return {};
    return { mask: this.draw.between(1, 7), zero: this.draw.oneIn(2) };
  }

  /** A register or memory, and its text. */
  operand(): [Operand, string] {
    const { draw, line, name, width } = this;
    if (draw.oneIn(2)) {
      const register = this.register;
      return [register, vector(NARROW[name]?.(width)[1] ?? width, register)];
    }
    const { element } = line.memory;
    if (element === undefined || this.isPlain || draw.oneIn(2)) return this.memory();
    const from = address(draw, element);
    const lanes = line.memory.bytes(width) / element;
    return [{ ...from, broadcast: true }, `${memory(element, from)}{1to${lanes}}`];
  }

  memory(): [Memory, string] {
    const bytes = this.line.memory.bytes(this.width);
    const from = address(this.draw, bytes);
    return [from, memory(bytes, from)];
  }

  /** The name of the instruction with the prefix that these operands need. */
  nameFor(operands: readonly Operand[], masking: Masking): string {
    const needsEvex =
      this.width === 512 ||
      (masking.mask ?? 0) > 0 ||
      operands.some(operand => (typeof operand === 'number' ? operand > 15 : operand.broadcast));
    return (needsEvex && EVEX_NAMES[this.name]) || this.name;
  }
}

for (const [name, line] of Object.entries(TWO)) {
  cases[name] = draw => {
    const common = new VectorDraw(draw, name, line);
    const { width, register: d, masking } = common;
    const [s, text] = common.operand();
    const destination = vector(NARROW[name]?.(width)[0] ?? width, d);
    // as would exchange two registers if the move in the other direction is shorter.
    const prefix = name === 'vmovups' && typeof s === 'number' ? '{load} ' : '';
    return {
      operands: [width, d, s, masking],
      text: `${prefix}${common.nameFor([d, s], masking)} ${destination}${masked(masking)}, ${text}`,
    };
  };
}
for (const [name, line] of Object.entries(THREE)) {
  cases[name] = draw => {
    const common = new VectorDraw(draw, name, line);
    const { width, register: d, register: a, masking } = common;
    const [b, text] = common.operand();
    return {
      operands: [width, d, a, b, masking],
      text: `${common.nameFor([d, a, b], masking)} ${vector(width, d)}${masked(masking)}, ${vector(width, a)}, ${text}`,
    };
  };
}
for (const [name, line] of Object.entries(STORE)) {
  cases[name] = draw => {
    const common = new VectorDraw(draw, name, line);
    const { width, register: s } = common;
    const { mask } = common.masking;
    const masking = mask ? { mask } : {};
    const [to, text] = common.memory();
    const instruction = name.replace('Store', '');
    return {
      operands: [width, to, s, masking],
      text: `${instruction} ${text}${masked(masking)}, ${vector(width, s)}`,
    };
  };
}

export const X64_CASES: Readonly<Record<string, DrawCase>> = cases;

/** Names of the conditions in the assembler. */
export const X64_JUMPS: Readonly<Record<keyof typeof CONDITIONS, string>> = {
  overflow: 'jo',
  notOverflow: 'jno',
  below: 'jb',
  aboveOrEqual: 'jae',
  equal: 'je',
  notEqual: 'jne',
  belowOrEqual: 'jbe',
  above: 'ja',
  negative: 'js',
  notNegative: 'jns',
  parityEven: 'jp',
  parityOdd: 'jnp',
  less: 'jl',
  greaterOrEqual: 'jge',
  lessOrEqual: 'jle',
  greater: 'jg',
};
