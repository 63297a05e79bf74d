import { expect, it } from 'vitest';
import { inFlags } from '../../src/config/flags.js';
import { baselineData, baselineText, foldsBaselineText } from '../../src/report/baseline.js';

const judged = (figures: { accuracy?: number; rmse?: number }) => {
  return { loss: 1, accuracy: null, rmse: null, ...figures };
};
const CLASSES = { figure: 'accuracy', value: 0.7, answer: 'no' } as const;
const NUMBERS = { figure: 'rmse', value: 82_790.4, answer: null } as const;

it('warns in one line, with suggestions, if a model does not beat the baseline', () => {
  const weak = {
    isValidation: true,
    figures: judged({ rmse: 91_000 }),
    training: judged({ rmse: 90_000 }),
    hasHidden: true,
  };
  expect(inFlags(baselineText(NUMBERS, weak)!)).toBe(
    'warning: validation rmse 91,000 is no better than always predicting the mean of the training rows (82,790). ' +
      'The model has not learnt even the training rows. Try more --epochs, another --lr (--find-lr suggests one), or other features.',
  );
  const learnt = {
    isValidation: true,
    figures: judged({ accuracy: 0.65 }),
    training: judged({ accuracy: 0.9 }),
    hasHidden: true,
  };
  expect(inFlags(baselineText(CLASSES, learnt)!)).toBe(
    'warning: validation accuracy 65.00 % is no better than always answering "no", the most frequent class of the training rows (70.00 %). ' +
      'The model has learnt the training rows but does not generalise. Try more rows, --l2 0.001, --dropout 0.2, fewer --hidden units, or other features.',
  );
});

it('does not claim what the training rows taught if their figure is not known', () => {
  const unknown = {
    isValidation: true,
    figures: judged({ rmse: 91_000 }),
    training: judged({}),
    hasHidden: true,
  };
  expect(inFlags(baselineText(NUMBERS, unknown)!)).toBe(
    'warning: validation rmse 91,000 is no better than always predicting the mean of the training rows (82,790). ' +
      'Try more --epochs, another --lr (--find-lr suggests one), or other features.',
  );
});

it('does not suggest fewer hidden units if the network has none', () => {
  const linear = {
    isValidation: true,
    figures: judged({ accuracy: 0.65 }),
    training: judged({ accuracy: 0.9 }),
    hasHidden: false,
  };
  expect(inFlags(baselineText(CLASSES, linear)!)).not.toMatch(/--dropout|--hidden/);
});

it('does not warn about a better figure, but still records it', () => {
  const validation = judged({ accuracy: 0.71 });
  expect(
    baselineText(CLASSES, { isValidation: true, figures: validation, training: validation, hasHidden: true }),
  ).toBeNull();
  expect(baselineData(CLASSES, validation)).toEqual({ figure: 'accuracy', value: 0.7, beaten: true });
  expect(baselineData(CLASSES, judged({ accuracy: 0.7 }))).toMatchObject({ beaten: false });
});

it.each([
  ['that can not be beaten', { value: 1 }, 1],
  ['that is not known', { value: Number.NaN }, 0.5],
  ['beside a figure that is not known', { value: 0.7 }, Number.NaN],
])('neither beats nor misses a baseline %s', (_, changed, accuracy) => {
  expect(baselineData({ ...CLASSES, ...changed }, judged({ accuracy })).beaten).toBeNull();
});

it('warns about a cross-validation if most folds do not beat the baseline', () => {
  const fold = (beaten: boolean) => ({ figure: 'rmse', value: 1, beaten }) as const;
  expect(foldsBaselineText([fold(false), fold(true), fold(false)])).toContain(
    'in 2 of 3 folds the validation rmse is no better than always predicting the mean of the training rows.',
  );
  expect(foldsBaselineText([fold(false), fold(true)])).toBeNull();
  expect(foldsBaselineText([undefined, undefined])).toBeNull();
});
