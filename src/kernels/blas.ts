/**
 * The system's BLAS: the one door to it. It is handed addresses inside the arena, so nothing is copied; each thread
 * calls it by itself, and it is told to start no threads of its own. Without one there is a reason instead.
 */
import { isMainThread } from 'node:worker_threads';
import { addressOf, type Koffi, type Library, loadKoffi } from '../native.js';
import type { Product } from './kernels.js';
import { betterCore, processorAbilities } from './processor.js';

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

/** How to get one. */
const INSTALL: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'apt-get install libopenblas0-pthread (Debian, Ubuntu) or dnf install openblas (Fedora)',
  darwin: 'brew install openblas',
  win32: 'putting libopenblas.dll on the PATH',
};

/** How each library is told to use one thread. */
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
  /** `OpenBLAS 0.3.21 … Cooperlake`, `BLIS 0.9.0 zen3`, or the path where the library does not say. */
  description: string;
  /** Why it is slower than this machine could be, and what to do about it; null where nothing is known. */
  notice: string | null;
  sgemm: Sgemm;
  /** The address of the arena's first byte. */
  addressOf(memory: WebAssembly.Memory): number;
}

/** Why there is no BLAS. */
export class NoBlas extends Error {
  override readonly name = 'NoBlas';
  /** What to do about it, as it reads after `Try`. */
  readonly advice: string;

  constructor(reason: string, advice: string) {
    super(reason);
    this.advice = advice;
  }
}

/** Loads the BLAS of that path or name, or the first of the usual names. @throws NoBlas */
export function loadBlas(path: string | null = null): Blas {
  const koffi = koffiForBlas();
  const advice = INSTALL[process.platform] ?? 'one by its path';
  if (path !== null) return open(koffi, path, advice);
  const names = USUAL_NAMES[process.platform] ?? [];
  for (const name of names) {
    try {
      return open(koffi, name, advice);
    } catch (error) {
      if (!(error instanceof NoBlas)) throw error;
    }
  }
  throw new NoBlas(names.length > 0 ? `none of ${names.join(', ')} loads` : 'no usual names for one', advice);
}

function koffiForBlas(): Koffi {
  try {
    return loadKoffi();
  } catch (error) {
    throw new NoBlas((error as Error).message, 'npm install koffi');
  }
}

