/**
 * Losses from net inputs, and their output deltas, in place. Sums of losses are kept in float64.
 * Softmax and cross-entropy shift each row by its largest net input, so that nothing overflows.
 */
import { derivative } from './activations';
import { exp4, logOnePlus4, sigmoid4 } from './math';
import { loadPart, storePart } from './part';

// Four rows at once take 13 ns a row for 2 classes and 40 for 10 (npm run bench -- losses); one by one it was
// 66 and 93.
const FEW_CLASSES: usize = 24;

function largest(v: v128): f32 {
  const two = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2)), 0);
}

function sum(v: v128): f32 {
  const two = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(two, v128.shuffle<f32>(two, two, 1, 0, 3, 2)), 0);
}

/** z ← z + bias for one row; returns the largest. */
function addBias(z: usize, bias: usize, columns: usize): f32 {
  const least = f32x4.splat(-f32.MAX_VALUE);
  const whole = columns & ~3;
  let most = least;
  for (let j: usize = 0; j < whole; j += 4) {
    const a = f32x4.add(v128.load(z + (j << 2)), v128.load(bias + (j << 2)));
    v128.store(z + (j << 2), a);
    most = f32x4.pmax(most, a);
  }
  const rest = columns - whole;
  if (rest) {
    const at = whole << 2;
    const zero = f32x4.splat(0);
    const a = f32x4.add(loadPart(z + at, rest, least), loadPart(bias + at, rest, zero));
    storePart(z + at, a, rest);
    most = f32x4.pmax(most, a);
  }
  return largest(most);
}

/** z ← e^(z − shift) for one row; returns the sum. */
function expAndSum(z: usize, shift: f32, columns: usize): f32 {
  const s = f32x4.splat(shift);
  const whole = columns & ~3;
  let total = f32x4.splat(0);
  for (let j: usize = 0; j < whole; j += 4) {
    const e = exp4(f32x4.sub(v128.load(z + (j << 2)), s));
    v128.store(z + (j << 2), e);
    total = f32x4.add(total, e);
  }
  const rest = columns - whole;
  if (rest) {
    const at = whole << 2;
    const e = exp4(f32x4.sub(loadPart(z + at, rest, f32x4.splat(-Infinity)), s));
    storePart(z + at, e, rest);
    total = f32x4.add(total, e);
  }
  return sum(total);
}

/** z ← factor · z for one row. */
function scaleRow(z: usize, factor: f32, columns: usize): void {
  const f = f32x4.splat(factor);
  const whole = columns & ~3;
  for (let j: usize = 0; j < whole; j += 4) {
    v128.store(z + (j << 2), f32x4.mul(v128.load(z + (j << 2)), f));
  }
  const rest = columns - whole;
  if (rest) storePart(z + (whole << 2), f32x4.mul(loadPart(z + (whole << 2), rest, f), f), rest);
}

/** z ← softmax(z + bias) a row. z: (rows, columns). */
export function softmax(z: usize, bias: usize, rows: usize, columns: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const most = addBias(z, bias, columns);
    scaleRow(z, f32(1) / expAndSum(z, most, columns), columns);
    z += columns << 2;
  }
}

/** Whether column y is the first of the row's largest. */
function isFirstLargest(z: usize, y: usize, most: f32): bool {
  if (load<f32>(z + (y << 2)) != most) return false;
  for (let j: usize = 0; j < y; j++) {
    if (load<f32>(z + (j << 2)) == most) return false;
  }
  return true;
}

/** One row: delta ← softmax(delta + bias) − onehot(label). Returns −ln ŷ(label), and counts into `right`. */
function oneRow(delta: usize, bias: usize, label: usize, classes: usize, right: usize): f64 {
  const most = addBias(delta, bias, classes);
  const at = delta + (label << 2);
  const a = load<f32>(at);
  if (isFirstLargest(delta, label, most)) store<f64>(right, load<f64>(right) + 1);
  const total = expAndSum(delta, most, classes);
  scaleRow(delta, f32(1) / total, classes);
  store<f32>(at, load<f32>(at) - 1);
  // −ln ŷ = (most − a) + ln total; the total is at least 1, the largest's own part.
  return f64(most) - f64(a) + f64(f32x4.extract_lane(logOnePlus4(f32x4.splat(total - 1)), 0));
}

/** Column j of four rows, `line` bytes apart. */
@inline
function loadColumn(from: usize, line: usize): v128 {
  let v = v128.load32_zero(from);
  v = v128.load_lane<f32>(from + line, v, 1);
  v = v128.load_lane<f32>(from + 2 * line, v, 2);
  return v128.load_lane<f32>(from + 3 * line, v, 3);
}

