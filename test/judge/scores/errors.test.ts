import { describe, expect, it } from 'vitest';
import { errorsOf, errorsOfTargets } from '../../../src/judge/scores/errors.js';

it('computes RMSE, MAE and R² of each target', () => {
  // a: errors 1, −1, 0, 2; squares 6, absolute values 4; y 1 2 3 6, mean 3, spread 4 + 1 + 0 + 9 = 14.
  // b: all y are equal, so there is no variance to explain.
  const y = [1, 5, 2, 5, 3, 5, 6, 5];
  const yHat = [0, 5, 3, 5, 3, 5, 4, 3];
  expect(errorsOf(y, yHat, 2)).toEqual([
    { rmse: Math.sqrt(1.5), mae: 1, r2: 1 - 6 / 14 },
    { rmse: 1, mae: 0.5, r2: null },
  ]);
});

it('counts a row of weight n as n rows, one of weight 0 as none', () => {
  expect(errorsOf([1, 2, 9], [0, 3, 0], 1, [3, 1, 0])).toEqual(errorsOf([1, 1, 1, 2], [0, 0, 0, 3], 1));
  // 0.1 three times over makes no sum that is three times 0.1: their mean is 0.1 all the same.
  expect(errorsOf([0.1, 0.1, 0.1], [0, 0, 0], 1, [0.1, 0.7, 0.3])[0]!.r2).toBeNull();
});

describe('figures of values far from 0', () => {
  // Errors and values near the mean that every float64 in question holds exactly.
  const shape = [-12, -3.5, 0, 1.25, 4, 10.25];
  const error = [0.5, -0.25, 0.125, 0, -0.5, 0.25];
  const [plain] = errorsOf(
    shape,
    shape.map((value, i) => value + error[i]!),
    1,
  );

  it.each([1.7e9, -1.7e9, 5_800_000, 2 ** 44, -(2 ** 40)])(
    'equal those of the same values near 0: %s',
    origin => {
      const y = shape.map(value => origin + value);
      const [far] = errorsOf(
        y,
        y.map((value, i) => value + error[i]!),
        1,
      );
      expect(far).toEqual({ ...plain, r2: expect.closeTo(plain!.r2!, 14) });
    },
  );

  it.each([2 ** 100, 2 ** -100])('scale with the unit: %s', unit => {
    const scaled = shape.map(value => value * unit);
    const [figures] = errorsOf(
      scaled,
      scaled.map((value, i) => value + error[i]! * unit),
      1,
    );
    expect(figures).toEqual({ rmse: plain!.rmse * unit, mae: plain!.mae * unit, r2: plain!.r2 });
  });
});

describe('figures of all targets together', () => {
  const y = [1, 100, 2, 200, 3, 300];
  const yHat = [2, 110, 2, 190, 3, 310];

  it('are means over rows and targets', () => {
    const { targets, overall } = errorsOfTargets({ y, outputs: 2, units: [1, 1] }, yHat);
    expect(overall).toEqual({
      rmse: expect.closeTo(Math.sqrt((1 + 3 * 100) / 6), 12),
      mae: expect.closeTo((1 + 3 * 10) / 6, 12),
      r2: (targets[0]!.r2! + targets[1]!.r2!) / 2,
    });
  });

  it('scale each target by its unit', () => {
    const { overall } = errorsOfTargets({ y, outputs: 2, units: [1, 100] }, yHat);
    expect(overall.rmse).toBeCloseTo(Math.sqrt((1 + 3 * 0.01) / 6), 12);
    expect(overall.mae).toBeCloseTo((1 + 3 * 0.1) / 6, 12);
  });

  it('have the bits of a single target’s figures', () => {
    const { targets, overall } = errorsOfTargets({ y: [0.1, 0.7, 0.3], outputs: 1, units: [1] }, [0, 0, 0.9]);
    expect(overall).toEqual(targets[0]);
  });

  it('have no R² if one target has none', () => {
    const { overall } = errorsOfTargets({ y: [1, 5, 2, 5], outputs: 2, units: [1, 1] }, [1, 5, 2, 6]);
    expect(overall).toMatchObject({ r2: null, rmse: 0.5 });
  });
});
