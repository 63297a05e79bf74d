import { expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { picturesOf } from '../../src/report/pictures.js';
import { runPage } from '../../src/report/run/page.js';
import { toPictures } from '../../src/report/run/read-pictures.js';
import { toRuns } from '../../src/report/run/record.js';
import { runFiles } from './run/files.js';

/** What pictures are drawn from; features are not looked at. */
function rowsOf(part: Partial<Dataset>): Dataset {
  return { scale: 1, features: 1, source: 'a.csv', ...part } as Dataset;
}
const numbers = (y: readonly number[]) =>
  rowsOf({
    task: 'regression',
    rows: y.length,
    outputs: 1,
    y: Float32Array.from(y),
    truth: Float64Array.from(y),
    encoding: { targets: ['price'], classes: [], targetScales: [{ mean: 0, deviation: 1 }] } as never,
  });
const pageOf = (pictures: object) =>
  runPage(toRuns([runFiles('runs/a', 3, { pictures: { ...pictures } })], ['lockstep train a.csv']), '0.1.0');

it('summarises residuals of all rows, and keeps some of them to draw', () => {
  const y = Array.from({ length: 2001 }, (_, i) => i / 10);
  const yHat = Float64Array.from(y, (value, i) => value - (i - 1000));
  const { targets } = picturesOf(numbers(y), yHat);
  expect(targets).toHaveLength(1);
  // Residuals are -1000 to 1000, each once.
  expect(targets![0]!.quantiles).toEqual([-900, -500, 0, 500, 900]);
  expect(Math.abs(targets![0]!.farthest)).toBe(1000);
  expect(targets![0]!.points).toHaveLength(401);
  expect(targets![0]!.points[1]).toEqual([0.5, 0.5 - (5 - 1000)]);
  const page = pageOf({ targets });
  expect(page).toContain('Predicted against true price');
  expect(page).toContain('Residuals of price');
  expect(page).toContain('half of them lie between -500 and 500, 90 % between -900 and 900');
});

it('draws the most frequent of many classes against the others', () => {
  const classes = Array.from({ length: 9 }, (_, k) => `class ${k}`);
  // Class k occurs k + 2 times.
  const y = Int32Array.from(classes.flatMap((_, k) => new Array<number>(k + 2).fill(k)));
  const predictions = new Float64Array(9 * y.length).fill(1 / 20);
  for (const [i, k] of y.entries()) predictions[9 * i + k] = 12 / 20;
  const data = rowsOf({
    task: 'multiclass',
    rows: y.length,
    outputs: 9,
    y,
    encoding: { targets: ['kind'], classes, targetScales: [] } as never,
  });
  const { roc, calibration } = picturesOf(data, predictions);
  expect(roc!.map(({ name }) => name)).toEqual([
    'class 8',
    'class 7',
    'class 6',
    'class 5',
    'class 4',
    'class 3',
  ]);
  expect(roc!.map(({ auc }) => auc)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(calibration!.bins).toEqual([
    { from: 0.6, to: 0.7, rows: y.length, predicted: expect.closeTo(0.6), observed: 1 },
  ]);
  const page = pageOf({ roc, calibration });
  expect(page).toContain('class 8: AUC 1.0000');
  expect(page).toContain('Expected calibration error 0.4, log-loss 0.5108');
});

it('draws nothing for an autoencoder', () => {
  const data = numbers([1, 2]);
  const inputs = { ...data, encoding: { ...data.encoding, targetIsInput: true } };
  expect(picturesOf(inputs, Float64Array.of(1, 2))).toEqual({});
});

it('leaves out parts of pictures.json that can’t be read', () => {
  const good = { name: 'a', auc: 1, points: [{ x: 0, y: 0 }] };
  for (const bad of [
    null,
    3,
    [],
    [{}],
    [{ ...good, auc: 'x' }],
    [{ ...good, points: [{ x: 1 }] }],
    [good, null],
  ]) {
    expect(toPictures({ roc: bad, targets: bad, calibration: bad })).toEqual({});
  }
  expect(toPictures({ roc: [good] })).toEqual({ roc: [good] });
});
