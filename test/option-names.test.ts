import { describe, expect, it } from 'vitest';
import { inFlags } from '../src/config/flags.js';
import { optionError, usageError } from '../src/errors.js';
import { inProperties, option, options } from '../src/option-names.js';

describe('an option in a text', () => {
  it.each([
    [option('learningRate'), 'learningRate', '--lr'],
    [option('learningRate', 0.001), 'learningRate: 0.001', '--lr 0.001'],
    [option('missing', 'mean'), 'missing: "mean"', '--missing mean'],
    [option('ignore', ['a', 'b c']), 'ignore: ["a", "b c"]', "--ignore 'a,b c'"],
    [option('features', ['Price, USD']), 'features: ["Price, USD"]', `--features '"Price, USD"'`],
    [option('shuffle', false), 'shuffle: false', '--no-shuffle'],
    [option('targetIsInput', true), 'targetIsInput: true', '--target-is-input'],
    [
      option('TrainOptions.target', { figure: 'accuracy', value: 0.98 }),
      'TrainOptions.target: { figure: "accuracy", value: 0.98 }',
      '--target-metric accuracy=0.98',
    ],
    [
      option('checkpoint', { every: 60, unit: 'seconds' }),
      'checkpoint: { every: 60, unit: "seconds" }',
      '--checkpoint-every 60s',
    ],
    [option('maxSeconds', 90), 'maxSeconds: 90', '--max-time 90s'],
    [option('hidden', []), 'hidden: []', '--hidden ""'],
    [option('naValues', ['-']), 'naValues: ["-"]', '--na-values -'],
    [option('naValues', ['-', '--']), 'naValues: ["-", "--"]', '--na-values=-,--'],
    [option('target', ['y']), 'target: ["y"]', '--target y'],
    [
      options({ naValues: ['n/a'], missing: 'mean' }),
      'naValues: ["n/a"], missing: "mean"',
      '--na-values n/a --missing mean',
    ],
    [option('scheduleEpochs', 3), 'scheduleEpochs: 3', 'scheduleEpochs 3'],
  ])('%# is written in each reader’s way', (text, properties, flags) => {
    expect(inProperties(`Try ${text}.`)).toBe(`Try ${properties}.`);
    expect(inFlags(`Try ${text}.`)).toBe(`Try ${flags}.`);
  });

  it('is not taken from what only looks like one', () => {
    for (const text of ['\uE000a\uE001', '\uE000', '\uE001\uE000']) expect(inFlags(text)).toBe(text);
  });
});

it('an error names properties to a program and flags on the command line', () => {
  const error = optionError('learningRate', { expected: 'a number above 0', got: 0, example: 0.001 });
  expect([error.message, error.hint]).toEqual([
    'learningRate: expected a number above 0, got 0.',
    'Try learningRate: 0.001.',
  ]);
  expect([inFlags(error.text.message), inFlags(error.text.hint!)]).toEqual([
    '--lr: expected a number above 0, got 0.',
    'Try --lr 0.001.',
  ]);
});

it('an error made of another keeps its options', () => {
  const first = usageError(`${option('query')} does not work.`);
  expect(inFlags(usageError(`rows.csv: ${first.text.message}`).text.message)).toBe(
    'rows.csv: --query does not work.',
  );
});
