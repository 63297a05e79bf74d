/**
 * The one place where a backend is chosen: on the coordinator's side, once a run. What it gives can be
 * posted to a thread, which makes its own kernels of it.
 */
import { failure } from '../errors.js';
import { type Blas, BlasKernels, describeBlas, loadBlas } from './blas.js';
import type { BackendName, Kernels } from './kernels.js';
import { ReferenceKernels } from './reference.js';
import { compileWasm, type WasmBuild, WasmKernels } from './wasm.js';

/** A backend that was chosen and found to be there. */
export type Backend = {
  description: string;
  /** Why a faster one was not taken, and how to get it; null where there is none. */
  fallback: string | null;
} & (
  | { name: 'blas'; path: string; build: WasmBuild }
  | { name: 'wasm'; build: WasmBuild }
  | { name: 'reference' }
);

const INSTALL: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'apt-get install libopenblas0-pthread (Debian, Ubuntu) or dnf install openblas (Fedora)',
  darwin: 'brew install openblas',
  win32: 'put libopenblas.dll on the PATH',
};

/**
 * The backend of that name; `auto`: blas where one loads, else wasm. blasPath: a library to take instead of
 * the usual ones.
 * @throws failed where one was asked for by name, or by path, that can't be had
 */
export function chooseBackend(name: 'auto' | BackendName, blasPath: string | null = null): Backend {
  if (name === 'reference') return { name, description: 'reference (plain loops)', fallback: null };
  const build = compileWasm();
  if (name === 'wasm') return { name, description: build.description, fallback: null, build };
  let blas: Blas;
  try {
    blas = loadBlas(blasPath);
  } catch (error) {
    const reason = (error as Error).message;
    const advice = INSTALL[process.platform] ?? 'install OpenBLAS';
    if (name === 'blas' || blasPath !== null) {
      throw failure(
        `--backend blas: expected a BLAS that loads, got: ${reason}.`,
        `Try ${advice}, or --backend wasm.`,
      );
    }
    const fallback = `no BLAS (${reason}): using wasm. Faster: ${advice}`;
    return { name: 'wasm', description: build.description, fallback, build };
  }
  return { name: 'blas', description: describeBlas(blas), fallback: null, path: blas.path, build };
}

/** This thread's kernels over the arena. scratch: offset of scratchBytes(backend.name) bytes of its own. */
export function createKernels(backend: Backend, memory: WebAssembly.Memory, scratch: number): Kernels {
  if (backend.name === 'reference') return new ReferenceKernels(memory);
  if (backend.name === 'wasm') return new WasmKernels(backend.build, memory, scratch);
  return new BlasKernels(loadBlas(backend.path), backend.build, memory, scratch);
}
