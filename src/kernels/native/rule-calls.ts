/** The rules of the contract as calls of machine code. */
import { SLICE_KERNELS, type SliceKernelName } from '../formulas/rules.js';
import type { SliceCall } from '../formulas/slices.js';
import { ruleCalls, type SliceCalls, type SliceRules } from '../rules/calls.js';
import { rememberCode } from './remember.js';
import { SLICE_WORDS, sliceCode, vectorsOfTurn } from './slices.js';
import type { ThreadCode } from './thread-code.js';

export function nativeRules(code: ThreadCode): SliceRules {
  const names = Object.keys(SLICE_KERNELS) as SliceKernelName[];
  return ruleCalls(Object.fromEntries(names.map(name => [name, sliceCall(code, name)])) as SliceCalls);
}

function sliceCall(code: ThreadCode, name: SliceKernelName): SliceCall {
  const kernel = SLICE_KERNELS[name];
  const { lanes } = code.machine();
  // Found when it is first called: most trainings call two or three of all kernels.
  let turn = 0;
  const slices = kernel.slices.length;
  const hasSlabs = kernel.summed !== null;
  const length = slices + (hasSlabs ? 2 : 0);
  const words = new Uint32Array(slices + SLICE_WORDS.factors + kernel.factors.length);
  const factors = new Float32Array(words.buffer, (slices + SLICE_WORDS.factors) * 4);
  const addressOf = rememberCode((slabs, rest) => {
    const shape = rest === 0 ? 'whole vectors' : `vectors and ${rest} floats`;
    const way = slabs > 1 ? `sums ${slabs} slabs` : '';
    return code.place({ kernel: name, shape, way }, machine => sliceCode(machine, kernel, { rest, slabs }));
  });
  words[slices + SLICE_WORDS.scratch] = code.scratch;
  return (...numbers) => {
    const count = numbers[length]!;
    if (count === 0) return;
    const rest = count % lanes;
    const whole = (count - rest) / lanes;
    if (turn === 0) turn = vectorsOfTurn(kernel);
    const turns = turn === 1 ? 0 : Math.floor(whole / turn);
    for (let i = 0; i < slices; i++) words[i] = numbers[i]!;
    if (hasSlabs) words[slices + SLICE_WORDS.stride] = numbers[slices]!;
    words[slices + SLICE_WORDS.turns] = turns;
    words[slices + SLICE_WORDS.vectors] = whole - turns * turn;
    for (let i = 0; i < factors.length; i++) factors[i] = numbers[length + 1 + i]!;
    code.callWith(addressOf(hasSlabs ? numbers[slices + 1]! : 1, rest), words);
  };
}
