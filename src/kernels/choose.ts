/**
 * The one place where a backend is chosen: on the coordinator's side, once a run. What it gives can be
 * posted to a thread, which makes its own kernels of it.
 */

import { failure, usageError } from '../errors.js';
import { option } from '../option-names.js';
import { blasProduct, describeBlas, loadBlas, NoBlas } from './blas.js';
import { isFused } from './fused.js';
import type { BackendName, Kernels } from './kernels.js';
import { NoNativeCode } from './native/executable.js';
import { findInstructionSet, type InstructionSet } from './native/instruction-set.js';
import { describeNative, nativeKernels } from './native/native.js';
import { NATIVE_SCRATCH_BYTES } from './native/thread-code.js';
import { REFERENCE_DESCRIPTION, referenceKernels } from './reference/reference.js';
import { compileWasm, type WasmBuild, wasmKernels } from './wasm.js';

/** A backend that was chosen and found to be there. */
export type Backend = {
  description: string;
  /** Why it is not as fast as it could be, and how to get there; null where nothing is known. */
  notice: string | null;
} & (
  | { name: 'native'; instructionSet: InstructionSet; build: WasmBuild }
  | { name: 'blas'; path: string; build: WasmBuild }
  | { name: 'wasm'; build: WasmBuild }
  | { name: 'reference' }
);

/**
 * Why auto has not taken native before: all parts of a process have one answer, and so one class of arithmetic, even if the
 * system would give later what it refused once.
 */
let refusal: NoNativeCode | null = null;

/**
 * The backend of that name; `auto`: native if machine code can run here, else wasm, but blas if a library is named.
 * blasPath: a library to take instead of the usual ones.
 * @throws failed if a backend that was asked for by name, or a BLAS by its path, is not available; usage if a path does not
 * go with the backend
 */
export function chooseBackend(name: 'auto' | BackendName, blasPath: string | null): Backend {
  if (blasPath !== null && name !== 'auto' && name !== 'blas') {
    throw usageError(
      `${option('blas')} does not go with ${option('backend', name)}.`,
      'Leave one of them out.',
    );
  }
  if (name === 'reference') return { name, description: REFERENCE_DESCRIPTION, notice: null };
  const build = compileWasm();
  if (name === 'blas' || blasPath !== null) return blasBackend(blasPath, build);
  const wasm = { name: 'wasm', description: build.description, build } as const;
  if (name === 'wasm') return { ...wasm, notice: null };
  try {
    if (name === 'auto' && refusal !== null) throw refusal;
    const instructionSet = findInstructionSet();
    return {
      name: 'native',
      description: describeNative(instructionSet),
      notice: null,
      instructionSet,
      build,
    };
  } catch (error) {
    if (!(error instanceof NoNativeCode)) throw error;
    const { message, advice } = error;
    if (name === 'native') {
      throw failure(
        `${option('backend', name)} can't run here: ${message}.`,
        `Try ${advice === null ? '' : `${advice}, or `}${option('backend', 'wasm')}.`,
      );
    }
    refusal = error;
    const faster = advice === null ? '' : ` Faster: ${advice}`;
    return { ...wasm, notice: `no machine code (${message}): using wasm.${faster}` };
  }
}

function blasBackend(path: string | null, build: WasmBuild): Backend {
  try {
    const blas = loadBlas(path);
    return { name: 'blas', description: describeBlas(blas), notice: blas.notice, path: blas.path, build };
  } catch (error) {
    if (!(error instanceof NoBlas)) throw error;
    const asked = path === null ? option('backend', 'blas') : option('blas', path);
    const other = path === null ? option('backend', 'auto') : `leave ${option('blas')} out`;
    throw failure(`${asked}: expected a BLAS, got: ${error.message}.`, `Try ${error.advice}, or ${other}.`);
  }
}

/**
 * This thread's kernels over the arena; in place of native's wasm's, if the thread is refused memory for code and the bits are
 * the same.
 * @param scratch offset of scratchBytes(backend.name) bytes for it alone
 * @param say gets why they are others
 * @throws NoNativeCode if it is refused memory for code
 */
export function createKernels(
  backend: Backend,
  memory: WebAssembly.Memory,
  scratch: number,
  say: (notice: string) => void = notice => process.emitWarning(notice),
): Kernels {
  switch (backend.name) {
    case 'reference':
      return referenceKernels(memory);
    case 'wasm':
      return wasmKernels(backend.build, memory, scratch);
    case 'blas': {
      const wasm = wasmKernels(backend.build, memory, scratch);
      const product = blasProduct(loadBlas(backend.path), memory, wasm.product);
      return { ...wasm, backend: backend.name, description: backend.description, product };
    }
    case 'native': {
      const wasm = wasmKernels(backend.build, memory, scratch + NATIVE_SCRATCH_BYTES);
      try {
        return nativeKernels(backend.instructionSet, wasm, memory, scratch);
      } catch (error) {
        if (!(error instanceof NoNativeCode)) throw error;
        const reason = `this thread can't run machine code: ${error.message}`;
        if (!isFused(wasm.product, memory, scratch)) {
          throw new NoNativeCode(`${reason}; and ${wasm.description} has other bits`);
        }
        say(`${reason}. It uses ${wasm.description}, which has the same bits.`);
        return wasm;
      }
    }
  }
}
