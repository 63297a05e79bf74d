import { expect, it } from 'vitest';
import { figure, target } from '../../src/config/target.js';

it.each([
  ['accuracy=0.98', 'accuracy', 0.98],
  ['training-loss=0.001', 'training-loss', 0.001],
  ['top-5=0.9', 'top-5', 0.9],
])('%s is a figure and the value to reach', (text, figure, value) => {
  expect(target.read(text)).toEqual({ figure, value });
  expect(target.write!({ figure, value })).toBe(text);
});

it.each(['accuracy', 'accuracy=', 'accuracy=high', '=0.9', 'a=1=2', 'Accuracy=1', 3])(
  '%j is not a target',
  raw => expect(target.read(raw)).toBeUndefined(),
);

it.each(['', 'f 1', '-loss', 5])('%j is not a figure', raw => expect(figure.read(raw)).toBeUndefined());
