/**
 * The one place where a backend is chosen: on the coordinator's side, once a run. What it gives can be
 * posted to a thread, which makes its own kernels of it.
 */
import type { BackendName, Kernels } from './kernels.js';
import { ReferenceKernels } from './reference.js';
import { compileWasm, type WasmBuild, WasmKernels } from './wasm.js';

/** A backend that was chosen and found to be there. */
export type Backend =
  | { name: 'wasm'; description: string; build: WasmBuild }
  | { name: 'reference'; description: string };

/** The backend of that name; `auto` is the fastest that is there. */
export function chooseBackend(name: 'auto' | BackendName): Backend {
  if (name === 'reference') return { name, description: 'reference (plain loops)' };
  const build = compileWasm();
  return { name: 'wasm', description: build.description, build };
}

/** This thread's kernels over the arena. scratch: offset of scratchBytes(backend.name) bytes of its own. */
export function createKernels(backend: Backend, memory: WebAssembly.Memory, scratch: number): Kernels {
  return backend.name === 'wasm'
    ? new WasmKernels(backend.build, memory, scratch)
    : new ReferenceKernels(memory);
}
