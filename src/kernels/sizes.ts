/** What the kernels need of the arena for themselves; the memory plan asks here. Pure numbers. */
import type { BackendName } from './kernels.js';
import { NATIVE_SCRATCH_BYTES } from './native/thread-code.js';

/**
 * Rows of an edge tile × its columns, and the packed blocks MC × KC and KC × NC: see assembly/multiply.ts; 16 tiles more,
 * and a word for each shard of a micro-batch: see assembly/shards.ts.
 */
const WASM_SCRATCH_FLOATS = 17 * 4 * 8 + 128 * 256 + 256 * 512 + 512;

/** Bytes of scratch that one thread's kernels need. */
export function scratchBytes(backend: BackendName): number {
  if (backend === 'reference') return 0;
  return WASM_SCRATCH_FLOATS * 4 + (backend === 'native' ? NATIVE_SCRATCH_BYTES : 0);
}
