/** The matrix product in its three uses: forward, backward and gradient, at sizes with tails of tiles, vectors and blocks. */
import type { Sheet } from './sheet.js';

/** m, n, k. One is longer than a block of 256; one has rows of A that share sets of the first-level cache. */
const SIZES = [
  [1, 1, 1],
  [3, 5, 7],
  [13, 17, 31],
  [5, 131, 20],
  [64, 10, 128],
  [37, 45, 300],
  [29, 128, 512],
] as const;

export const PRODUCT_CHECKS = {
  'product, forward': multiply(false, false),
  'product, backward': multiply(false, true),
  'product, gradient': multiply(true, false),
};

/** C ← A B, then C ← C + A B. */
function multiply(transposeA: boolean, transposeB: boolean) {
  return (sheet: Sheet) => {
    for (const [m, n, k] of SIZES) {
      sheet.wipe();
      const [lda, ldb, ldc] = [transposeA ? m : k, transposeB ? k : n, n];
      const sizes = transposeA ? { m, n, k: null } : { m: null, n, k };
      const a = sheet.numbers(m * k);
      const b = sheet.numbers(k * n);
      const c = sheet.place(m * n);
      const product = sheet.kernels.product.prepare({ ...sizes, lda, ldb, ldc, transposeA, transposeB });
      for (const accumulate of [false, true]) {
        product(c, a, b, transposeA ? k : m, accumulate);
        sheet.note(`${m} × ${n} by ${k}${accumulate ? ', added' : ''}`, c, m * n, n);
      }
    }
  };
}
