/**
 * The vector instructions, one a line, in the notation of Intel's manual: mandatory prefix, opcode map, W and opcode stand
 * there as "VEX.256.66.0F38.W0 B8 /r" and here as '66.0F38.W0 B8'. Instructions with the same operands form a group:
 * operands.ts says where those go, and x64.ts makes a method of each line.
 */
import type { Opcode } from './encoding.js';

/** What an instruction reads or writes when its operand is memory. */
export interface MemoryShape {
  /** Bytes of the operand at a vector width in bits. EVEX counts short displacements in them. */
  readonly bytes: (width: number) => number;
  /** Bytes of one element, if it may be read once and repeated over all lanes. */
  readonly element: 4 | 8 | null;
}

export interface VectorInstruction extends Opcode {
  /** Continues the opcode in the field reg of ModR/M, which is then free: /n in the manual. */
  readonly extension: number | null;
  readonly memory: MemoryShape;
  /** The opcode with VEX: in map 0F it ignores W, and only a W of 0 can be left out. */
  readonly byVex: Opcode;
  /** The only prefix that encodes the instruction, if there is just one. */
  readonly only: 'VEX' | 'EVEX' | null;
  /** The least number of bits of a vector. */
  readonly least: 128 | 256 | 512;
  /** Whether there is only one prefix, or a least number of bits. */
  readonly isLimited: boolean;
}

const VECTOR: MemoryShape = { bytes: width => width / 8, element: null };
const FLOATS: MemoryShape = { ...VECTOR, element: 4 };
const DOUBLES: MemoryShape = { ...VECTOR, element: 8 };
const HALF_OF_FLOATS: MemoryShape = { bytes: width => width / 16, element: 4 };
const QUARTER: MemoryShape = { bytes: width => width / 32, element: null };
const fixed = (bytes: number): MemoryShape => ({ bytes: () => bytes, element: null });
const ONE_FLOAT = fixed(4);
const ONE_DOUBLE = fixed(8);
const FOUR_FLOATS = fixed(16);
const EIGHT_FLOATS = fixed(32);

const MAPS = { '0F': 1, '0F38': 2, '0F3A': 3 } as const;
const PREFIXES = { '': 0, '66': 1, F3: 2, F2: 3 } as const;

/**
 * A line of the tables.
 * @param notation "prefix.map.W opcode /extension". In map 0F, W counts for EVEX; VEX ignores it there (WIG in the manual).
 */
function line(
  notation: string,
  memory: MemoryShape,
  { only = null, least = 128 }: Partial<Pick<VectorInstruction, 'only' | 'least'>> = {},
): VectorInstruction {
  const pattern = /^(?:(66|F3|F2)\.)?(0F|0F38|0F3A)\.W([01]) (\w\w)(?: \/(\d))?$/;
  const [, pp = '', map, w, byte, extension] = pattern.exec(notation)!;
  const opcode: Opcode = {
    pp: PREFIXES[pp as keyof typeof PREFIXES],
    map: MAPS[map as keyof typeof MAPS],
    w: w === '1' ? 1 : 0,
    byte: Number.parseInt(byte!, 16),
  };
  return {
    ...opcode,
    byVex: opcode.map === 1 ? { ...opcode, w: 0 } : opcode,
    extension: extension === undefined ? null : Number(extension),
    ...{ memory, only, least, isLimited: only !== null || least > 128 },
  };
}

const VEX = { only: 'VEX' } as const;
const EVEX = { only: 'EVEX' } as const;

