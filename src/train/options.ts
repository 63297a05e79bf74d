/**
 * Options of a training: plain data. Users give some of them, and `withDefaults` adds the rest; null means "not given".
 */

import type { BatchPhase } from '../model/batches.js';
import type { InitScheme } from '../model/init.js';
import type { Reduction } from '../model/network.js';
import type { Optimizer } from '../model/optimizer.js';
import type { PerturbationOptions } from '../model/perturbation.js';
import type { WindowSizes } from '../model/row-order.js';
import type { Schedule } from '../model/schedule.js';
import type { TrainState } from '../model/state.js';
import type { Fault } from '../protocol/fault.js';
import type { EmphasisOptions } from '../session/emphasis.js';
import type { MachineOptions, UpdateMode } from '../session/machine.js';

export interface TrainOptions extends MachineOptions, PerturbationOptions, EmphasisOptions {
  /**
   * Most bytes of shared memory. Rows of a cache that take more are read in windows, to the same bits; null: 4 GiB, the most
   * that there can be.
   */
  memory?: number | null;
  /** Sizes of windows and blocks, for tests: they decide the order of the rows, and so the bits. */
  windowSizes?: WindowSizes;
  /** Validation rows of a window, for tests. */
  judgedRows?: number;
  learningRate: number;
  /** How the learning rate changes from step to step; null: it is constant. */
  schedule: Schedule | null;
  /** Update rule, its constants and its limits on the gradient. */
  optimizer: Optimizer;
  /** λ of ½ λ Σ w² over the weights, excluding biases. */
  l2: number;
  reduction: Reduction;
  /** Rows of one step, over all workers. */
  batchSize: number | 'full';
  /** Other batch sizes, each from some epoch on; the epochs ascend. */
  batchSchedule: readonly BatchPhase[];
  epochs: number;
  /** Epochs that the schedule spans, if the training is to be resumed for more; null: `epochs`. */
  scheduleEpochs: number | null;
  /** Most steps, counted from the start of the training; null or Infinity: no limit but `epochs`. */
  steps: number | null;
  /** Steps that the schedule spans, if the training ends earlier; null: `steps`. */
  scheduleSteps: number | null;
  /** Stops after a step that changed no weight by more than this; 0: that changed none; null: never. */
  tolerance: number | null;
  /**
   * Figure by which epochs are compared: a metric of the validation rows (loss, accuracy, …) or of the training rows
   * (training-loss, …). null: the one of `resume`, else that of the target, else the loss, of the validation rows if
   * there are any.
   */
  monitor: string | null;
  /** Stops after this many epochs in a row without an improvement by more than `minDelta`; null or Infinity: never. */
  patience: number | null;
  minDelta: number;
  /** Stops after an epoch that reaches it. */
  target: Target | null;
  shuffle: boolean;
  seed: number;
  update: UpdateMode;
  /** Initial weights; null: random ones, from `initScheme` and `seed`. */
  init: Float32Array | null;
  initScheme: InitScheme;
  /** Whether the random weights of the last layer are 0. */
  zeroOutput: boolean;
  /** Whether the rows that are left after the last full batch of an epoch are left out of it. */
  dropLast: boolean;
  /** Steps within an epoch between judgements of the validation rows; null: they are only judged at its end. */
  judgeEvery: number | null;
  /** Further metrics of the validation rows, by name: f1, auc, …; computed after each epoch. */
  metrics: readonly string[];
  /** Whether epochs report the gradient noise scale; the weights do not depend on it. */
  noiseScale: boolean;
  /** Stops after the current step. */
  signal: AbortSignal | null;
  /** State to resume; its weights replace `init`, and reports start with its epoch. */
  resume: TrainState | null;
  /** How often the state is reported; null: only at the end. */
  checkpoint: Interval | null;
  /** Reports the state after the current step whenever an event of type `checkpoint` is dispatched on it. */
  requests: EventTarget | null;
  /** Stops after the current step once this many seconds have passed; null or Infinity: no limit. */
  maxSeconds: number | null;
  /** Seconds without a sign of life after which a worker counts as lost; null: the longest that a step can take. */
  stallSeconds: number | null;
  /** Folder for hang-DATE.txt, which describes the threads after a quarter of that time. The working folder by default. */
  hangFolder: string;
  /** Makes a worker fail on purpose. */
  fault: Fault | null;
}

/** Value of a figure, named as for `monitor`, that a training is to reach. */
export interface Target {
  figure: string;
  value: number;
}

export interface Interval {
  every: number;
  unit: 'steps' | 'seconds' | 'epochs';
}
