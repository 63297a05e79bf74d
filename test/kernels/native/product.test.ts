/** Products by machine code have the bits of the contract, computed one number after the other. */
import { describe, expect, it } from 'vitest';
import type { ProductShape } from '../../../src/kernels/kernels.js';
import { referenceKernels } from '../../../src/kernels/reference/reference.js';
import { compileWasm, wasmKernels } from '../../../src/kernels/wasm.js';
import { Random } from '../../../src/random.js';
import { fusedMultiplyAdd, scalarProduct } from '../scalar.js';
import { WIDTHS } from './widths.js';

it('rounds an emulated fused multiply-add once', () => {
  // x² is 1 + 2⁻¹¹ + 2⁻²⁴, half a unit above a float32 number; the third term decides, however small.
  const x = 1 + 2 ** -12;
  expect(fusedMultiplyAdd(x, x, 2 ** -60)).toBe(1 + 2 ** -11 + 2 ** -23);
  expect(fusedMultiplyAdd(x, x, -(2 ** -60))).toBe(1 + 2 ** -11);
  expect(fusedMultiplyAdd(x, x, 0)).toBe(1 + 2 ** -11);
});

const MEMORY = 24 << 20;
const SCRATCH = MEMORY - (2 << 20);
const WASM_SCRATCH = SCRATCH - (1 << 20);

function shapeOf(
  kind: 'forward' | 'gradient' | 'delta',
  [m, n, k]: [number, number, number],
  gap: number,
): ProductShape {
  const transposeA = kind === 'gradient';
  const transposeB = kind === 'delta';
  return {
    m: transposeA ? m : null,
    n,
    k: transposeA ? null : k,
    lda: (transposeA ? m : k) + gap,
    ldb: (transposeB ? k : n) + gap,
    ldc: n + gap,
    transposeA,
    transposeB,
  };
}

const SHAPES: [number, number, number][] = [
  ...[1, 2, 5, 13, 14, 15, 16, 24, 25, 29].flatMap(m =>
    [1, 7, 8, 9, 16, 17, 31, 32, 33, 47].map((n, i): [number, number, number] => [
      m,
      n,
      1 + ((m * n + i) % 40),
    ]),
  ),
  [64, 10, 300],
  [70, 30, 257],
  [33, 64, 512],
  [65, 130, 256],
  [30, 128, 512],
  [28, 160, 1024],
];

describe.each(WIDTHS.map(({ name, kernels }) => [name, kernels] as const))('%s', (_, kernels) => {
  const memory = new WebAssembly.Memory({ initial: MEMORY >> 16, maximum: MEMORY >> 16, shared: true });
  const floats = new Float32Array(memory.buffer);
  const native = kernels(referenceKernels(memory), memory, SCRATCH).product;
  const random = new Random(3, 'probe');
  for (let i = 0; i < WASM_SCRATCH / 4; i++) floats[i] = Math.fround(random.uniform(i) * 4 - 2);
  const [a, b, c, expected] = [4, (4 << 20) + 8, (8 << 20) + 12, (12 << 20) + 12] as const;

  it.each(['forward', 'gradient', 'delta'] as const)('has the bits of the contract: %s', kind => {
    for (const sizes of SHAPES) {
      for (const gap of [0, 3]) {
        const [m, , k] = sizes;
        const shape = shapeOf(kind, sizes, gap);
        const size = kind === 'gradient' ? k : m;
        for (const accumulate of [false, true]) {
          const length = m * shape.ldc;
          floats.copyWithin(expected / 4, c / 4, c / 4 + length);
          scalarProduct(floats, shape, [expected, a, b], size, accumulate);
          native.prepare(shape)(c, a, b, size, accumulate);
          const got = new Uint32Array(memory.buffer, c, length);
          const want = new Uint32Array(memory.buffer, expected, length);
          const wrong = got.findIndex((word, i) => word !== want[i]);
          expect(wrong, `${kind} ${sizes} gap ${gap} accumulate ${accumulate}`).toBe(-1);
        }
      }
    }
  });

  it('gives a row the same bits alone and among others', () => {
    const shape = shapeOf('forward', [61, 30, 300], 0);
    const multiply = native.prepare(shape);
    multiply(c, a, b, 61, false);
    const together = floats.slice(c / 4, c / 4 + 61 * 30);
    for (let row = 0; row < 61; row++) {
      multiply(expected, a + row * shape.lda * 4, b, 1, false);
      const alone = floats.subarray(expected / 4, expected / 4 + 30);
      expect(alone).toEqual(together.subarray(row * 30, row * 30 + 30));
    }
  });

  const build = compileWasm();
  it.skipIf(!build.description.includes('relaxed'))('has the bits of fused WebAssembly', () => {
    const wasm = wasmKernels(build, memory, WASM_SCRATCH).product;
    for (const kind of ['forward', 'gradient', 'delta'] as const) {
      for (const sizes of SHAPES) {
        const shape = shapeOf(kind, sizes, 0);
        const size = kind === 'gradient' ? sizes[2] : sizes[0];
        native.prepare(shape)(c, a, b, size, false);
        wasm.prepare(shape)(expected, a, b, size, false);
        const length = sizes[0] * shape.ldc;
        const got = floats.subarray(c / 4, c / 4 + length);
        expect(got, `${kind} ${sizes}`).toEqual(floats.subarray(expected / 4, expected / 4 + length));
      }
    }
  });
});
