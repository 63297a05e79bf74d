/** Cells of a hundred thousand letters take a time that grows with their length, not with its square, which would be minutes. */
import { describe, expect, it } from 'vitest';
import { parseBoolean } from '../../src/data/table/boolean.js';
import { parseDate } from '../../src/data/table/date.js';
import {
  hasOtherDecimal,
  isLikelyMark,
  parseAny,
  parseNumber,
  parseUnit,
  parseWritten,
  unitOf,
} from '../../src/data/table/number-text.js';

const LETTERS = 100_000;
/** Of the processor, so that a busy machine does not matter. */
const MOST_MILLISECONDS = 5_000;
const PIECES = [
  '1',
  ' ',
  'a',
  '1 ',
  '1,',
  '1,111',
  '.',
  '-',
  'A',
  '€',
  '%',
  '(',
  '1e',
  '1.1',
  '\t\n',
  'AA ',
  '²',
];
const AROUND = [
  ['', ''],
  ['1', '!'],
  ['a', '1'],
  ['2024-01-01 10:20:30', '!'],
  ['$', '$x'],
];

describe.each<[string, (text: string) => unknown]>([
  ['a number', text => parseNumber(text)],
  ['a number with a decimal comma', text => parseNumber(text, ',')],
  ['a number in another notation', text => parseWritten(text)],
  ['a number with a unit', parseUnit],
  ['a number in any notation', text => parseAny(text, '.')],
  ['a number with the other decimal separator', text => hasOtherDecimal(text, '.')],
  ['a unit', unitOf],
  ['a mark of a missing value', isLikelyMark],
  ['a date', parseDate],
  ['a yes or no', parseBoolean],
])('read as %s', (_, read) => {
  it('takes seconds, not minutes', () => {
    const begun = process.cpuUsage();
    for (const piece of PIECES) {
      for (const [before, after] of AROUND) read(before + piece.repeat(LETTERS / piece.length) + after);
    }
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(MOST_MILLISECONDS);
  });
});
