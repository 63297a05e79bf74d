/** Puts the two parts of a draw together again, in the encoding of the first. Pure; the rows are views. */
import type { Dataset } from './dataset.js';
import type { Rows } from './rows.js';

/** The rows of both datasets, which were drawn from one, one after the other. */
export function joinRows(first: Dataset, second: Dataset): Dataset {
  const { y, truth, weights, exactWeights, rowNumbers } = first;
  return {
    ...first,
    rows: first.rows + second.rows,
    x: joined(first.x, second.x),
    y: concat(y, second.y as typeof y),
    ...(truth && second.truth && { truth: concat(truth, second.truth) }),
    ...(weights && second.weights && { weights: concat(weights, second.weights) }),
    ...(exactWeights && second.exactWeights && { exactWeights: concat(exactWeights, second.exactWeights) }),
    ...(rowNumbers && second.rowNumbers && { rowNumbers: concat(rowNumbers, second.rowNumbers) }),
  };
}

function joined(first: Rows, second: Rows): Rows {
  const { count, width, type, spans } = first;
  return {
    ...{ count: count + second.count, width, type, spans },
    write(into, from, to) {
      const split = Math.min(Math.max(from, count), to);
      if (from < split) first.write(into, from, split);
      if (split < to) second.write(into.subarray((split - from) * width), split - count, to - count);
    },
  };
}

function concat<T extends Float32Array | Float64Array | Int32Array | Uint32Array>(first: T, second: T): T {
  const Kind = first.constructor as new (length: number) => T;
  const all = new Kind(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