/** Opens the library and binds what is called of it. @throws NoBlas */
function open(koffi: Koffi, path: string, advice: string): Blas {
  let library: Library;
  let notice: string | null;
  let call: (...args: number[]) => void;
  try {
    ({ library, notice } = loadForProcessor(koffi, path));
    // Addresses as integers: they are computed, an offset in the arena each, and passed as they are.
    const found = optional(
      library,
      'void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, uintptr_t a, int lda, ' +
        'uintptr_t b, int ldb, float beta, uintptr_t c, int ldc)',
    );
    if (!found) throw new Error('a library without cblas_sgemm');
    call = found;
  } catch (error) {
    throw new NoBlas((error as Error).message, advice);
  }
  if (hasWideIntegers(library)) throw new NoBlas('one whose integers have 64 bits, not 32', advice);
  for (const name of ONE_THREAD) optional(library, `void ${name}(int threads)`)?.(1);
  const sgemm: Sgemm = (transposeA, transposeB, m, n, k, a, lda, b, ldb, beta, c, ldc) => {
    const ta = transposeA ? TRANSPOSE : NO_TRANSPOSE;
    const tb = transposeB ? TRANSPOSE : NO_TRANSPOSE;
    call(ROW_MAJOR, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
  };
  return {
    path,
    description: nameOf(library) ?? path,
    notice,
    sgemm,
    addressOf: memory => addressOf(koffi, memory),
  };
}

/**
 * What the thread has opened, by its path: a library that nobody holds is closed, and opened again it would choose its
 * kernels again.
 */
const held = new Map<string, Library>();

/** What tells OpenBLAS, once, as it is loaded, which kernels to take. */
const CORE_VARIABLE = 'OPENBLAS_CORETYPE';

/**
 * Loads a library; an OpenBLAS that has not recognised the processor is loaded once more, told what to take. What the
 * environment says is left as it is.
 */
function loadForProcessor(koffi: Koffi, path: string): { library: Library; notice: string | null } {
  let library = koffi.load(path);
  const better = process.env[CORE_VARIABLE] === undefined ? betterCoreOf(library) : null;
  // Only the main thread's process.env is the one that libraries read; the others find what it has loaded.
  if (better !== null && isMainThread) {
    held.delete(path);
    library.unload();
    process.env[CORE_VARIABLE] = better;
    try {
      library = koffi.load(path);
    } finally {
      delete process.env[CORE_VARIABLE];
    }
  }
  held.set(path, library);
  return { library, notice: better !== null && betterCoreOf(library) !== null ? unrecognised(better) : null };
}

/** Of an OpenBLAS that has kernels for several processors, and has chosen others. */
function betterCoreOf(library: Library): string | null {
  if (!nameOf(library)?.includes('DYNAMIC_ARCH')) return null;
  const core = optional(library, 'const char *openblas_get_corename()')?.() as string | undefined;
  return core === undefined ? null : betterCore(core, processorAbilities);
}

const unrecognised = (better: string) =>
  `OpenBLAS does not know this processor, and multiplies several times slower than it could. Faster: \
${CORE_VARIABLE}=${better} in the environment, or a newer OpenBLAS`;

/** What the library says it is; null where it does not. */
function nameOf(library: Library): string | null {
  const openBlas = optional(library, 'const char *openblas_get_config()')?.() as string | undefined;
  if (openBlas) return openBlas.trim();
  const version = optional(library, 'const char *bli_info_get_version_str()')?.();
  const family = optional(library, 'int bli_arch_query_id()')?.() as number | undefined;
  if (!version || family === undefined) return null;
  return `BLIS ${version} ${optional(library, 'const char *bli_arch_string(int id)')?.(family)}`;
}

/** Sizes are passed as 32-bit numbers: a build for 64 would read beyond them. */
function hasWideIntegers(library: Library): boolean {
  if (nameOf(library)?.includes('USE64BITINT')) return true;
  return optional(library, 'int64_t bli_info_get_blas_int_type_size()')?.() === 64;
}

/** What precedes the names of functions, if anything: in the builds that SciPy ships (scipy-openblas32). */
const PREFIXES = ['', 'scipy_'];

/** A function of the library; undefined if it has none of that name. */
function optional(library: Library, definition: string): ((...args: number[]) => unknown) | undefined {
  for (const prefix of PREFIXES) {
    try {
      return library.func(definition.replace(/\w+\(/, name => prefix + name));
    } catch {
      // The next, if there is one.
    }
  }
  return undefined;
}

/**
 * The product by BLAS, over an arena.
 *
 * @param other for what BLAS does not take: rows of length 0
 */
export function blasProduct({ sgemm, addressOf }: Blas, memory: WebAssembly.Memory, other: Product): Product {
  const base = addressOf(memory);
  return {
    prepare(shape) {
      const { m, n, k, lda, ldb, ldc, transposeA, transposeB } = shape;
      const otherwise = other.prepare(shape);
      const step = transposeA ? 4 : lda * 4;
      return (c, a, b, size, accumulate) => {
        const rows = m ?? size;
        const depth = k ?? size;
        if (depth === 0) otherwise(c, a, b, size, accumulate);
        if (rows === 0 || n === 0 || depth === 0) return;
        const beta = accumulate ? 1 : 0;
        const most = rowsAtOnce(rows, n, depth);
        for (let i = 0; i < rows; i += most) {
          const height = Math.min(most, rows - i);
          const from = base + a + i * step;
          const to = base + c + i * ldc * 4;
          sgemm(transposeA, transposeB, height, n, depth, from, lda, base + b, ldb, beta, to, ldc);
        }
      };
    },
  };
}

/**
 * OpenBLAS takes a product of up to so many multiplications in one go, without packing, at full speed; larger ones
 * with few columns cost a third more (at 784 × 30: 101 GFLOP/s with 32 rows at once, 67 with 64).
 */
const SMALL_PRODUCT = 1e6;
const LEAST_SMALL_ROWS = 32;
const MOST_SMALL_COLUMNS = 128;

/** Rows of C that are computed by one call. */
function rowsAtOnce(m: number, n: number, k: number): number {
  const rows = Math.floor(SMALL_PRODUCT / (n * k) / 16) * 16;
  return n <= MOST_SMALL_COLUMNS && rows >= LEAST_SMALL_ROWS ? rows : m;
}

/** What runs, for reports. */
export function describeBlas(blas: Blas): string {
  return `blas (${blas.description})`;
}
