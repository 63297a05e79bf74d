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
  activate(z, a, bias, rows, columns, activation) {
    const Z = floats(z, rows * columns);
    const A = floats(a, rows * columns);
    const b = floats(bias, columns);
    const { g } = activationAt(activation);
    for (let i = 0; i < Z.length; i++) {
      A[i] = A[i]! + b[i % columns]!;
      Z[i] = g(A[i]!);
    }
  },

  multiplyByDerivative(delta, from, length, activation) {
    const D = floats(delta, length);
    const F = floats(from, length);
    const { derivative } = activationAt(activation);
    for (let i = 0; i < length; i++) D[i] = D[i]! * derivative(F[i]!);
  },

  softmax(z, bias, rows, columns) {
    const b = floats(bias, columns);
    for (let i = 0; i < rows; i++) softmaxRow(floats(z + i * columns * 4, columns), b);
  },

  exp(out, x, length) {
    floats(out, length).set(floats(x, length).map(exp));
  },
});
