/**
 * Splits rows into training and validation rows: a seeded, stratified draw. A pure function of (labels,
 * fraction, seed); both parts keep the file's order.
 */

import { usageError } from '../errors.js';
import { orderByKey } from '../keyed-order.js';
import { option } from '../option-names.js';
import { Random } from '../random.js';
import { type Dataset, rowNumber } from './dataset.js';
import { dealLabels } from './deal-labels.js';
import { takeRows } from './rows.js';

/** Share of a table's rows that are held out by default, and the most and the least rows for which that is done. */
const USUAL_SHARE = 0.2;
const MOST_HELD = 20_000;
const LEAST_ROWS = 250;

/** The fraction of a table's rows to hold out if the user says nothing; null: none, since every row is needed. */
export function usualFraction(rows: number): number | null {
  if (rows < LEAST_ROWS) return null;
  return Math.min(USUAL_SHARE, MOST_HELD / rows);
}

export interface Split {
  /** Positions in ascending order. */
  train: Uint32Array;
  validation: Uint32Array;
}

/**
 * Draws round(fraction · rows) of the positions 0 … rows − 1 for validation, from each class its share by
 * largest remainder, and leaves at least one row of each class for training. The rows drawn from a class are those with
 * the smallest keys.
 *
 * @param labels class of each position, or (rows, labels) of 0 and 1 to stratify by labels; null if there are
 * none
 * @throws usage if a part would be empty
 */
export function splitRows(
  rows: number,
  labels: ArrayLike<number> | null,
  fraction: number,
  seed: number,
): Split {
  const between = fraction > 0 && fraction < 1;
  if (!between)
    throw usageError(`${option('validation')}: expected a fraction between 0 and 1, got ${fraction}.`, HINT);
  const order = orderByKey(rows, new Random(seed, 'split'));
  if (labels && labels.length > rows) return splitLabelled(labels, order, fraction);

  const quotas = shareOut(countLabels(rows, labels), Math.max(1, Math.round(rows * fraction)));
  const isHeld = new Uint8Array(rows);
  let held = 0;
  for (const position of order) {
    const label = labels === null ? 0 : labels[position]!;
    const quota = quotas.get(label)!;
    if (quota === 0) continue;
    quotas.set(label, quota - 1);
    isHeld[position] = 1;
    held++;
  }
  if (held === 0) throw tooFew(fraction, rows, 'each class');
  return toSplit(order, isHeld);
}

/** Splits rows with several labels. */
function splitLabelled(labels: ArrayLike<number>, order: Uint32Array, fraction: number): Split {
  const rows = order.length;
  const held = Math.min(rows - 1, Math.max(1, Math.round(rows * fraction)));
  if (held === 0) throw tooFew(fraction, rows, 'it');
  return toSplit(order, dealLabels(labels, order, [rows - held, held]));
}

function toSplit(order: Uint32Array, isHeld: ArrayLike<number>): Split {
  order.sort();
  return {
    train: order.filter(position => isHeld[position] === 0),
    validation: order.filter(position => isHeld[position] === 1),
  };
}

function tooFew(fraction: number, rows: number, what: string) {
  const message = `${option('validation', fraction)}: expected rows enough to leave ${what} one to learn from`;
  return usageError(`${message}, got ${rows}.`, HINT);
}

const HINT = `Try ${option('validation', 0.2)}, or name a file.`;

function countLabels(rows: number, labels: ArrayLike<number> | null): Map<number, number> {
  if (labels === null) return new Map([[0, rows]]);
  const counts = new Map<number, number>();
  for (let i = 0; i < rows; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  return counts;
}

/** Divides `total` in proportion to the counts: integer parts first, then one each by largest remainder. */
function shareOut(counts: Map<number, number>, total: number): Map<number, number> {
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shares = [...counts].map(([label, count]) => {
    const exact = (count * total) / rows;
    const quota = Math.min(Math.floor(exact), count - 1);
    return { label, count, quota, remainder: exact - quota };
  });
  let left = total - shares.reduce((sum, share) => sum + share.quota, 0);
  for (const share of shares.sort((a, b) => b.remainder - a.remainder || a.label - b.label)) {
    if (left === 0) break;
    if (share.quota + 1 > share.count - 1) continue;
    share.quota++;
    left--;
  }
  return new Map(shares.map(({ label, quota }) => [label, quota]));
}

/** What a draw stratifies by: the rows' classes or labels; null if there are none. */
export function labelsOf({ task, y }: Dataset): ArrayLike<number> | null {
  return task === 'regression' ? null : y;
}

/** Splits a dataset whose features don't depend on the split. */
export function cutDataset(dataset: Dataset, split: Split): { train: Dataset; validation: Dataset } {
  return { train: takePart(dataset, split.train), validation: takePart(dataset, split.validation) };
}

/** The rows at the given positions with their targets and weights; x is a view. */
export function takePart(dataset: Dataset, positions: Uint32Array): Dataset {
  const { storedBy: _, ...known } = dataset;
  const { rows, x, y, truth, weights, exactWeights } = dataset;
  return {
    ...known,
    rows: positions.length,
    x: takeRows(x, positions),
    y: pick(y, y.length / rows, positions),
    ...(truth && { truth: pick(truth, truth.length / rows, positions) }),
    ...(weights && { weights: pick(weights, 1, positions) }),
    ...(exactWeights && { exactWeights: pick(exactWeights, 1, positions) }),
    rowNumbers: positions.map(position => rowNumber(dataset, position)),
  };
}

/** Rows of an array (rows, width) at the given positions. */
function pick<T extends Float32Array | Float64Array | Int32Array>(
  array: T,
  width: number,
  positions: Uint32Array,
): T {
  const Kind = array.constructor as new (length: number) => T;
  const picked = new Kind(positions.length * width);
  for (let i = 0; i < positions.length; i++) {
    const begin = positions[i]! * width;
    for (let k = 0; k < width; k++) picked[i * width + k] = array[begin + k]!;
  }
  return picked;
}
