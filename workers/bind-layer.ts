/**
 * A layer's products and what is done to each element of them: forward, gradient and delta. Bias, activation and g′ are
 * put together with the product here and nowhere else.
 */
import type { Kernels } from '../src/kernels/kernels.js';
import type { Delta, Gradient, LayerStep } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';

/** a ← z(l−1) W̃, z ← g(a + b): (rows, end − begin), rows of `outputs` columns. */
export function bindLayer(operation: LayerStep, kernels: Kernels): Run {
  const { begin, end, inputs, outputs, input, w, bias, a, z, activation } = operation;
  const columns = end - begin;
  return ({ at, rows }) => {
    const from = input + at * inputs * 4;
    const first = at * outputs * 4;
    kernels.multiply(
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
    if (activation === null) return;
    if (columns === outputs) {
      kernels.activate(z + first, a + first, bias, rows, columns, activation);
      return;
    }
    for (let to = first, last = first + rows * outputs * 4; to < last; to += outputs * 4) {
      kernels.activate(z + to, a + to, bias, 1, columns, activation);
    }
  };
}

/** gw ← inputᵀ δ: (end − begin, outputs), and its bias row Σ δ. */
export function bindGradient(operation: Gradient, kernels: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const m = end - begin;
  return ({ at, rows, shard, accumulate }) => {
    const slab = shard * slabBytes;
    const d = delta + at * outputs * 4;
    const left = input + at * inputs * 4;
    if (bias !== null) kernels.sumColumns(bias + slab, d, rows, outputs, accumulate);
    kernels.multiply(to + slab, left, d, m, outputs, rows, inputs, outputs, outputs, true, false, accumulate);
  };
}

/** δ(l) ← δ(l+1) W̃ᵀ ⊙ g′: (rows, end − begin), rows of `width` columns. */
export function bindDelta(operation: Delta, kernels: Kernels): Run {
  const { begin, end, width, above, w, deltaAbove, delta, from, activation } = operation;
  const columns = end - begin;
  return ({ at, rows }) => {
    const left = deltaAbove + at * above * 4;
    const first = at * width * 4;
    kernels.multiply(delta + first, left, w, rows, columns, above, above, above, width, false, true, false);
    if (columns === width) {
      kernels.multiplyByDerivative(delta + first, from + first, rows * columns, activation);
      return;
    }
    for (let to = first, last = first + rows * width * 4; to < last; to += width * 4) {
      kernels.multiplyByDerivative(delta + to, from + to, columns, activation);
    }
  };
}
