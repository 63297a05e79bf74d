/** Checks the options of data that a program gives, before anything is read. */
import { checkChoices, checkFlags, checkTexts } from '../choices.js';
import { usageError } from '../errors.js';
import { option } from '../option-names.js';
import { checkRange, FRACTION, NUMBER_BINS, wholeNumbers } from '../ranges.js';

const CHOICES = {
  task: ['auto', 'regression', 'binary', 'multiclass', 'multilabel'],
  decimal: ['.', ','],
  dates: ['error', 'epoch', 'parts'],
  scale: ['standard', 'robust', 'none'],
  targetTransform: ['none', 'log', 'quantile'],
  missing: ['error', 'mean', 'zero', 'drop'],
  missingTarget: ['error', 'drop'],
  unseen: ['error', 'ignore'],
};
const TEXTS = ['target', 'features', 'ignore', 'categorical', 'naValues', 'numeric', 'keep'];
const FLAGS = [
  ...['header', 'standardizeTargets', 'clipPredictions', 'missingIndicator', 'targetIsInput'],
  ...['dropIncomplete', 'requireTargets'],
];

const BUCKETS = wholeNumbers(2, 65_536);

/** @throws usage if a value is not one that the option can have */
export function checkDataOptions(options: object): void {
  checkChoices(options, CHOICES);
  checkTexts(options, TEXTS);
  checkFlags(options, FLAGS);
  const {
    hashBuckets = null,
    numberBins = 0,
    validation,
  } = options as {
    hashBuckets?: number | null;
    numberBins?: number;
    validation?: string | number | null;
  };
  if (hashBuckets !== null) checkRange('hashBuckets', hashBuckets, BUCKETS, 256);
  checkRange('numberBins', numberBins, NUMBER_BINS, 8);
  if (typeof validation === 'number' && !FRACTION.has(validation)) {
    throw usageError(`${option('validation')}: expected a fraction between 0 and 1, got ${validation}.`);
  }
}
