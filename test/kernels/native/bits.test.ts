/** Every kernel of the native backend has the bits that `lockstep selfcheck` compares with, in each width. */
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/kernels/choose.js';
import { NATIVE_SCRATCH_BYTES } from '../../../src/kernels/native/thread-code.js';
import { compileWasm, wasmKernels } from '../../../src/kernels/wasm.js';
import { HASHES } from '../../../src/lab/selfcheck/hashes.js';
import { KERNEL_CHECKS } from '../../../src/lab/selfcheck/kernel-checks.js';
import { hashWritten, Sheet } from '../../../src/lab/selfcheck/sheet.js';
import { WIDTHS } from './widths.js';

const build = compileWasm();
const backend: Backend = { name: 'native', instructionSet: 'AVX2', build, description: '', notice: null };

describe.each(WIDTHS.map(({ name, kernels }) => [name, kernels] as const))('%s', (_, kernels) => {
  const sheet = new Sheet(backend, (_, memory, scratch) => {
    return kernels(wasmKernels(build, memory, scratch + NATIVE_SCRATCH_BYTES), memory, scratch);
  });

  it.each(Object.entries(KERNEL_CHECKS))('%s', (name, check) => {
    expect(hashWritten(sheet.run(check))).toBe(HASHES.fused.kernels[name]);
  });
});
