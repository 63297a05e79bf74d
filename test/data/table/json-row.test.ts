/** The cells of a JSON object as spelled in the file. */
import { describe, expect, it } from 'vitest';
import { scanObject, unquote } from '../../../src/data/table/json-row.js';

function cells(text: string) {
  const found: [key: string, kind: string, text: string][] = [];
  const isObject = scanObject(text, (key, kind, begin, end) =>
    found.push([key, kind, text.slice(begin, end)]),
  );
  return isObject ? found : null;
}

describe('scanObject', () => {
  it.each<[string, ReturnType<typeof cells>]>([
    ['{}', []],
    [' { } ', []],
    ['{"a":1}', [['a', 'number', '1']]],
    [
      '{ "a" : 9007199254740993 , "b":1.10 }',
      [
        ['a', 'number', '9007199254740993'],
        ['b', 'number', '1.10'],
      ],
    ],
    [
      '{"a":-1e5,"b":true,"c":false,"d":null}',
      [
        ['a', 'number', '-1e5'],
        ['b', 'boolean', 'true'],
        ['c', 'boolean', 'false'],
        ['d', 'null', 'null'],
      ],
    ],
    [
      '{"a":NaN,"b":1}',
      [
        ['a', 'null', 'NaN'],
        ['b', 'number', '1'],
      ],
    ],
    [
      '{"a":"x, }","b":2}',
      [
        ['a', 'text', '"x, }"'],
        ['b', 'number', '2'],
      ],
    ],
    [
      '{"a":"say \\"no\\"","b":"\\\\"}',
      [
        ['a', 'text', '"say \\"no\\""'],
        ['b', 'text', '"\\\\"'],
      ],
    ],
    [
      '{"a":{"b":[1,"]}"]},"c":[{"d":1}]}',
      [
        ['a', 'nested', '{"b":[1,"]}"]}'],
        ['c', 'nested', '[{"d":1}]'],
      ],
    ],
    [
      '{"a":1,"a":2}',
      [
        ['a', 'number', '1'],
        ['a', 'number', '2'],
      ],
    ],
    ['{"k\\u00e4se\\n":1}', [['käse\n', 'number', '1']]],
    ['{\n\t"a"\r\n:\n1\n}', [['a', 'number', '1']]],
    ['{"":0}', [['', 'number', '0']]],
  ])('finds the cells of %s', (text, expected) => {
    expect(cells(text)).toEqual(expected);
  });

  it.each(['[1]', '1', '"a"', 'null', ''])('finds no object in %j', text => {
    expect(cells(text)).toBeNull();
  });
});

describe('unquote', () => {
  it.each(['', 'a', 'say "no"', 'back\\slash', 'ä\n\t€', '\u{1f600}'])('gives back %j', text => {
    const quoted = JSON.stringify(text);
    expect(unquote(`x${quoted}y`, 1, 1 + quoted.length)).toBe(text);
  });

  it('understands escapes that JSON.stringify does not write', () => {
    expect(unquote('"\\u0041\\/"', 0, 10)).toBe('A/');
  });
});
