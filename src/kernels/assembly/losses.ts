/**
 * Losses of outputs that stand each by itself, and their output deltas, in place: binary cross-entropy from net inputs,
 * and the errors of a regression. Sums are kept in float64.
 */
import { derivative, exp4, logOnePlus4, sigmoid4 } from './formulas';
import { addLanes, loadElements, loadPart, storePart } from './part';

/** The four terms max(a, 0) − a y + ln(1 + e^−|a|). */
@inline
function binaryTerms(a: v128, y: v128): v128 {
  const linear = f32x4.sub(f32x4.pmax(a, f32x4.splat(0)), f32x4.mul(a, y));
  return f32x4.add(linear, logOnePlus4(exp4(f32x4.neg(f32x4.abs(a)))));
}

/** The same where labels weigh: |a| (a > 0 ? 1 − y : py) + (py + 1 − y) ln(1 + e^−|a|). */
@inline
function weighedTerms(a: v128, py: v128, rest: v128): v128 {
  const size = f32x4.abs(a);
  const linear = f32x4.mul(size, v128.bitselect(rest, py, f32x4.gt(a, f32x4.splat(0))));
  return f32x4.add(linear, f32x4.mul(f32x4.add(py, rest), logOnePlus4(exp4(f32x4.neg(size)))));
}

/** All ones where (a > 0) = (y > ½). */
@inline
function agree(a: v128, y: v128): v128 {
  return v128.not(v128.xor(f32x4.gt(a, f32x4.splat(0)), f32x4.gt(y, f32x4.splat(0.5))));
}

/**
 * delta ← weight (c σ(delta + bias) − py), c = py + 1 − y, py = y labelWeights. delta, y: (rows, columns); weights,
 * counts: (rows), labelWeights: (columns), 1 each where they are at 0.
 * metrics[0] += loss, metrics[1] += counts of right elements, or where `ofValues`, Σ weight (σ(delta + bias) − y)².
 */
@inline
function binary(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  plain: bool,
  ofValues: bool,
  weights: usize,
  counts: usize,
  labelWeights: usize,
): void {
  const zero = f32x4.splat(0);
  let loss: f64 = 0;
  let right: f64 = 0;
  // One column: the rows lie side by side and share the bias, so they are walked as one row.
  const width = columns == 1 ? rows : columns;
  const lines: usize = columns == 1 ? 1 : rows;
  const shared = v128.load32_splat(bias);
  for (let i: usize = 0; i < lines; i++) {
    for (let j: usize = 0; j < width; j += 4) {
      const count = min<usize>(4, width - j);
      const whole = count == 4;
      const target = whole ? v128.load(y) : loadPart(y, count, zero);
      let a = whole ? v128.load(delta) : loadPart(delta, count, zero);
      if (columns == 1) a = f32x4.add(a, shared);
      else if (whole) a = f32x4.add(a, v128.load(bias + (j << 2)));
      else a = f32x4.add(a, loadPart(bias + (j << 2), count, zero));
      let terms: v128;
      let difference: v128;
      if (labelWeights) {
        let p = v128.load32_splat(labelWeights);
        if (columns > 1) {
          const at = labelWeights + (j << 2);
          p = whole ? v128.load(at) : loadPart(at, count, zero);
        }
        const py = f32x4.mul(p, target);
        const rest = f32x4.sub(f32x4.splat(1), target);
        terms = weighedTerms(a, py, rest);
        difference = f32x4.sub(f32x4.mul(f32x4.add(py, rest), sigmoid4(a)), py);
      } else {
        terms = binaryTerms(a, target);
        difference = f32x4.sub(sigmoid4(a), target);
      }
      let counted = f32x4.splat(1);
      const square = f32x4.mul(difference, difference);
      if (!plain) {
        const weight = loadElements(weights, columns, i, j, count);
        terms = f32x4.mul(weight, terms);
        difference = f32x4.mul(weight, difference);
        counted = ofValues ? f32x4.mul(weight, square) : loadElements(counts, columns, i, j, count);
      }
      loss = addLanes(loss, terms, count);
      right = addLanes(right, ofValues ? counted : v128.and(agree(a, target), counted), count);
      if (whole) v128.store(delta, difference);
      else storePart(delta, difference, count);
      delta += count << 2;
      y += count << 2;
    }
  }
  store<f64>(metrics, load<f64>(metrics) + loss);
  store<f64>(metrics, load<f64>(metrics, 8) + right, 8);
}

