/**
 * A layer's products and what is done to each element of them: forward, gradient and delta. Bias, activation and g′ are
 * put together with the product here and nowhere else.
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

/** gw ← inputᵀ δ: (end − begin, outputs), and its bias row Σ δ. */
export function bindGradient(operation: Gradient, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, delta, bias, to, slabBytes } = operation;
  const multiply = product.prepare({
    m: end - begin,
    n: outputs,
    k: null,
    lda: inputs,
    ldb: outputs,
    ldc: outputs,
    transposeA: true,
    transposeB: false,
  });
  return ({ at, rows, shard, accumulate }) => {
    const slab = shard * slabBytes;
    const d = delta + at * outputs * 4;
    if (bias !== null) elements.sumColumns(bias + slab, d, rows, outputs, accumulate);
    multiply(to + slab, input + at * inputs * 4, d, rows, accumulate);
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
