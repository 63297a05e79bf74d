/** Fuzzed parsers of single cells: numbers, dates and words in CSV, and the objects of JSON rows. */
import { parseBoolean } from '../../../src/data/table/boolean.js';
import { parseDate } from '../../../src/data/table/date.js';
import { scanObject, unquote } from '../../../src/data/table/json-row.js';
import { parseAny, parseBytes, parseNumber, parseWritten } from '../../../src/data/table/number-text.js';
import { bytes, claim, passing, type Target } from './target.js';

/** One cell of a CSV file as every type that it can have. */
const cellTarget: Target = {
  seeds: [
    '12.5',
    '-0.00123',
    '1e-7',
    '1,234,567.89',
    '(12)',
    '€ 1 000',
    '45 %',
    '12 kg',
    '.5',
    '123456789012345',
    'yes',
    'F',
    '0',
  ].map(bytes),
  words: [
    '.',
    ',',
    '-',
    '+',
    'e',
    'E+',
    'inf',
    'nan',
    '%',
    '$',
    'USD',
    "'",
    '\u2212',
    ' ',
    '(',
    ')',
    'kg',
    '000',
  ],
  run: input =>
    passing(async () => {
      const text = new TextDecoder().decode(input);
      const plain = parseNumber(text);
      // Two ways to read a plain number give the same; Number() is the judge.
      const trimmed = text.trim();
      if (/^[+-]?\d+(\.\d+)?$/.test(trimmed))
        claim(Object.is(plain, Number(trimmed)), `${Number(trimmed)}, not ${plain}`);
      for (const point of [46, 44]) {
        const fast = parseBytes(input, 0, input.length, point);
        const slow = parseNumber(text, point === 46 ? '.' : ',');
        claim(Number.isNaN(fast) || Object.is(fast, slow), `${slow}, not ${fast}`);
      }
      const written = parseWritten(text);
      if (written) claim(Number.isFinite(written.value), 'a finite number');
      const grouped = /^-?\d{1,3}(,\d{3})+$/.test(trimmed) ? Number(trimmed.replaceAll(',', '')) : null;
      if (grouped !== null && Number.isFinite(grouped))
        claim(parseAny(text, '.') === grouped, `${grouped}, not ${parseAny(text, '.')}`);
      claim(
        [0, 1, Number.NaN].some(value => Object.is(value, parseBoolean(text))),
        'true, false or neither',
      );
    }),
};

/** A date or a time. A date in the form of ISO 8601 is what Date says. */
const dateTarget: Target = {
  seeds: [
    '2024-01-31',
    '2024/2/29 10:20',
    '1999-12-31T23:59:60Z',
    '0001-01-01',
    '10:20',
    '23:59:59.5',
    '2024-01-31 10:20:30.5+02:00',
    '2024-01-31T10:20:30+01:00',
  ].map(bytes),
  words: ['-', '/', ':', 'T', 'Z', 'UTC', '+02', '29', '31', '02', '24', '60', ' '],
  run: input =>
    passing(async () => {
      const text = new TextDecoder().decode(input).trim();
      const seconds = parseDate(text);
      const [, date, hour, minute, second, zone] =
        /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d):(\d\d)([+-]\d\d:\d\d))?$/.exec(text) ?? [];
      if (date === undefined) return;
      const day = Date.parse(`${date}T00:00:00Z`);
      const isThere = !Number.isNaN(day) && new Date(day).toISOString().startsWith(date);
      const clock = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)] as const;
      const isTime = clock[0] < 24 && clock[1] < 60 && clock[2] <= 60;
      claim(Number.isNaN(seconds) === !(isThere && isTime), `a date only if it is one: ${text}`);
      if (Number.isNaN(seconds)) return;
      const [sign, away] = [zone?.startsWith('-') ? -1 : 1, zone?.slice(1).split(':').map(Number) ?? [0, 0]];
      const expected =
        day / 1000 + clock[0] * 3600 + clock[1] * 60 + clock[2] - sign * (away[0]! * 3600 + away[1]! * 60);
      claim(seconds === expected, `${expected} seconds for ${text}, not ${seconds}`);
    }),
};

/** An object of JSON, which DuckDB has validated. The cells are those that JSON.parse finds. */
const jsonRowTarget: Target = {
  seeds: [
    '{}',
    '{"a":1,"b":"x\\"y","c":null}',
    ' { "a" : [1,{"b":"]"}] , "d\\u0061":-1.5e3 } ',
    '{"t":true,"n":{"a":{}},"s":"\\\\"}',
  ].map(bytes),
  words: ['"a":', '"', '\\', '\\"', '\\u0061', '[', ']', '{', '}', ',', ':', 'null', 'true', '1e9'],
  run: input =>
    passing(async () => {
      const text = new TextDecoder().decode(input);
      const parsed = objectOf(text);
      if (parsed === null) return;
      const cells = new Map<string, string>();
      const isObject = scanObject(text, (key, kind, begin, end) => {
        cells.set(key, kind === 'text' ? JSON.stringify(unquote(text, begin, end)) : text.slice(begin, end));
      });
      claim(isObject, 'an object');
      claim(
        cells.size === Object.keys(parsed).length,
        `${Object.keys(parsed).length} keys, not ${cells.size}`,
      );
      for (const [key, cell] of cells) {
        claim(JSON.stringify(JSON.parse(cell)) === JSON.stringify(parsed[key]), `${key} as it is written`);
      }
    }),
};

/** null if the text is no object. */
function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

export const CELL_TARGETS: Readonly<Record<string, Target>> = {
  cell: cellTarget,
  date: dateTarget,
  'json-row': jsonRowTarget,
};
