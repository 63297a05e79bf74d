/** Categories stored by number: every training gives the same bits as with stored one-hot columns. */
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { toReconstruct } from '../../src/data/reconstruction.js';
import {
  arrayRows,
  featuresOf,
  NO_VALUE,
  readInputs,
  readRows,
  type Span,
  takeRows,
} from '../../src/data/rows.js';
import { takePart } from '../../src/data/split.js';
import type { Network } from '../../src/model/network.js';
import { Random } from '../../src/random.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import { randomDataset, trainOptions } from '../datasets.js';
import { NETWORKS } from './networks.js';
import { bitsOf, runTraining, withoutTime } from './run.js';

/** Splits the features into spans of all kinds. */
function spansOf(features: number): Span[] {
  const spans: Span[] = [];
  for (let left = features, i = 0; left > 0; i++) {
    const size = Math.min(left, 1 + ((3 * i) % 5));
    spans.push(
      i % 2 === 1
        ? { kind: 'numbers', count: size }
        : i % 4 === 0
          ? { kind: 'oneHot', values: size }
          : { kind: 'levels', ...levelsOf(size) },
    );
    left -= size;
  }
  return spans;
}

function levelsOf(size: number) {
  const values = Array.from({ length: size }, (_, i) => 0.3 + i / 7);
  return { on: values, off: values.map(value => 1 - value) };
}

/** Rows of random numbers and categories, some without a value. */
function stored(network: Network, rows: number, seed = 1): Dataset {
  const spans = spansOf(network.layers[0]!);
  const width = spans.reduce((sum, span) => sum + (span.kind === 'numbers' ? span.count : 1), 0);
  const elements = new Float32Array(rows * width);
  const words = new Uint32Array(elements.buffer);
  const random = new Random(seed, 'probe');
  for (let row = 0, at = 0; row < rows; row++) {
    for (const span of spans) {
      if (span.kind !== 'numbers') {
        const value = random.word(at) % (featuresOf(span) + 1);
        words[at++] = value === featuresOf(span) ? NO_VALUE : value;
      } else for (let k = 0; k < span.count; k++, at++) elements[at] = random.normal(at);
    }
  }
  return { ...randomDataset(network, rows, seed), x: { ...arrayRows(elements, width), spans } };
}

/** The same rows, one element a feature. */
function dense(data: Dataset): Dataset {
  return { ...data, x: arrayRows(readInputs(data), data.features) };
}

const bit = (network: Network) => `${network.layers.join('-')} ${network.loss}`;
const options = { shards: 4, epochs: 2, batchSize: 16, learningRate: 0.01 };

describe.each(NETWORKS.map(network => [bit(network), network] as const))('%s', (_, network) => {
  const data = stored(network, 101);
  const validation = stored(network, 31, 5);

  it.each([
    ['gives the same bits', {}],
    ['gives the same bits with noise on its inputs and dropout', { inputNoise: 0.2, inputDropout: 0.1 }],
  ])('%s', async (_, more) => {
    const expected = await runTraining(network, dense(data), { ...options, ...more }, dense(validation));
    for (const workers of [1, 3]) {
      const got = await runTraining(network, data, { ...options, ...more, workers }, validation);
      expect(withoutTime(got)).toEqual(withoutTime(expected));
    }
  });

  it('gets the same judgement', async () => {
    const { result } = await runTraining(network, data, options);
    const got = await evaluate(network, result.weights, validation, trainOptions());
    const expected = await evaluate(network, result.weights, dense(validation), trainOptions());
    expect({ ...got, seconds: 0 }).toEqual({ ...expected, seconds: 0 });
  });

  it('gives the same bits for some of the rows', async () => {
    const some = Uint32Array.from({ length: 50 }, (_, i) => (i * 37) % 101);
    const got = await runTraining(network, takePart(data, some), options);
    const expected = await runTraining(network, takePart(dense(data), some), options);
    expect(bitsOf(got.result.weights)).toBe(bitsOf(expected.result.weights));
  });
});

describe.each(['sse', 'binary-cross-entropy'] as const)('an autoencoder with %s', loss => {
  const network: Network = {
    ...{ layers: [9, 4, 9], hidden: ['tanh'], loss },
    output: loss === 'sse' ? 'identity' : 'sigmoid',
  };

  it('gives the same bits as with one-hot columns', async () => {
    const within = { ...stored({ ...network, loss: 'sse' }, 60), task: 'regression' as const };
    const elements = readRows(within.x).map(value => (value > 1 ? 1 : value < 0 ? 0 : value));
    // Categories keep their bits.
    const words = new Uint32Array(elements.buffer);
    new Uint32Array(readRows(within.x).buffer).forEach((word, i) => {
      if (word < 10 || word === NO_VALUE) words[i] = word;
    });
    const x = { ...arrayRows(elements, within.x.width), spans: within.x.spans };
    const data = toReconstruct({ ...within, x });
    const noisy = { ...options, inputNoise: 0.2 };
    const got = await runTraining(network, data, noisy, data);
    const expected = await runTraining(network, toReconstruct(dense({ ...within, x })), noisy, data);
    expect(withoutTime(got)).toEqual(withoutTime(expected));
  });
});

it('reads a category as a 1 in the place of its value, or as zeros without a value', () => {
  const words = Uint32Array.of(0, 2, NO_VALUE, 1, 3, 0);
  const elements = new Float32Array(words.buffer);
  const spans = [3, 4].map((values): Span => ({ kind: 'oneHot', values }));
  const x = { ...arrayRows(elements, 2), spans };
  const rows = [
    [1, 0, 0, 0, 0, 1, 0],
    [0, 0, 0, 0, 1, 0, 0],
    // The first category has no fourth value.
    [0, 0, 0, 1, 0, 0, 0],
  ];
  expect([...readInputs({ x, features: 7, scale: 1 })]).toEqual(rows.flat());
  const taken = takeRows(x, Uint32Array.of(2, 0));
  expect([...readInputs({ x: taken, features: 7, scale: 1 }, 1, 2)]).toEqual(rows[0]);
});

it('refuses rows with another number of features', async () => {
  const network = NETWORKS[0]!;
  const data = { ...stored(network, 20), x: stored(NETWORKS[2]!, 20).x };
  await expect(runTraining(network, data, options)).rejects.toThrow(
    'test data: x must be 20 rows of 7 features; got 20 rows of 4.',
  );
});
