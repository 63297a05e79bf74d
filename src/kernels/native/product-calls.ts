/** The products of the contract as calls of machine code. */
import type { BoundGradient, BoundProduct, GradientShape, Product, ProductShape } from '../kernels.js';
import { generateProduct } from './product.js';
import { BLOCK, PAIR_WORDS, WORD_COUNT } from './product-layout.js';
import { decideProduct, type ProductPlan, type TileCounts } from './product-plan.js';
import type { KernelName } from './runner.js';
import type { ThreadCode } from './thread-code.js';

/** Rows of two shards whose products are faster one after the other than summed in pairs. */
const LEAST_ROWS_TO_HALVE = 128;

export function nativeProduct(code: ThreadCode): Product {
  return {
    prepareByShards: shape => bindByShards(code, shape),

    prepareSumsByShards(columns) {
      // A sum of products by 1, which is there once for all rows.
      const multiply = bindByShards(code, { m: 1, n: columns, lda: 0, ldb: columns, ldc: columns });
      return (c, b, batch, shards, shard, leaves) => multiply(c, code.one, b, batch, shards, shard, leaves);
    },

    prepare: shape => bindProduct(code, shape),
  };
}

function bindByShards(code: ThreadCode, shape: GradientShape): BoundGradient {
  const whole = { ...shape, k: null, transposeA: true, transposeB: false };
  const multiply = bindProduct(code, whole);
  // Not needed if all shards are large.
  let byShards: PlacedProduct | null = null;
  return (c, a, b, batch, shards, shard, leaves) => {
    const rowOf = (s: number) => Math.floor((batch * s) / shards);
    const first = rowOf(shard);
    const rows = rowOf(shard + leaves) - first;
    // If there are too many rows for a block, the halves of the tree are the blocks: the second is added to the first.
    // So they are if they are two shards that a product is fast for.
    const isHalved = rows > BLOCK || (leaves === 2 && rows >= LEAST_ROWS_TO_HALVE);
    const block = isHalved ? leaves / 2 : leaves;
    const depth = rowOf(shard + block) - first;
    if (block === 1) {
      multiply(c, a, b, depth, false);
      if (leaves > 1) multiply(c, a + depth * shape.lda * 4, b + depth * shape.ldb * 4, rows - depth, true);
      return;
    }
    for (let i = 0; i < leaves / 2; i++) {
      const begin = rowOf(shard + 2 * i);
      const middle = rowOf(shard + 2 * i + 1);
      const end = rowOf(shard + 2 * i + 2);
      const both = Math.min(middle - begin, end - middle);
      const j = i % (block / 2);
      // As many sums have got their other half as j has ones at its end.
      code.setPair(i, both, middle - begin - both, end - middle - both, 31 - Math.clz32(~j & (j + 1)));
    }
    byShards ??= planProduct(code, whole, shape.m, true);
    const { address, counts } = byShards;
    const { tiles, smaller, tilesAtOnce } = counts;
    const words = WORD_COUNT + (leaves / 2) * PAIR_WORDS;
    const { scratch } = code;
    code.call(address, words, c, a, b, rows, 0, scratch, tiles, smaller, tilesAtOnce, depth, block / 2);
  };
}

function bindProduct(code: ThreadCode, shape: ProductShape): BoundProduct {
  const { m, n, k, ldc } = shape;
  const plans: (PlacedProduct | undefined)[] = [];
  return (c, a, b, size, accumulate) => {
    const rows = m ?? size;
    if (rows === 0 || n === 0) return;
    if ((k ?? size) === 0) {
      if (!accumulate) for (let i = 0; i < rows; i++) code.clear(c + i * ldc * 4, n);
      return;
    }
    let plan = plans[rows];
    if (!plan) {
      plan = planProduct(code, shape, rows);
      plans[rows] = plan;
    }
    const { tiles, smaller, tilesAtOnce } = plan.counts;
    const flag = accumulate ? 1 : 0;
    code.call(plan.address, WORD_COUNT, c, a, b, size, flag, code.scratch, tiles, smaller, tilesAtOnce);
  };
}

interface PlacedProduct {
  counts: TileCounts;
  address: number;
}

/** The code for so many rows of C. */
function planProduct(code: ThreadCode, shape: ProductShape, rows: number, byShards = false): PlacedProduct {
  const { counts, plan } = decideProduct(code.machine(), shape, rows, byShards);
  return { counts, address: code.place(nameOf(shape, plan), fresh => generateProduct(fresh, shape, plan)) };
}

function nameOf(shape: ProductShape, { tile, smaller, packs, copiesA, byShards }: ProductPlan): KernelName {
  const { m, n, k, lda, ldb, ldc, transposeA, transposeB } = shape;
  const transposed = transposeA ? ', A transposed' : transposeB ? ', B transposed' : '';
  const tiles = `tiles of ${tile}${smaller > 0 ? ` and ${smaller}` : ''} rows`;
  return {
    kernel: 'product',
    shape: `${m ?? 'rows'} × ${n} by ${k ?? 'rows'}${transposed}; strides ${ldc}, ${lda}, ${ldb}`,
    way: [tiles, packs && 'packs B', copiesA && 'copies A', byShards && 'by shards']
      .filter(Boolean)
      .join(', '),
  };
}
