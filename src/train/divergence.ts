/**
 * Decides whether a training has diverged, and words the error: in which step, what the loss was, and which value in the
 * data is extreme, if one is. The rows are searched only after divergence.
 */
import type { ColumnEncoding, Dataset, Encoding } from '../data/dataset.js';
import { type ExtremeValue, findExtreme } from '../data/extreme.js';
import { LockstepError } from '../errors.js';
import type { Judgement } from '../model/judgement.js';
import type { Network } from '../model/network.js';
import { option } from '../option-names.js';
import { isSoundLoss } from '../protocol/metrics.js';

/** A training whose loss is that many times the loss of no prediction at all has diverged, long before numbers overflow. */
const TIMES_NOTHING = 1e6;

/**
 * The greatest loss, as a mean over rows, with which a training of the network can continue: far above that of always
 * predicting 0, or all classes alike. Autoencoders, whose targets are not at hand, count as standardised; if they are not, there
 * is no limit.
 */
export function greatestLoss(
  { loss, huberDelta = 1, quantile = 0 }: Network,
  { y, rows, outputs, task, encoding }: Dataset,
): number {
  if (encoding.targetIsInput && !isScaled(encoding)) return Number.POSITIVE_INFINITY;
  if (task !== 'regression') return TIMES_NOTHING * outputs;
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const size = Math.abs(y[i]!);
    if (loss === 'absolute') sum += size;
    else if (loss === 'quantile') sum += y[i]! > 0 ? quantile * size : (1 - quantile) * size;
    else sum += loss === 'huber' && size > huberDelta ? huberDelta * size : 0.5 * (size * size);
  }
  return TIMES_NOTHING * Math.max(sum / rows, outputs);
}

function isScaled({ kind, columns, rawPixels }: Encoding): boolean {
  if (kind === 'pixels') return !rawPixels;
  const isPlain = (column: ColumnEncoding) =>
    column.kind === 'number' && !column.boolean && column.mean === 0 && column.deviation === 1;
  // Rows of a program have no columns: nothing is known of their numbers.
  return columns.length > 0 && !columns.some(isPlain);
}

/** Whether a training can continue with the loss of this judgement, if there is one. */
export function isSoundJudgement(judgement: Judgement | null): boolean {
  return judgement === null || isSoundLoss(judgement.loss);
}

/** For example `the loss is 1.234e+31`; if a step ended before its loss was kept, `the loss is not finite`. */
export function lossSign(name: string, loss: number): string {
  if (Number.isNaN(loss)) return `the ${name} is not a number`;
  return Number.isFinite(loss) ? `the ${name} is ${loss.toExponential(3)}` : `the ${name} is not finite`;
}

/** A training that diverged, and in which step. */
export class DivergedError extends LockstepError {
  /** Epochs and steps begun since the start. */
  readonly epochs: number;
  readonly steps: number;

  constructor(message: string, hint: string, { epoch, step }: Pick<Divergence, 'epoch' | 'step'>) {
    super('diverged', message, { hint });
    this.epochs = epoch;
    this.steps = step;
  }
}

interface Divergence {
  epoch: number;
  step: number;
  /** What shows it: the text of `lossSign`, for example. */
  sign: string;
  learningRate: number;
  optimizer: string;
}

/** @param data rows that the loss or the weights come from */
export function divergedError(
  { epoch, step, sign, learningRate, optimizer }: Divergence,
  data: Dataset,
): DivergedError {
  const place = `step ${step.toLocaleString('en-US')} (epoch ${epoch})`;
  const otherRule = optimizer === 'sgd' ? `, or ${option('optimizer', 'adam')}` : '';
  const rate = `a smaller ${option('learningRate')} than ${learningRate}${otherRule}`;
  const extreme = findExtreme(data);
  const hint = extreme ? extremeText(extreme, data, `try ${rate}`) : `Try ${rate}.`;
  return new DivergedError(`Training diverged in ${place}: ${sign}.`, hint, { epoch, step });
}

/**
 * Says where the value is, why it is extreme, and what to do about it.
 *
 * @param other another remedy, if there is one
 */
export function extremeText(
  { column, row, value, deviations }: ExtremeValue,
  { source }: Dataset,
  other: string | null,
): string {
  const end = other === null ? '.' : `, or ${other}.`;
  const place = `${source}, row ${row.toLocaleString('en-US')}, column "${column}": ${numberText(value)}`;
  if (deviations === null) {
    return `${place} is large and not standardised. Leave out ${option('scale', 'none')}${end}`;
  }
  const far = Math.round(deviations).toLocaleString('en-US');
  return `${place} is ${far} deviations from the column's mean. Correct it${other === null ? ' or' : ','} leave the row out with ${option('query')}${end}`;
}

/** Seven digits, as many as float32 holds: 1,000,000; 1e+30 */
function numberText(value: number): string {
  const rounded = Number(value.toPrecision(7));
  return Math.abs(rounded) < 1e15
    ? rounded.toLocaleString('en-US', { maximumSignificantDigits: 7 })
    : String(rounded);
}
