/** The matrix product of the reference backend. */
import type { Product } from '../kernels.js';
import type { Views } from './views.js';

export const plainProduct = ({ floats }: Views): Product => ({
  prepare(shape) {
    const { n, lda, ldb, ldc, transposeA, transposeB } = shape;
    return (c, a, b, size, accumulate) => {
      const m = shape.m ?? size;
      const k = shape.k ?? size;
      if (m === 0 || n === 0) return;
      const A = floats(a, k === 0 ? 0 : transposeA ? (k - 1) * lda + m : (m - 1) * lda + k);
      const B = floats(b, k === 0 ? 0 : transposeB ? (n - 1) * ldb + k : (k - 1) * ldb + n);
      const C = floats(c, (m - 1) * ldc + n);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let p = 0; p < k; p++) {
            sum += A[transposeA ? p * lda + i : i * lda + p]! * B[transposeB ? j * ldb + p : p * ldb + j]!;
          }
          // Rounded before it is added, as by the other backends.
          C[i * ldc + j] = accumulate ? C[i * ldc + j]! + Math.fround(sum) : sum;
        }
      }
    };
  },
});
