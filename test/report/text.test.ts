import { describe, expect, it } from 'vitest';
import { epochData, epochText } from '../../src/report/epochs.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatPercent,
} from '../../src/report/format.js';
import { summaryData, summaryText } from '../../src/report/summary.js';
import { renderPairs, renderTable } from '../../src/report/table.js';
import { epochReport, PHASE_SHARES, RESULT } from './reports.js';

describe('numbers', () => {
  it.each([
    [formatCount(60_000), '60,000'],
    [formatCount(12.6), '13'],
    [formatFigure(0.041234), '0.04123'],
    [formatFigure(12.3), '12.3'],
    [formatFigure(0), '0'],
    [formatFigure(5), '5'],
    [formatFigure(0.019191), '0.01919'],
    [formatFigure(12.3456), '12.35'],
    [formatFigure(999.96), '1,000'],
    [formatFigure(4829.7), '4,830'],
    [formatFigure(82_790.4), '82,790'],
    [formatFigure(-82_790.4), '-82,790'],
    [formatFigure(1_234_567.8), '1,234,568'],
    [formatFigure(9_999_999.4), '9,999,999'],
    [formatFigure(123_456_789), '1.235e+8'],
    [formatFigure(1e9), '1e+9'],
    [formatFigure(1.25e-9), '1.25e-9'],
    [formatFigure(Number.POSITIVE_INFINITY), 'Infinity'],
    [formatFigure(Number.NaN), 'NaN'],
    [formatPercent(0.978249), '97.82 %'],
    [formatPercent(1), '100.00 %'],
    [formatDuration(0.416), '0.42 s'],
    [formatDuration(9.996), '10.0 s'],
    [formatDuration(59.96), '1 min 00 s'],
    [formatDuration(185.4), '3 min 05 s'],
    [formatDuration(3599.7), '1 h 00 min'],
    [formatDuration(3725), '1 h 02 min'],
    [formatDuration(Infinity), '?'],
    [formatBytes(0), '0 B'],
    [formatBytes(512), '512 B'],
    [formatBytes(47_040_000), '44.9 MiB'],
    [formatBytes(2 ** 32), '4.0 GiB'],
  ])('%s is formatted as %s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

it('aligns the first column of a table left, the others right', () => {
  expect(
    renderTable(
      ['class', 'rows'],
      [
        ['cat', '3'],
        ['elephant', '1,000'],
      ],
    ),
  ).toBe('class      rows\ncat           3\nelephant  1,000');
  expect(renderTable(['empty', 'table'], [])).toBe('empty  table');
});

it('aligns the values of pairs', () => {
  expect(
    renderPairs([
      ['a', '1'],
      ['long', '2'],
    ]),
  ).toBe('a     1\nlong  2');
});

describe('an epoch', () => {
  it('is formatted as one line', () => {
    expect(epochText(epochReport(2), 10)).toBe(
      'epoch  2/10  loss 0.25, accuracy 90.00 %  validation loss 0.6, accuracy 85.00 %  1,000 samples/s',
    );
    const regression = {
      ...epochReport(1),
      training: { loss: 2, accuracy: null, rmse: 2 },
      validation: null,
    };
    expect(epochText(regression, 1)).toBe('epoch 1/1  loss 2, rmse 2  1,000 samples/s');
  });

  it('becomes one record with the available figures', () => {
    expect(epochData(epochReport(2))).toEqual({
      epoch: 2,
      step: 20,
      samples: 2000,
      loss: 0.25,
      accuracy: 0.9,
      validation: { loss: 0.6, accuracy: 0.85 },
      learningRate: 0.1,
      seconds: 2,
      samplesPerSecond: 1000,
      phases: PHASE_SHARES,
    });
    expect(epochData({ ...epochReport(1), validation: null })).toMatchObject({ validation: null });
  });
});

describe('the summary', () => {
  const { training, validation: none } = RESULT;
  const file = { model: 'runs/a/model.safetensors', weightsSha256: 'abc' };
  const place = { ...file, epoch: 2, training, validation: none };

  it('is one object with all documented properties', () => {
    expect(summaryData(RESULT, place)).toEqual({
      loss: 0.25,
      accuracy: 0.9,
      validation: null,
      modelEpoch: 2,
      best: null,
      stopped: 'epochs',
      epochs: 2,
      steps: 20,
      samples: 2000,
      seconds: 2,
      samplesPerSecond: 1000,
      phases: PHASE_SHARES,
      backend: 'wasm',
      description: 'wasm (SIMD)',
      workers: 2,
      shards: 4,
      parameters: 101_770,
      memoryBytes: 1_000_000,
      model: 'runs/a/model.safetensors',
      weightsSha256: 'abc',
    });
  });

  it('is formatted as a few lines', () => {
    const validation = { loss: 2, accuracy: null, rmse: 3 };
    const best = { epoch: 1, value: 2, training, validation, weights: new Float32Array(0) };
    const watch = { ...RESULT.state.watch, figure: 'loss' };
    const result = { ...RESULT, stopped: 'aborted', state: { ...RESULT.state, best, watch } } as const;
    expect(summaryData(result, place)).toMatchObject({ best: { epoch: 1, monitor: 'loss', value: 2 } });
    expect(summaryText(result, { ...place, validation }).split('\n')).toEqual([
      'training    loss 0.25, accuracy 90.00 %',
      'validation  loss 2, rmse 3',
      'best        epoch 1, by validation loss 2',
      'work        2 epochs, 20 steps, 2,000 samples, stopped by a signal',
      'time        2.00 s, 1,000 samples/s',
      'model       runs/a/model.safetensors (epoch 2)',
      'sha256      abc',
    ]);
  });
});
