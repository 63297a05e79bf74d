import { expect, it } from 'vitest';
import { figure, parseTarget, target } from '../../src/config/target.js';

it('is a figure and the value to reach', () => {
  expect(parseTarget('accuracy=0.98')).toEqual({ figure: 'accuracy', value: 0.98 });
  expect(parseTarget('training-loss=1e-3')).toEqual({ figure: 'training-loss', value: 0.001 });
  expect(target.read('top-5=.9')).toBe('top-5=.9');
});

it.each(['accuracy', 'accuracy=', 'accuracy=high', '=0.9', 'a=1=2', 'Accuracy=1', 3])('%j is none', raw =>
  expect(target.read(raw)).toBeUndefined(),
);

it.each(['', 'f 1', '-loss', 5])('%j is not a figure', raw => expect(figure.read(raw)).toBeUndefined());
