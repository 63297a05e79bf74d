import { expect, it } from 'vitest';
import { foldsData, foldsText } from '../../src/report/folds.js';

const fold = (loss: number, f1: number | null) => ({
  loss: 2 * loss,
  accuracy: 0.5,
  validation: { loss, f1 },
  stopped: 'epochs',
  model: 'm',
  epochs: 3,
  steps: 30,
  samples: 300,
  seconds: 2,
  shards: 4,
});

it('reports means in place of a single training’s figures, with their deviations', () => {
  const data = foldsData([fold(1, 0.5), fold(2, 0.7), fold(6, 0.6)]);
  expect(data).toMatchObject({
    folds: 3,
    loss: 6,
    accuracy: 0.5,
    epochs: 3,
    steps: 90,
    samples: 900,
    seconds: 6,
    samplesPerSecond: 150,
    shards: 4,
    validation: { loss: 3 },
    deviation: { accuracy: 0, validation: { loss: Math.sqrt(7) } },
  });
  expect(data.validation.f1).toBeCloseTo(0.6, 14);
  expect(data.deviation.validation!.f1).toBeCloseTo(0.1, 14);
  expect(data.results.map(result => [result.fold, (result as unknown as { model: string }).model])).toEqual([
    [1, 'm'],
    [2, 'm'],
    [3, 'm'],
  ]);
});

it('reports no mean of a figure that is undefined in a fold', () => {
  const data = foldsData([fold(1, 0.5), fold(3, null)]);
  expect([data.validation.f1, data.deviation.validation!.f1]).toEqual([null, null]);
  expect(foldsText(data).split('\n').slice(0, 5)).toEqual([
    'fold         epochs  validation loss  validation F1',
    '1                 3                1        50.00 %',
    '2                 3                3      undefined',
    'mean                               2      undefined',
    '± deviation                    1.414      undefined',
  ]);
});
