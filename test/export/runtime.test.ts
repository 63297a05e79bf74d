/** What an exported module takes as a row, and what it refuses. */
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/export/code/encode-row.js';
import { predictor } from '../../src/export/code/runtime.js';
import { fromJson, jsonText } from '../../src/export/json.js';
import type { Program } from '../../src/export/program.js';

const PROGRAM: Program = {
  task: 'regression',
  writing: { decimal: '.', naValues: ['-9'] },
  inputs: [
    { name: 'size', kind: 'number' },
    { name: 'fresh', kind: 'boolean' },
    { name: 'day', kind: 'date' },
    { name: 'colour', kind: 'text' },
  ],
  features: [
    { kind: 'number', input: 0, fill: 10, mean: 8, deviation: 2, indicator: true },
    { kind: 'number', input: 1, fill: null, mean: 0, deviation: 1 },
    { kind: 'number', input: 2, part: 'weekday', fill: 0, mean: 0, deviation: 1 },
    { kind: 'category', input: 3, values: ['blue', 'red'], missing: null },
  ],
  members: [
    [
      {
        inputs: 6,
        outputs: 1,
        activation: 'identity',
        bias: [0.5],
        weights: [1, 10, 100, 1000, 1e5, 1e6],
      },
    ],
  ],
  output: { kind: 'values', names: ['y'], scales: [{ mean: 0, deviation: 1 }] },
};
const ROW = { size: 12, fresh: true, day: '2024-01-31', colour: 'red' };

const predict = predictor(PROGRAM);
const y = (row: Row) => predict(row).values!.y;

it('adds up what the features say', () => {
  // (12 − 8) / 2, fresh, a Wednesday, red.
  expect(y(ROW)).toBe(0.5 + 2 + 100 + 3000 + 1e6);
});

it.each<[string, Row]>([
  ['texts', { size: '12', fresh: 'yes', day: '2024/1/31 10:00', colour: 'red' }],
  ['values in order', [12, 1, '2024-01-31', 'red']],
  ['a Date and a bigint', { size: 12n, fresh: '1', day: new Date('2024-01-31T09:00:00Z'), colour: 'red' }],
  ['other columns', { ...ROW, id: 7 }],
])('takes %s', (_, row) => {
  expect(y(row)).toBe(y(ROW));
});

it.each([null, undefined, '', 'NA', '-9', -9, Number.NaN])('fills in %s', size => {
  expect(y({ ...ROW, size })).toBe(0.5 + 1 + 10 + 100 + 3000 + 1e6);
});

it.each<[string, Row, RegExp]>([
  ['a text among numbers', { ...ROW, size: 'large' }, /column "size": expected a number.*got "large"/],
  ['an infinite number', { ...ROW, size: 1e39 }, /column "size": expected a number/],
  ['a missing cell that has no fill', { ...ROW, fresh: '' }, /column "fresh": expected a value, got none/],
  ['a number that is no boolean', { ...ROW, fresh: 2 }, /column "fresh": expected yes or no/],
  ['a number for a date', { ...ROW, day: 20240131 }, /column "day": expected a date/],
  ['a missing text', { ...ROW, colour: ' ' }, /column "colour": expected a value, got none/],
  [
    'a text that training has not seen',
    { ...ROW, colour: 'Red' },
    /column "colour": expected a value of the training/,
  ],
  [
    'a column that is not there',
    { size: 1, fresh: 1, day: '' },
    /expected a cell for column "colour", got none/,
  ],
  ['too few cells', [1, 1, ''], /expected a cell for "colour" at place 4, got 3 cells/],
])('refuses %s', (_, row, message) => {
  expect(() => predict(row)).toThrow(message);
});

it('takes an unseen text for no value if asked', () => {
  expect(predict({ ...ROW, colour: 'Red' }, { unseen: 'ignore' }).values!.y).toBe(0.5 + 2 + 100 + 3000);
});

describe('JSON', () => {
  it.each([1, 3])('is read as the same program, with %i members', count => {
    const weights = Float32Array.from([1 / 3, 1e-30, -0.1, 16_777_216, 1e5, 1e6]);
    const members = Array.from({ length: count }, () => [{ ...PROGRAM.members[0]![0]!, weights }]);
    const text = jsonText({ ...PROGRAM, members }, 'lockstep test');
    const { members: found } = fromJson(text);
    expect(Object.keys(JSON.parse(text)).at(-1)).toBe(count === 1 ? 'layers' : 'members');
    expect(found.map(([layer]) => Float32Array.from(layer!.weights))).toEqual(members.map(() => weights));
  });
});
