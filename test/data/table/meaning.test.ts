/**
 * Meaning of text columns: numbers, booleans, dates or categories; and unclear ones, with the option that
 * decides.
 */
import { describe, expect, it } from 'vitest';
import { inFlags } from '../../../src/config/flags.js';
import { parseBoolean } from '../../../src/data/table/boolean.js';
import { meaningOf } from '../../../src/data/table/meaning.js';
import { PLAIN } from '../../../src/data/table/number-text.js';

function meaning(cells: readonly string[], writing = PLAIN) {
  const texts = [...new Set(cells)];
  const counts = texts.map(text => cells.filter(cell => cell === text).length);
  const firstRows = texts.map(text => cells.indexOf(text));
  const found = meaningOf('my column', { texts, counts, firstRows }, writing);
  return found.kind === 'unclear' ? { ...found, hint: inFlags(found.hint) } : found;
}

const ten = (text: string, others: string[] = []) => [
  ...Array.from({ length: 10 }, (_, i) => `${i}${text}`),
  ...others,
];

describe('a column', () => {
  it.each<[string, string[], string]>([
    ['plain numbers', ['1', '-2.5', '3e4', ' 5 '], 'number'],
    ['numbers with missing marks', ['1', '2', 'NA', '', '?', 'nan', 'null', 'n/a'], 'number'],
    ['numbers of which one in ten is a word', [...ten(''), 'old'], 'number'],
    ['yes and no', ['yes', 'no', 'Yes', 'NO '], 'boolean'],
    ['true alone', ['true', 'true'], 'boolean'],
    ['t and f with a gap', ['t', 'f', ''], 'boolean'],
    ['y and n', ['Y', 'n'], 'boolean'],
    ['F alone', ['F', 'F', 'NA'], 'category'],
    ['y alone', ['y', 'Y'], 'category'],
    ['t alone, in capitals and not', ['t', 'T'], 'category'],
    ['yes, no and another word', ['yes', 'no', 'unknown'], 'category'],
    ['yes and false', ['yes', 'false'], 'category'],
    ['dates', ['2024-01-31', '2024-02-01 10:20'], 'time'],
    ['times of a day', ['10:20', '11:30:15'], 'time'],
    ['words', ['red', 'green'], 'category'],
    ['words and numbers', ['1', '2', '3', 'a', 'b'], 'category'],
    ['codes with leading letters', ['V10', 'V11', 'V12'], 'category'],
    ['sizes with a unit', ['10 kg', '20 kg', '30 kg'], 'category'],
    ['days of the month first', ['31.01.2024', '01.02.2024'], 'category'],
    ['dashes alone', ['-', '-', '--'], 'category'],
  ])('of %s is a %s', (_, cells, kind) => {
    expect(meaning(cells).kind).toBe(kind);
  });

  const KEEP = "or --categorical 'my column' to keep the texts.";
  it.each<[string, string[], string, string]>([
    [
      'decimal commas',
      ['1,5', '2,25', '3'],
      'it looks like numbers with a decimal comma, such as "1,5"',
      `Add --decimal ',', ${KEEP}`,
    ],
    [
      'groups and decimal commas',
      ['1.234,50', '999,25'],
      'it looks like numbers with a decimal comma, such as "1.234,50"',
      `Add --decimal ',', ${KEEP}`,
    ],
    [
      'thousands separators',
      ['1,000', '2,500', '999'],
      'it looks like numbers with thousands separators, such as "1,000"',
      `Add --numeric 'my column' to read it as numbers, ${KEEP}`,
    ],
    [
      'percent signs',
      ['1%', '2.5%'],
      'it looks like numbers with a percent sign, such as "1%"',
      `Add --numeric 'my column' to read it as numbers, ${KEEP}`,
    ],
    [
      'currencies',
      ['$1', '$2.50'],
      'it looks like numbers with a currency, such as "$1"',
      `Add --numeric 'my column' to read it as numbers, ${KEEP}`,
    ],
    [
      'minus signs of typesetting',
      ['\u22121', '\u22122', '3'],
      'it looks like numbers with a typographic minus sign, such as "\u22121"',
      `Add --numeric 'my column' to read it as numbers, ${KEEP}`,
    ],
    [
      'a mark for missing ones',
      ['1', '2', '3', 'None', 'None'],
      'it looks like numbers, with "None" for missing values',
      `Add --na-values None --missing mean, ${KEEP}`,
    ],
    [
      'several marks for missing ones',
      ['1', '2', '3', '4', '#N/A', '-', '<NA>'],
      'it looks like numbers, with "#N/A" and "-" and "<NA>" for missing values',
      `Add --na-values '#N/A,-,<NA>' --missing mean, ${KEEP}`,
    ],
  ])('of numbers with %s is unclear', (_, cells, problem, hint) => {
    expect(meaning(cells)).toMatchObject({ kind: 'unclear', problem, hint });
  });

  it('without a value is unclear', () => {
    expect(meaning(['', 'NA', ' '])).toEqual({
      kind: 'unclear',
      problem: 'it has no value in any row',
      hint: "Leave it out: --ignore 'my column'.",
    });
  });

  it('of decimal commas is numeric if the separator is given; one of points is then unclear', () => {
    const writing = { decimal: ',', naValues: [] } as const;
    expect(meaning(['1,5', '2'], writing)).toEqual({ kind: 'number' });
    expect(meaning(['1.5', '2.25'], writing)).toMatchObject({
      kind: 'unclear',
      problem: 'it looks like numbers with a decimal point, such as "1.5"',
    });
  });

  it('of numbers and a mark is numeric if the mark is given', () => {
    const writing = { decimal: '.', naValues: ['None'] } as const;
    expect(meaning(['1', '2', 'None', 'None'], writing)).toEqual({ kind: 'number' });
  });
});

it.each([
  ['true', 1],
  [' Yes', 1],
  ['T', 1],
  ['y', 1],
  ['1', 1],
  ['false', 0],
  ['no', 0],
  ['F', 0],
  ['n ', 0],
  ['0', 0],
  ['unknown', Number.NaN],
  ['2', Number.NaN],
  ['', Number.NaN],
])('parseBoolean reads %j as %j', (text, value) => {
  expect(parseBoolean(text)).toBe(value);
});
