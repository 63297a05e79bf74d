/** Small datasets for tests, in shared memory as the loaders make them. */
import type { Dataset, Task } from '../src/data/dataset.js';
import { isOfDifferences, type Network } from '../src/model/network.js';
import { Random } from '../src/random.js';
import type { TrainOptions } from '../src/train/options.js';

/** Wraps numbers as a dataset; y as the oracle has it: class numbers, 0 and 1, or values. */
export function makeDataset(network: Network, x: ArrayLike<number>, y: ArrayLike<number>): Dataset {
  const features = network.layers[0]!;
  const outputs = network.layers.at(-1)!;
  const rows = x.length / features;
  const sharedX = new Float32Array(new SharedArrayBuffer(x.length * 4));
  sharedX.set(x);
  const targets = new SharedArrayBuffer(y.length * 4);
  const sharedY = network.loss === 'cross-entropy' ? new Int32Array(targets) : new Float32Array(targets);
  sharedY.set(y);
  const tasks: Record<Network['loss'], Task> = {
    sse: 'regression',
    huber: 'regression',
    absolute: 'regression',
    'binary-cross-entropy': 'binary',
    'cross-entropy': 'multiclass',
  };
  return {
    source: 'test data',
    task: network.loss === 'binary-cross-entropy' && outputs > 1 ? 'multilabel' : tasks[network.loss],
    rows,
    features,
    outputs,
    x: sharedX,
    scale: 1,
    y: sharedY,
    encoding: { kind: 'table', columns: [], targets: ['y'], classes: [], targetScales: [] },
  };
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
export function trainOptions(options: Partial<TrainOptions> = {}): TrainOptions {
  return {
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
