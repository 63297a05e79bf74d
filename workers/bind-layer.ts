/**
 * The matrix products of a layer and their element-wise operations: forward and delta. Only this file combines bias, activation
 * and g′ with the product.
 */
import { numberOf } from '../src/kernels/activations.js';
import type { Kernels } from '../src/kernels/kernels.js';
import type { Delta, LayerStep } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';

/**
 * a ← z(l−1) W̃, z ← g(a + b): (rows, end − begin), rows of `outputs` columns; if these are cut into groups, a product for each,
 * from inputs of its own.
 */
export function bindLayer(operation: LayerStep, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, w, bias, a, z, activation, groups, adds = false } = operation;
  const { begins, width } = groups ?? { begins: [0], width: inputs };
  const columns = end - begin;
  const n = columns / begins.length;
  const g = activation === null ? null : numberOf(activation);
  const multiply = product.prepare({
    m: null,
    n,
    k: inputs,
    lda: width,
    ldb: groups ? n : outputs,
    ldc: outputs,
    transposeA: false,
    transposeB: false,
  });
  return ({ at, rows }) => {
    const first = at * outputs * 4;
    const x = input + at * width * 4;
    for (let i = 0; i < begins.length; i++) {
      multiply(a + first + i * n * 4, x + begins[i]! * 4, w + i * inputs * n * 4, rows, adds);
    }
    if (g !== null) elements.activate(z + first, a + first, bias, rows, columns, outputs, g);
  };
}

/** δ(l) ← δ(l+1) W̃ᵀ ⊙ g′: (rows, end − begin), rows of `width` columns. */
export function bindDelta(operation: Delta, { product, elements }: Kernels): Run {
  const { begin, end, width, above, w, deltaAbove, delta, from, activation, ofGroup } = operation;
  const columns = end - begin;
  const g = numberOf(activation);
  // Each group of columns from as many columns of δ(l+1), or all from all.
  const n = ofGroup ?? columns;
  const groups = columns / n;
  const k = above / groups;
  const multiply = product.prepare({
    m: null,
    n,
    k,
    lda: above,
    ldb: k,
    ldc: width,
    transposeA: false,
    transposeB: true,
  });
  return ({ at, rows }) => {
    const first = at * width * 4;
    const upper = deltaAbove + at * above * 4;
    for (let i = 0; i < groups; i++) {
      multiply(delta + first + i * n * 4, upper + i * k * 4, w + i * n * k * 4, rows, false);
    }
    elements.multiplyByDerivative(delta + first, from + first, rows, columns, width, g);
  };
}
