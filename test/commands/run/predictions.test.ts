import { expect, it } from 'vitest';
import { predictedColumns } from '../../../src/commands/run/predictions.js';
import type { Encoding, Task } from '../../../src/data/dataset.js';

const BARE: Encoding = { kind: 'table', columns: [], targets: ['y'], classes: [], targetScales: [] };

/** The columns for the predictions yHat. */
const written = (task: Task, encoding: Partial<Encoding>, yHat: number[]) =>
  Object.fromEntries(
    predictedColumns({ task, encoding: { ...BARE, ...encoding } }).map(({ name, of }) => [
      name,
      Array.from<string | number>(of(Float64Array.from(yHat))),
    ]),
  );

it.each<[Task, Partial<Encoding>, number[], ReturnType<typeof written>]>([
  ['regression', { targets: ['a', 'b'] }, [1, 2, 3, 4], { a: [1, 3], b: [2, 4] }],
  [
    'binary',
    { classes: ['no', 'yes'] },
    [0.25, 0.75],
    { prediction: ['no', 'yes'], probability_no: [0.75, 0.25], probability_yes: [0.25, 0.75] },
  ],
  [
    'multiclass',
    { classes: ['a', 'b', 'c'] },
    [0.25, 0.625, 0.125],
    { prediction: ['b'], probability_a: [0.25], probability_b: [0.625], probability_c: [0.125] },
  ],
  [
    'multilabel',
    {
      targets: ['s', 't'],
      labelClasses: [
        ['0', '1'],
        ['no', 'yes'],
      ],
    },
    [0.75, 0.25],
    { prediction_s: ['1'], probability_s: [0.75], prediction_t: ['no'], probability_t: [0.25] },
  ],
])('%s', (task, encoding, yHat, columns) => {
  expect(written(task, encoding, yHat)).toEqual(columns);
});
