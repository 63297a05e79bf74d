/** Activations and their derivatives in the reference backend. */
import { exp } from '../../elementary.js';
import { activationAt } from '../activations.js';
import type { Elements } from '../kernels.js';
import type { Views } from './views.js';

type ActivationKernels = Pick<Elements, 'activate' | 'multiplyByDerivative' | 'softmax' | 'exp'>;

/** row ← softmax(a), a = row + bias; returns a, its largest, and Σ e^(a − largest). */
export function softmaxRow(
  row: Float32Array,
  bias: Float32Array,
): { a: Float32Array; most: number; total: number } {
  const a = row.map((value, j) => value + bias[j]!);
  const most = a.reduce((x, y) => Math.max(x, y));
  const total = a.reduce((sum, value) => sum + exp(value - most), 0);
  row.set(a.map(value => exp(value - most) / total));
  return { a, most, total };
}

export const plainActivations = ({ floats }: Views): ActivationKernels => ({
  activate(z, a, bias, rows, columns, stride, activation) {
    const b = floats(bias, columns);
    const { g } = activationAt(activation);
    for (let i = 0; i < rows; i++) {
      const Z = floats(z + i * stride * 4, columns);
      const A = floats(a + i * stride * 4, columns);
      for (let j = 0; j < columns; j++) {
        A[j] = A[j]! + b[j]!;
        Z[j] = g(A[j]!);
      }
    }
  },

  multiplyByDerivative(delta, from, rows, columns, stride, activation) {
    const { derivative } = activationAt(activation);
    for (let i = 0; i < rows; i++) {
      const D = floats(delta + i * stride * 4, columns);
      const F = floats(from + i * stride * 4, columns);
      for (let j = 0; j < columns; j++) D[j] = D[j]! * derivative(F[j]!);
    }
  },

  softmax(z, bias, rows, columns) {
    const b = floats(bias, columns);
    for (let i = 0; i < rows; i++) softmaxRow(floats(z + i * columns * 4, columns), b);
  },

  exp(out, x, length) {
    floats(out, length).set(floats(x, length).map(exp));
  },
});
