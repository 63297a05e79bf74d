/**
 * The native backend: products, activations, gathers and sums of columns as machine code, which is generated for the shapes
 * of a network when they are first needed, and kept by the thread. The rules and the other elements are WebAssembly's.
 */
import type { Kernels } from '../kernels.js';
import { nativeElements } from './element-calls.js';
import type { InstructionSet } from './instruction-set.js';
import { nativeProduct } from './product-calls.js';
import { ThreadCode } from './thread-code.js';

/** One thread's native kernels: those that there is machine code for, the others WebAssembly's. */
export function nativeKernels(
  instructionSet: InstructionSet,
  wasm: Kernels,
  memory: WebAssembly.Memory,
  scratch: number,
): Kernels {
  const code = new ThreadCode(instructionSet, memory, scratch);
  return {
    ...wasm,
    backend: 'native',
    description: describeNative(instructionSet),
    product: nativeProduct(code),
    elements: { ...wasm.elements, ...nativeElements(code, wasm.elements) },
  };
}

export const describeNative = (instructionSet: InstructionSet) => `native (${instructionSet})`;
