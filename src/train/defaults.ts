/** Defaults of a training's options, the same on the command line and in the library. */
import type { Dataset, Task } from '../data/dataset.js';
import type { Loss, Network } from '../model/network.js';
import { makeOptimizer, type OptimizerName, ruleOf, usualRule } from '../model/optimizer.js';
import type { MachineOptions } from '../session/machine.js';
import type { TrainOptions } from './options.js';

export const DEFAULT_MACHINE: MachineOptions = {
  workers: 'auto',
  shards: 'auto',
  backend: 'auto',
  blas: null,
};

const BATCH_ROWS = 32;
/** Default batch size for data with this many rows. */
export function usualBatch(rows: number): number {
  return Math.min(BATCH_ROWS, rows);
}

const LOSS = {
  regression: 'sse',
  binary: 'binary-cross-entropy',
  multiclass: 'cross-entropy',
  multilabel: 'binary-cross-entropy',
} as const satisfies Record<Task, Loss>;

/** Default loss. */
export function usualLoss(task: Task): Loss {
  return LOSS[task];
}

/** What a loss needs beside its name, by default δ = 1, as in PyTorch, and the median. */
export function lossParameters(
  loss: Loss,
  { huberDelta, quantile }: { huberDelta?: number | null; quantile?: number | null } = {},
): Pick<Network, 'huberDelta' | 'quantile'> {
  if (loss === 'huber') return { huberDelta: huberDelta ?? 1 };
  if (loss === 'quantile') return { quantile: quantile ?? 0.5 };
  return {};
}

/** Default learning rate. */
export function usualRate(rule: OptimizerName, task: Task): number {
  const { learningRate } = ruleOf(rule);
  if (typeof learningRate === 'number') return learningRate;
  return task === 'regression' ? learningRate.values : learningRate.classes;
}

/** Options that add nothing to plain steps: no schedule, no early stopping, no checkpoints. */
export const NOTHING_MORE = {
  schedule: null,
  batchSchedule: [],
  scheduleEpochs: null,
  steps: null,
  scheduleSteps: null,
  monitor: null,
  patience: null,
  minDelta: 0,
  target: null,
  judgeEvery: null,
  metrics: [],
  noiseScale: false,
  resume: null,
  checkpoint: null,
  requests: null,
  maxSeconds: null,
  stallSeconds: null,
  hangFolder: '.',
  fault: null,
} satisfies Partial<TrainOptions>;

/** Adds the defaults to the given options. Rules that need full batches get them. */
export function withDefaults(
  data: Dataset,
  network: Pick<Network, 'hidden'>,
  asked: Partial<TrainOptions>,
): TrainOptions {
  const optimizer = asked.optimizer ?? makeOptimizer(usualRule(network.hidden.length));
  const rule = optimizer.name;
  return {
    ...DEFAULT_MACHINE,
    ...NOTHING_MORE,
    learningRate: usualRate(rule, data.task),
    l2: 0,
    reduction: 'mean',
    batchSize: ruleOf(rule).wholeBatches === null ? usualBatch(data.rows) : 'full',
    epochs: 30,
    tolerance: null,
    shuffle: true,
    seed: 1,
    update: 'sharded',
    init: null,
    initScheme: 'auto',
    zeroOutput: false,
    dropLast: false,
    signal: null,
    ...given(asked),
    optimizer,
  };
}

/** Removes options that are undefined, by which JavaScript programs mean "not given". */
function given<T extends object>(asked: T): T {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as T;
}
