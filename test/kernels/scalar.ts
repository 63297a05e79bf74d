/**
 * The contract's arithmetic, one number after the other: float32 by Math.fround, and fused multiply-add by exact sums of
 * doubles. The oracle for bits; slow.
 */
import type { ProductShape } from '../../src/kernels/kernels.js';

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);

/** x · y + z rounded once to float32, of three float32 numbers. */
export function fusedMultiplyAdd(x: number, y: number, z: number): number {
  // Exact: 24 + 24 bits.
  const product = x * y;
  const sum = product + z;
  const nearest = Math.fround(sum);
  // Rounding twice, to a double and to a float, is wrong only if the double lies in the middle of two floats: of `nearest`
  // and the one that is as far away on the other side.
  const other = sum + (sum - nearest);
  if (other === nearest || Math.fround(other) !== other) return nearest;
  return roundFromMiddle(product, z, sum);
}

/** product + z to float32, if the nearest double, `sum`, lies in the middle of two floats. */
function roundFromMiddle(product: number, z: number, sum: number): number {
  if (!Number.isFinite(sum)) return Math.fround(sum);
  // What the sum in double precision lost (Knuth's two-sum). If anything, the sum is made odd in its last bit, on the
  // side of what was lost: then the second rounding can't take it for a tie (Boldo and Melquiond 2008).
  const back = sum - product;
  const lost = product - (sum - back) + (z - back);
  if (lost === 0) return Math.fround(sum);
  double[0] = sum;
  if ((bits[0]! & 1n) === 0n) bits[0] = bits[0]! + (lost > 0 === sum > 0 ? 1n : -1n);
  return Math.fround(double[0]!);
}

/** C ← A B or C + A B by the contract: blocks of 256 of the depth, each summed from 0 in order, then added. */
export function scalarProduct(
  floats: Float32Array,
  { n, lda, ldb, ldc, transposeA, transposeB, ...sizes }: ProductShape,
  [c, a, b]: readonly [number, number, number],
  size: number,
  accumulate: boolean,
): void {
  const m = sizes.m ?? size;
  const k = sizes.k ?? size;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const at = c / 4 + i * ldc + j;
      let value = accumulate ? floats[at]! : null;
      for (let block = 0; block < k; block += 256) {
        let sum = 0;
        for (let p = block; p < Math.min(block + 256, k); p++) {
          const x = floats[a / 4 + (transposeA ? p * lda + i : i * lda + p)]!;
          const y = floats[b / 4 + (transposeB ? j * ldb + p : p * ldb + j)]!;
          sum = fusedMultiplyAdd(x, y, sum);
        }
        value = value === null ? sum : Math.fround(value + sum);
      }
      floats[at] = value ?? 0;
    }
  }
}
