/** What a training does where it isn't told: the command line and the library have the same. */
import type { Dataset, Task } from '../data/dataset.js';
import type { Loss } from '../model/network.js';
import type { OptimizerName } from '../model/optimizer.js';
import type { MachineOptions, TrainOptions } from './options.js';

export const DEFAULT_MACHINE: MachineOptions = {
  workers: 'auto',
  shards: 'auto',
  backend: 'auto',
  blas: null,
};

/**
 * Of tables of a hundred rows to MNIST's, all learn with these. The curvature of squared error grows with
 * features and hidden units: with 128 of them 0.05 diverges on some tables, 0.03 on others of linear models. So does
 * that of a reconstruction's binary cross-entropy with outputs: 0.03 diverges on MNIST's pixels.
 */
const BATCH_ROWS = 32;
const NUMBERS_LEARNING_RATE = 0.01;
const CLASSES_LEARNING_RATE = 0.1;
/** Of rules whose step doesn't go by the size of the gradient: PyTorch's, or near Adam's; that of lars is multiplied by η. */
const RULE_LEARNING_RATE = {
  adam: 0.001,
  adamw: 0.001,
  rmsprop: 0.001,
  adagrad: 0.01,
  lars: 1,
  lamb: 0.002,
  rprop: 0.01,
  lbfgs: 1,
} as const;

/** Where no batch is asked for, of data of so many rows. */
export function usualBatch(rows: number): number {
  return Math.min(BATCH_ROWS, rows);
}

const LOSS = {
  regression: 'sse',
  binary: 'binary-cross-entropy',
  multiclass: 'cross-entropy',
  multilabel: 'binary-cross-entropy',
} as const satisfies Record<Task, Loss>;

/** Where no loss is asked for. */
export function usualLoss(task: Task): Loss {
  return LOSS[task];
}

/** Where no learning rate is asked for. */
export function usualRate(rule: OptimizerName, task: Task): number {
  if (rule !== 'sgd') return RULE_LEARNING_RATE[rule];
  return task === 'regression' ? NUMBERS_LEARNING_RATE : CLASSES_LEARNING_RATE;
}

/** What is asked for, and all that isn't; rules for whole batches alone get them. */
export function withDefaults(data: Dataset, asked: Partial<TrainOptions>): TrainOptions {
  const rule = asked.optimizer?.name ?? 'sgd';
  return {
    ...DEFAULT_MACHINE,
    learningRate: usualRate(rule, data.task),
    l2: 0,
    reduction: 'mean',
    batchSize: rule === 'rprop' || rule === 'lbfgs' ? 'full' : usualBatch(data.rows),
    epochs: 30,
    tolerance: null,
    shuffle: true,
    seed: 1,
    update: 'sharded',
    init: null,
    initScheme: 'auto',
    signal: null,
    ...asked,
  };
}
