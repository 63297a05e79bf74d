/** The gradient of a layer: of its weights a product, or one for each group of outputs, and of its biases a sum. */
import { hasOwnOrder, type Kernels, type ProductShape } from '../src/kernels/kernels.js';
import type { FoldBuffers, Gradient } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';
import { bindFoldLeaves } from './fold-leaves.js';

/** gw ← inputᵀ δ: (end − begin, outputs), and its bias row Σ δ; if the rows are several shards, summed by shard. */
export function bindGradient(operation: Gradient, kernels: Kernels): Run {
  const { fold } = operation;
  const sumBias = bindBias(operation, kernels);
  const products = productsOf(operation).map(one => bindProduct(one, fold, kernels));
  return registers => {
    sumBias?.(registers);
    for (let i = 0; i < products.length; i++) products[i]!(registers);
  };
}

/** C ← Aᵀ B for rows of A and B: C (m, n) without gaps, A and B of so many columns. */
interface GradientProduct {
  m: number;
  n: number;
  to: number;
  a: number;
  aColumns: number;
  b: number;
  bColumns: number;
  slabBytes: number;
}

/** One, or one for each group of outputs. */
function productsOf(operation: Gradient): GradientProduct[] {
  const { begin, end, inputs, outputs, input, delta, to, slabBytes, groups } = operation;
  const { begins, width } = groups ?? { begins: [0], width: inputs };
  const m = end - begin;
  const n = outputs / begins.length;
  return begins.map((first, i) => ({
    ...{ m, n, to: to + i * m * n * 4, slabBytes },
    ...{ a: input + first * 4, aColumns: width, b: delta + i * n * 4, bColumns: outputs },
  }));
}

/** null if there is none. */
function bindBias({ outputs, delta, bias, slabBytes, fold }: Gradient, kernels: Kernels): Run | null {
  const { product, elements, rules, backend } = kernels;
  if (bias === null) return null;
  const sumAtOnce: Run = ({ at, rows, slab, accumulate }) =>
    elements.sumColumns(bias + slab * slabBytes, delta + at * outputs * 4, rows, outputs, accumulate);
  if (fold === null || hasOwnOrder(backend)) return sumAtOnce;
  const sumsByShards = product.prepareSumsByShards?.(outputs);
  const sumByLeaves = bindFoldLeaves({ ...fold, length: outputs, pairs: false }, rules, (sums, at, rows) =>
    elements.sumColumns(sums, delta + at * outputs * 4, rows, outputs, false),
  );
  return registers => {
    const { at, batch, shards, shard, leaves } = registers;
    const sums = bias + registers.slab * slabBytes;
    if (leaves === 1) sumAtOnce(registers);
    // Of two shards, long ones, columns are summed faster as they lie.
    else if (sumsByShards && leaves > 2) {
      sumsByShards(sums, delta + at * outputs * 4, batch, shards, shard, leaves);
    } else sumByLeaves(registers, sums);
  };
}

function bindProduct(one: GradientProduct, fold: FoldBuffers | null, kernels: Kernels): Run {
  const { m, to, a, aColumns, b, bColumns, slabBytes } = one;
  const multiply = kernels.product.prepare(gradientShape(one, m));
  const sumAtOnce: Run = ({ at, rows, slab, accumulate }) =>
    multiply(to + slab * slabBytes, a + at * aColumns * 4, b + at * bColumns * 4, rows, accumulate);
  if (fold === null || hasOwnOrder(kernels.backend)) return sumAtOnce;
  const sumByShards = bindByShards(one, kernels) ?? bindBlocks(one, fold, kernels);
  return registers => (registers.leaves > 1 ? sumByShards : sumAtOnce)(registers);
}

/** Shape of the product Aᵀ B for some of the columns of A. */
function gradientShape({ n, aColumns, bColumns }: GradientProduct, m: number): ProductShape {
  return {
    m,
    n,
    k: null,
    lda: aColumns,
    ldb: bColumns,
    ldc: n,
    transposeA: true,
    transposeB: false,
  };
}

/** Sums by shard in the product; null if it can't do that. */
function bindByShards(one: GradientProduct, { product }: Kernels): Run | null {
  const { m, n, to, a, aColumns, b, bColumns, slabBytes } = one;
  const multiply = product.prepareByShards?.({ m, n, lda: aColumns, ldb: bColumns, ldc: n });
  if (!multiply) return null;
  return ({ at, batch, shards, shard, leaves, slab }) => {
    const place = to + slab * slabBytes;
    multiply(place, a + at * aColumns * 4, b + at * bColumns * 4, batch, shards, shard, leaves);
  };
}

/**
 * Computes one block of rows of W̃(l) after the other, so that the sums to fold stay in cache. The product of an odd shard
 * is added to that of the even one before while it is computed. The result is the sum of both, as no shard here has more
 * rows than a product sums before it adds (kernels.ts).
 */
function bindBlocks(one: GradientProduct, fold: FoldBuffers, { product, rules }: Kernels): Run {
  const { m, n, to, a, aColumns, b, bColumns, slabBytes } = one;
  const blocks = Array.from({ length: Math.ceil(m / fold.rows) }, (_, i) => {
    const first = i * fold.rows;
    const height = Math.min(fold.rows, m - first);
    const place = { ...fold, length: height * n, pairs: true };
    const multiply = product.prepare(gradientShape(one, height));
    const sum = bindFoldLeaves(place, rules, (c, at, rows, accumulate) => {
      multiply(c, a + (at * aColumns + first) * 4, b + at * bColumns * 4, rows, accumulate);
    });
    return { sum, to: to + first * n * 4 };
  });
  return registers => {
    const slab = registers.slab * slabBytes;
    for (const { sum, to } of blocks) sum(registers, to + slab);
  };
}
