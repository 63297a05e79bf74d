/**
 * The one place where a backend is chosen: on the coordinator's side, once a run. What it gives can be
 * posted to a thread, which makes its own kernels of it.
 */

import { failure, usageError } from '../errors.js';
import { option } from '../option-names.js';
import { blasProduct, describeBlas, loadBlas, NoBlas } from './blas.js';
import type { BackendName, Kernels } from './kernels.js';
import { REFERENCE_DESCRIPTION, referenceKernels } from './reference/reference.js';
import { compileWasm, type WasmBuild, wasmKernels } from './wasm.js';

/** A backend that was chosen and found to be there. */
export type Backend = {
  description: string;
  /** Why it is not as fast as it could be, and how to get there; null where nothing is known. */
  notice: string | null;
} & (
  | { name: 'blas'; path: string; build: WasmBuild }
  | { name: 'wasm'; build: WasmBuild }
  | { name: 'reference' }
);

/**
 * The backend of that name; `auto`: blas where one loads, else wasm. blasPath: a library to take instead of
 * the usual ones.
 * @throws failed where one was asked for by name, or by path, that can't be had; usage where a path does
 * not go with the backend
 */
export function chooseBackend(name: 'auto' | BackendName, blasPath: string | null): Backend {
  if (blasPath !== null && name !== 'auto' && name !== 'blas') {
    throw usageError(
      `${option('blas')}: expected none with ${option('backend', name)}, got ${blasPath}.`,
      'Leave one of them out.',
    );
  }
  if (name === 'reference') return { name, description: REFERENCE_DESCRIPTION, notice: null };
  const build = compileWasm();
  if (name === 'wasm') return { name, description: build.description, notice: null, build };
  try {
    const blas = loadBlas(blasPath);
    return { name: 'blas', description: describeBlas(blas), notice: blas.notice, path: blas.path, build };
  } catch (error) {
    if (!(error instanceof NoBlas)) throw error;
    const { message, advice } = error;
    if (name === 'blas' || blasPath !== null) {
      const asked = blasPath === null ? option('backend', 'blas') : option('blas', blasPath);
      const other = blasPath === null ? option('backend', 'wasm') : `leave ${option('blas')} out`;
      throw failure(`${asked}: expected a BLAS, got: ${message}.`, `Try ${advice}, or ${other}.`);
    }
    const notice = `no BLAS (${message}): using wasm. Faster: ${advice}`;
    return { name: 'wasm', description: build.description, notice, build };
  }
}

/** This thread's kernels over the arena. scratch: offset of scratchBytes(backend.name) bytes of its own. */
export function createKernels(backend: Backend, memory: WebAssembly.Memory, scratch: number): Kernels {
  if (backend.name === 'reference') return referenceKernels(memory);
  const wasm = wasmKernels(backend.build, memory, scratch);
  if (backend.name === 'wasm') return wasm;
  const { name, description } = backend;
  const product = blasProduct(loadBlas(backend.path), memory, wasm.product);
  return { ...wasm, backend: name, description, product };
}
