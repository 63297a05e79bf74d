/** What of this machine can be compared: backends of one class of arithmetic, and a second instruction set. */
import { setFlagsFromString } from 'node:v8';
import { arithmeticOf } from '../../../src/kernels/arithmetic.js';
import { chooseBackend } from '../../../src/kernels/choose.js';

/** Node.js 20 has relaxed SIMD, and so fused WebAssembly, behind this flag. */
const RELAXED = '--experimental-wasm-relaxed-simd';

/** Call before anything is compiled. `flags` are those that the same training needs in a process. */
export function machineHere() {
  const flags = process.versions.node.startsWith('20.') ? [RELAXED] : [];
  for (const flag of flags) setFlagsFromString(flag);
  const usual = chooseBackend('auto', null);
  return {
    flags,
    wasm: usual.name !== 'wasm' && arithmeticOf(usual) === arithmeticOf(chooseBackend('wasm', null)),
    avx2: usual.name === 'native' && usual.instructionSet === 'AVX-512',
  };
}
