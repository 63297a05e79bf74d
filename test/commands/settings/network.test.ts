import { describe, expect, it } from 'vitest';
import { hiddenActivations, hiddenDropout, networkFor } from '../../../src/commands/settings/network.js';
import { defaults } from '../../../src/config/settings.js';
import type { Dataset, Task } from '../../../src/data/dataset.js';
import { toReconstruct } from '../../../src/data/reconstruction.js';
import { arrayRows } from '../../../src/data/rows.js';

/** Rows of a task, of which only the shape matters here. */
function dataOf(task: Task, outputs: number): Dataset {
  const encoding = { kind: 'table', columns: [], targets: [], classes: [], targetScales: [] } as const;
  return {
    ...{ source: 'd.csv', task, rows: 1, features: 5, outputs, scale: 1 },
    x: arrayRows(new Float32Array(5), 5),
    y: new Float32Array(outputs),
    encoding: { ...encoding, columns: [], targets: [], classes: [], targetScales: [] },
  };
}

describe('the network', () => {
  it.each([
    ['regression', 2, 'identity', 'sse'],
    ['binary', 1, 'sigmoid', 'binary-cross-entropy'],
    ['multiclass', 10, 'softmax', 'cross-entropy'],
    ['multilabel', 4, 'sigmoid', 'binary-cross-entropy'],
  ] as const)('for %s has %i outputs, %s, and the loss %s', (task, outputs, output, loss) => {
    const settings = { ...defaults(), hidden: [8, 4] };
    expect(networkFor(dataOf(task, outputs), settings)).toEqual({
      layers: [5, 8, 4, outputs],
      hidden: ['relu', 'relu'],
      output,
      loss,
    });
  });

  it('without hidden layers goes from features to outputs', () => {
    const { layers, hidden } = networkFor(dataOf('binary', 1), { ...defaults(), hidden: [] });
    expect([layers, hidden]).toEqual([[5, 1], []]);
  });

  it('of a regression may have any output activation', () => {
    const settings = { ...defaults(), outputActivation: 'sigmoid', loss: 'sse' } as const;
    expect(networkFor(dataOf('regression', 1), settings)).toMatchObject({ output: 'sigmoid', loss: 'sse' });
  });

  it.each([
    [{ loss: 'huber' }, { loss: 'huber', huberDelta: 1, output: 'identity' }],
    [
      { loss: 'huber', huberDelta: 0.25, outputActivation: 'tanh' },
      { loss: 'huber', huberDelta: 0.25, output: 'tanh' },
    ],
    [{ loss: 'absolute' }, { loss: 'absolute', output: 'identity' }],
  ] as const)('of a regression with %j is %j', (given, expected) => {
    const network = networkFor(dataOf('regression', 1), { ...defaults(), ...given });
    expect(network).toEqual({ layers: [5, 128, 1], hidden: ['relu'], ...expected });
  });

  it('of an autoencoder may have binary cross-entropy', () => {
    const data = toReconstruct(dataOf('regression', 5));
    const network = networkFor(data, { ...defaults(), loss: 'binary-cross-entropy' });
    expect(network).toMatchObject({ output: 'sigmoid', loss: 'binary-cross-entropy' });
    expect(() =>
      networkFor(data, { ...defaults(), loss: 'binary-cross-entropy', outputActivation: 'tanh' }),
    ).toThrow('--output-activation: expected sigmoid, because the loss is binary-cross-entropy; got tanh.');
  });

  it.each([
    [
      'binary',
      { loss: 'sse' },
      '--loss: expected binary-cross-entropy, because the task of d.csv is binary; got sse.',
    ],
    [
      'regression',
      { loss: 'cross-entropy' },
      '--loss: expected sse, huber, absolute or quantile, because the task of d.csv is regression; got cross-entropy.',
    ],
    [
      'regression',
      { loss: 'binary-cross-entropy' },
      '--loss: expected sse, huber, absolute or quantile, because the task of d.csv is regression; got binary-cross-entropy.',
    ],
    [
      'binary',
      { loss: 'huber' },
      '--loss: expected binary-cross-entropy, because the task of d.csv is binary; got huber.',
    ],
    [
      'regression',
      { loss: 'huber', huberDelta: 1e39 },
      'network: expected huberDelta to be a number above 0 that float32 can hold for loss huber, got 1e+39.',
    ],
    [
      'multiclass',
      { outputActivation: 'tanh' },
      '--output-activation: expected softmax, because the task of d.csv is multiclass; got tanh.',
    ],
  ] as const)('of %s is refused with %j', (task, given, message) => {
    expect(() => networkFor(dataOf(task, 1), { ...defaults(), ...given })).toThrow(
      expect.objectContaining({ code: 'usage', message }),
    );
  });
});

describe('the activations of the hidden layers', () => {
  it.each([
    [[8, 4], ['tanh'], ['tanh', 'tanh']],
    [
      [8, 4],
      ['tanh', 'relu'],
      ['tanh', 'relu'],
    ],
    [[], ['tanh'], []],
  ] as const)('of layers %j from %j are %j', (hidden, activation, expected) => {
    const settings = { ...defaults(), hidden: [...hidden], activation: [...activation] };
    expect(hiddenActivations(settings)).toEqual(expected);
  });

  it('are refused unless there is one for all layers or one for each', () => {
    const settings = { ...defaults(), hidden: [8, 4], activation: ['tanh' as const, 'relu', 'tanh'] };
    expect(() => hiddenActivations(settings as ReturnType<typeof defaults>)).toThrow(
      '--activation: expected one, or 2 (the hidden layers), got 3.',
    );
  });
});

describe('the dropout of the hidden layers', () => {
  it.each([
    [[8, 4], [0.5], [0.5, 0.5]],
    [
      [8, 4],
      [0.5, 0.2],
      [0.5, 0.2],
    ],
    [[], [0], []],
  ])('of %j with %j is %j', (hidden, dropout, expected) => {
    expect(hiddenDropout({ hidden, dropout })).toEqual(expected);
  });

  it.each([
    [[8, 4], [0.1, 0.2, 0.3], '--dropout: expected one, or 2 (the hidden layers), got 3.'],
    [[], [0.5], '--dropout needs hidden layers, whose units it drops; got --hidden "".'],
  ])('of %j with %j is refused', (hidden, dropout, message) => {
    expect(() => hiddenDropout({ hidden, dropout })).toThrow(message);
  });
});
