/**
 * The matrix products of a layer and their element-wise operations: forward, gradient and delta. Only this file combines
 * bias, activation and g′ with the product.
 */
import { numberOf } from '../src/kernels/activations.js';
import type { Kernels } from '../src/kernels/kernels.js';
import type { Delta, Gradient, LayerStep } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';

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

/** gw ← inputᵀ δ: (end − begin, outputs), and its bias row Σ δ. */
export function bindGradient(operation: Gradient, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const m = end - begin;
  return ({ at, rows, shard, accumulate }) => {
    const slab = shard * slabBytes;
    const d = delta + at * outputs * 4;
    const left = input + at * inputs * 4;
    if (bias !== null) elements.sumColumns(bias + slab, d, rows, outputs, accumulate);
    product.multiply(to + slab, left, d, m, outputs, rows, inputs, outputs, outputs, true, false, accumulate);
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
