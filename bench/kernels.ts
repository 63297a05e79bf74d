/**
 * Checks, then times, the matrix product, the activations and the losses.
 *
 * The rates of the micro-kernel, of the whole product and of the system's BLAS are measured in one run on one
 * core, so that their ratios are valid on a noisy machine. A product of m × n × k takes 2mnk operations.
 */
import { numberOf } from '../src/kernels/activations.js';
import { type Blas, loadBlas } from '../src/kernels/blas.js';
import type { Kernels } from '../src/kernels/kernels.js';
import { referenceKernels } from '../src/kernels/reference/reference.js';
import { scratchBytes } from '../src/kernels/sizes.js';
import { compileWasm, instantiate, wasmKernels } from '../src/kernels/wasm.js';
import { Random } from '../src/random.js';
import { medianSeconds } from './median.js';

const MEBIBYTE = 1 << 20;
const A = 1 * MEBIBYTE;
const B = 8 * MEBIBYTE;
const C = 16 * MEBIBYTE;
const EXPECTED = 24 * MEBIBYTE;
const SCRATCH = 32 * MEBIBYTE;
const PAGES = (SCRATCH + scratchBytes('wasm')) / 65_536 + 1;
const TILE_DEPTH = 256;

const SHAPES: [m: number, n: number, k: number][] = [
  [512, 512, 784],
  [1024, 1024, 1024],
  [256, 128, 784],
  [512, 30, 784],
  [512, 10, 128],
  [32, 64, 32],
];

const memory = new WebAssembly.Memory({ initial: Math.ceil(PAGES), maximum: Math.ceil(PAGES), shared: true });
const floats = new Float32Array(memory.buffer);
const build = compileWasm();
const kernels = wasmKernels(build, memory, SCRATCH);
const reference = referenceKernels(memory);

/** Operations per second, from the median time of a call with the given number of operations. */
async function rate(operations: number, call: () => void): Promise<number> {
  // Enough calls per sample to make the clock's resolution irrelevant.
  const repeats = Math.max(1, Math.round(2e7 / operations));
  const seconds = await medianSeconds(() => {
    for (let i = 0; i < repeats; i++) call();
  });
  return (operations * repeats) / seconds;
}

/** A (any, k) times B (k, n), without gaps. */
const shapeOf = (n: number, k: number) => {
  return { m: null, n, k, lda: k, ldb: n, ldc: n, transposeA: false, transposeB: false };
};

/** @throws Error if the product in C differs from plain loops by more than rounding */
function check(m: number, n: number, k: number, what: string): void {
  reference.product.prepare(shapeOf(n, k))(EXPECTED, A, B, m, false);
  for (let i = 0; i < m * n; i++) {
    const difference = Math.abs(floats[C / 4 + i]! - floats[EXPECTED / 4 + i]!);
    if (!(difference <= 1e-5 * Math.sqrt(k))) throw new Error(`${what}: wrong at ${i} by ${difference}`);
  }
}

const giga = (value: number) => (value / 1e9).toFixed(1).padStart(7);

async function benchMultiply(): Promise<void> {
  const blas = findBlas();
  // C (4, 8) ← A (depth, 4)ᵀ B (depth, 8), packed panels.
  const micro = instantiate(build, memory).tile!;
  const tile = await rate(2 * 4 * 8 * TILE_DEPTH, () => micro(C, 32, A, B, TILE_DEPTH, 0));
  console.log(`micro-kernel, 4 × 8 × ${TILE_DEPTH}: ${giga(tile)} GFLOP/s`);
  console.log(typeof blas === 'string' ? `BLAS: skipped, ${blas}` : `BLAS: ${blas.description}`);
  console.log('m × n × k'.padEnd(20), 'GFLOP/s  of micro-kernel     BLAS  of BLAS');
  for (const [m, n, k] of SHAPES) {
    const product = kernels.product.prepare(shapeOf(n, k));
    const multiply = () => product(C, A, B, m, false);
    multiply();
    check(m, n, k, `wasm ${m} × ${n} × ${k}`);
    const wasm = await rate(2 * m * n * k, multiply);
    let beside = '      –       –';
    if (typeof blas !== 'string') {
      const base = blas.addressOf(memory);
      const sgemm = () => blas.sgemm(false, false, m, n, k, base + A, k, base + B, n, 0, base + C, n);
      floats.fill(Number.NaN, C / 4, C / 4 + m * n);
      sgemm();
      check(m, n, k, `BLAS ${m} × ${n} × ${k}`);
      const other = await rate(2 * m * n * k, sgemm);
      beside = `${giga(other)} ${(wasm / other).toFixed(2).padStart(7)}`;
    }
    const name = `${m} × ${n} × ${k}`.padEnd(20);
    console.log(name, giga(wasm), (wasm / tile).toFixed(2).padStart(15), beside);
  }
}

