/** Random operands for each vector method of Arm64, and the same instruction in assembler's text. */
import type { LaneAddress, Lanes } from '../../../src/kernels/native/arm64.js';
import type { Draw, DrawCase } from './draw.js';

const cases: Record<string, DrawCase> = {};
const LANES: readonly Lanes[] = ['4s', '2d'];

const vector = (draw: Draw) => draw.below(32);
const drawLanes = (draw: Draw) => draw.of(...LANES);
const drawLane = (draw: Draw, lanes: Lanes) => draw.below(lanes === '4s' ? 4 : 2);

/** One lane of a vector register. */
const element = (register: number, lanes: Lanes, lane: number) => `v${register}.${lanes[1]}[${lane}]`;

/** The name of an instruction, of which methods are called after general registers' instructions or after operands. */
const mnemonic = (method: string) =>
  method.replace(/^v(?=add|sub|mul|and|orr|eor|mov)/, '').replace(/(Zero|Element|General|Lane)$/, '');

const THREE =
  'fadd fsub fmul fdiv fmax fmin fmaxnm fminnm fmla fmls fcmeq fcmge fcmgt cmeq cmgt vadd vsub vmul smax';
for (const name of `${THREE} zip1 zip2 trn1 trn2 uzp1 uzp2`.split(' ')) {
  cases[name] = draw => {
    const lanes = name === 'vmul' || name === 'smax' ? '4s' : drawLanes(draw);
    const [d, n, m] = [vector(draw), vector(draw), vector(draw)];
    const text = `${mnemonic(name)} v${d}.${lanes}, v${n}.${lanes}, v${m}.${lanes}`;
    return { operands: [lanes, d, n, m], text };
  };
}
for (const name of 'fabs fneg fsqrt frintn fcvtns fcvtzs scvtf fcmeqZero fcmgeZero fcmgtZero'.split(' ')) {
  cases[name] = draw => {
    const [lanes, d, n] = [drawLanes(draw), vector(draw), vector(draw)];
    const zero = name.endsWith('Zero') ? ', #0.0' : '';
    return { operands: [lanes, d, n], text: `${mnemonic(name)} v${d}.${lanes}, v${n}.${lanes}${zero}` };
  };
}
for (const name of 'vand vorr veor bic bsl bit bif'.split(' ')) {
  cases[name] = draw => {
    const [d, n, m] = [vector(draw), vector(draw), vector(draw)];
    return { operands: [d, n, m], text: `${mnemonic(name)} v${d}.16b, v${n}.16b, v${m}.16b` };
  };
}
for (const name of ['fmlaElement', 'fmlsElement', 'fmulElement']) {
  cases[name] = draw => {
    const [lanes, d, n, m] = [drawLanes(draw), vector(draw), vector(draw), vector(draw)];
    const lane = drawLane(draw, lanes);
    const text = `${mnemonic(name)} v${d}.${lanes}, v${n}.${lanes}, ${element(m, lanes, lane)}`;
    return { operands: [lanes, d, n, m, lane], text };
  };
}
for (const [name, d, n] of [
  ['fcvtl', '2d', '2s'],
  ['fcvtl2', '2d', '4s'],
  ['fcvtn', '2s', '2d'],
  ['fcvtn2', '4s', '2d'],
] as const) {
  cases[name] = draw => {
    const [to, from] = [vector(draw), vector(draw)];
    return { operands: [to, from], text: `${name} v${to}.${d}, v${from}.${n}` };
  };
}
for (const name of ['shl', 'ushr', 'sshr']) {
  cases[name] = draw => {
    const [lanes, d, n] = [drawLanes(draw), vector(draw), vector(draw)];
    const count = draw.below(lanes === '4s' ? 32 : 64) + (name === 'shl' ? 0 : 1);
    return { operands: [lanes, d, n, count], text: `${name} v${d}.${lanes}, v${n}.${lanes}, #${count}` };
  };
}
for (const name of ['ushll', 'ushll2']) {
  cases[name] = draw => {
    const [lanes, low, high, bits] = draw.of(
      ['8h', '8b', '16b', 8],
      ['4s', '4h', '8h', 16],
      ['2d', '2s', '4s', 32],
    );
    const [d, n, count] = [vector(draw), vector(draw), draw.below(Number(bits))];
    const source = name === 'ushll' ? low : high;
    return { operands: [lanes, d, n, count], text: `${name} v${d}.${lanes}, v${n}.${source}, #${count}` };
  };
}
cases.ext = draw => {
  const [d, n, m, byte] = [vector(draw), vector(draw), vector(draw), draw.below(16)];
  return { operands: [d, n, m, byte], text: `ext v${d}.16b, v${n}.16b, v${m}.16b, #${byte}` };
};
cases.moviZero = draw => {
  const d = vector(draw);
  return { operands: [d], text: `movi v${d}.2d, #0` };
};
cases.vmov = draw => {
  const [d, n] = [vector(draw), vector(draw)];
  return { operands: [d, n], text: `mov v${d}.16b, v${n}.16b` };
};

