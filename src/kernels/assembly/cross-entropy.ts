/**
 * Cross-entropy of softmax from net inputs, with its output delta, in place. Sums of losses are kept in float64. Rows that
 * all count once and targets that are not smoothed have code of their own, made of the same lines.
 */
import {
  columnDelta4,
  countIfRight4,
  logOfTotal4,
  rowLoss4,
  scanFirst4,
  scanOwn4,
  softmaxTerm4,
  weightedColumnDelta4,
  weightedRowLoss4,
} from './formulas';
import { addLanes, loadRows } from './part';
import { addBias, expAndSum, scaleRow } from './softmax';

// Four rows at once take 13 ns a row for 2 classes and 40 for 10 (npm run bench -- losses); one by one it was
// 66 and 93.
const FEW_CLASSES: usize = 24;

/** z ← z − shift for one row. */
function shiftRow(z: usize, shift: f32, columns: usize): void {
  const end = z + (columns << 2);
  for (; z < end; z += 4) store<f32>(z, load<f32>(z) - shift);
}

/** Σ (most − z) over one row. */
function sumBelow(z: usize, most: f32, columns: usize): f32 {
  const end = z + (columns << 2);
  let total: f32 = 0;
  for (; z < end; z += 4) total += most - load<f32>(z);
  return total;
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
  return f64(most) - f64(a) + f64(logOfTotal(total));
}

/** ln total. */
function logOfTotal(total: f32): f32 {
  return f32x4.extract_lane(logOfTotal4(f32x4.splat(total)), 0);
}

/** As oneRow, with a weight in delta and loss, what the row counts where it is right, and smoothed targets. */
function oneWeightedRow(
  delta: usize,
  bias: usize,
  label: usize,
  classes: usize,
  right: usize,
  weight: f32,
  count: f32,
  smoothing: f32,
): f64 {
  const most = addBias(delta, bias, classes);
  const at = delta + (label << 2);
  const a = load<f32>(at);
  if (isFirstLargest(delta, label, most)) store<f64>(right, load<f64>(right) + f64(count));
  const below = sumBelow(delta, most, classes);
  const total = expAndSum(delta, most, classes);
  const own = f32(1) - smoothing;
  const each = smoothing / f32(classes);
  scaleRow(delta, weight / total, classes);
  shiftRow(delta, weight * each, classes);
  store<f32>(at, load<f32>(at) - weight * own);
  return f64(weight) * (f64(own * (most - a)) + f64(each * below) + f64(logOfTotal(total)));
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

/**
 * As oneRow for four rows at once, a row a lane, for few classes; `columns` has room for classes vectors. Where not
 * `plain`, as oneWeightedRow.
 */
@inline
function fourRows(
  delta: usize,
  bias: usize,
  labels: v128,
  classes: usize,
  right: usize,
  columns: usize,
  plain: bool,
  weight: v128,
  count: v128,
  smoothing: f32,
): f64 {
  const line = classes << 2;
  let most = f32x4.splat(-Infinity);
  let first = i32x4.splat(-1);
  let own = f32x4.splat(0);
  for (let j: usize = 0; j < classes; j++) {
    const a = f32x4.add(loadColumn(delta + (j << 2), line), v128.load32_splat(bias + (j << 2)));
    v128.store(columns + (j << 4), a);
    const column = i32x4.splat(i32(j));
    first = scanFirst4(first, most, a, column);
    own = scanOwn4(own, a, column, labels);
    most = f32x4.pmax(most, a);
  }
  let total = f32x4.splat(0);
  let below = f32x4.splat(0);
  for (let j: usize = 0; j < classes; j++) {
    const a = v128.load(columns + (j << 4));
    if (!plain) below = f32x4.sub(below, f32x4.sub(a, most));
    const e = softmaxTerm4(a, most);
    v128.store(columns + (j << 4), e);
    total = f32x4.add(total, e);
  }
  const factor = f32x4.div(f32x4.splat(1), total);
  const ownPart = f32x4.splat(f32(1) - smoothing);
  const eachPart = f32x4.splat(smoothing / f32(classes));
  for (let j: usize = 0; j < classes; j++) {
    const column = i32x4.splat(i32(j));
    const e = v128.load(columns + (j << 4));
    const d = plain
      ? columnDelta4(e, factor, column, labels)
      : weightedColumnDelta4(e, factor, column, labels, weight, ownPart, eachPart);
    storeColumn(delta + (j << 2), d, line);
  }
  store<f64>(right, addLanes(load<f64>(right), countIfRight4(first, labels, count), 4));
  const loss = plain
    ? rowLoss4(most, own, total)
    : weightedRowLoss4(most, own, total, below, weight, ownPart, eachPart);
  return addLanes(0, loss, 4);
}

function fourPlainRows(
  delta: usize,
  bias: usize,
  labels: v128,
  classes: usize,
  right: usize,
  columns: usize,
): f64 {
  const one = f32x4.splat(1);
  return fourRows(delta, bias, labels, classes, right, columns, true, one, one, 0);
}

function fourWeightedRows(
  delta: usize,
  bias: usize,
  labels: v128,
  classes: usize,
  right: usize,
  columns: usize,
  weight: v128,
  count: v128,
  smoothing: f32,
): f64 {
  return fourRows(delta, bias, labels, classes, right, columns, false, weight, count, smoothing);
}

/** Rows that all count once, and targets that are onehot(y). */
function plainSoftmaxCrossEntropy(
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
      loss += fourPlainRows(delta, bias, v128.load(y + (i << 2)), classes, right, scratch);
      delta += 4 * line;
    }
  }
  for (; i < rows; i++) {
    loss += oneRow(delta, bias, usize(load<u32>(y + (i << 2))), classes, right);
    delta += line;
  }
  store<f64>(metrics, load<f64>(metrics) + loss);
}

/**
 * delta ← weight (softmax(delta + bias) − target), target = (1 − smoothing) onehot(y) + smoothing / classes; y: int32
 * (rows); weights, counts: (rows), 1 each where they are at 0. metrics[0] += loss, metrics[1] += counts of right rows.
 * `scratch`: FEW_CLASSES vectors of this thread's own.
 */
export function softmaxCrossEntropy(
  delta: usize,
  bias: usize,
  y: usize,
  metrics: usize,
  rows: usize,
  classes: usize,
  weights: usize,
  counts: usize,
  smoothing: f32,
  scratch: usize,
): void {
  if (!weights && !counts && smoothing == 0) {
    plainSoftmaxCrossEntropy(delta, bias, y, metrics, rows, classes, scratch);
    return;
  }
  let loss: f64 = 0;
  const right = metrics + 8;
  const line = classes << 2;
  let i: usize = 0;
  if (classes <= FEW_CLASSES) {
    for (; i + 4 <= rows; i += 4) {
      const labels = v128.load(y + (i << 2));
      const weight = loadRows(weights, i, 4);
      const count = loadRows(counts, i, 4);
      loss += fourWeightedRows(delta, bias, labels, classes, right, scratch, weight, count, smoothing);
      delta += 4 * line;
    }
  }
  for (; i < rows; i++) {
    const label = usize(load<u32>(y + (i << 2)));
    const weight = weights ? load<f32>(weights + (i << 2)) : 1;
    const count = counts ? load<f32>(counts + (i << 2)) : 1;
    loss += oneWeightedRow(delta, bias, label, classes, right, weight, count, smoothing);
    delta += line;
  }
  store<f64>(metrics, load<f64>(metrics) + loss);
}
