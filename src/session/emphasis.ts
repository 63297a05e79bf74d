/**
 * Weights of rows and labels, computed once from the data and the options. In E, a row weighs its own weight times that
 * of its class; in metrics only its own. The weight of a label multiplies the error of its positive rows.
 */
import { type Dataset, rowNumber } from '../data/dataset.js';
import { optionError, usageError } from '../errors.js';
import { option } from '../option-names.js';
import { checkRange, SINGLE_FRACTION, SINGLE_FROM_ZERO } from '../ranges.js';

/**
 * For classes, `balanced`: rows / (classes · rows of the class); or one number per class, in the model's order or by
 * name (1 if left out). For labels, p of E = −Σ (p y ln ŷ + (1 − y) ln(1 − ŷ)), PyTorch's pos_weight; `balanced`: negative
 * rows / positive rows.
 */
export type ClassWeights = 'balanced' | readonly number[] | Readonly<Record<string, number>>;

/** Options by which the error that is trained on differs from the one that is reported. */
export interface EmphasisOptions {
  /** Weights in training of the rows of each class, or of the positive rows of each label; null: 1. */
  classWeights?: ClassWeights | null;
  /** ε of the targets (1 − ε) y + ε / classes in training (classes = 2 for a label); 0: unchanged targets. */
  labelSmoothing?: number;
}

/** The same for specific data. */
export interface Emphasis {
  /** One number per class; null for labels. */
  classWeights: readonly number[] | null;
  /** One number per label; null for classes. */
  labelWeights: readonly number[] | null;
  smoothing: number;
}

export const NO_EMPHASIS: Emphasis = { classWeights: null, labelWeights: null, smoothing: 0 };

/** Weights of all rows; null: each is 1. */
export interface RowWeights {
  /** In E. */
  weights: Float32Array | null;
  /** In accuracy and RMSE. */
  counts: Float32Array | null;
}

/** @throws usage if an option is out of range, or does not exist for the task */
export function settleEmphasis(data: Dataset, options: EmphasisOptions): Emphasis {
  const { classWeights = null, labelSmoothing: smoothing = 0 } = options;
  checkRange('labelSmoothing', smoothing, SINGLE_FRACTION, 0.1);
  if (smoothing > 0 && data.task === 'regression') {
    throw usageError(
      `${option('labelSmoothing')}: expected classes, got a regression (${data.source}).`,
      'Leave it out.',
    );
  }
  const weights = classWeights && settleWeights(data, classWeights);
  const [ofClasses, ofLabels] = data.task === 'multilabel' ? [null, weights] : [weights, null];
  return { classWeights: ofClasses, labelWeights: ofLabels, smoothing };
}

/** Classes or labels that have weights; their names may be unknown. */
interface Weighed {
  one: string;
  many: string;
  count: number;
  names: readonly string[];
}

function settleWeights(data: Dataset, asked: ClassWeights): number[] {
  const { task, source, outputs, encoding } = data;
  if (task === 'regression') {
    throw usageError(
      `${option('classWeights')}: expected classes, got a regression (${source}).`,
      `Leave it out; ${option('weightColumn')} weighs row by row.`,
    );
  }
  if (asked === 'balanced') return task === 'multilabel' ? balanceLabels(data) : balanceClasses(data);
  const weighed: Weighed =
    task === 'multilabel'
      ? { one: 'label', many: 'labels', count: outputs, names: encoding.targets }
      : { one: 'class', many: 'classes', count: task === 'binary' ? 2 : outputs, names: encoding.classes };
  const weights = isList(asked) ? [...asked] : byName(weighed, asked);
  if (weights.length !== weighed.count) {
    throw optionError('classWeights', {
      expected: `${weighed.count}, one for each ${weighed.one}${namesOf(weighed)}`,
      got: weights.length,
      example: 'balanced',
    });
  }
  for (const weight of weights) checkRange('classWeights', weight, SINGLE_FROM_ZERO);
  return weights;
}

function balanceClasses({ task, outputs, rows, y }: Dataset): number[] {
  const classes = task === 'binary' ? 2 : outputs;
  const counts = new Array<number>(classes).fill(0);
  for (const label of y) counts[label]!++;
  // A class without rows needs no weight.
  return counts.map(count => (count === 0 ? 1 : rows / (classes * count)));
}

function balanceLabels({ outputs, rows, y }: Dataset): number[] {
  const positives = new Array<number>(outputs).fill(0);
  for (let i = 0; i < y.length; i++) positives[i % outputs]! += y[i]!;
  // A label with only positive or only negative rows can't be balanced.
  return positives.map(count => (count === 0 || count === rows ? 1 : (rows - count) / count));
}

function isList(weights: ClassWeights): weights is readonly number[] {
  return Array.isArray(weights);
}

function byName({ many, names }: Weighed, asked: Readonly<Record<string, number>>): number[] {
  const stranger = Object.keys(asked).find(name => !names.includes(name));
  if (stranger !== undefined) {
    throw usageError(
      `${option('classWeights')}: expected names of ${many} (${abridge(names)}), got "${stranger}".`,
      'Names that are left out have weight 1.',
    );
  }
  return names.map(name => (Object.hasOwn(asked, name) ? asked[name]! : 1));
}

function namesOf({ names }: Weighed): string {
  return names.length > 0 ? ` (${abridge(names)})` : '';
}

const SHOWN = 10;

function abridge(names: readonly string[]): string {
  return names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ', …' : '');
}

/** Weights of the data's rows. @throws usage if all are 0, or one is too large */
export function weighRows(data: Dataset, classWeights: readonly number[] | null): RowWeights {
  const counts = data.weights ?? null;
  const weights = classWeights
    ? Float32Array.from(data.y, (label, row) => classWeights[label]! * (counts ? counts[row]! : 1))
    : counts;
  const large = weights?.findIndex(weight => !Number.isFinite(weight)) ?? -1;
  if (large >= 0) {
    throw usageError(
      `${data.source}, row ${rowNumber(data, large)}: expected a weight times that of its class that float32 can hold, got more.`,
      `Try smaller ${option('classWeights')}.`,
    );
  }
  if (weights && !weights.some(weight => weight > 0)) {
    throw usageError(`${data.source}: expected a row with a weight above 0, got none.`);
  }
  return { weights, counts };
}
