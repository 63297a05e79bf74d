/**
 * The matrix products of a layer and their element-wise operations: forward, gradient and delta. Only this file combines
 * bias, activation and g′ with the product.
 */
import { numberOf } from '../src/kernels/activations.js';
import { hasOwnOrder, type Kernels, type ProductShape } from '../src/kernels/kernels.js';
import type { Delta, FoldBuffers, Gradient, LayerStep } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';
import { bindFoldLeaves } from './fold-leaves.js';

/** a ← z(l−1) W̃, z ← g(a + b): (rows, end − begin), rows of `outputs` columns. */
export function bindLayer(operation: LayerStep, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, w, bias, a, z, activation } = operation;
  const columns = end - begin;
  const g = activation === null ? null : numberOf(activation);
  const multiply = product.prepare({
    m: null,
    n: columns,
    k: inputs,
    lda: inputs,
    ldb: outputs,
    ldc: outputs,
    transposeA: false,
    transposeB: false,
  });
  return ({ at, rows }) => {
    const first = at * outputs * 4;
    multiply(a + first, input + at * inputs * 4, w, rows, false);
    if (g !== null) elements.activate(z + first, a + first, bias, rows, columns, outputs, g);
  };
}

/** gw ← inputᵀ δ: (end − begin, outputs), and its bias row Σ δ; if the rows are several shards, summed by shard. */
export function bindGradient(operation: Gradient, kernels: Kernels): Run {
  const sumAtOnce = bindSum(operation, kernels);
  if (operation.fold === null || hasOwnOrder(kernels.backend)) return sumAtOnce;
  const sumByShard = bindFoldedSum(operation, operation.fold, kernels);
  return registers => (registers.leaves > 1 ? sumByShard : sumAtOnce)(registers);
}

function bindSum(operation: Gradient, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const multiply = product.prepare(gradientShape(end - begin, inputs, outputs));
  return ({ at, rows, slab: number, accumulate }) => {
    const slab = number * slabBytes;
    const d = delta + at * outputs * 4;
    if (bias !== null) elements.sumColumns(bias + slab, d, rows, outputs, accumulate);
    multiply(to + slab, input + at * inputs * 4, d, rows, accumulate);
  };
}

/** Shape of the product inputᵀ δ for some of the inputs. */
function gradientShape(m: number, inputs: number, outputs: number): ProductShape {
  return {
    m,
    n: outputs,
    k: null,
    lda: inputs,
    ldb: outputs,
    ldc: outputs,
    transposeA: true,
    transposeB: false,
  };
}

/** Sums by shard in the product if it can do that, otherwise from products of single shards. */
function bindFoldedSum(operation: Gradient, fold: FoldBuffers, kernels: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const { product, elements, rules } = kernels;
  const shape = { m: end - begin, n: outputs, lda: inputs, ldb: outputs, ldc: outputs };
  const multiplyByShards = product.prepareByShards?.(shape);
  const sumsByShards = product.prepareSumsByShards?.(outputs);
  const place = { ...fold, length: outputs, pairs: false };
  const sumBias = bindFoldLeaves(place, rules, (sums, at, rows) =>
    elements.sumColumns(sums, delta + at * outputs * 4, rows, outputs, false),
  );
  const sumBlocks = multiplyByShards ? null : bindBlocks(operation, fold, kernels);
  return registers => {
    const { at, batch, shards, shard, leaves } = registers;
    const slab = registers.slab * slabBytes;
    const b = delta + at * outputs * 4;
    if (bias !== null) {
      // Of two shards, long ones, columns are summed faster as they lie.
      if (sumsByShards && leaves > 2) sumsByShards(bias + slab, b, batch, shards, shard, leaves);
      else sumBias(registers, bias + slab);
    }
    if (sumBlocks) {
      sumBlocks(registers);
      return;
    }
    const a = input + at * inputs * 4;
    multiplyByShards!(to + slab, a, b, batch, shards, shard, leaves);
  };
}

/**
 * Computes one block of rows of W̃(l) after the other, so that the sums to fold stay in cache. The product of an odd shard
 * is added to that of the even one before while it is computed. The result is the sum of both, as no shard here has more
 * rows than a product sums before it adds (kernels.ts).
 */
function bindBlocks(operation: Gradient, fold: FoldBuffers, { product, rules }: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, to, slabBytes } = operation;
  const m = end - begin;
  const blocks = Array.from({ length: Math.ceil(m / fold.rows) }, (_, i) => {
    const first = i * fold.rows;
    const height = Math.min(fold.rows, m - first);
    const place = { ...fold, length: height * outputs, pairs: true };
    const multiply = product.prepare(gradientShape(height, inputs, outputs));
    const sum = bindFoldLeaves(place, rules, (c, at, rows, accumulate) => {
      const a = input + (at * inputs + first) * 4;
      const b = delta + at * outputs * 4;
      multiply(c, a, b, rows, accumulate);
    });
    return { sum, to: to + first * outputs * 4 };
  });
  return registers => {
    const slab = registers.slab * slabBytes;
    for (const { sum, to } of blocks) sum(registers, to + slab);
  };
}

/** δ(l) ← δ(l+1) W̃ᵀ ⊙ g′: (rows, end − begin), rows of `width` columns. */
export function bindDelta(operation: Delta, { product, elements }: Kernels): Run {
  const { begin, end, width, above, w, deltaAbove, delta, from, activation } = operation;
  const columns = end - begin;
  const g = numberOf(activation);
  const multiply = product.prepare({
    m: null,
    n: columns,
    k: above,
    lda: above,
    ldb: above,
    ldc: width,
    transposeA: false,
    transposeB: true,
  });
  return ({ at, rows }) => {
    const first = at * width * 4;
    multiply(delta + first, deltaAbove + at * above * 4, w, rows, false);
    elements.multiplyByDerivative(delta + first, from + first, rows, columns, width, g);
  };
}
