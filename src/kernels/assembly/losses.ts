/**
 * Losses of outputs that stand each by itself, and their output deltas, in place: binary cross-entropy from net inputs,
 * and the errors of a regression. Sums are kept in float64. The build writes those whose terms are added one after the other
 * from src/kernels/formulas/losses.ts.
 */
import {
  absolute,
  binary,
  binaryOfValues,
  huber,
  labelledBinary,
  quantile,
  weightedBinary,
} from './elementwise-losses';
import { derivative } from './formulas';
import { get, put } from './slices';

/** weights, counts: (rows), labelWeights: (columns), 1 each where they are at 0. */
export function binaryCrossEntropy(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
  counts: usize,
  labelWeights: usize,
): void {
  if (labelWeights) {
    labelledBinary(delta, bias, y, metrics, rows, columns, weights, counts, labelWeights, 0, 0);
  } else if (weights || counts) {
    weightedBinary(delta, bias, y, metrics, rows, columns, weights, counts, 0, 0, 0);
  } else {
    binary(delta, bias, y, metrics, rows, columns, 0, 0, 0, 0, 0);
  }
}

/** weights: (rows), 1 each where they are at 0. */
export function binaryError(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
): void {
  binaryOfValues(delta, bias, y, metrics, rows, columns, weights, 0, 0, 0, 0);
}

/** delta ← (z − y) ⊙ g′, z on entry in delta. Both: (length). metrics[0] += ½ Σ (z − y)², metrics[1] += Σ (z − y)². */
export function squaredError(delta: usize, y: usize, metrics: usize, length: usize, activation: i32): void {
  let squares: f64 = 0;
  for (let j: usize = 0; j < length; j += 4) {
    const count = min<usize>(4, length - j);
    const z = get(delta, count);
    const difference = f32x4.sub(z, get(y, count));
    const low = f64x2.promote_low_f32x4(difference);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(difference, difference, 2, 3, 0, 1));
    const both = f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high));
    squares += f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    put(delta, f32x4.mul(difference, derivative(activation, z)), count);
    delta += count << 2;
    y += count << 2;
  }
  store<f64>(metrics, load<f64>(metrics) + 0.5 * squares);
  store<f64>(metrics, load<f64>(metrics, 8) + squares, 8);
}

/** weights: (rows), 1 each where they are at 0. */
export function huberError(
  delta: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
  limit: f32,
  activation: i32,
): void {
  huber(delta, 0, y, metrics, rows, columns, weights, 0, 0, limit, activation);
}

/** As huberError. */
export function quantileError(
  delta: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
  tau: f32,
  activation: i32,
): void {
  quantile(delta, 0, y, metrics, rows, columns, weights, 0, 0, tau, activation);
}

/** As huberError. */
export function absoluteError(
  delta: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
  activation: i32,
): void {
  absolute(delta, 0, y, metrics, rows, columns, weights, 0, 0, 0, activation);
}