export const VECTOR_INSTRUCTIONS = {
  /** d ← f(s); s may be memory. */
  two: {
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
  },

  /** d ← f(a, b), or d ← f(d, a, b) for fused multiply-add; b may be memory. */
  three: {
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
    vpmaxsd: line('66.0F38.W0 3D', FLOATS),
    // Encoded with EVEX, the manual calls these three vpandd, vpord and vpxord.
    vpand: line('66.0F.W0 DB', FLOATS),
    vpor: line('66.0F.W0 EB', FLOATS),
    vpxor: line('66.0F.W0 EF', FLOATS),
    // Lanes of all ones where the comparison holds; with EVEX, an opmask: toMask.
    vpcmpeqd: line('66.0F.W0 76', FLOATS, VEX),
    vpcmpgtd: line('66.0F.W0 66', FLOATS, VEX),
    // Lanes of b where the opmask is set, otherwise of a.
    vblendmps: line('66.0F38.W0 65', FLOATS, EVEX),
  },

  /** Opmask ← comparison of a and b; b may be memory. */
  toMask: {
    vpcmpeqdMask: line('66.0F.W0 76', FLOATS, EVEX),
    vpcmpgtdMask: line('66.0F.W0 66', FLOATS, EVEX),
  },

  /** d ← lanes of all ones where a and b compare as the predicate says, otherwise of zeros; b may be memory. */
  compare: {
    vcmpps: line('0F.W0 C2', FLOATS, VEX),
  },

  /** Opmask ← the same comparison. */
  compareToMask: {
    vcmppsMask: line('0F.W0 C2', FLOATS, EVEX),
  },

  /** d ← f(s, immediate); s may be memory. */
  twoImmediate: {
    vpermilps: line('66.0F3A.W0 04', FLOATS),
    // Encoded with EVEX, the manual calls it vrndscaleps: bits 4 to 7 of the immediate are then binary digits to keep.
    vroundps: line('66.0F3A.W0 08', FLOATS),
  },

  /** d ← f(a, b, immediate); b may be memory. */
  threeImmediate: {
    vshufps: line('0F.W0 C6', FLOATS),
    vperm2f128: line('66.0F3A.W0 06', VECTOR, { only: 'VEX', least: 256 }),
    vshuff32x4: line('66.0F3A.W0 23', FLOATS, { only: 'EVEX', least: 256 }),
    vinsertf128: line('66.0F3A.W0 18', FOUR_FLOATS, { only: 'VEX', least: 256 }),
    vinsertf32x4: line('66.0F3A.W0 18', FOUR_FLOATS, { only: 'EVEX', least: 256 }),
    vinsertf32x8: line('66.0F3A.W0 1A', EIGHT_FLOATS, { only: 'EVEX', least: 512 }),
  },

  /** d ← part of s, of which the immediate is the number; d may be memory. The width is that of s. */
  extract: {
    vextractf128: line('66.0F3A.W0 19', FOUR_FLOATS, { only: 'VEX', least: 256 }),
    vextractf32x4: line('66.0F3A.W0 19', FOUR_FLOATS, { only: 'EVEX', least: 256 }),
    vextractf32x8: line('66.0F3A.W0 1B', EIGHT_FLOATS, { only: 'EVEX', least: 512 }),
  },

  /** d ← int32 lanes of s, shifted by an immediate. */
  shift: {
    vpsrld: line('66.0F.W0 72 /2', FLOATS),
    vpsrad: line('66.0F.W0 72 /4', FLOATS),
    vpslld: line('66.0F.W0 72 /6', FLOATS),
  },

  /** d ← lanes of b where the sign bit of the lane in a vector mask is set, otherwise of a; b may be memory. */
  blend: {
    vblendvps: line('66.0F3A.W0 4A', VECTOR, VEX),
  },

  /** Lane 0 of d ← memory, its other lanes ← 0. */
  loadLane: {
    vmovss: line('F3.0F.W0 10', ONE_FLOAT),
    vmovsd: line('F2.0F.W1 10', ONE_DOUBLE),
  },

  /** Memory ← s. */
  store: {
    vmovupsStore: line('0F.W0 11', VECTOR),
  },

  /** Memory ← lane 0 of s. */
  storeLane: {
    vmovssStore: line('F3.0F.W0 11', ONE_FLOAT),
    vmovsdStore: line('F2.0F.W1 11', ONE_DOUBLE),
  },

  /** d ← memory, only lanes where the sign bit of the lane in a vector mask is set; the others become 0. */
  maskedLoad: {
    vmaskmovps: line('66.0F38.W0 2C', VECTOR, VEX),
  },

  /** Memory ← s, only lanes where the sign bit of the lane in a vector mask is set. */
  maskedStore: {
    vmaskmovpsStore: line('66.0F38.W0 2E', VECTOR, VEX),
  },

  /** Lane 0 of d ← f(a, b), its other lanes ← those of a; b may be memory. */
  scalar: {
    vaddss: line('F3.0F.W0 58', ONE_FLOAT),
    vmulss: line('F3.0F.W0 59', ONE_FLOAT),
    vsubss: line('F3.0F.W0 5C', ONE_FLOAT),
    vaddsd: line('F2.0F.W1 58', ONE_DOUBLE),
    vmulsd: line('F2.0F.W1 59', ONE_DOUBLE),
    vsubsd: line('F2.0F.W1 5C', ONE_DOUBLE),
    vcvtss2sd: line('F3.0F.W0 5A', ONE_FLOAT),
    vcvtsd2ss: line('F2.0F.W1 5A', ONE_DOUBLE),
  },
} satisfies Record<string, Record<string, VectorInstruction>>;
