/**
 * Random operands for each method of Arm64 on general registers and on memory, and the same instruction in assembler's text.
 * Nothing here knows an encoding.
 */
import type { Address, PairAddress } from '../../../src/kernels/native/arm64.js';
import type { Draw, DrawCase } from './draw.js';

/** A general register where 31 is the zero register, and where it is the stack pointer. */
const x = (register: number) => (register === 31 ? 'xzr' : `x${register}`);
const w = (register: number) => (register === 31 ? 'wzr' : `w${register}`);
const orSp = (register: number) => (register === 31 ? 'sp' : `x${register}`);

const cases: Record<string, DrawCase> = {};

for (const name of ['add', 'sub', 'and', 'orr', 'eor', 'subs', 'mul']) {
  cases[name] = draw => {
    const [d, n, m] = [draw.below(32), draw.below(32), draw.below(32)];
    return { operands: [d, n, m], text: `${name} ${x(d)}, ${x(n)}, ${x(m)}` };
  };
}
for (const name of ['add', 'sub']) {
  cases[name] = draw => {
    const [d, n, m, shift] = [draw.below(32), draw.below(32), draw.below(32), draw.below(64)];
    return { operands: [d, n, m, shift], text: `${name} ${x(d)}, ${x(n)}, ${x(m)}, lsl #${shift}` };
  };
}
for (const name of ['mov', 'cmp']) {
  cases[name] = draw => {
    const [d, s] = [draw.below(31), draw.below(31)];
    return { operands: [d, s], text: `${name} ${x(d)}, ${x(s)}` };
  };
}
cases.madd = draw => {
  const [d, n, m, a] = [draw.below(32), draw.below(32), draw.below(32), draw.below(32)];
  return { operands: [d, n, m, a], text: `madd ${x(d)}, ${x(n)}, ${x(m)}, ${x(a)}` };
};
for (const name of ['lsl', 'lsr']) {
  cases[`${name}Immediate`] = draw => {
    const [d, n, count] = [draw.below(32), draw.below(32), draw.below(64)];
    return { operands: [d, n, count], text: `${name} ${x(d)}, ${x(n)}, #${count}` };
  };
}
cases.blr = draw => {
  const n = draw.below(31);
  return { operands: [n], text: `blr x${n}` };
};
cases.ret = () => ({ operands: [], text: 'ret' });

/** The fewest instructions that load a constant: 16 bits at a time, starting from all zeros or all ones. */
function movText(d: number, value: number): string {
  const hex = BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0');
  const parts = [12, 8, 4, 0].map((at, place) => ({ part: hex.slice(at, at + 4), shift: 16 * place }));
  const filling = value < 0 ? 'ffff' : '0000';
  const needed = parts.filter(({ part }) => part !== filling);
  if (needed.length === 0) return `mov x${d}, #${value}`;
  return needed
    .map(({ part, shift }, i) => {
      if (i > 0) return `movk x${d}, #0x${part}, lsl #${shift}`;
      if (value >= 0) return `movz x${d}, #0x${part}, lsl #${shift}`;
      return `movn x${d}, #${0xffff - Number.parseInt(part, 16)}, lsl #${shift}`;
    })
    .join('; ');
}

cases.movImmediate = draw => {
  const part = 2 ** (16 * draw.below(3)) * draw.between(-0xffff, 0xffff);
  const [d, value] = [draw.below(31), draw.of(draw.signed(17), draw.signed(33), draw.signed(53), part)];
  return { operands: [d, value], text: movText(d, value) };
};

/** Immediates of 12 bits, of 12 bits followed by 12 zeros, and those that need a scratch register. */
const drawImmediate = (draw: Draw) =>
  draw.of(1, -1) * draw.of(draw.below(0x1000), draw.between(1, 0xfff) * 0x1000, draw.below(2 ** 40));

const isEncodable = (size: number) => size < 0x1000 || (size < 0x100_0000 && size % 0x1000 === 0);

