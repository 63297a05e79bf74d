/** The losses of the reference backend, with the deltas that they begin. */
import { log } from '../../elementary.js';
import { activationAt, sigmoid, softplus } from '../activations.js';
import type { Elements } from '../kernels.js';
import { softmaxRow } from './activations.js';
import type { Views } from './views.js';

type LossKernels = Pick<
  Elements,
  | 'softmaxCrossEntropy'
  | 'binaryCrossEntropy'
  | 'binaryError'
  | 'squaredError'
  | 'huberError'
  | 'quantileError'
  | 'absoluteError'
>;

/** −p y ln σ(a) − (1 − y) ln (1 − σ(a)). */
const binaryTerm = (a: number, y: number, p = 1) => p * y * softplus(-a) + (1 - y) * softplus(a);

/** The arguments that the errors of a regression have in common. */
interface RegressionPlaces {
  delta: number;
  y: number;
  metrics: number;
  rows: number;
  columns: number;
  weights: number;
  activation: number;
}

export function plainLosses({ floats, words, orOnes, pair }: Views): LossKernels {
  /** delta ← v h′(r) ⊙ g′, r = z − y; metrics[0] += Σ v h(r), metrics[1] += Σ v r². */
  const robust = (
    { delta, y, metrics, rows, columns, weights, activation }: RegressionPlaces,
    h: (r: number) => number,
    slope: (r: number) => number,
  ) => {
    const D = floats(delta, rows * columns);
    const Y = floats(y, rows * columns);
    const v = orOnes(weights, rows);
    const M = pair(metrics);
    const { derivative } = activationAt(activation);
    for (let i = 0; i < D.length; i++) {
      const weight = v[Math.floor(i / columns)]!;
      const r = D[i]! - Y[i]!;
      M[0]! += weight * h(r);
      M[1]! += weight * r * r;
      D[i] = weight * slope(r) * derivative(D[i]!);
    }
  };

  return {
    softmaxCrossEntropy(delta, bias, y, metrics, rows, classes, weights, counts, smoothing) {
      const labels = words(y, rows);
      const v = orOnes(weights, rows);
      const counted = orOnes(counts, rows);
      const M = pair(metrics);
      for (let i = 0; i < rows; i++) {
        const row = floats(delta + i * classes * 4, classes);
        const label = labels[i]!;
        const { a, most, total } = softmaxRow(row, floats(bias, classes));
        if (a.indexOf(most) === label) M[1]! += counted[i]!;
        for (let k = 0; k < classes; k++) {
          const t = (k === label ? 1 - smoothing : 0) + smoothing / classes;
          if (t > 0) M[0]! += v[i]! * t * (most + log(total) - a[k]!);
          row[k] = v[i]! * (row[k]! - t);
        }
      }
    },

    binaryCrossEntropy(delta, bias, y, metrics, rows, columns, weights, counts, labelWeights) {
      const D = floats(delta, rows * columns);
      const Y = floats(y, rows * columns);
      const b = floats(bias, columns);
      const v = orOnes(weights, rows);
      const counted = orOnes(counts, rows);
      const ofLabel = orOnes(labelWeights, columns);
      const M = pair(metrics);
      for (let i = 0; i < D.length; i++) {
        const row = Math.floor(i / columns);
        const a = Math.fround(D[i]! + b[i % columns]!);
        const t = Y[i]!;
        const p = ofLabel[i % columns]!;
        M[0]! += v[row]! * binaryTerm(a, t, p);
        if (a > 0 === t > 0.5) M[1]! += counted[row]!;
        D[i] = v[row]! * ((p * t + 1 - t) * sigmoid(a) - p * t);
      }
    },

    binaryError(delta, bias, y, metrics, rows, columns, weights) {
      const D = floats(delta, rows * columns);
      const Y = floats(y, rows * columns);
      const b = floats(bias, columns);
      const v = orOnes(weights, rows);
      const M = pair(metrics);
      for (let i = 0; i < D.length; i++) {
        const weight = v[Math.floor(i / columns)]!;
        const a = Math.fround(D[i]! + b[i % columns]!);
        const r = sigmoid(a) - Y[i]!;
        M[0]! += weight * binaryTerm(a, Y[i]!);
        M[1]! += weight * r * r;
        D[i] = weight * r;
      }
    },

    squaredError(delta, y, metrics, length, activation) {
      const D = floats(delta, length);
      const Y = floats(y, length);
      const M = pair(metrics);
      const { derivative } = activationAt(activation);
      for (let i = 0; i < length; i++) {
        const difference = D[i]! - Y[i]!;
        M[0]! += 0.5 * difference * difference;
        M[1]! += difference * difference;
        D[i] = difference * derivative(D[i]!);
      }
    },

    huberError(delta, y, metrics, rows, columns, weights, limit, activation) {
      const error = (r: number) => (Math.abs(r) <= limit ? 0.5 * r * r : limit * (Math.abs(r) - 0.5 * limit));
      const slope = (r: number) => Math.min(Math.max(r, -limit), limit);
      robust({ delta, y, metrics, rows, columns, weights, activation }, error, slope);
    },

    quantileError(delta, y, metrics, rows, columns, weights, tau, activation) {
      const error = (r: number) => (r > 0 ? (1 - tau) * r : -tau * r);
      const slope = (r: number) => (r > 0 ? 1 - tau : r < 0 ? -tau : 0);
      robust({ delta, y, metrics, rows, columns, weights, activation }, error, slope);
    },

    absoluteError(delta, y, metrics, rows, columns, weights, activation) {
      robust({ delta, y, metrics, rows, columns, weights, activation }, Math.abs, Math.sign);
    },
  };
}
