import { expect, it } from 'vitest';
import { targetFigures, targetsText } from '../../src/report/regression.js';

it('shows a line for each target', () => {
  const errors = [
    { rmse: Math.sqrt(1.5), mae: 1, r2: 1 - 6 / 14 },
    { rmse: 1, mae: 0.5, r2: null },
  ];
  const figures = targetFigures(errors, ['a', 'b']);
  expect(figures[1]).toEqual({ target: 'b', rmse: 1, mae: 0.5, r2: null });
  expect(targetsText(figures).split('\n')).toEqual([
    'target   RMSE  MAE      R²',
    'a       1.225    1  0.5714',
    'b           1  0.5       –',
  ]);
});
