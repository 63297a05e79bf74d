import { describe, expect, it } from 'vitest';
import { commandLine, shellLine } from '../../src/config/command-line.js';
import { defaults, writeSettings } from '../../src/config/settings.js';

describe('a line from options', () => {
  it('has nothing of what is as without it', () => {
    expect(commandLine('train', ['a.csv'], writeSettings('train', defaults()))).toEqual([
      'lockstep',
      'train',
      'a.csv',
    ]);
  });

  it.each([
    [{ lr: 0.5, hidden: [64, 32] }, '--lr 0.5 --hidden 64,32'],
    [{ hidden: [] }, "--hidden ''"],
    [{ 'no-shuffle': true, 'no-header': false }, '--no-shuffle'],
    [{ target: ['house price'] }, "--target 'house price'"],
    [{ features: ['a,b', 'c'] }, `--features '"a,b",c'`],
    [{ target: ['Price, USD'] }, `--target '"Price, USD"'`],
    [{ features: ['12" vinyl', '"x', ' a '] }, `--features '12" vinyl,"""x"," a "'`],
    [{ 'some-day': 3, lr: 'x' }, '--some-day 3 --lr x'],
    [{ query: '-- none' }, "'--query=-- none'"],
  ])('of %j is %s', (options, expected) => {
    expect(shellLine(commandLine('train', ['a.csv'], options))).toBe(`lockstep train a.csv ${expected}`);
  });
});

it.each([
  [['a b'], "'a b'"],
  [["it's"], "'it'\\''s'"],
  [['$(rm -rf)', '`x`', '*'], "'$(rm -rf)' '`x`' '*'"],
  [[''], "''"],
])('a shell reads %j again from %s', (words, expected) => {
  expect(shellLine(words)).toBe(expected);
});