/** A general register as wide as a lane. */
const general = (lanes: Lanes, register: number) => {
  const letter = lanes === '4s' ? 'w' : 'x';
  return register === 31 ? `${letter}zr` : `${letter}${register}`;
};

cases.dupElement = draw => {
  const [lanes, d, n] = [drawLanes(draw), vector(draw), vector(draw)];
  const lane = drawLane(draw, lanes);
  return { operands: [lanes, d, n, lane], text: `dup v${d}.${lanes}, ${element(n, lanes, lane)}` };
};
cases.dupGeneral = draw => {
  const [lanes, d, n] = [drawLanes(draw), vector(draw), draw.below(32)];
  return { operands: [lanes, d, n], text: `dup v${d}.${lanes}, ${general(lanes, n)}` };
};
cases.umov = draw => {
  const [lanes, d, n] = [drawLanes(draw), draw.below(32), vector(draw)];
  const lane = drawLane(draw, lanes);
  return { operands: [lanes, d, n, lane], text: `umov ${general(lanes, d)}, ${element(n, lanes, lane)}` };
};
cases.insGeneral = draw => {
  const [lanes, d, n] = [drawLanes(draw), vector(draw), draw.below(32)];
  const lane = drawLane(draw, lanes);
  return { operands: [lanes, d, lane, n], text: `ins ${element(d, lanes, lane)}, ${general(lanes, n)}` };
};
cases.insElement = draw => {
  const [lanes, d, n] = [drawLanes(draw), vector(draw), vector(draw)];
  const [lane, from] = [drawLane(draw, lanes), drawLane(draw, lanes)];
  return {
    operands: [lanes, d, lane, n, from],
    text: `ins ${element(d, lanes, lane)}, ${element(n, lanes, from)}`,
  };
};

function drawLaneAddress(draw: Draw, lanes: Lanes): [LaneAddress, string] {
  const base = draw.below(32);
  const name = base === 31 ? 'sp' : `x${base}`;
  return draw.oneIn(2)
    ? [{ base }, `[${name}]`]
    : [{ base, isPostIndexed: true }, `[${name}], #${lanes === '4s' ? 4 : 8}`];
}

for (const name of ['ld1Lane', 'st1Lane']) {
  cases[name] = draw => {
    const [lanes, t] = [drawLanes(draw), vector(draw)];
    const lane = drawLane(draw, lanes);
    const [at, text] = drawLaneAddress(draw, lanes);
    return {
      operands: [lanes, t, lane, at],
      text: `${mnemonic(name)} {v${t}.${lanes[1]}}[${lane}], ${text}`,
    };
  };
}
cases.ld1r = draw => {
  const [lanes, t] = [drawLanes(draw), vector(draw)];
  const [at, text] = drawLaneAddress(draw, lanes);
  return { operands: [lanes, t, at], text: `ld1r {v${t}.${lanes}}, ${text}` };
};

export const ARM64_VECTOR_CASES: Readonly<Record<string, DrawCase>> = cases;
