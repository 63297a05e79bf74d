import { expect, it } from 'vitest';
import { valueText } from '../../../src/report/tune/words.js';

it.each([
  [undefined, '–'],
  [0.05, '0.05'],
  [[], '""'],
  [[128, 64], '128,64'],
  [{ no: 1, yes: 4 }, 'no=1,yes=4'],
])('%j is shown as %s', (value, text) => {
  expect(valueText(value)).toBe(text);
});
