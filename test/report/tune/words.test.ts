import { expect, it } from 'vitest';
import type { Taken } from '../../../src/lab/tune/warm-start.js';
import { writeOptions, writeProperties } from '../../../src/option-names.js';
import { leftOutText, valueText } from '../../../src/report/tune/words.js';

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
