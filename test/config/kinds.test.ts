import { describe, expect, it } from 'vitest';
import {
  choice,
  decimal,
  fileOrFraction,
  flag,
  type Kind,
  list,
  orWord,
  size,
  text,
  typedText,
  whole,
} from '../../src/config/kinds.js';

const sizes = list(whole({ from: 1 }), { empty: true });
const names = list(text('NAME', 'a name'), { empty: false });

describe('what a kind reads', () => {
  const table: [string, Kind<unknown>, unknown, unknown][] = [
    ['a whole number', whole({ from: 1 }), '60000', 60_000],
    ['a whole number of a file', whole({ from: 1 }), 64, 64],
    ['a power', whole({ from: 1 }), '1e4', 10_000],
    ['leading zeros', whole({ from: 0 }), '007', 7],
    ['the least', whole({ from: 0 }), '0', 0],
    ['the most', whole({ from: 1, to: 8 }), '8', 8],
    ['a decimal', decimal({ zero: false }), '.5', 0.5],
    ['a small decimal', decimal({ zero: false }), '1e-300', 1e-300],
    ['zero', decimal({ zero: true }), '0', 0],
    ['a word of a choice', choice('mean', 'sum'), 'sum', 'sum'],
    ['a word beside numbers', orWord('full', whole({ from: 1 })), 'full', 'full'],
    ['a number beside a word', orWord('full', whole({ from: 1 })), '8', 8],
    ['a list', sizes, '128, 64', [128, 64]],
    ['a list of one', sizes, '128', [128]],
    ['an empty list', sizes, '', []],
    ['a list given in two parts', sizes, ['128', '64'], [128, 64]],
    ['a list of a file', sizes, [128, 64], [128, 64]],
    ['a number as a list', sizes, 128, [128]],
    ['an empty list of a file', sizes, [], []],
    ['names', names, 'a,b c', ['a', 'b c']],
    ['a name with a comma, in a list', names, ['a,b', 'c'], ['a,b', 'c']],
    ['a quoted name with a comma', names, 'a, "Price, USD" ,c', ['a', 'Price, USD', 'c']],
    ['a quoted name with quotes', names, '"12"" vinyl",b', ['12" vinyl', 'b']],
    ['a quote within a name', names, '12" vinyl,b', ['12" vinyl', 'b']],
    ['blanks within quotes', names, '" a ", b ', [' a ', 'b']],
    ['one quoted name', names, '"a,b"', ['a,b']],
    ['a name that is a number', names, 3, ['3']],
    ['a text', text('FILE', 'a file'), 'a.csv', 'a.csv'],
    ['a fraction', fileOrFraction, '0.2', 0.2],
    ['no rows', fileOrFraction, '0', 0],
    ['a file', fileOrFraction, 'test.csv', 'test.csv'],
    ['a file that begins with digits', fileOrFraction, '2024.csv', '2024.csv'],
    ['a flag', flag(true), true, true],
    ['a flag that turns off', flag(false), true, false],
    ['a flag that turns off, not given', flag(false), false, true],
  ];
  it.each(table)('%s', (_, kind, raw, value) => {
    expect(kind.read(raw)).toEqual(value);
  });
});

describe('what a kind reads from the command line', () => {
  it.each<[string, Kind<unknown>, unknown, unknown]>([
    ['names given twice add up', names, ['a,b', '"c,d"'], ['a', 'b', 'c,d']],
    ['numbers given twice add up', sizes, ['128,64', '32'], [128, 64, 32]],
    ['one name', names, 'a', ['a']],
    ['a word or a list, given twice', orWord('all', names), ['a', 'b'], ['a', 'b']],
    ['a quote that is closed only in the next', names, ['"a', 'b"'], undefined],
  ])('%s', (_, kind, raw, value) => {
    expect(kind.readLine!(raw)).toEqual(value);
  });
});

describe('what a kind refuses', () => {
  const table: [string, Kind<unknown>, unknown][] = [
    ['a number below the least', whole({ from: 1 }), '0'],
    ['a number above the most', whole({ from: 1, to: 8 }), '9'],
    ['a part of a number', whole({ from: 1 }), '1.5'],
    ['a number beyond 2⁵³', whole({ from: 0 }), '9007199254740993'],
    ['a hexadecimal number', whole({ from: 0 }), '0x10'],
    ['no number', whole({ from: 0 }), 'ten'],
    ['blanks', whole({ from: 0 }), ' '],
    ['nothing', whole({ from: 0 }), ''],
    ['true', whole({ from: 0 }), true],
    ['two numbers', whole({ from: 0 }), ['1', '2']],
    ['an infinite number', decimal({ zero: true }), 'Infinity'],
    ['a number too large to be finite', decimal({ zero: true }), '1e999'],
    ['NaN', decimal({ zero: true }), Number.NaN],
    ['zero where it is not allowed', decimal({ zero: false }), '0'],
    ['a negative number', decimal({ zero: true }), '-1e-9'],
    ['another word', choice('mean', 'sum'), 'Mean'],
    ['two words', choice('mean', 'sum'), ['mean', 'sum']],
    ['a list with a gap', sizes, '128,,64'],
    ['a list with one wrong item', sizes, '128,0'],
    ['a mapping in a list', sizes, [{ a: 1 }]],
    ['a quote that is not closed', names, 'a,"b'],
    ['letters after a closing quote', names, '"a"b,c'],
    ['an empty name', names, 'a,"",b'],
    ['an empty list of names', names, ''],
    ['an empty text', text('FILE', 'a file'), ''],
    ['a text given twice', text('FILE', 'a file'), ['a', 'b']],
    ['a fraction of 1', fileOrFraction, '1'],
    ['a fraction below 0', fileOrFraction, -0.1],
    ['no file', fileOrFraction, ''],
    ['a flag with a word', flag(true), 'yes'],
  ];
  it.each(table)('%s', (_, kind, raw) => {
    expect(kind.read(raw)).toBeUndefined();
  });
});

it.each([
  [2 ** 31, '2G'],
  [2500 * 2 ** 20, '2500M'],
  [1000 * 2 ** 10, '1000K'],
  [1, '0.0009765625K'],
  [3_000_000_001, '2929687.5009765625K'],
])('%d bytes are written as %s, which is read as the same', (bytes, text) => {
  expect(size.write!(bytes)).toBe(text);
  expect(size.read(text)).toBe(bytes);
});

it.each([
  [0.5, '0.5'],
  [[128, 64], '128,64'],
  [['a', 'Price, USD'], 'a,"Price, USD"'],
  [{ no: 1, 'a, b': 4 }, 'no=1,"a, b=4"'],
  [[], ''],
])('%j is typed as %s', (plain, text) => {
  expect(typedText(plain)).toBe(text);
});

it('says what it expects', () => {
  expect(orWord('full', whole({ from: 1 })).expected).toBe('full or a whole number from 1');
  expect(whole({ from: 1, to: 1024 }).expected).toBe('a whole number from 1 to 1024');
  expect(choice('a', 'b', 'c').expected).toBe('a, b or c');
  expect(sizes.expected).toBe('a whole number from 1, or several with commas between them');
});
