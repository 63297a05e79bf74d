/** Small datasets for tests. */
import type { Dataset, Task } from '../src/data/dataset.js';
import { arrayRows, readInputs } from '../src/data/rows.js';
import { isOfDifferences, type Network } from '../src/model/network.js';
import { PLAIN_DESCENT } from '../src/model/optimizer.js';
import { Random } from '../src/random.js';
import type { TrainOptions } from '../src/train/options.js';

/** Wraps numbers as a dataset; y as the oracle has it: class numbers, 0 and 1, or values. */
export function makeDataset(network: Network, x: ArrayLike<number>, y: ArrayLike<number>): Dataset {
  const features = network.layers[0]!;
  const outputs = network.layers.at(-1)!;
  const rows = x.length / features;
  const tasks: Record<Network['loss'], Task> = {
    sse: 'regression',
    huber: 'regression',
    absolute: 'regression',
    quantile: 'regression',
    'binary-cross-entropy': 'binary',
    'cross-entropy': 'multiclass',
  };
  return {
    source: 'test data',
    task: network.loss === 'binary-cross-entropy' && outputs > 1 ? 'multilabel' : tasks[network.loss],
    rows,
    features,
    outputs,
    x: arrayRows(Float32Array.from(x), features),
    scale: 1,
    y: network.loss === 'cross-entropy' ? Int32Array.from(y) : Float32Array.from(y),
    encoding: { kind: 'table', columns: [], targets: ['y'], classes: [], targetScales: [] },
  };
}

/** The dataset with its inputs as plain numbers, to be compared with another. */
export function spelledOut(data: Dataset) {
  return { ...data, x: readInputs(data) };
}

/** The same rows with their features, (rows, features), changed by `change`. */
export function changeInputs(data: Dataset, change: (inputs: Float32Array) => void): Dataset {
  const inputs = readInputs(data);
  change(inputs);
  return { ...data, x: arrayRows(inputs, data.features) };
}

/** Rows of random features, and targets of the network's kind that depend on them. */
export function randomDataset(network: Network, rows: number, seed = 1): Dataset {
  const random = new Random(seed, 'probe');
  const features = network.layers[0]!;
  const outputs = network.layers.at(-1)!;
  const x = Array.from({ length: rows * features }, (_, i) => random.normal(i));
  const sum = (row: number) => x.slice(row * features, (row + 1) * features).reduce((a, b) => a + b, 0);
  const y =
    network.loss === 'cross-entropy'
      ? Array.from({ length: rows }, (_, i) => Math.abs(Math.round(sum(i))) % outputs)
      : Array.from({ length: rows * outputs }, (_, i) => {
          const value = sum(Math.floor(i / outputs));
          return isOfDifferences(network.loss) ? Math.tanh(value) : Number(value > 0);
        });
  return makeDataset(network, x, y);
}

/** Options of a short training, some of them replaced. */
export function trainOptions(options: Partial<TrainOptions> = {}): Partial<TrainOptions> {
  return {
    optimizer: PLAIN_DESCENT,
    learningRate: 0.1,
    l2: 0,
    reduction: 'mean',
    batchSize: 16,
    epochs: 2,
    tolerance: null,
    shuffle: true,
    seed: 1,
    workers: 2,
    shards: 'auto',
    backend: 'wasm',
    blas: null,
    update: 'sharded',
    init: null,
    initScheme: 'auto',
    signal: null,
    ...options,
  };
}
