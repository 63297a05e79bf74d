/**
 * The system's BLAS, through koffi: the one door to both. It is handed addresses inside the arena, so nothing
 * is copied; each thread calls it by itself, and it is told to start no threads of its own. koffi is
 * optional: without it, or without a BLAS, there is a reason instead.
 */
import { createRequire } from 'node:module';
import { type WasmBuild, WasmKernels } from './wasm.js';

/** CBLAS's own numbers. */
const ROW_MAJOR = 101;
const NO_TRANSPOSE = 111;
const TRANSPOSE = 112;

/** Where the usual systems keep a BLAS, the fastest first. */
const USUAL_NAMES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: [
    'libopenblas.so.0',
    'libopenblas.so',
    'libmkl_rt.so.2',
    'libmkl_rt.so',
    'libblis.so.4',
    'libblis.so',
  ],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll'],
};

/** How each library is told to use one thread, and asked what it is. */
const ONE_THREAD = ['openblas_set_num_threads', 'bli_thread_set_num_threads', 'MKL_Set_Num_Threads'];

/** C ← A B + beta C in row-major order; tensors by their addresses. */
export type Sgemm = (
  transposeA: boolean,
  transposeB: boolean,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  beta: number,
  c: number,
  ldc: number,
) => void;

/** A BLAS that was found. */
export interface Blas {
  path: string;
  /** `OpenBLAS 0.3.21 … Cooperlake`, or the path where the library does not say. */
  description: string;
  sgemm: Sgemm;
  /** The address of the arena's first byte. */
  addressOf(memory: WebAssembly.Memory): number;
}

/** Loads the BLAS at that path, or the first of the usual names. @throws Error that says why there is none */
export function loadBlas(path: string | null = null): Blas {
  const koffi = loadKoffi();
  const reasons: string[] = [];
  for (const candidate of path ? [path] : (USUAL_NAMES[process.platform] ?? [])) {
    try {
      return open(koffi, candidate);
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new Error(reasons.join('; ') || `no usual names for a BLAS on ${process.platform}`);
}

type Koffi = typeof import('koffi');
type Library = ReturnType<Koffi['load']>;

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    throw new Error('the optional package koffi is not installed');
  }
}

function open(koffi: Koffi, path: string): Blas {
  const library = koffi.load(path);
  // Addresses as integers: they are computed, an offset in the arena each, and passed as they are.
  const call = library.func(
    'void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, uintptr_t a, int lda, ' +
      'uintptr_t b, int ldb, float beta, uintptr_t c, int ldc)',
  );
  for (const name of ONE_THREAD) optional(library, `void ${name}(int threads)`)?.(1);
  const sgemm: Sgemm = (transposeA, transposeB, m, n, k, a, lda, b, ldb, beta, c, ldc) => {
    const ta = transposeA ? TRANSPOSE : NO_TRANSPOSE;
    const tb = transposeB ? TRANSPOSE : NO_TRANSPOSE;
    call(ROW_MAJOR, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
  };
  const config = optional(library, 'const char *openblas_get_config()')?.() as string | undefined;
  return {
    path,
    description: config?.trim() ?? path,
    sgemm,
    addressOf: memory => Number(koffi.address(new Uint8Array(memory.buffer))),
  };
}

/** A function of the library, or undefined where it has none of that name. */
function optional(library: Library, definition: string): ((...args: number[]) => unknown) | undefined {
  try {
    return library.func(definition);
  } catch {
    return undefined;
  }
}

/** The wasm kernels with the matrix product taken from BLAS. */
export class BlasKernels extends WasmKernels {
  override readonly backend = 'blas';
  override readonly description: string;
  readonly #sgemm: Sgemm;
  readonly #base: number;

  constructor(blas: Blas, build: WasmBuild, memory: WebAssembly.Memory, scratch: number) {
    super(build, memory, scratch);
    this.description = describeBlas(blas);
    this.#sgemm = blas.sgemm;
    this.#base = blas.addressOf(memory);
  }

  override multiply(
    c: number,
    a: number,
    b: number,
    m: number,
    n: number,
    k: number,
    lda: number,
    ldb: number,
    ldc: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
  ): void {
    // BLAS takes no rows of length 0.
    if (k === 0) super.multiply(c, a, b, m, n, k, lda, ldb, ldc, transposeA, transposeB, accumulate);
    if (m === 0 || n === 0 || k === 0) return;
    const beta = accumulate ? 1 : 0;
    const base = this.#base;
    this.#sgemm(transposeA, transposeB, m, n, k, base + a, lda, base + b, ldb, beta, base + c, ldc);
  }
}

/** What runs, for reports. */
export function describeBlas(blas: Blas): string {
  return `blas (${blas.description})`;
}