async function benchActivations(): Promise<void> {
  const length = 65_536;
  console.log('nanoseconds per value over 64 Ki values: wasm, and a loop with Math.*');
  for (const [name, exact] of [
    ['tanh', Math.tanh],
    ['sigmoid', (a: number) => 1 / (1 + Math.exp(-a))],
    ['relu', (a: number) => Math.max(a, 0)],
    ['elu', (a: number) => (a > 0 ? a : Math.expm1(a))],
    ['gelu', (a: number) => 0.5 * a * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3)))],
    ['silu', (a: number) => a / (1 + Math.exp(-a))],
    ['softplus', (a: number) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))],
  ] as const) {
    const z = floats.subarray(A / 4, A / 4 + length);
    const bias = C; // one row of zeros
    floats.fill(0, C / 4, C / 4 + 64);
    const run = () => {
      z.set(floats.subarray(B / 4, B / 4 + length));
      kernels.elements.activate(A, A, bias, length / 64, 64, 64, numberOf(name));
    };
    run();
    z.forEach((value, i) => {
      const expected = exact(floats[B / 4 + i]!);
      if (!(Math.abs(value - expected) < 1e-6)) throw new Error(`${name}: wrong at ${i}`);
    });
    const wasm = 1e9 / (await rate(length, run));
    const plain =
      1e9 /
      (await rate(length, () => {
        for (let i = 0; i < length; i++) z[i] = exact(floats[B / 4 + i]!);
      }));
    console.log(name.padEnd(10), wasm.toFixed(2).padStart(6), plain.toFixed(2).padStart(6));
  }
}

async function benchLosses(): Promise<void> {
  const rows = 512;
  console.log('nanoseconds per row of softmax with cross-entropy: wasm, and plain loops');
  for (const classes of [2, 10, 24, 100]) {
    const delta = floats.subarray(A / 4, A / 4 + rows * classes);
    const labels = new Int32Array(memory.buffer, EXPECTED, rows).map((_, i) => (i * 7) % classes);
    const run = (backend: Kernels) => {
      new Int32Array(memory.buffer, EXPECTED, rows).set(labels);
      delta.set(floats.subarray(B / 4, B / 4 + rows * classes));
      // The bias is taken from the rows of B, the metrics from the end of C.
      backend.elements.softmaxCrossEntropy(A, B, EXPECTED, SCRATCH - 64, rows, classes, 0, 0, 0);
    };
    run(reference);
    const expected = delta.slice();
    run(kernels);
    delta.forEach((value, i) => {
      if (!(Math.abs(value - expected[i]!) < 1e-6)) throw new Error(`${classes} classes: wrong at ${i}`);
    });
    // A row counts as about a hundred operations, which determines the repeats per sample.
    const work = rows * classes * 100;
    const wasm = (1e9 * classes * 100) / (await rate(work, () => run(kernels)));
    const plain = (1e9 * classes * 100) / (await rate(work, () => run(reference)));
    console.log(`${classes} classes`.padEnd(12), wasm.toFixed(1).padStart(6), plain.toFixed(1).padStart(8));
  }
}

const PARTS = { multiply: benchMultiply, activations: benchActivations, losses: benchLosses };

export async function run(part: keyof typeof PARTS): Promise<void> {
  const random = new Random(1, 'probe');
  for (let i = A / 4; i < C / 4; i++) floats[i] = 2 * random.uniform(i) - 1;
  console.log(kernels.description);
  await PARTS[part]();
}

function findBlas(): Blas | string {
  try {
    return loadBlas();
  } catch (error) {
    return (error as Error).message;
  }
}
