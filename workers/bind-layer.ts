/**
 * A layer's products and what is done to each element of them: forward, gradient and delta. Bias, activation and g′ are
 * put together with the product here and nowhere else.
 */
import { numberOf } from '../src/kernels/activations.js';
import { hasOwnOrder, type Kernels } from '../src/kernels/kernels.js';
import type { Delta, FoldBuffers, Gradient, LayerStep } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';
import { foldLeaves } from './fold-leaves.js';

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

/**
 * Of a block of rows of W̃(l) after the other, so that what is folded stays in cache. The product of an odd shard is added
 * to that of the even one before as it is computed: no shard here has more rows than the product sums before it adds
 * (kernels.ts), so that is the sum of both.
 */
function bindFoldedSum(operation: Gradient, fold: FoldBuffers, { product, elements, rules }: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const m = end - begin;
  return registers => {
    const { at } = registers;
    const slab = registers.slab * slabBytes;
    const d = delta + at * outputs * 4;
    const left = input + at * inputs * 4;
    if (bias !== null) {
      foldLeaves(
        registers,
        { ...fold, to: bias + slab, length: outputs, pairs: false },
        rules,
        (sums, row, rows) => elements.sumColumns(sums, d + row * outputs * 4, rows, outputs, false),
      );
    }
    if (product.multiplyByShards) {
      const { batch, shards, shard, leaves } = registers;
      const [c, a] = [to + slab, left];
      product.multiplyByShards(c, a, d, m, outputs, inputs, outputs, outputs, batch, shards, shard, leaves);
      return;
    }
    for (let i = 0; i < m; i += fold.rows) {
      const height = Math.min(fold.rows, m - i);
      const place = { ...fold, to: to + slab + i * outputs * 4, length: height * outputs, pairs: true };
      foldLeaves(registers, place, rules, (c, row, rows, accumulate) => {
        const a = left + (row * inputs + i) * 4;
        const b = d + row * outputs * 4;
        product.multiply(c, a, b, height, outputs, rows, inputs, outputs, outputs, true, false, accumulate);
      });
    }
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
