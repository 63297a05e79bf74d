import { describe, expect, it } from 'vitest';
import { shellLine, trainLine } from '../../src/config/flags.js';
import { defaults, writeSettings } from '../../src/config/settings.js';

describe('a line that trains', () => {
  it('leaves out options that have their defaults', () => {
    expect(trainLine('a.csv', writeSettings('train', defaults()))).toBe('lockstep train a.csv');
  });

  it.each([
    [{ lr: 0.5, hidden: [64, 32] }, '--lr 0.5 --hidden 64,32'],
    [{ hidden: [] }, "--hidden ''"],
    [{ 'no-shuffle': true, 'no-header': false }, '--no-shuffle'],
    [{ target: ['house price'] }, "--target 'house price'"],
    [{ features: ['a,b', 'c'] }, `--features '"a,b",c'`],
    [{ target: ['Price, USD'] }, `--target '"Price, USD"'`],
    [{ features: ['12" vinyl', '"x', ' a '] }, `--features '12" vinyl,"""x"," a "'`],
    [{ 'class-weights': { no: 1, yes: 4 } }, '--class-weights no=1,yes=4'],
    [{ 'class-weights': { 'a, b': 2, c: 1 } }, `--class-weights '"a, b=2",c=1'`],
    [{ 'some-day': 3, lr: 'x' }, '--some-day 3 --lr x'],
    [{ query: '-- none' }, "'--query=-- none'"],
    [{ delimiter: '-' }, '--delimiter -'],
  ])('with %j has %s', (options, expected) => {
    expect(trainLine('a.csv', options)).toBe(`lockstep train a.csv ${expected}`);
  });

  it('writes values that a config file holds as texts', () => {
    const settings = { ...defaults(), batchSchedule: [{ epoch: 0, batchSize: 64 }] };
    expect(trainLine('a.csv', writeSettings('train', settings))).toBe(
      'lockstep train a.csv --batch-schedule 0:64',
    );
  });
});

it.each([
  [['a b'], "'a b'"],
  [["it's"], "'it'\\''s'"],
  [['$(rm -rf)', '`x`', '*'], "'$(rm -rf)' '`x`' '*'"],
  [[''], "''"],
])('a shell reads %j from %s', (words, expected) => {
  expect(shellLine(words)).toBe(expected);
});
