/** How texts are parsed as numbers, and which of them stand for missing values. */
import { describe, expect, it } from 'vitest';
import {
  hasOtherDecimal,
  isLikelyMark,
  isMissingText,
  isNaValue,
  parseBytes,
  parseNumber,
  parseWritten,
} from '../../../src/data/table/number-text.js';
import { Random } from '../../../src/random.js';

describe('parseNumber', () => {
  it.each([
    ['0', 0],
    [' -12.50 ', -12.5],
    ['+3', 3],
    ['.5', 0.5],
    ['5.', 5],
    ['1E2', 100],
    ['1e-3', 0.001],
    ['0389', 389],
    ['9007199254740993', 9007199254740992],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('reads %j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    'e5',
    '1e',
    '0x10',
    '1,000',
    '1 000',
    '1.2.3',
    '--1',
    'nan',
    'V10',
    '٣',
    '1_000',
    '12_34',
    '2024_01',
    '1_000_',
    '1000_000',
  ])('finds no number in %j', text => {
    expect(parseNumber(text)).toBeNaN();
  });

  it.each([
    ['1,5', 1.5],
    ['-,25', -0.25],
    ['7', 7],
    ['1,5e3', 1500],
    ['1.5', Number.NaN],
    ['1.234,5', Number.NaN],
  ])('reads %j with a decimal comma', (text, value) => {
    expect(parseNumber(text, ',')).toBe(value);
  });
});

describe('isNaValue', () => {
  it.each([
    ['-999.0', '.', '-999', true],
    ['-999,0', ',', '-999', true],
    ['-999,50', ',', '-999,5', true],
    ['-999,50', ',', '-999.5', true],
    ['-999,1', ',', '-999', false],
    ['None', ',', 'None', true],
  ] as const)('%j with the decimal sign %j and --na-values %j: %j', (text, decimal, naValue, expected) => {
    expect(isNaValue(text, { decimal, naValues: [naValue] })).toBe(expected);
  });
});

describe('parseWritten', () => {
  it.each([
    ['1,234', 1234, 'thousands separators'],
    ['1,234,567.89', 1234567.89, 'thousands separators'],
    ["1'234'567", 1234567, 'thousands separators'],
    ['1’234', 1234, 'thousands separators'],
    ['12 345', 12345, 'thousands separators'],
    ['12\u00a0345', 12345, 'thousands separators'],
    ['12\u202f345.5', 12345.5, 'thousands separators'],
    ['1_000', 1000, 'thousands separators'],
    ['-12_345_678.5', -12345678.5, 'thousands separators'],
    ['12.5%', 12.5, 'a percent sign'],
    ['12 %', 12, 'a percent sign'],
    ['3‰', 3, 'a percent sign'],
    ['$5', 5, 'a currency'],
    ['-$5.50', -5.5, 'a currency'],
    ['$-5.50', -5.5, 'a currency'],
    ['€ 7', 7, 'a currency'],
    ['7 €', 7, 'a currency'],
    ['USD 7', 7, 'a currency'],
    ['7 CHF', 7, 'a currency'],
    ['£1,000', 1000, 'a currency and thousands separators'],
    ['\u22125', -5, 'a typographic minus sign'],
    ['\u20130.5', -0.5, 'a typographic minus sign'],
    ['(3.25)', -3.25, 'parentheses'],
    ['($1,000)', -1000, 'parentheses and a currency and thousands separators'],
  ])('reads %j', (text, value, way) => {
    expect(parseWritten(text)).toEqual({ value, way });
  });

  it.each([
    ['1.234.567,89', 1234567.89, 'thousands separators'],
    ['1.234', 1234, 'thousands separators'],
    ['12,5 %', 12.5, 'a percent sign'],
    ['1.000,50 €', 1000.5, 'a currency and thousands separators'],
  ])('reads %j with a decimal comma', (text, value, way) => {
    expect(parseWritten(text, ',')).toEqual({ value, way });
  });

  it.each([
    '',
    'abc',
    '1,23',
    '1,2345',
    '12,34,567',
    '1,234 567',
    '10 kg',
    '3 m',
    '+-5',
    '$',
    '%',
    '5-3',
    '2024-01-31',
    '10:20',
  ])('finds no number in %j', text => {
    expect(parseWritten(text)).toBeNull();
  });
});

describe('hasOtherDecimal', () => {
  it.each([
    ['1,5', '.', true],
    ['1.234,5', '.', true],
    ['1,5', ',', false],
    ['1.5', ',', true],
    ['1.5', '.', false],
    ['15', '.', false],
    ['a,b', '.', false],
  ] as const)('of %j beside %j is %j', (text, decimal, is) => {
    expect(hasOtherDecimal(text, decimal)).toBe(is);
  });
});

describe('a mark', () => {
  it.each(['', '  ', 'NA', 'na', 'N/A', 'NaN', 'NULL', '?', ' ? '])('%j stands for a missing value', text => {
    expect(isMissingText(text)).toBe(true);
  });

  it.each(['None', '<NA>', '#N/A', '-', '--', '.', 'n.a.', 'Unknown', '#DIV/0!', '\\N', '–'])(
    '%j is only likely to',
    text => {
      expect([isMissingText(text), isLikelyMark(text)]).toEqual([false, true]);
    },
  );

  it.each(['0', '-1', 'x', 'no', 'Namibia', 'none of these'])('%j does not stand for one', text => {
    expect([isMissingText(text), isLikelyMark(text)]).toEqual([false, false]);
  });

  it('given by the user is compared literally, or as a number', () => {
    const writing = { decimal: '.', naValues: ['None', '-999', ' '] } as const;
    expect(['None', ' None ', '-999', ' '].map(text => isMissingText(text, writing))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['none', '-999.5', '999'].map(text => isMissingText(text, writing))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('parseBytes', () => {
  const parse = (text: string, decimal = '.') => {
    const bytes = new TextEncoder().encode(`x${text}y`);
    return parseBytes(bytes, 1, bytes.length - 1, decimal.charCodeAt(0));
  };

  it.each([
    '0',
    '-0',
    '1',
    '-12.50',
    '+3.25',
    '.5',
    '5.',
    '999999999999999',
    '0.00000000000001',
    '123456789.012345',
  ])('reads %j as Number does', text => {
    expect(parse(text)).toBe(Number(text));
  });

  it('reads any decimal of up to 15 digits as the nearest float64', () => {
    const random = new Random(7, 'probe');
    for (let i = 0; i < 20_000; i++) {
      const digits = String(Math.floor(Math.abs(random.normal(2 * i)) * 1e14)).slice(0, 1 + (i % 15));
      const point = i % (digits.length + 1);
      const text = `${i % 2 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
      if (text.replace('-', '') === '.') continue;
      expect(parse(text)).toBe(Number(text));
    }
  });

  it.each(['', '-', '.', '1e5', ' 1', '1 ', '1.2.3', '1,5', '0x1', '1234567890123456', 'nan'])(
    'leaves %j to parseNumber',
    text => {
      expect(parse(text)).toBeNaN();
    },
  );

  it('uses the given decimal separator', () => {
    expect([parse('1,5', ','), parse('1.5', ',')]).toEqual([1.5, Number.NaN]);
  });
});
