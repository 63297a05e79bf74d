import { expect, it } from 'vitest';
import { targetFigures, targetsText } from '../../src/report/regression.js';

it('each target has RMSE, MAE and R², worked out by hand', () => {
  // a: errors 1, −1, 0, 2: squares 6, absolute 4; y 1 2 3 6, mean 3, spread 4 + 1 + 0 + 9 = 14.
  // b: all y equal: nothing to explain.
  const y = [1, 5, 2, 5, 3, 5, 6, 5];
  const yHat = [0, 5, 3, 5, 3, 5, 4, 3];
  const figures = targetFigures(y, yHat, ['a', 'b']);
  expect(figures).toEqual([
    { target: 'a', rmse: Math.sqrt(1.5), mae: 1, r2: 1 - 6 / 14 },
    { target: 'b', rmse: 1, mae: 0.5, r2: null },
  ]);
  expect(targetsText(figures).split('\n')).toEqual([
    'target   RMSE  MAE      R²',
    'a       1.225    1  0.5714',
    'b           1  0.5       –',
  ]);
});

it('a row of weight n is n rows, one of weight 0 none', () => {
  const weighed = targetFigures([1, 2, 9], [0, 3, 0], ['a'], [3, 1, 0]);
  expect(weighed).toEqual(targetFigures([1, 1, 1, 2], [0, 0, 0, 3], ['a']));
  // 0.1 three times over makes no sum that is three times 0.1: their mean is 0.1 all the same.
  expect(targetFigures([0.1, 0.1, 0.1], [0, 0, 0], ['a'], [0.1, 0.7, 0.3])[0]!.r2).toBeNull();
});
