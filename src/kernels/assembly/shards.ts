/**
 * The product of a gradient, summed by shard: the k loop is cut at the shards, and each tile of C is folded by the tree
 * (src/model/tree.ts) before it is stored, from a stack that stays in the first-level cache. Both matrices are packed over
 * the whole depth. The additions are those of a product for each shard that are added afterwards.
 */
import { KC, MC, NC } from './multiply';
import { pack } from './pack';
import { MR, NR, madd } from './tile';

/** Of a tile of the stack. */
const TILE_BYTES: usize = (MR * NR) << 2;
/** Sums that wait for their other half: log₂ of as many shards as there can be rows in a micro-batch, and one. */
const DEPTH: usize = 16;

/**
 * A shard's tile, A B as in tile.ts, is added to the last `folds` sums of the stack, one after the other, which end below
 * `top`; the result takes the place of the first of them. Returns the end of it.
 */
function foldTile(top: usize, folds: u32, a: usize, b: usize, depth: usize): usize {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = a + depth * (MR << 2);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    a += MR << 2;
    b += NR << 2;
  }
  for (; folds > 0; folds--) {
    top -= TILE_BYTES;
    c00 = f32x4.add(v128.load(top), c00);
    c01 = f32x4.add(v128.load(top, 16), c01);
    c10 = f32x4.add(v128.load(top, 32), c10);
    c11 = f32x4.add(v128.load(top, 48), c11);
    c20 = f32x4.add(v128.load(top, 64), c20);
    c21 = f32x4.add(v128.load(top, 80), c21);
    c30 = f32x4.add(v128.load(top, 96), c30);
    c31 = f32x4.add(v128.load(top, 112), c31);
  }
  v128.store(top, c00);
  v128.store(top, c01, 16);
  v128.store(top, c10, 32);
  v128.store(top, c11, 48);
  v128.store(top, c20, 64);
  v128.store(top, c21, 80);
  v128.store(top, c30, 96);
  v128.store(top, c31, 112);
  return top + TILE_BYTES;
}

/** The first tile of the stack ← Σ over the shards, whose rows are u32 at `rows`. a, b: packed panels of all rows. */
function tileByShards(stack: usize, a: usize, b: usize, rows: usize, leaves: u32): void {
  let top = stack;
  for (let i: u32 = 0; i < leaves; i++) {
    const depth = <usize>load<u32>(rows + (<usize>i << 2));
    // As many sums have got their other half as i has ones at its end.
    top = foldTile(top, ctz<u32>(~i), a, b, depth);
    a += depth * (MR << 2);
    b += depth * (NR << 2);
  }
}

/** The first rows × columns of the tile to C. */
@inline
function putTile(c: usize, ldc: usize, from: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const to = c + i * ldc;
    if (columns == NR) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    } else {
      for (let j: usize = 0; j < columns; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)));
    }
    from += NR << 2;
  }
}

/**
 * C ← Σ over the shards, by the tree, of Aᵀ B over their rows. C: (m, n); A: (rows, m); B: (rows, n); lda, ldb, ldc in
 * floats. The rows are those of `leaves` shards, a power of two, from `shard` on, of a batch cut into so many shards.
 * `scratch`: PACK_BYTES of this thread's own.
 */
export function multiplyByShards(
  c: usize,
  a: usize,
  b: usize,
  m: usize,
  n: usize,
  lda: usize,
  ldb: usize,
  ldc: usize,
  batch: u32,
  shards: u32,
  shard: u32,
  leaves: u32,
  scratch: usize,
): void {
  lda <<= 2;
  ldb <<= 2;
  ldc <<= 2;
  const packedA = scratch;
  const packedB = packedA + ((MC * KC) << 2);
  const stack = packedB + ((KC * NC) << 2);
  const rows = stack + DEPTH * TILE_BYTES;
  const first = <u64>batch * shard / shards;
  let begin = first;
  for (let i: u32 = 0; i < leaves; i++) {
    const end = <u64>batch * (shard + i + 1) / shards;
    store<u32>(rows + (<usize>i << 2), <u32>(end - begin));
    begin = end;
  }
  const depth = <usize>(begin - first);
  const MB = ((MC * KC) / depth) & ~(MR - 1);
  const NB = ((KC * NC) / depth) & ~(NR - 1);
  for (let j: usize = 0; j < n; j += NB) {
    const nc = min(NB, n - j);
    pack(packedB, b + (j << 2), ldb, nc, depth, NR, false);
    for (let i: usize = 0; i < m; i += MB) {
      const mc = min(MB, m - i);
      pack(packedA, a + (i << 2), lda, mc, depth, MR, false);
      let panelB = packedB;
      for (let q: usize = 0; q < nc; q += NR) {
        let panelA = packedA;
        for (let p: usize = 0; p < mc; p += MR) {
          tileByShards(stack, panelA, panelB, rows, leaves);
          putTile(c + (i + p) * ldc + ((j + q) << 2), ldc, stack, min(MR, mc - p), min(NR, nc - q));
          panelA += depth * (MR << 2);
        }
        panelB += depth * (NR << 2);
      }
    }
  }
}
