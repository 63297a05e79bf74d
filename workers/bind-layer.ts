/**
 * A layer's products and what is done to each element of them: forward, gradient and delta. Bias, activation and g′ are
 * put together with the product here and nowhere else.
 */
import { numberOf } from '../src/kernels/activations.js';
import { hasOwnOrder, type Kernels } from '../src/kernels/kernels.js';
import type { Delta, FoldBuffers, Gradient, LayerStep } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';
import { bindFoldLeaves } from './fold-leaves.js';

/** a ← z(l−1) W̃, z ← g(a + b): (rows, end − begin), rows of `outputs` columns. */
export function bindLayer(operation: LayerStep, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, w, bias, a, z, activation } = operation;
  const columns = end - begin;
  const g = activation === null ? null : numberOf(activation);
  return ({ at, rows }) => {
    const from = input + at * inputs * 4;
    const first = at * outputs * 4;
    product.multiply(
      a + first,
      from,
      w,
      rows,
      columns,
      inputs,
      inputs,
      outputs,
      outputs,
      false,
      false,
      false,
    );
    if (g === null) return;
    if (columns === outputs) {
      elements.activate(z + first, a + first, bias, rows, columns, g);
      return;
    }
    for (let to = first, last = first + rows * outputs * 4; to < last; to += outputs * 4) {
      elements.activate(z + to, a + to, bias, 1, columns, g);
    }
  };
}

/** gw ← inputᵀ δ: (end − begin, outputs), and its bias row Σ δ: of rows that are several shards summed by shard. */
export function bindGradient(operation: Gradient, kernels: Kernels): Run {
  const sumAtOnce = bindSum(operation, kernels);
  if (operation.fold === null || hasOwnOrder(kernels.backend)) return sumAtOnce;
  const sumByShard = bindFoldedSum(operation, operation.fold, kernels);
  return registers => (registers.leaves > 1 ? sumByShard : sumAtOnce)(registers);
}

function bindSum(operation: Gradient, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const m = end - begin;
  return ({ at, rows, slab: number, accumulate }) => {
    const slab = number * slabBytes;
    const d = delta + at * outputs * 4;
    const left = input + at * inputs * 4;
    if (bias !== null) elements.sumColumns(bias + slab, d, rows, outputs, accumulate);
    product.multiply(to + slab, left, d, m, outputs, rows, inputs, outputs, outputs, true, false, accumulate);
  };
}

/** By the product itself if it can, else from products of single shards. */
function bindFoldedSum(operation: Gradient, fold: FoldBuffers, kernels: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const { product, elements, rules } = kernels;
  const { multiplyByShards } = product;
  const m = end - begin;
  const place = { ...fold, length: outputs, pairs: false };
  const sumBias = bindFoldLeaves(place, rules, (sums, at, rows) =>
    elements.sumColumns(sums, delta + at * outputs * 4, rows, outputs, false),
  );
  const sumBlocks = multiplyByShards ? null : bindBlocks(operation, fold, kernels);
  return registers => {
    const { at, batch, shards, shard, leaves } = registers;
    const slab = registers.slab * slabBytes;
    if (bias !== null) sumBias(registers, bias + slab);
    if (sumBlocks) {
      sumBlocks(registers);
      return;
    }
    const a = input + at * inputs * 4;
    const b = delta + at * outputs * 4;
    multiplyByShards!(to + slab, a, b, m, outputs, inputs, outputs, outputs, batch, shards, shard, leaves);
  };
}

/**
 * A block of rows of W̃(l) after the other, so that what is folded stays in cache. The product of an odd shard is added to
 * that of the even one before as it is computed: no shard here has more rows than a product sums before it adds
 * (kernels.ts), so that is the sum of both.
 */
function bindBlocks(operation: Gradient, fold: FoldBuffers, { product, rules }: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, to, slabBytes } = operation;
  const m = end - begin;
  const blocks = Array.from({ length: Math.ceil(m / fold.rows) }, (_, i) => {
    const first = i * fold.rows;
    const height = Math.min(fold.rows, m - first);
    const place = { ...fold, length: height * outputs, pairs: true };
    const sum = bindFoldLeaves(place, rules, (c, at, rows, accumulate) => {
      const a = input + (at * inputs + first) * 4;
      const b = delta + at * outputs * 4;
      product.multiply(c, a, b, height, outputs, rows, inputs, outputs, outputs, true, false, accumulate);
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
  return ({ at, rows }) => {
    const left = deltaAbove + at * above * 4;
    const first = at * width * 4;
    product.multiply(delta + first, left, w, rows, columns, above, above, above, width, false, true, false);
    if (columns === width) {
      elements.multiplyByDerivative(delta + first, from + first, rows * columns, g);
      return;
    }
    for (let to = first, last = first + rows * width * 4; to < last; to += width * 4) {
      elements.multiplyByDerivative(delta + to, from + to, columns, g);
    }
  };
}
