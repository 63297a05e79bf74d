import { describe, expect, it } from 'vitest';
import type { Taken } from '../../../src/lab/tune/warm-start.js';
import { writeOptions, writeProperties } from '../../../src/option-names.js';
import { leftOutText, valueText, whyBestText } from '../../../src/report/tune/words.js';
import { madeUpTuning } from './tunings.js';

it.each([
  [undefined, '–'],
  [0.05, '0.05'],
  [[], '""'],
  [[128, 64], '128,64'],
  [{ no: 1, yes: 4 }, 'no=1,yes=4'],
])('%j is shown as %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});

const TAKEN: Taken = { folder: 'tuned', task: 'classification', trials: 9, first: [2], misfits: [] };
const misfits = [1, 2, 3, 4].map(lr => ({ name: 'lr', value: lr, trials: lr }));

it.each<[string, Partial<Taken>, string | null]>([
  ['nothing', {}, null],
  [
    'another task',
    { task: 'regression' },
    'is left out: it is a search for regression, this one for classification.',
  ],
  ['no results', { trials: 0 }, 'is left out: no trial has a result yet.'],
  [
    'some trials',
    { misfits: misfits.slice(0, 2) },
    ': 3 of 9 trials are left out for values outside this search: lr 1 (1), lr 2 (2).',
  ],
  [
    'many values',
    { misfits, trials: 12 },
    ': 10 of 12 trials are left out for values outside this search: lr 1 (1), lr 2 (2), lr 3 (3) and others.',
  ],
])('says what a warm start leaves out: %s', (_, taken, text) => {
  const said = leftOutText({ ...TAKEN, ...taken }, 'classification');
  expect(said && writeOptions(said, writeProperties)).toBe(
    text && `from: "tuned"${text.startsWith(':') ? '' : ' '}${text}`,
  );
});

describe('why a trial is the best', () => {
  const { trials, ...search } = madeUpTuning('random');
  const inOrder = [...trials].sort((a, b) => a.place - b.place);
  const accuracyAt = (place: number) => inOrder[place - 1]!.results[0]!.value!;

  it('says how many trials it is ahead of, and by how much', () => {
    expect(whyBestText({ ...search, trials })).toBe(
      `the best of 27 trials that were trained for 27 epochs; trial ${inOrder[1]!.number} is next, with accuracy ${(100 * accuracyAt(2)).toFixed(2)} %`,
    );
  });

  it('says by which loss, if the metric is the same', () => {
    const [best, next] = inOrder;
    const same = { ...next!, results: [{ ...next!.results[0]!, value: accuracyAt(1), loss: 0.5 }] };
    expect(whyBestText({ ...search, trials: [best!, same] })).toBe(
      `the best of 2 trials that were trained for 27 epochs; trial ${next!.number} is next, with the same accuracy and loss 0.5`,
    );
  });

  it('says that no other got so far, or has a value', () => {
    expect(whyBestText(madeUpTuning('halving', { diverged: 0 }))).toBe(
      'the only trial that was trained for 27 epochs',
    );
    expect(whyBestText({ ...search, trials: [inOrder[0]!, inOrder.at(-1)!] })).toBe(
      'the best of 2 trials that were trained for 27 epochs',
    );
  });
});
