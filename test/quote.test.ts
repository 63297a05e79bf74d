import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteList, quoteListItem, quoteShell, splitList } from '../src/quote.js';

describe('a list of names', () => {
  it.each([
    [['a', 'b'], 'a,b'],
    [['Price, USD'], `'"Price, USD"'`],
    [["it's", 'a,b'], `'it'\\''s,"a,b"'`],
    [['"quoted"'], `'"""quoted"""'`],
    [[' '], `'" "'`],
  ])('is typed: %j as %s', (names, typed) => {
    expect(quoteList(names)).toBe(typed);
  });

  it('is read as it was, whatever the names', () => {
    const name = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[a", \t\n]{1,6}$/));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), names => {
        expect(splitList(names.map(quoteListItem).join(','))).toEqual(names);
      }),
    );
  });
});

it.each(['"b', 'a,"b', 'a, "b', 'a, "Price, USD', 'a ,\t"b"c'])(
  'a list is refused if a quote is not closed: %j',
  text => {
    expect(splitList(text)).toBeUndefined();
  },
);

it.each([
  ['a, b', ['a', 'b']],
  [' "Price, USD" , b c ', ['Price, USD', 'b c']],
  ['a,,', ['a', '', '']],
  ['5",6', ['5"', '6']],
])('a list may have blanks around its names: %j', (text, names) => {
  expect(splitList(text)).toEqual(names);
});

it('a shell word of plain letters needs no quotes', () => {
  expect(quoteShell('runs/a-1.csv')).toBe('runs/a-1.csv');
});
