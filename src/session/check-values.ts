/**
 * Whether inputs can be reconstructed under binary cross-entropy: as values from 0 to 1. Where they can't, says what brings
 * them there.
 */
import { type Dataset, rowNumber } from '../data/dataset.js';
import { hasTargets } from '../data/reconstruction.js';
import { blocksOf, readInputs } from '../data/rows.js';
import { usageError } from '../errors.js';
import { option, options } from '../option-names.js';

/** @throws usage where the targets of a regression are others than its inputs, or an input is below 0 or above 1 */
export function checkValues(data: Dataset, isTraining: boolean): void {
  if (!hasTargets(data)) return;
  const { source, encoding } = data;
  if (!encoding.targetIsInput) {
    throw usageError(
      `network: expected a loss of numbers for ${source}, got binary-cross-entropy.`,
      'Of numbers it is for inputs alone that are targets.',
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
  const { rows, features } = data;
  for (const { from, to } of blocksOf(rows, 4 * features)) {
    const inputs = readInputs(data, from, to);
    const at = inputs.findIndex(value => !(value >= 0 && value <= 1));
    if (at >= 0) return { row: from + Math.floor(at / features), column: at % features, value: inputs[at]! };
  }
  return null;
}

const JUDGING_HINT = `Correct the cell, leave its row out, or give the ${option('query')} that brought the columns there for training.`;

/** The value that a float32 stands for is about so near, as part of 1 or of itself. */
const ROUNDING = 1e-6;
const MOST_SHOWN = 8;

/** Takes columns as they are in the table; beyond that a query brings them there, as far as whole numbers. */
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
  if (moves.length === 0)
    return `Train with ${option('standardize', false)}, or with another ${option('loss')}.`;
  const shown = moves.slice(0, MOST_SHOWN).join(', ') + (moves.length > MOST_SHOWN ? ', …' : '');
  const query = `SELECT * REPLACE (${shown}) FROM data`;
  return `Train with ${options({ standardize: false, query })}, or with another ${option('loss')}.`;
}

/** Of each column, in its own units. */
function rangesOf(data: Dataset): { low: number; high: number }[] {
  const { rows, features, encoding } = data;
  const ranges = encoding.targetScales.map(() => ({
    low: Number.POSITIVE_INFINITY,
    high: Number.NEGATIVE_INFINITY,
  }));
  for (const { from, to } of blocksOf(rows, 4 * features)) {
    readInputs(data, from, to).forEach((input, i) => {
      const { mean, deviation } = encoding.targetScales[i % features]!;
      const range = ranges[i % features]!;
      const value = mean + deviation * input;
      range.low = Math.min(range.low, value);
      range.high = Math.max(range.high, value);
    });
  }
  return ranges;
}