@inline
function storeColumn(to: usize, v: v128, line: usize): void {
  v128.store_lane<f32>(to, v, 0);
  v128.store_lane<f32>(to + line, v, 1);
  v128.store_lane<f32>(to + 2 * line, v, 2);
  v128.store_lane<f32>(to + 3 * line, v, 3);
}

/** As oneRow for four rows at once, a row a lane, for few classes; `columns` has room for classes vectors. */
function fourRows(
  delta: usize,
  bias: usize,
  labels: v128,
  classes: usize,
  right: usize,
  columns: usize,
): f64 {
  const line = classes << 2;
  const one = f32x4.splat(1);
  let most = f32x4.splat(-Infinity);
  let first = i32x4.splat(-1);
  let own = f32x4.splat(0);
  for (let j: usize = 0; j < classes; j++) {
    const a = f32x4.add(loadColumn(delta + (j << 2), line), v128.load32_splat(bias + (j << 2)));
    v128.store(columns + (j << 4), a);
    const column = i32x4.splat(i32(j));
    first = v128.bitselect(column, first, f32x4.gt(a, most));
    most = f32x4.pmax(most, a);
    own = v128.bitselect(a, own, i32x4.eq(column, labels));
  }
  let total = f32x4.splat(0);
  for (let j: usize = 0; j < classes; j++) {
    const e = exp4(f32x4.sub(v128.load(columns + (j << 4)), most));
    v128.store(columns + (j << 4), e);
    total = f32x4.add(total, e);
  }
  const factor = f32x4.div(one, total);
  for (let j: usize = 0; j < classes; j++) {
    const onehot = v128.and(one, i32x4.eq(i32x4.splat(i32(j)), labels));
    const yHat = f32x4.mul(v128.load(columns + (j << 4)), factor);
    storeColumn(delta + (j << 2), f32x4.sub(yHat, onehot), line);
  }
  const hits = popcnt(i32x4.bitmask(i32x4.eq(first, labels)));
  store<f64>(right, load<f64>(right) + f64(hits));
  const log = logOnePlus4(f32x4.sub(total, one));
  return addLanes(0, f32x4.add(f32x4.sub(most, own), log), 4);
}

/**
 * delta ← softmax(delta + bias) − onehot(y); y: int32 (rows). metrics[0] += loss, metrics[1] += right rows.
 * `scratch`: FEW_CLASSES vectors of this thread's own.
 */
export function softmaxCrossEntropy(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  classes: usize,
  scratch: usize,
): void {
  let loss: f64 = 0;
  const right = metrics + 8;
  const line = classes << 2;
  let i: usize = 0;
  if (classes <= FEW_CLASSES) {
    for (; i + 4 <= rows; i += 4) {
      loss += fourRows(delta, bias, v128.load(y + (i << 2)), classes, right, scratch);
      delta += 4 * line;
    }
  }
  for (; i < rows; i++) {
    loss += oneRow(delta, bias, usize(load<u32>(y + (i << 2))), classes, right);
    delta += line;
  }
  store<f64>(metrics, load<f64>(metrics) + loss);
}

/** The four terms max(a, 0) − a y + ln(1 + e^−|a|). */
function binaryTerms(a: v128, y: v128): v128 {
  const linear = f32x4.sub(f32x4.pmax(a, f32x4.splat(0)), f32x4.mul(a, y));
  return f32x4.add(linear, logOnePlus4(exp4(f32x4.neg(f32x4.abs(a)))));
}

/** All ones where (a > 0) = (y > ½). */
function agree(a: v128, y: v128): v128 {
  return v128.not(v128.xor(f32x4.gt(a, f32x4.splat(0)), f32x4.gt(y, f32x4.splat(0.5))));
}

function addLanes(total: f64, terms: v128, count: usize): f64 {
  total += f64(f32x4.extract_lane(terms, 0));
  if (count > 1) total += f64(f32x4.extract_lane(terms, 1));
  if (count > 2) total += f64(f32x4.extract_lane(terms, 2));
  if (count > 3) total += f64(f32x4.extract_lane(terms, 3));
  return total;
}

/** delta ← σ(delta + bias) − y. Both: (rows, columns). metrics[0] += loss, metrics[1] += right elements. */
export function binaryCrossEntropy(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  columns: usize,
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
      loss = addLanes(loss, binaryTerms(a, target), count);
      right = addLanes(right, v128.and(agree(a, target), f32x4.splat(1)), count);
      const difference = f32x4.sub(sigmoid4(a), target);
      if (whole) v128.store(delta, difference);
      else storePart(delta, difference, count);
      delta += count << 2;
      y += count << 2;
    }
  }
  store<f64>(metrics, load<f64>(metrics) + loss);
  store<f64>(metrics, load<f64>(metrics, 8) + right, 8);
}

/** delta ← (z − y) ⊙ g′, z on entry in delta. Both: (length). metrics[0] += ½ Σ (z − y)². */
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
}
