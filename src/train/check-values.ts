/**
 * Whether inputs can be reconstructed under binary cross-entropy: as values from 0 to 1. Where they can't, says what brings
 * them there.
 */
import { type Dataset, rowNumber } from '../data/dataset.js';
import { hasTargets } from '../data/reconstruction.js';
import { usageError } from '../errors.js';

/** @throws usage where the targets of a regression are others than its inputs, or an input is below 0 or above 1 */
export function checkValues(data: Dataset, isTraining: boolean): void {
  if (!hasTargets(data)) return;
  const { source, encoding, x, scale, features } = data;
  if (!encoding.targetIsInput) {
    throw usageError(
      `network: expected a loss of numbers for ${source}, got binary-cross-entropy.`,
      'Of numbers it is for inputs alone that are targets.',
    );
  }
  const at = x.findIndex((value: number) => !(value * scale >= 0 && value * scale <= 1));
  if (at < 0) return;
  const row = rowNumber(data, Math.floor(at / features));
  throw usageError(
    `${source}, row ${row}, column "${encoding.targets[at % features]}": expected values from 0 to 1, as the loss of reconstructions is binary-cross-entropy, got ${x[at]! * scale}.`,
    isTraining ? hintFor(data) : JUDGING_HINT,
  );
}

const JUDGING_HINT =
  'Correct the cell, leave its row out, or give the --query that brought the columns there for training.';

/** The value that a float32 stands for is about so near, as part of 1 or of itself. */
const ROUNDING = 1e-6;
const MOST_SHOWN = 8;

/** Takes columns as they are in the table; beyond that a query brings them there, as far as whole numbers. */
function hintFor(data: Dataset): string {
  if (data.encoding.kind === 'pixels') return 'Train with another --loss.';
  const moves = data.encoding.targets.flatMap((name, column) => {
    const { low, high } = rangeOf(data, column);
    const from = Math.floor(low + ROUNDING * Math.max(1, Math.abs(low)));
    const to = Math.ceil(high - ROUNDING * Math.max(1, Math.abs(high)));
    if (from >= 0 && to <= 1) return [];
    const moved = from < 0 ? `"${name}" + ${-from}` : `"${name}" - ${from}`;
    return [`(${moved}) / ${to - from} AS "${name}"`];
  });
  if (moves.length === 0) return 'Train with --no-standardize, or with another --loss.';
  const shown = moves.slice(0, MOST_SHOWN).join(', ') + (moves.length > MOST_SHOWN ? ', …' : '');
  return `Train with --no-standardize --query 'SELECT * REPLACE (${shown}) FROM data', or with another --loss.`;
}

/** In the column's own units. */
function rangeOf({ x, scale, features, encoding }: Dataset, column: number): { low: number; high: number } {
  const { mean, deviation } = encoding.targetScales[column]!;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = column; i < x.length; i += features) {
    const value = mean + deviation * scale * x[i]!;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}
