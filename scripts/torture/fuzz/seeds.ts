/** Seed inputs: the smallest possible model files, checkpoints and runs of each kind that training writes. */

import { RULES } from '../../../src/store/rules.js';

const COLUMNS = [
  { name: 'a', kind: 'number', mean: 1, deviation: 2, fill: null },
  { name: 'b', kind: 'category', values: ['x'] },
];
const SCALE = { mean: 0, deviation: 1 };
const TABLE = { kind: 'table', columns: COLUMNS, targets: ['y'], classes: [], targetScales: [SCALE] };
const NETWORK = { layers: [2, 3, 1], hidden: ['tanh'], output: 'identity', loss: 'sse' };
const SIGMOID = { ...NETWORK, output: 'sigmoid', loss: 'binary-cross-entropy' };
const SOFTMAX = { layers: [2, 1], hidden: [], output: 'softmax', loss: 'cross-entropy' };
const PIXELS = { kind: 'pixels', columns: [], targets: ['label'], classes: ['1'], targetScales: [] };
const LABELS = {
  ...TABLE,
  targets: ['y', 'z'],
  targetScales: [],
  labelClasses: [
    ['no', 'yes'],
    ['0', '1'],
  ],
};
const CODE = { ...TABLE, targets: ['a', 'b'], targetScales: [SCALE, SCALE], targetIsInput: true };
/** Without hidden layers, with three weights; used in the checkpoints. */
const LINEAR = { layers: [2, 1], hidden: [], output: 'identity', loss: 'sse' };

const json = (value: object) => JSON.stringify(value);

/** Three lines: task, network, encoding. */
export const MODELS: string[][] = [
  ['regression', json(NETWORK), json(TABLE)],
  ['regression', json({ ...NETWORK, loss: 'huber', huberDelta: 1.5 }), json(TABLE)],
  ['regression', json({ ...NETWORK, loss: 'absolute', hidden: ['gelu'] }), json(TABLE)],
  ['binary', json(SIGMOID), json({ ...TABLE, classes: ['no', 'yes'], targetScales: [] })],
  ['multiclass', json(SOFTMAX), json(PIXELS)],
  ['multilabel', json({ ...SIGMOID, layers: [2, 3, 2] }), json(LABELS)],
  ['regression', json({ ...NETWORK, layers: [2, 1, 2] }), json(CODE)],
];

/** Metadata of a checkpoint's file other than "checkpoint". */
export const CHECKPOINT_MODEL = {
  lockstep: '2',
  task: 'regression',
  network: json(LINEAR),
  encoding: json({ ...TABLE, columns: [COLUMNS[0], { ...COLUMNS[0], name: 'c', fill: 1 }] }),
};

const POSITION = {
  epoch: 2,
  step: 1,
  steps: 3,
  samples: 9,
  rows: 8,
  batchSize: 4,
  shards: 2,
  microBatch: 4,
  milliseconds: 1.5,
  learningRate: 0.1,
  best: { epoch: 1, value: 0.5, training: { loss: 0.5, accuracy: null, rmse: 1 }, validation: null },
  watch: {
    figure: 'loss',
    epoch: 1,
    mark: 0.5,
    waited: 0,
    plateau: { best: 0.5, bad: 0, cooldown: 0, factor: 1 },
  },
};
const JUDGED = { loss: 0.5, accuracy: null, rmse: 1, metrics: { mae: 0.4, r2: null } };
const FINGERPRINT = { rows: 8, features: 2, outputs: 1, sha256: 'ab' };
const RUN = {
  options: { 'class-weights': { x: 2 }, dropout: [0.5], folds: 3, 'batch-schedule': '0:4,2:8' },
  fold: 1,
};

/**
 * Two lines: the tensors' positions, and the metadata "checkpoint". One with momentum and plateau, one with
 * L-BFGS.
 */
export const CHECKPOINTS: string[][] = [
  [
    json(placesOf([...slab('optimizer.v.'), ...slab('best.'), ...slab(''), ...sums(1)])),
    json({ rules: RULES, position: POSITION, run: {}, data: { training: FINGERPRINT, validation: null } }),
  ],
  [
    json(
      placesOf([
        ...['gradient', 's0', 'y0'].flatMap(name => slab(`optimizer.${name}.`)),
        ...slab(''),
        ...slab('best.'),
        ...sums(1),
        ['optimizer.numbers', 'F64', [6]],
        ['epoch.noise', 'F64', [2]],
      ]),
    ),
    json({
      rules: RULES,
      position: {
        ...POSITION,
        best: { epoch: 1, value: 0.4, training: JUDGED, validation: JUDGED },
        watch: { figure: 'mae', epoch: 1, mark: null, waited: 1, plateau: null },
      },
      run: RUN,
      data: { training: FINGERPRINT, validation: { ...FINGERPRINT, rows: 2 } },
    }),
  ],
];

/** "config.json", "metrics.jsonl" and "summary.json" of an unfinished training, and of finished folds. */
export const RUNS: string[][] = [
  ['{"options": {"lr": 0.1}}', '{"epoch": 1}\n{"epo', '{"loss": 1}'],
  [
    json(RUN),
    `${json({ epoch: 1, validation: JUDGED, learningRate: 0.1, rows: 4, noiseScale: null })}\n`,
    json({ folds: 3, validation: JUDGED, deviation: { validation: JUDGED }, results: [{ fold: 1 }] }),
  ],
];

type Named = [name: string, type: 'F32' | 'F64', shape: number[]];

/** Weights of the checkpoints' network, by prefix. */
function slab(prefix: string): Named[] {
  return [
    [`${prefix}layers.0.weight`, 'F32', [1, 2]],
    [`${prefix}layers.0.bias`, 'F32', [1]],
  ];
}

/** For each step of the current epoch. */
function sums(steps: number): Named[] {
  return ['epoch.losses', 'epoch.right'].map(name => [name, 'F64', [steps]]);
}

/** Tensors of a network with these layers, as in a file's header. */
export function placesOfNetwork(layers: readonly number[]): object {
  return placesOf(
    layers.slice(1).flatMap((outputs, i): Named[] => [
      [`layers.${i}.weight`, 'F32', [outputs, layers[i]!]],
      [`layers.${i}.bias`, 'F32', [outputs]],
    ]),
  );
}

/** Consecutive tensors, as in a file's header. */
function placesOf(tensors: readonly Named[]): object {
  let end = 0;
  return Object.fromEntries(
    tensors.map(([name, dtype, shape]) => {
      const begin = end;
      end += shape.reduce((a, b) => a * b, dtype === 'F32' ? 4 : 8);
      return [name, { dtype, shape, data_offsets: [begin, end] }];
    }),
  );
}
