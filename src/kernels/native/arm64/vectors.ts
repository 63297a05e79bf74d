/**
 * AArch64 instructions on vectors of 128 bits, one a line, each a method of Arm64: the function of a line turns operands into
 * the instruction's word. Formats and their fields are those of Arm's manual (DDI 0487, C4, "Data Processing – Scalar
 * Floating-Point and Advanced SIMD"); o is the opcode.
 *
 * Names that instructions on general registers have too begin with v here: vadd, vand.
 */
import { format, within } from './encoding.js';

/** Four lanes of 32 bits, or two of 64. */
export type Lanes = '4s' | '2d';

/** Lanes twice as wide as those of a source. */
export type WideLanes = '8h' | Lanes;

/** One lane in memory at the base, to which the lane's bytes are added after that if it is post-indexed. */
export interface LaneAddress {
  readonly base: number;
  readonly isPostIndexed?: boolean;
}

/** Bits of a lane. */
const BITS = { '8h': 16, '4s': 32, '2d': 64 } as const;

/** The bit x of many formats. */
const X = { '4s': 0, '2d': 1 } as const;

const requireLane = (lanes: Lanes, lane: number) => within(lane, 0, 128 / BITS[lanes] - 1, 'lane');

const THREE_SAME = format('0 1 u 01110 sx 1 mmmmm ooooo 1 nnnnn ddddd');

/** d ← f(n, m), or d ← f(d, n, m) for fused multiply-add. */
const three =
  <L extends Lanes = Lanes>(u: number, s: number, o: number) =>
  (lanes: L, d: number, n: number, m: number) =>
    THREE_SAME({ u, s, x: X[lanes], o, m, n, d });

/** d ← f(n, m) bit by bit, or d ← f(d, n, m) for selections. */
const bitwise = (u: number, s: number, x: number) => (d: number, n: number, m: number) =>
  THREE_SAME({ u, s, x, o: 0b00011, m, n, d });

const TWO_MISCELLANEOUS = format('0 q u 01110 sx 10000 ooooo 10 nnnnn ddddd');

/** d ← f(n) */
const two = (u: number, s: number, o: number) => (lanes: Lanes, d: number, n: number) =>
  TWO_MISCELLANEOUS({ q: 1, u, s, x: X[lanes], o, n, d });

/** d ← n in lanes of another width; q tells which half of the narrow register is meant, the low or the high. */
const convert = (q: number, o: number) => (d: number, n: number) =>
  TWO_MISCELLANEOUS({ q, u: 0, s: 0, x: 1, o, n, d });

// i is the bits of a lane plus the count to the left, or twice the bits minus the count to the right.
const SHIFT = format('0 q u 011110 iiiiiii ooooo 1 nnnnn ddddd');

const shiftLeft = (o: number) => (lanes: Lanes, d: number, n: number, count: number) =>
  SHIFT({ q: 1, u: 0, i: BITS[lanes] + within(count, 0, BITS[lanes] - 1, 'count'), o, n, d });

const shiftRight = (u: number, o: number) => (lanes: Lanes, d: number, n: number, count: number) =>
  SHIFT({ q: 1, u, i: 2 * BITS[lanes] - within(count, 1, BITS[lanes], 'count'), o, n, d });

/** d ← lanes of a half of n, filled with zeros to twice their width, shifted to the left. */
const widen = (q: number) => (lanes: WideLanes, d: number, n: number, count: number) => {
  const bits = BITS[lanes] / 2;
  return SHIFT({ q, u: 1, i: bits + within(count, 0, bits - 1, 'count'), o: 0b10100, n, d });
};

const PERMUTE = format('0 1 001110 1x 0 mmmmm 0 ooo 10 nnnnn ddddd');

/** d ← lanes of n and m in another order. */
const permute = (o: number) => (lanes: Lanes, d: number, n: number, m: number) =>
  PERMUTE({ x: X[lanes], m, o, n, d });

const EXTRACT = format('0 1 101110 00 0 mmmmm 0 iiii 0 nnnnn ddddd');

// h and l are the number of the lane: both its bits, or h alone.
const BY_ELEMENT = format('0 1 0 01111 1x l mmmmm oooo h 0 nnnnn ddddd');

/** d ← f(d, n, one lane of m) */
const byElement = (o: number) => (lanes: Lanes, d: number, n: number, m: number, lane: number) => {
  requireLane(lanes, lane);
  const [h, l] = lanes === '4s' ? [lane >> 1, lane & 1] : [lane, 0];
  return BY_ELEMENT({ x: X[lanes], l, m, o, h, n, d });
};

// i is a lane and its width, j the byte of another lane or part of the opcode.
const COPY = format('0 q u 01110000 iiiii 0 jjjj 1 nnnnn ddddd');

/** The number of a lane, followed by a 1 whose place tells the lane's width: the field i. */
const laneField = (lanes: Lanes, lane: number) => {
  requireLane(lanes, lane);
  return lanes === '4s' ? (lane << 3) | 4 : (lane << 4) | 8;
};

/** The byte where a lane of a vector begins. */
const byteOf = (lanes: Lanes, lane: number) => (requireLane(lanes, lane) * BITS[lanes]) / 8;

// The number of the lane is in q, s and z, as many bits as it has; p post-indexes, l loads.
const ONE_STRUCTURE = format('0 q 001101 p l 0 mmmmm ooo s zz nnnnn ttttt');

const laneAddress = ({ base, isPostIndexed = false }: LaneAddress) =>
  isPostIndexed ? { p: 1, m: 31, n: base } : { p: 0, m: 0, n: base };

