/**
 * The instruction sets that kernels are generated for, as tests run them: on this processor if it has the set, else on one
 * that is emulated.
 */
import { expect, it } from 'vitest';
import type { Kernels } from '../../../src/kernels/kernels.js';
import {
  INSTRUCTION_SETS,
  type InstructionSet,
  instructionSetsHere,
} from '../../../src/kernels/native/instruction-set.js';
import { nativeKernels } from '../../../src/kernels/native/native.js';
import type { CodeRunner } from '../../../src/kernels/native/runner.js';
import { emulate } from './emulated/emulators.js';

export interface Width {
  /** `AVX2`, or `AVX-512, emulated`. */
  name: string;
  /** As nativeKernels of this set. */
  kernels(wasm: Kernels, memory: WebAssembly.Memory, scratch: number): Kernels;
}

/** Those that can run, the widest first; with LOCKSTEP_EMULATORS=off, those that this processor has. */
export const WIDTHS: readonly Width[] = INSTRUCTION_SETS.flatMap(set => {
  if (process.env.LOCKSTEP_EMULATORS === 'off' && !has(set)) return [];
  try {
    const runner = runnerOf(set);
    const name = runner ? `${set}, emulated` : set;
    const kernels: Width['kernels'] = (wasm, memory, scratch) =>
      nativeKernels(set, wasm, memory, scratch, runner);
    it(`runs ${name}`, () => undefined);
    return [{ name, kernels }];
  } catch (error) {
    const { message } = error as Error;
    // Reported as skipped, with the reason; an environment that must have machine code says so.
    it.skipIf(!process.env.LOCKSTEP_REQUIRE_NATIVE)(
      `runs ${set}: ${message.slice(0, 200).replaceAll('\n', ' ')}`,
      () => {
        expect(message).toBe('');
      },
    );
    return [];
  }
});

/** undefined if this processor has the set. @throws Error if nothing can run it */
function runnerOf(set: InstructionSet): CodeRunner | undefined {
  return has(set) ? undefined : emulate(set);
}

function has(set: InstructionSet): boolean {
  try {
    return instructionSetsHere().includes(set);
  } catch {
    return false;
  }
}
