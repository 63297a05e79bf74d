/**
 * The WebAssembly backend: the AssemblyScript kernels of ./assembly, on the shared arena in place.
 * The module is compiled once, on the coordinator's side, and handed to the threads; each thread makes its
 * own instance over the same memory, with its own scratch for packing. Owns neither.
 */
import { readFileSync } from 'node:fs';
import { signedThresholdOf } from './draws.js';
import type { Elements, Kernels } from './kernels.js';
import { ruleCalls, type SliceCalls } from './rules/calls.js';
import type { RuleKernels } from './rules/list.js';

/** A compiled build of the kernels; it can be posted to a thread. */
export interface WasmBuild {
  module: WebAssembly.Module;
  description: string;
}

/** A kernel of the module. A boolean argument arrives as 0 or 1. */
type Export = (...numbers: (number | boolean)[]) => number;

/** Compiles the relaxed build where the engine has relaxed SIMD, else the plain one. */
export function compileWasm(variant: 'best' | 'plain' | 'relaxed' = 'best'): WasmBuild {
  const read = (name: string) => readFileSync(new URL(`./${name}.wasm`, import.meta.url));
  const relaxed = variant === 'plain' ? null : read('relaxed');
  if (relaxed && (variant === 'relaxed' || WebAssembly.validate(relaxed))) {
    return { module: new WebAssembly.Module(relaxed), description: 'wasm (relaxed SIMD)' };
  }
  return { module: new WebAssembly.Module(read('plain')), description: 'wasm (SIMD)' };
}

/** The module's kernels over an arena, by the names in assembly/index.ts. */
export function instantiate({ module }: WasmBuild, memory: WebAssembly.Memory): Record<string, Export> {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  // A copy: properties of the module's own object are slow to look up.
  return { ...(exports as Record<string, Export>) };
}

/**
 * The WebAssembly kernels over an arena: the module's exports as they are, but for those that take a scratch or a
 * threshold.
 *
 * @param scratch offset of scratchBytes('wasm') bytes of this thread's own, 64-byte aligned
 */
export function wasmKernels(build: WasmBuild, memory: WebAssembly.Memory, scratch: number): Kernels {
  const exports = instantiate(build, memory);
  const multiply = exports.multiply!;
  const multiplyByShards = exports.multiplyByShards!;
  const drop = exports.drop!;
  const softmaxCrossEntropy = exports.softmaxCrossEntropy!;
  return {
    backend: 'wasm',
    description: build.description,
    product: {
      prepare({ m, n, k, lda, ldb, ldc, transposeA, transposeB }) {
        return (c, a, b, size, accumulate) => {
          const rows = m ?? size;
          multiply(c, a, b, rows, n, k ?? size, lda, ldb, ldc, transposeA, transposeB, accumulate, scratch);
        };
      },
      prepareByShards({ m, n, lda, ldb, ldc }) {
        return (c, a, b, batch, shards, shard, leaves) => {
          multiplyByShards(c, a, b, m, n, lda, ldb, ldc, batch, shards, shard, leaves, scratch);
        };
      },
    },
    elements: {
      ...(exports as unknown as Elements),
      drop(to, from, rows, columns, stride, key, row, column, rate) {
        drop(to, from, rows, columns, stride, key, row, column, signedThresholdOf(rate), 1 / (1 - rate));
      },
      softmaxCrossEntropy(delta, bias, y, metrics, rows, classes, weights, counts, smoothing) {
        softmaxCrossEntropy(delta, bias, y, metrics, rows, classes, weights, counts, smoothing, scratch);
      },
    },
    rules: {
      ...(exports as unknown as RuleKernels),
      ...ruleCalls(exports as unknown as SliceCalls),
    },
    waiting: null,
  };
}
