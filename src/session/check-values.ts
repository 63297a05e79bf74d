/**
 * Checks inputs that are reconstructed under binary cross-entropy: their values must be from 0 to 1. If they are not, the
 * hint says how to scale them.
 */
import { type Dataset, rowNumber } from '../data/dataset.js';
import { hasTargets } from '../data/reconstruction.js';
import { scanRows } from '../data/scan.js';
import { usageError } from '../errors.js';
import { option, options } from '../option-names.js';

/** @throws usage if the targets of a regression are not its inputs, or an input is below 0 or above 1 */
export function checkValues(data: Dataset, isTraining: boolean): void {
  if (!hasTargets(data)) return;
  const { source, encoding } = data;
  if (!encoding.targetIsInput) {
    throw usageError(
      `network: expected a loss of numbers for ${source}, got binary-cross-entropy.`,
      `It is for classes, and for inputs that are targets themselves. Train with another ${option('loss')}.`,
    );
  }
  const wrong = findWrong(data);
  if (wrong === null) return;
  const { row, column, value } = wrong;
  throw usageError(
    `${source}, row ${rowNumber(data, row)}, column "${encoding.targets[column]}": expected values from 0 to 1, as the loss of reconstructions is binary-cross-entropy, got ${value}.`,
    isTraining ? hintFor(data) : JUDGING_HINT,
  );
}

/** The first input that is not from 0 to 1. */
function findWrong(data: Dataset): { row: number; column: number; value: number } | null {
  let wrong: ReturnType<typeof findWrong> = null;
  scanRows(data, (inputs, at, row) => {
    for (let column = 0; column < data.features && wrong === null; column++) {
      const value = inputs[at + column]!;
      if (!(value >= 0 && value <= 1)) wrong = { row, column, value };
    }
  });
  return wrong;
}

const JUDGING_HINT = `Correct the cell, leave its row out, or give the ${option('query')} that scaled the columns for training.`;

/** Largest error of a value read back from float32, relative to the value or to 1. */
const ROUNDING = 1e-6;
const MOST_SHOWN = 8;

/** Suggests the columns without standardisation or, if these are not from 0 to 1, a query that scales them by whole numbers. */
function hintFor(data: Dataset): string {
  if (data.encoding.kind === 'pixels') return `Train with another ${option('loss')}.`;
  const ranges = rangesOf(data);
  const moves = data.encoding.targets.flatMap((name, column) => {
    const { low, high } = ranges[column]!;
    const from = Math.floor(low + ROUNDING * Math.max(1, Math.abs(low)));
    const to = Math.ceil(high - ROUNDING * Math.max(1, Math.abs(high)));
    if (from >= 0 && to <= 1) return [];
    const moved = from < 0 ? `"${name}" + ${-from}` : `"${name}" - ${from}`;
    return [`(${moved}) / ${to - from} AS "${name}"`];
  });
  if (moves.length === 0) return `Train with ${option('scale', 'none')}, or with another ${option('loss')}.`;
  const shown = moves.slice(0, MOST_SHOWN).join(', ') + (moves.length > MOST_SHOWN ? ', …' : '');
  const query = `SELECT * REPLACE (${shown}) FROM data`;
  return `Train with ${options({ scale: 'none', query })}, or with another ${option('loss')}.`;
}

/** Range of each column, in its own unit. */
function rangesOf(data: Dataset): { low: number; high: number }[] {
  const { targetScales } = data.encoding;
  const ranges = targetScales.map(() => ({ low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }));
  scanRows(data, (inputs, at) => {
    for (const [column, { mean, deviation }] of targetScales.entries()) {
      const range = ranges[column]!;
      const value = mean + deviation * inputs[at + column]!;
      range.low = Math.min(range.low, value);
      range.high = Math.max(range.high, value);
    }
  });
  return ranges;
}