/** One lane of t from memory or to memory. */
const moveLane = (l: number) => (lanes: Lanes, t: number, lane: number, at: LaneAddress) => {
  requireLane(lanes, lane);
  const [q, s, z] = lanes === '4s' ? [lane >> 1, lane & 1, 0] : [lane, 0, 1];
  return ONE_STRUCTURE({ q, ...laneAddress(at), l, o: 0b100, s, z, t });
};

const ZERO = format('0 1 1 0111100000 000 1110 01 00000 ddddd');

export const VECTOR_INSTRUCTIONS = {
  // Floating point.
  fadd: three(0, 0, 0b11010),
  fsub: three(0, 1, 0b11010),
  fmul: three(1, 0, 0b11011),
  fdiv: three(1, 0, 0b11111),
  // If one operand is NaN, fmax and fmin return NaN, fmaxnm and fminnm the other operand.
  fmax: three(0, 0, 0b11110),
  fmin: three(0, 1, 0b11110),
  fmaxnm: three(0, 0, 0b11000),
  fminnm: three(0, 1, 0b11000),
  // d ← d ± n × m, rounded once.
  fmla: three(0, 0, 0b11001),
  fmls: three(0, 1, 0b11001),
  fmlaElement: byElement(0b0001),
  fmlsElement: byElement(0b0101),
  fmulElement: byElement(0b1001),
  fabs: two(0, 1, 0b01111),
  fneg: two(1, 1, 0b01111),
  fsqrt: two(1, 1, 0b11111),
  // To the nearest integral value, ties to even.
  frintn: two(0, 0, 0b11000),

  // Lanes of all ones where the comparison holds, otherwise of zeros.
  fcmeq: three(0, 0, 0b11100),
  fcmge: three(1, 0, 0b11100),
  fcmgt: three(1, 1, 0b11100),
  fcmeqZero: two(0, 1, 0b01101),
  fcmgeZero: two(1, 1, 0b01100),
  fcmgtZero: two(0, 1, 0b01100),
  cmeq: three(1, 1, 0b10001),
  cmgt: three(0, 1, 0b00110),

  // Conversions: to integers rounded to nearest even (fcvtns) or to zero (fcvtzs), from integers (scvtf).
  fcvtns: two(0, 0, 0b11010),
  fcvtzs: two(0, 1, 0b11011),
  scvtf: two(0, 0, 0b11101),
  // From two floats to two doubles and back; fcvtn clears the high half, fcvtn2 keeps the low one.
  fcvtl: convert(0, 0b10111),
  fcvtl2: convert(1, 0b10111),
  fcvtn: convert(0, 0b10110),
  fcvtn2: convert(1, 0b10110),

  // Integers.
  vadd: three(0, 1, 0b10000),
  vsub: three(1, 1, 0b10000),
  vmul: three<'4s'>(0, 1, 0b10011),
  smax: three<'4s'>(0, 1, 0b01100),
  shl: shiftLeft(0b01010),
  ushr: shiftRight(1, 0b00000),
  sshr: shiftRight(0, 0b00000),
  ushll: widen(0),
  ushll2: widen(1),

  // Bits. bsl takes n where d is 1, and m where it is 0; bit takes n into d where m is 1, bif where m is 0.
  vand: bitwise(0, 0, 0),
  bic: bitwise(0, 0, 1),
  vorr: bitwise(0, 1, 0),
  veor: bitwise(1, 0, 0),
  bsl: bitwise(1, 0, 1),
  bit: bitwise(1, 1, 0),
  bif: bitwise(1, 1, 1),
  moviZero: (d: number) => ZERO({ d }),
  vmov: (d: number, n: number) => bitwise(0, 1, 0)(d, n, n),

  // Lanes in another order.
  uzp1: permute(0b001),
  trn1: permute(0b010),
  zip1: permute(0b011),
  uzp2: permute(0b101),
  trn2: permute(0b110),
  zip2: permute(0b111),
  // The 16 bytes of n followed by m that start at a byte.
  ext: (d: number, n: number, m: number, byte: number) => EXTRACT({ m, i: byte, n, d }),

  // Copies between lanes, and between lanes and general registers.
  dupElement: (lanes: Lanes, d: number, n: number, lane: number) =>
    COPY({ q: 1, u: 0, i: laneField(lanes, lane), j: 0b0000, n, d }),
  dupGeneral: (lanes: Lanes, d: number, n: number) =>
    COPY({ q: 1, u: 0, i: laneField(lanes, 0), j: 0b0001, n, d }),
  umov: (lanes: Lanes, d: number, n: number, lane: number) =>
    COPY({ q: X[lanes], u: 0, i: laneField(lanes, lane), j: 0b0111, n, d }),
  insGeneral: (lanes: Lanes, d: number, lane: number, n: number) =>
    COPY({ q: 1, u: 0, i: laneField(lanes, lane), j: 0b0011, n, d }),
  insElement: (lanes: Lanes, d: number, lane: number, n: number, from: number) =>
    COPY({ q: 1, u: 1, i: laneField(lanes, lane), j: byteOf(lanes, from), n, d }),

  // Lanes in memory.
  ld1Lane: moveLane(1),
  st1Lane: moveLane(0),
  ld1r: (lanes: Lanes, t: number, at: LaneAddress) =>
    ONE_STRUCTURE({ q: 1, ...laneAddress(at), l: 1, o: 0b110, s: 0, z: 2 + X[lanes], t }),
};
