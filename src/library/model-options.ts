/** Options of a fitted model's methods, and their checks. */
import { checkChoices } from '../choices.js';
import type { Dataset } from '../data/dataset.js';
import { usageError } from '../errors.js';
import { nearest } from '../nearest.js';
import { option } from '../option-names.js';
import type { MachineOptions } from '../session/machine.js';
import type { Answer } from './answers.js';

export interface PredictOptions {
  /** What to do with a text that training has not seen: an error, or no value of its column. */
  unseen?: 'error' | 'ignore';
}

/** Figures of one's own: from the true and the predicted classes or values of all rows. */
export type OwnMetrics = Readonly<
  Record<string, (truth: readonly Answer[], predicted: readonly Answer[]) => number>
>;

export interface EvaluateOptions extends Partial<MachineOptions>, PredictOptions {
  /** Column of row weights, for rows that are objects; `{ x, y }` has `weights`. */
  weightColumn?: string | null;
  /** Further figures by name: f1, auc, r2, … */
  metrics?: readonly string[];
  own?: OwnMetrics;
}

const PREDICT_KEYS = ['unseen'];
/** What says how rows become a Dataset. */
const READING_KEYS = [...PREDICT_KEYS, 'weightColumn'];
const MACHINE: Readonly<Record<keyof MachineOptions, true>> = {
  ...{ workers: true, shards: true, walk: true, exchange: true, ranks: true, backend: true, blas: true },
};
const EVALUATE_KEYS = [...READING_KEYS, 'metrics', 'own', ...Object.keys(MACHINE)];

/** @throws usage */
export function checkPredictOptions(options: PredictOptions): void {
  checkNames('predict', options, PREDICT_KEYS);
  checkChoices(options, { unseen: ['error', 'ignore'] });
}

/** @throws usage */
export function checkEvaluateOptions(options: EvaluateOptions): void {
  checkNames('evaluate', options, EVALUATE_KEYS);
  checkChoices(options, { unseen: ['error', 'ignore'] });
}

/** @throws usage if an option would have to change how the rows were encoded */
export function checkEncoded(
  data: Dataset,
  options: object,
  keys: readonly string[] = READING_KEYS,
): Dataset {
  const given = Object.entries(options).find(([key, value]) => keys.includes(key) && value !== undefined);
  if (!given) return data;
  throw usageError(
    `${option(given[0])}: expected nothing, as the rows are a Dataset, which is encoded already.`,
    'Give it to loadData, or give the rows as objects or as { x, y }.',
  );
}

/** @throws usage if a method or function has no such option */
export function checkNames(method: string, options: object, known: readonly string[]): void {
  const key = Object.keys(options).find(name => !known.includes(name));
  if (key === undefined) return;
  const meant = nearest(key, known);
  throw usageError(
    `${key} is not an option of ${method}.`,
    meant ? `Did you mean ${meant}?` : 'docs/library.md lists them.',
  );
}
