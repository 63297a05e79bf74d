/** A fault in machine code is seen, whether the processor is emulated or not. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Arm64Machine } from '../../../src/kernels/native/arm64-machine.js';
import { X64 } from '../../../src/kernels/native/x64.js';
import { X64Machine } from '../../../src/kernels/native/x64-machine.js';
import { referenceKernels } from '../../../src/kernels/reference/reference.js';
import { scalarProduct } from '../scalar.js';
import { WIDTHS } from './widths.js';

const BYTES = 4 << 20;
const SCRATCH = 2 << 20;
const [C, A, B, EXPECTED] = [1 << 16, 2 << 16, 3 << 16, 4 << 16] as const;
const M = 3;
const K = 16;

afterEach(() => void vi.restoreAllMocks());

describe.each(WIDTHS.map(({ name, kernels }) => [name, kernels] as const))('%s', (name, kernels) => {
  const memory = new WebAssembly.Memory({ initial: BYTES >> 16, maximum: BYTES >> 16, shared: true });
  const { product } = kernels(referenceKernels(memory), memory, SCRATCH);
  const floats = new Float32Array(memory.buffer);
  for (let i = A / 4; i < EXPECTED / 4; i++) floats[i] = ((i * 7919) % 1021) / 1021 - 0.5;

  /** The columns of A Bᵀ with wrong bits. Code is generated once for a shape, so each call has its own number of them. */
  const wrongColumns = (n: number) => {
    const shape = { m: null, n, k: K, lda: K, ldb: K, ldc: n, transposeA: false, transposeB: true };
    floats.fill(0, C / 4, C / 4 + M * n);
    product.prepare(shape)(C, A, B, M, false);
    scalarProduct(floats, shape, [EXPECTED, A, B], M, false);
    const isWrong = (i: number) => floats[C / 4 + i] !== floats[EXPECTED / 4 + i];
    return Array.from({ length: n }, (_, j) => j).filter(
      j => isWrong(j) || isWrong(n + j) || isWrong(2 * n + j),
    );
  };

  it('has no wrong column', () => expect(wrongColumns(35)).toEqual([]));

  it('has wrong columns if a transpose swaps two lanes', () => {
    for (const machine of [X64Machine.prototype, Arm64Machine.prototype]) {
      const { transpose } = machine;
      vi.spyOn(machine, 'transpose').mockImplementation(function (this: never, rows, temporaries) {
        const [first, second, ...rest] = transpose.call(this, rows, temporaries);
        return [second!, first!, ...rest];
      });
    }
    expect(wrongColumns(37)).toHaveLength(37);
  });

  it.runIf(name.startsWith('AVX-512'))('has a wrong column if a mask has a lane fewer', () => {
    const { kmovw } = X64.prototype;
    vi.spyOn(X64.prototype, 'kmovw').mockImplementation(function (this: X64, ...operands) {
      const [mask, from] = operands as [number, number];
      this.shrImmediate(from, 1);
      kmovw.call(this, mask, from);
    });
    expect(wrongColumns(39)).toEqual([38]);
  });
});
