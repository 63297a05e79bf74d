/**
 * What softmax and its cross-entropy do with one net input or one row, in float32: each formula is written once, for
 * WebAssembly and machine code, whose loops add up in the same order. E = most − own + ln Σ e^(a − most), own = a(label).
 * With weights, a row weighs `weight`, and its targets are `ownPart` + `eachPart` in the label's column, else `eachPart`.
 */
import { exp, logOnePlus } from './math.js';
import type { Operations } from './operations.js';

/** e^(a − most). */
export function softmaxTerm<V, M>(o: Operations<V, M>, a: V, most: V): V {
  return exp(o, o.subtract(a, most));
}

/** ln total; the total is at least 1, the largest's own part. */
export function logOfTotal<V, M>(o: Operations<V, M>, total: V): V {
  return logOnePlus(o, o.subtract(total, o.constant(1)));
}

/** The first column of the largest net input, after one more column. */
export function scanFirst<V, M>(o: Operations<V, M>, first: V, most: V, a: V, column: V): V {
  return o.choose(o.isBelow(most, a), column, first);
}

/** The label's net input, if it is this column's. */
export function scanOwn<V, M>(o: Operations<V, M>, own: V, a: V, column: V, label: V): V {
  return o.choose(o.isEqualWords(column, label), a, own);
}

/** `count` where the first largest column is the label's, else 0. */
export function countIfRight<V, M>(o: Operations<V, M>, first: V, label: V, count: V): V {
  return o.choose(o.isEqualWords(first, label), count, o.constant(0));
}

/** E of a row. */
export function rowLoss<V, M>(o: Operations<V, M>, most: V, own: V, total: V): V {
  return o.add(o.subtract(most, own), logOfTotal(o, total));
}

/** δ of a column, ŷ being e · factor. */
export function columnDelta<V, M>(o: Operations<V, M>, e: V, factor: V, column: V, label: V): V {
  const y = o.choose(o.isEqualWords(column, label), o.constant(1), o.constant(0));
  return o.subtract(o.multiply(e, factor), y);
}

/** E of a row with weights; below: Σ (most − a). */
export function weightedRowLoss<V, M>(
  o: Operations<V, M>,
  most: V,
  own: V,
  total: V,
  below: V,
  weight: V,
  ownPart: V,
  eachPart: V,
): V {
  const linear = o.add(o.multiply(ownPart, o.subtract(most, own)), o.multiply(eachPart, below));
  return o.multiply(weight, o.add(linear, logOfTotal(o, total)));
}

/** δ of a column of a row with weights. */
export function weightedColumnDelta<V, M>(
  o: Operations<V, M>,
  e: V,
  factor: V,
  column: V,
  label: V,
  weight: V,
  ownPart: V,
  eachPart: V,
): V {
  const own = o.choose(o.isEqualWords(column, label), ownPart, o.constant(0));
  return o.multiply(weight, o.subtract(o.multiply(e, factor), o.add(own, eachPart)));
}
