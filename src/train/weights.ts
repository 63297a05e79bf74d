/**
 * What rows weigh: in E their own weight times that of their class; where they are right, their own alone. Worked out
 * once, from the data and the options.
 */
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';

/** `balanced`: rows / (classes · rows of the class); or a number a class in the model's order, or by its name (else 1). */
export type ClassWeights = 'balanced' | readonly number[] | Readonly<Record<string, number>>;

/** What makes the error that is trained on another than the one that is judged by. */
export interface EmphasisOptions {
  /** What the rows of each class weigh in training; null: 1. */
  classWeights?: ClassWeights | null;
  /** ε of targets (1 − ε) y + ε / classes in training, 2 for a label; 0: as they are. */
  labelSmoothing?: number;
}

/** The same, settled for the data. */
export interface Emphasis {
  classWeights: readonly number[] | null;
  smoothing: number;
}

export const NO_EMPHASIS: Emphasis = { classWeights: null, smoothing: 0 };

/** (rows) each; null: 1 each. */
export interface RowWeights {
  /** In E. */
  weights: Float32Array | null;
  /** Where a row is right, and in the mean of its squared errors. */
  counts: Float32Array | null;
}

/** @throws usage where an option is out of range, or not for data of this task */
export function settleEmphasis(data: Dataset, options: EmphasisOptions): Emphasis {
  const { classWeights = null, labelSmoothing: smoothing = 0 } = options;
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw usageError(
      `--label-smoothing: expected from 0, below 1, got ${smoothing}.`,
      'Try --label-smoothing 0.1.',
    );
  }
  if (smoothing > 0 && data.task === 'regression') {
    throw usageError(`--label-smoothing: expected classes, got a regression (${data.source}).`, LEAVE_OUT);
  }
  return { classWeights: classWeights && settleClasses(data, classWeights), smoothing };
}

const LEAVE_OUT = 'Leave it out.';

function settleClasses(data: Dataset, asked: ClassWeights): number[] {
  const { task, source, outputs, rows, y } = data;
  if (task === 'regression') {
    throw usageError(
      `--class-weights: expected classes, got a regression (${source}).`,
      'Leave it out; --weight-column weighs row by row.',
    );
  }
  if (task === 'multilabel') {
    throw usageError(
      `--class-weights: expected rows of one class each, got ${outputs} labels a row (${source}).`,
      'Leave it out; --weight-column weighs row by row.',
    );
  }
  const classes = task === 'binary' ? 2 : outputs;
  if (asked === 'balanced') {
    const counts = new Array<number>(classes).fill(0);
    for (const label of y) counts[label]!++;
    // A class without rows has none to weigh.
    return counts.map(count => (count === 0 ? 1 : rows / (classes * count)));
  }
  const weights = isList(asked) ? [...asked] : byName(data.encoding.classes, asked);
  if (weights.length !== classes) {
    throw usageError(
      `--class-weights: expected ${classes}, one for each class${namesOf(data)}, got ${weights.length}.`,
      'Try --class-weights balanced.',
    );
  }
  const wrong = weights.find(weight => !(weight >= 0) || !Number.isFinite(weight));
  if (wrong !== undefined) throw usageError(`--class-weights: expected numbers from 0, got ${wrong}.`);
  return weights;
}

function isList(weights: ClassWeights): weights is readonly number[] {
  return Array.isArray(weights);
}

function byName(classes: readonly string[], asked: Readonly<Record<string, number>>): number[] {
  const stranger = Object.keys(asked).find(name => !classes.includes(name));
  if (stranger !== undefined) {
    throw usageError(
      `--class-weights: expected names of classes (${abridge(classes)}), got "${stranger}".`,
      'Classes that are left out weigh 1.',
    );
  }
  return classes.map(name => (Object.hasOwn(asked, name) ? asked[name]! : 1));
}

function namesOf({ encoding }: Dataset): string {
  return encoding.classes.length > 0 ? ` (${abridge(encoding.classes)})` : '';
}

const SHOWN = 10;

function abridge(names: readonly string[]): string {
  return names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ', …' : '');
}

/** The weights of the data's rows. @throws usage where none weighs anything */
export function weighRows(data: Dataset, classWeights: readonly number[] | null): RowWeights {
  const counts = data.weights ?? null;
  const weights = classWeights
    ? Float32Array.from(data.y, (label, row) => classWeights[label]! * (counts ? counts[row]! : 1))
    : counts;
  if (weights && !weights.some(weight => weight > 0)) {
    throw usageError(`${data.source}: expected a row of a weight above 0, got none.`);
  }
  return { weights, counts };
}
