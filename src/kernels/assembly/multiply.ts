/**
 * The matrix product: Goto's loop nest around the packed micro-kernel.
 *
 * The depth is cut into blocks of KC, so that a panel of B (KC × 8) stays in the first-level cache; the
 * columns into blocks of NC and the rows into blocks of MC, so that both packed blocks stay in the second.
 * Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
 */
import { pack } from './pack';
import { MR, NR, tile } from './tile';

// A panel of B is 8 KiB, a packed block of A 128 KiB, of B 512 KiB: for 32 KiB and 1 MiB of cache. `npm run bench --
// multiply` times the product beside its micro-kernel alone. src/kernels/sizes.ts has the same numbers for the plan.
export const MC: usize = 128;
export const KC: usize = 256;
export const NC: usize = 512;

/** A tile at the edge: computed whole in `edge`, its rows × columns floats then put or added into C. */
function edgeTile(
  c: usize,
  ldc: usize,
  a: usize,
  b: usize,
  depth: usize,
  rows: usize,
  columns: usize,
  edge: usize,
  accumulate: bool,
): void {
  tile(edge, NR << 2, a, b, depth, false);
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns; j++) {
      const value = load<f32>(edge + ((i * NR + j) << 2));
      const at = c + i * ldc + (j << 2);
      store<f32>(at, accumulate ? load<f32>(at) + value : value);
    }
  }
}

/** All tiles of one pair of packed blocks. C: (m, n). */
function block(
  c: usize,
  ldc: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  depth: usize,
  edge: usize,
  accumulate: bool,
): void {
  const panelA = depth * (MR << 2);
  const panelB = depth * (NR << 2);
  for (let j: usize = 0; j < n; j += NR) {
    const columns = min(NR, n - j);
    let at = a;
    for (let i: usize = 0; i < m; i += MR) {
      const rows = min(MR, m - i);
      const to = c + i * ldc + (j << 2);
      if (rows == MR && columns == NR) tile(to, ldc, at, b, depth, accumulate);
      else edgeTile(to, ldc, at, b, depth, rows, columns, edge, accumulate);
      at += panelA;
    }
    b += panelB;
  }
}

/**
 * C ← A B, or C ← C + A B where `accumulate`. C: (m, n); A: (m, k), in memory (k, m) where transposeA;
 * B: (k, n), in memory (n, k) where transposeB; lda, ldb, ldc in floats. `scratch`: PACK_BYTES of this
 * thread's own.
 */
export function multiply(
  c: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  k: usize,
  lda: usize,
  ldb: usize,
  ldc: usize,
  transposeA: bool,
  transposeB: bool,
  accumulate: bool,
  scratch: usize,
): void {
  lda <<= 2;
  ldb <<= 2;
  ldc <<= 2;
  if (k == 0 && !accumulate) {
    for (let i: usize = 0; i < m; i++) memory.fill(c + i * ldc, 0, n << 2);
  }
  const edge = scratch;
  const packedA = edge + ((MR * NR) << 2);
  const packedB = packedA + ((MC * KC) << 2);
  for (let j: usize = 0; j < n; j += NC) {
    const nc = min(NC, n - j);
    for (let p: usize = 0; p < k; p += KC) {
      const kc = min(KC, k - p);
      const fromB = transposeB ? b + j * ldb + (p << 2) : b + p * ldb + (j << 2);
      pack(packedB, fromB, ldb, nc, kc, NR, transposeB);
      for (let i: usize = 0; i < m; i += MC) {
        const mc = min(MC, m - i);
        const fromA = transposeA ? a + p * lda + (i << 2) : a + i * lda + (p << 2);
        pack(packedA, fromA, lda, mc, kc, MR, !transposeA);
        block(c + i * ldc + (j << 2), ldc, packedA, packedB, mc, nc, kc, edge, accumulate || p > 0);
      }
    }
  }
}