for (const [method, plus, minus, text] of [
  ['addImmediate', 'add', 'sub', orSp],
  ['subImmediate', 'sub', 'add', orSp],
  ['subsImmediate', 'subs', 'adds', x],
] as const) {
  cases[method] = draw => {
    const [d, n, value, scratch] = [draw.below(32), draw.below(32), drawImmediate(draw), draw.below(31)];
    const size = Math.abs(value);
    const name = value < 0 ? minus : plus;
    const last = isEncodable(size) ? `#${size}` : `x${scratch}`;
    const first = isEncodable(size) ? '' : `${movText(scratch, size)}; `;
    return {
      operands: [d, n, value, scratch],
      // Without an immediate, register 31 is the stack pointer only next to an extended register.
      text: `${first}${name} ${text(d)}, ${orSp(n)}, ${last}`,
    };
  };
}
cases.cmpImmediate = draw => {
  const [n, value, scratch] = [draw.below(32), drawImmediate(draw), draw.below(31)];
  const size = Math.abs(value);
  const name = value < 0 ? 'cmn' : 'cmp';
  const text = isEncodable(size)
    ? `${name} ${orSp(n)}, #${size}`
    : `${movText(scratch, size)}; ${name} ${orSp(n)}, x${scratch}`;
  return { operands: [n, value, scratch], text };
};

/** An address for so many bytes, and its text. */
function drawAddress(draw: Draw, bytes: number, mayWriteBack = true): [Address, string] {
  const base = draw.below(32);
  const kind = draw.of('offset', 'small', 'index', ...(mayWriteBack ? ['before', 'after'] : []));
  if (kind === 'offset') {
    const offset = bytes * draw.below(0x1000);
    return [{ base, offset }, `[${orSp(base)}, #${offset}]`];
  }
  if (kind === 'small') {
    const offset = draw.signed(9);
    return [offset === 0 ? { base } : { base, offset }, `[${orSp(base)}, #${offset}]`];
  }
  if (kind === 'index') {
    const [index, isScaled] = [draw.below(32), draw.oneIn(2)];
    const shift = isScaled ? `, lsl #${Math.log2(bytes)}` : '';
    return [{ base, index, isScaled }, `[${orSp(base)}, ${x(index)}${shift}]`];
  }
  const step = draw.signed(9);
  if (kind === 'before') return [{ base, before: step }, `[${orSp(base)}, #${step}]!`];
  return [{ base, after: step }, `[${orSp(base)}], #${step}`];
}

function drawPairAddress(draw: Draw, bytes: number): [PairAddress, string] {
  const [base, step] = [draw.below(32), bytes * draw.between(-64, 63)];
  const kind = draw.of('offset', 'before', 'after');
  if (kind === 'offset') return [{ base, offset: step }, `[${orSp(base)}, #${step}]`];
  if (kind === 'before') return [{ base, before: step }, `[${orSp(base)}, #${step}]!`];
  return [{ base, after: step }, `[${orSp(base)}], #${step}`];
}

const vector = (letter: string) => (register: number) => `${letter}${register}`;

for (const [ending, mnemonic, register, bytes] of [
  ['', '', x, 8],
  ['W', '', w, 4],
  ['b', 'b', w, 1],
  ['S', '', vector('s'), 4],
  ['D', '', vector('d'), 8],
  ['Q', '', vector('q'), 16],
] as const) {
  for (const direction of ['ldr', 'str']) {
    cases[`${direction}${ending}`] = draw => {
      const [at, text] = drawAddress(draw, bytes);
      // A base that is written back must not be the register that is moved.
      const t = (at.base + 1 + draw.below(31)) % 32;
      return { operands: [t, at], text: `${direction}${mnemonic} ${register(t)}, ${text}` };
    };
  }
}
for (const [ending, register, bytes] of [
  ['', x, 8],
  ['D', vector('d'), 8],
  ['Q', vector('q'), 16],
] as const) {
  for (const direction of ['ldp', 'stp']) {
    cases[`${direction}${ending}`] = draw => {
      const [at, text] = drawPairAddress(draw, bytes);
      const t = (at.base + 1 + draw.below(30)) % 32;
      const u = (t + 1) % 32 === at.base ? (t + 2) % 32 : (t + 1) % 32;
      return { operands: [t, u, at], text: `${direction} ${register(t)}, ${register(u)}, ${text}` };
    };
  }
}
cases.prfm = draw => {
  const purpose = draw.of('load', 'store');
  const [at, text] = drawAddress(draw, 8, false);
  return {
    operands: [purpose, at],
    text: `prfm ${purpose === 'load' ? 'pldl1keep' : 'pstl1keep'}, ${text}`,
  };
};

export const ARM64_GENERAL_CASES: Readonly<Record<string, DrawCase>> = cases;
