/** The rules of the contract as calls of machine code. */
import { SLICE_KERNELS, type SliceKernelName } from '../formulas/rules.js';
import type { SliceCall } from '../formulas/slices.js';
import { ruleCalls, type SliceCalls, type SliceRules } from '../rules/calls.js';
import { SLICE_WORDS, sliceCode, vectorsOfTurn } from './slices.js';
import type { ThreadCode } from './thread-code.js';

export function nativeRules(code: ThreadCode): SliceRules {
  const names = Object.keys(SLICE_KERNELS) as SliceKernelName[];
  return ruleCalls(Object.fromEntries(names.map(name => [name, sliceCall(code, name)])) as SliceCalls);
}

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

function sliceCall(code: ThreadCode, name: SliceKernelName): SliceCall {
  const kernel = SLICE_KERNELS[name];
  const { lanes } = code.machine();
  const turn = vectorsOfTurn(kernel);
  const slices = kernel.slices.length;
  const sizes = slices + (kernel.summed === null ? 0 : 2);
  const factors = slices + SLICE_WORDS.factors;
  const words = factors + kernel.factors.length;
  const values = new Array<number>(words).fill(0);
  const placed = new Map<number, number>();
  const addressOf = (rest: number, slabs: number) => {
    const key = slabs * lanes + rest;
    const address =
      placed.get(key) ??
      code.place(`${name} ${rest} ${slabs}`, machine => sliceCode(machine, kernel, { rest, slabs }));
    placed.set(key, address);
    return address;
  };
  return (...numbers) => {
    const length = numbers[sizes]!;
    if (length === 0) return;
    const slabs = sizes > slices ? numbers[slices + 1]! : 1;
    const rest = length % lanes;
    const whole = (length - rest) / lanes;
    const turns = turn === 1 ? 0 : Math.floor(whole / turn);
    for (let i = 0; i < slices; i++) values[i] = numbers[i]!;
    values[slices + SLICE_WORDS.stride] = sizes > slices ? numbers[slices]! : 0;
    values[slices + SLICE_WORDS.turns] = turns;
    values[slices + SLICE_WORDS.vectors] = whole - turns * turn;
    values[slices + SLICE_WORDS.scratch] = code.scratch;
    for (let i = 0; i < words - factors; i++) {
      float[0] = numbers[sizes + 1 + i]!;
      values[factors + i] = floatBits[0]!;
    }
    code.call(addressOf(rest, slabs), words, ...values);
  };
}
