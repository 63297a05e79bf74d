/**
 * The vector instructions, one a line, in the notation of Intel's manual: mandatory prefix, opcode map, W and opcode stand
 * there as "VEX.256.66.0F38.W0 B8 /r" and here as '66.0F38.W0 B8'. Each table holds instructions with the same operands;
 * x64.ts makes a method of each line.
 */
import type { Opcode } from './encoding.js';

/** What an instruction reads or writes when its operand is memory. */
export interface MemoryShape {
  /** Bytes of the operand at a vector width in bits; EVEX counts short displacements in them (SDM table 2-36, 2-37). */
  readonly bytes: (width: number) => number;
  /** Bytes of one element, if it may be read once and repeated over all lanes. */
  readonly element?: 4 | 8;
}

export interface VectorInstruction extends Opcode {
  readonly memory: MemoryShape;
  /** The only prefix that encodes the instruction, if there is just one. */
  readonly only?: 'VEX' | 'EVEX';
}

const VECTOR: MemoryShape = { bytes: width => width / 8 };
const FLOATS: MemoryShape = { ...VECTOR, element: 4 };
const DOUBLES: MemoryShape = { ...VECTOR, element: 8 };
const HALF_OF_FLOATS: MemoryShape = { bytes: width => width / 16, element: 4 };
const QUARTER: MemoryShape = { bytes: width => width / 32 };
const fixed = (bytes: number): MemoryShape => ({ bytes: () => bytes });
const ONE_FLOAT = fixed(4);

const MAPS = { '0F': 1, '0F38': 2, '0F3A': 3 } as const;
const PREFIXES = { '': 0, '66': 1, F3: 2, F2: 3 } as const;

/**
 * A line of the tables.
 * @param notation "prefix.map.W opcode". In map 0F, W counts for EVEX; VEX ignores it there (WIG in the manual).
 */
function line(notation: string, memory: MemoryShape, only?: 'VEX' | 'EVEX'): VectorInstruction {
  const [, pp = '', map, w, byte] = /^(?:(66|F3|F2)\.)?(0F|0F38|0F3A)\.W([01]) (\w\w)$/.exec(notation) ?? [];
  return {
    pp: PREFIXES[pp as keyof typeof PREFIXES],
    map: MAPS[map as keyof typeof MAPS],
    w: w === '1' ? 1 : 0,
    byte: Number.parseInt(byte!, 16),
    memory,
    ...(only && { only }),
  };
}

/** d ← f(s); s may be memory. */
export const TWO = {
  vmovups: line('0F.W0 10', VECTOR),
  vbroadcastss: line('66.0F38.W0 18', ONE_FLOAT),
  vsqrtps: line('0F.W0 51', FLOATS),
  vsqrtpd: line('66.0F.W1 51', DOUBLES),
  // Conversions: dq are int32 lanes; t truncates, otherwise the result is rounded to nearest even.
  vcvtdq2ps: line('0F.W0 5B', FLOATS),
  vcvtps2dq: line('66.0F.W0 5B', FLOATS),
  vcvttps2dq: line('F3.0F.W0 5B', FLOATS),
  // The width is that of the doubles.
  vcvtps2pd: line('0F.W0 5A', HALF_OF_FLOATS),
  vcvtpd2ps: line('66.0F.W1 5A', DOUBLES),
  // Bytes to int32 lanes.
  vpmovzxbd: line('66.0F38.W0 31', QUARTER),
} satisfies Record<string, VectorInstruction>;

/** d ← f(a, b), or d ← f(d, a, b) for fused multiply-add; b may be memory. */
export const THREE = {
  vaddps: line('0F.W0 58', FLOATS),
  vmulps: line('0F.W0 59', FLOATS),
  vsubps: line('0F.W0 5C', FLOATS),
  vminps: line('0F.W0 5D', FLOATS),
  vdivps: line('0F.W0 5E', FLOATS),
  vmaxps: line('0F.W0 5F', FLOATS),
  // 213: d ← ±(a × d) ± b; 231: d ← ±(a × b) ± d.
  vfmadd213ps: line('66.0F38.W0 A8', FLOATS),
  vfmadd231ps: line('66.0F38.W0 B8', FLOATS),
  vfmsub213ps: line('66.0F38.W0 AA', FLOATS),
  vfmsub231ps: line('66.0F38.W0 BA', FLOATS),
  vfnmadd213ps: line('66.0F38.W0 AC', FLOATS),
  vfnmadd231ps: line('66.0F38.W0 BC', FLOATS),
  vandps: line('0F.W0 54', FLOATS),
  vandnps: line('0F.W0 55', FLOATS),
  vorps: line('0F.W0 56', FLOATS),
  vxorps: line('0F.W0 57', FLOATS),
  vunpcklps: line('0F.W0 14', FLOATS),
  vunpckhps: line('0F.W0 15', FLOATS),
  vaddpd: line('66.0F.W1 58', DOUBLES),
  vmulpd: line('66.0F.W1 59', DOUBLES),
  vsubpd: line('66.0F.W1 5C', DOUBLES),
  vdivpd: line('66.0F.W1 5E', DOUBLES),
  vfmadd213pd: line('66.0F38.W1 A8', DOUBLES),
  vfmadd231pd: line('66.0F38.W1 B8', DOUBLES),
  vunpcklpd: line('66.0F.W1 14', DOUBLES),
  vunpckhpd: line('66.0F.W1 15', DOUBLES),
  vpaddd: line('66.0F.W0 FE', FLOATS),
  vpsubd: line('66.0F.W0 FA', FLOATS),
  vpmulld: line('66.0F38.W0 40', FLOATS),
  // Encoded with EVEX, the manual calls these three vpandd, vpord and vpxord.
  vpand: line('66.0F.W0 DB', FLOATS),
  vpor: line('66.0F.W0 EB', FLOATS),
  vpxor: line('66.0F.W0 EF', FLOATS),
} satisfies Record<string, VectorInstruction>;

/** Memory ← s. */
export const STORE = {
  vmovupsStore: line('0F.W0 11', VECTOR),
} satisfies Record<string, VectorInstruction>;