function plainBinary(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
): void {
  binary(delta, bias, y, metrics, rows, columns, true, false, 0, 0, 0);
}

/** As `binary`. */
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
  if (!weights && !counts && !labelWeights) plainBinary(delta, bias, y, metrics, rows, columns);
  else binary(delta, bias, y, metrics, rows, columns, false, false, weights, counts, labelWeights);
}

/** As `binary`, of values. */
export function binaryError(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
): void {
  binary(delta, bias, y, metrics, rows, columns, false, true, weights, 0, 0);
}

/** delta ← (z − y) ⊙ g′, z on entry in delta. Both: (length). metrics[0] += ½ Σ (z − y)², metrics[1] += Σ (z − y)². */
export function squaredError(delta: usize, y: usize, metrics: usize, length: usize, activation: i32): void {
  const zero = f32x4.splat(0);
  let squares: f64 = 0;
  for (let j: usize = 0; j < length; j += 4) {
    const count = min<usize>(4, length - j);
    const whole = count == 4;
    const z = whole ? v128.load(delta) : loadPart(delta, count, zero);
    const difference = f32x4.sub(z, whole ? v128.load(y) : loadPart(y, count, zero));
    const low = f64x2.promote_low_f32x4(difference);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(difference, difference, 2, 3, 0, 1));
    const both = f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high));
    squares += f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    const product = f32x4.mul(difference, derivative(activation, z));
    if (whole) v128.store(delta, product);
    else storePart(delta, product, count);
    delta += count << 2;
    y += count << 2;
  }
  store<f64>(metrics, load<f64>(metrics) + 0.5 * squares);
  store<f64>(metrics, load<f64>(metrics, 8) + squares, 8);
}

/**
 * delta ← weight h′(r) ⊙ g′, r = z − y, z on entry in delta. delta, y: (rows, columns); weights: (rows), 1 each where
 * they are at 0. metrics[0] += Σ weight h(r), metrics[1] += Σ weight r². h: |r|, or Huber's.
 */
@inline
function robust(
  delta: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
  isAbsolute: bool,
  limit: f32,
  activation: i32,
): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  const most = f32x4.splat(limit);
  let errors: f64 = 0;
  let squares: f64 = 0;
  const width = columns == 1 ? rows : columns;
  const lines: usize = columns == 1 ? 1 : rows;
  for (let i: usize = 0; i < lines; i++) {
    for (let j: usize = 0; j < width; j += 4) {
      const count = min<usize>(4, width - j);
      const whole = count == 4;
      const z = whole ? v128.load(delta) : loadPart(delta, count, zero);
      const r = f32x4.sub(z, whole ? v128.load(y) : loadPart(y, count, zero));
      const weight = loadElements(weights, columns, i, j, count);
      const size = f32x4.abs(r);
      const square = f32x4.mul(r, r);
      let error = size;
      // The sign of r, 0 where it is 0.
      let slope = v128.and(v128.bitselect(r, one, i32x4.splat(0x80000000)), f32x4.ne(r, zero));
      if (!isAbsolute) {
        const beyond = f32x4.mul(most, f32x4.sub(size, f32x4.mul(half, most)));
        error = v128.bitselect(f32x4.mul(half, square), beyond, f32x4.le(size, most));
        slope = f32x4.pmax(f32x4.pmin(r, most), f32x4.neg(most));
      }
      errors = addLanes(errors, f32x4.mul(weight, error), count);
      squares = addLanes(squares, f32x4.mul(weight, square), count);
      const product = f32x4.mul(f32x4.mul(weight, slope), derivative(activation, z));
      if (whole) v128.store(delta, product);
      else storePart(delta, product, count);
      delta += count << 2;
      y += count << 2;
    }
  }
  store<f64>(metrics, load<f64>(metrics) + errors);
  store<f64>(metrics, load<f64>(metrics, 8) + squares, 8);
}

/** As `robust`, h(r) = ½ r², beyond ±limit: limit (|r| − ½ limit). */
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
  robust(delta, y, metrics, rows, columns, weights, false, limit, activation);
}

/** As `robust`, h(r) = |r|. */
export function absoluteError(
  delta: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
  weights: usize,
  activation: i32,
): void {
  robust(delta, y, metrics, rows, columns, weights, true, 0, activation);
}
