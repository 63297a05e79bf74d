/**
 * The native backend: all that a step usually runs as machine code, which is generated for the shapes of a network when they
 * are first needed, and kept by the thread. WebAssembly has the rest: gathers of categories, and sums in double precision.
 */
import type { Kernels, Waiting } from '../kernels.js';
import { nativeDraws } from './draw-calls.js';
import { nativeElements } from './element-calls.js';
import type { InstructionSet } from './instruction-set.js';
import { nativeLosses } from './loss-calls.js';
import { nativeProduct } from './product-calls.js';
import { nativeRules } from './rule-calls.js';
import type { CodeRunner } from './runner.js';
import { nativeSoftmax } from './softmax-calls.js';
import { ThreadCode } from './thread-code.js';

/**
 * One thread's native kernels: those that there is machine code for, the others WebAssembly's.
 * @param runner the thread's own if it is left out
 */
export function nativeKernels(
  instructionSet: InstructionSet,
  wasm: Kernels,
  memory: WebAssembly.Memory,
  scratch: number,
  runner?: CodeRunner,
): Kernels {
  const code = new ThreadCode(instructionSet, memory, scratch, runner);
  const elements = inTurn(wasm.elements, code);
  return {
    backend: 'native',
    description: describeNative(instructionSet),
    product: nativeProduct(code),
    elements: {
      ...elements,
      ...nativeElements(code, elements),
      ...nativeDraws(code),
      ...nativeLosses(code),
      ...nativeSoftmax(code),
    },
    rules: { ...inTurn(wasm.rules, code), ...nativeRules(code) },
    waiting: code,
  };
}

/** The same functions, each run after the calls that wait. */
function inTurn<Functions extends object>(functions: Functions, waiting: Waiting): Functions {
  const after =
    (run: (...values: unknown[]) => unknown) =>
    (...values: unknown[]) => {
      waiting.flush();
      return run(...values);
    };
  return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, after(run)])) as Functions;
}

export const describeNative = (instructionSet: InstructionSet) => `native (${instructionSet})`;
