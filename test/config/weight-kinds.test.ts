import { describe, expect, it } from 'vitest';
import { classWeights } from '../../src/config/weight-kinds.js';

describe('--class-weights', () => {
  it.each([
    ['balanced', 'balanced'],
    ['1,2.5,0', [1, 2.5, 0]],
    ['no=1,yes=4', { no: 1, yes: 4 }],
    ['a=b=2', { 'a=b': 2 }],
    ['"a, b=2",c=1', { 'a, b': 2, c: 1 }],
    [
      [1, '2'],
      [1, 2],
    ],
    [
      { no: 1, yes: '4' },
      { no: 1, yes: 4 },
    ],
  ])('takes %j', (raw, value) => expect(classWeights.read(raw)).toEqual(value));

  it.each(['', 'even', '1,x', '1,-2', 'a=', '=1', 'a=1,a=2', 'a=1,2', {}, { a: 'x' }, true, null])(
    'refuses %j',
    raw => expect(classWeights.read(raw)).toBeUndefined(),
  );
});
