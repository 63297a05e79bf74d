/**
 * Random operands for each method of X64 on general registers, and the same instruction in Intel's syntax. Nothing here knows
 * an encoding.
 */
import type { CONDITIONS } from '../../../src/kernels/native/x64/general.js';
import type { Draw, DrawCase } from './draw.js';
import { address, LONG, memory, WORD } from './x64-text.js';

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
cases.kandw = draw => {
  const [mask, a, b] = [draw.below(8), draw.below(8), draw.below(8)];
  return { operands: [mask, a, b], text: `kandw k${mask}, k${a}, k${b}` };
};
cases.kmovw = draw => {
  const [mask, s] = [draw.below(8), general(draw)];
  return { operands: [mask, s], text: `kmovw k${mask}, ${WORD[s]}` };
};

export const X64_GENERAL_CASES: Readonly<Record<string, DrawCase>> = cases;

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
