/**
 * The matrix products of a layer and their element-wise operations: forward and delta. Only this file combines bias, activation
 * and g′ with the product.
 */
import { numberOf } from '../src/kernels/activations.js';
import type { Elements, Kernels, Product } from '../src/kernels/kernels.js';
import { groupSize } from '../src/model/network.js';
import type { Delta, Groups, LayerStep } from '../src/model/operations.js';
import type { Run } from '../src/protocol/update.js';

/** a ← z(l−1) W̃, z ← g(a + b): (rows, end − begin), rows of `outputs` columns. */
export function bindLayer(operation: LayerStep, { product, elements }: Kernels): Run {
  const { begin, end, inputs, outputs, input, w, bias, a, z, activation, groups, adds = false } = operation;
  const columns = end - begin;
  const g = activation === null ? null : numberOf(activation);
  if (groups) return bindGroups({ ...operation, groups }, product, elements);
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
    multiply(a + first, input + at * inputs * 4, w, rows, adds);
    if (g !== null) elements.activate(z + first, a + first, bias, rows, columns, outputs, g);
  };
}

/** The same for each group of outputs, from inputs of its own. */
function bindGroups(operation: LayerStep & { groups: Groups }, product: Product, elements: Elements): Run {
  const { inputs, outputs, input, w, bias, a, z, activation, groups } = operation;
  const { begins, width } = groups;
  const g = activation === null ? null : numberOf(activation);
  const { columns, weights } = groupSize({ inputs, outputs, groups: begins });
  const multiply = product.prepare({
    m: null,
    n: columns,
    k: inputs,
    lda: width,
    ldb: columns,
    ldc: outputs,
    transposeA: false,
    transposeB: false,
  });
  return ({ at, rows }) => {
    const first = at * outputs * 4;
    const x = input + at * width * 4;
    for (let i = 0; i < begins.length; i++) {
      multiply(a + first + i * columns * 4, x + begins[i]! * 4, w + i * weights * 4, rows, false);
    }
    if (g !== null) elements.activate(z + first, a + first, bias, rows, outputs, outputs, g);
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
