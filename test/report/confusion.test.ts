import { describe, expect, it } from 'vitest';
import { inFlags } from '../../src/config/flags.js';
import {
  classesOf,
  confusionText,
  countConfusion,
  figuresOf,
  figuresText,
} from '../../src/report/confusion.js';

// Ten rows: 4 cats (3 right, 1 predicted as dog), 5 dogs (all right), 1 newt (predicted as cat).
const TRUTH = [0, 0, 0, 0, 1, 1, 1, 1, 1, 2];
const TAKEN = [0, 0, 0, 1, 1, 1, 1, 1, 1, 0];
const NAMES = ['cat', 'dog', 'newt'];
const confusion = countConfusion(TRUTH, TAKEN, 3);

describe('classesOf', () => {
  it('returns the most probable class, the first one on a tie', () => {
    const probabilities = Float32Array.of(0.1, 0.7, 0.2, 0.4, 0.2, 0.4, 0.3, 0.3, 0.4);
    expect([...classesOf(probabilities, 3)]).toEqual([1, 0, 2]);
  });

  it('returns class 1 above one half if there is one output', () => {
    expect([...classesOf(Float32Array.of(0.49, 0.5, 0.51), 1)]).toEqual([0, 0, 1]);
  });
});

it('sums the weights of weighted rows', () => {
  // The cat predicted as dog weighs ½, the newt 0.
  const weights = [1, 1, 1, 0.5, 1, 1, 1, 1, 2.5, 0];
  const weighed = countConfusion(TRUTH, TAKEN, 3, weights);
  expect(weighed).toEqual([
    [3, 0.5, 0],
    [0, 6.5, 0],
    [0, 0, 0],
  ]);
  expect(confusionText(weighed, NAMES).split('\n').slice(1, 3)).toEqual([
    'cat                 3  0.5     0',
    'dog                 0  6.5     0',
  ]);
  expect(figuresOf(weighed, NAMES)[0]).toEqual({
    class: 'cat',
    precision: 1,
    recall: 3 / 3.5,
    support: 3.5,
    f1: 6 / 6.5,
  });
});

it('counts true classes in rows and predicted ones in columns', () => {
  expect(confusion).toEqual([
    [3, 1, 0],
    [0, 5, 0],
    [1, 0, 0],
  ]);
  expect(confusionText(confusion, NAMES)).toBe(
    [
      'true \\ predicted  cat  dog  newt',
      'cat                 3    1     0',
      'dog                 0    5     0',
      'newt                1    0     0',
    ].join('\n'),
  );
});

it('refers to --json if there are many classes', () => {
  const names = Array.from({ length: 21 }, (_, k) => String(k));
  expect(inFlags(confusionText(countConfusion([], [], 21), names))).toBe(
    'confusion matrix: 21 classes, too many to show; --json has it',
  );
});

it('computes precision, recall, F1 and support of each class', () => {
  const figures = figuresOf(confusion, NAMES);
  expect(figures).toEqual([
    { class: 'cat', precision: 3 / 4, recall: 3 / 4, f1: 3 / 4, support: 4 },
    { class: 'dog', precision: 5 / 6, recall: 1, f1: 10 / 11, support: 5 },
    { class: 'newt', precision: null, recall: 0, f1: 0, support: 1 },
  ]);
  expect(figuresText(figures).split('\n')).toEqual([
    'class  precision    recall       F1  support',
    'cat      75.00 %   75.00 %  75.00 %        4',
    'dog      83.33 %  100.00 %  90.91 %        5',
    'newt           –    0.00 %   0.00 %        1',
  ]);
});

it('has no figures for a class that neither occurs nor is predicted', () => {
  expect(figuresOf(countConfusion([0], [0], 2), ['a', 'b'])[1]).toEqual({
    class: 'b',
    precision: null,
    recall: null,
    f1: null,
    support: 0,
  });
});
