/**
 * The options of a training: plain data, no terminal, no files. Users give some of them, and `withDefaults` adds the
 * rest; null: not given.
 */

import type { BatchPhase } from '../model/batches.js';
import type { InitScheme } from '../model/init.js';
import type { Reduction } from '../model/network.js';
import type { Optimizer } from '../model/optimizer.js';
import type { PerturbationOptions } from '../model/perturbation.js';
import type { Schedule } from '../model/schedule.js';
import type { TrainState } from '../model/state.js';
import type { Fault } from '../protocol/fault.js';
import type { EmphasisOptions } from '../session/emphasis.js';
import type { MachineOptions, UpdateMode } from '../session/machine.js';

export interface TrainOptions extends MachineOptions, PerturbationOptions, EmphasisOptions {
  learningRate: number;
  /** How it goes from step to step; null: constant. */
  schedule: Schedule | null;
  /** The rule by which a gradient changes the weights. */
  optimizer: Optimizer;
  /** λ of ½ λ Σ w² over the weights, biases excepted. */
  l2: number;
  reduction: Reduction;
  /** Rows of one step, over all workers. */
  batchSize: number | 'full';
  /** Other batches, from some epoch on each, ascending. */
  batchSchedule: readonly BatchPhase[];
  epochs: number;
  /** Epochs that the schedule goes by, of a training that is to be resumed; null: `epochs`. */
  scheduleEpochs: number | null;
  /** End after so many steps, counted from the start of the training, if there are more; null: whole epochs. */
  steps: number | null;
  /** Steps that the schedule goes by, of a training that ends after fewer; null: `steps`. */
  scheduleSteps: number | null;
  /** Stop when a step changed no weight by more than this; 0: when none changed at all; null: never. */
  tolerance: number | null;
  /**
   * The figure by which epochs are held against each other: a metric of the validation rows (loss, accuracy, …), or
   * of the training (training-loss, …). null: that of `resume`; else the target's, or the loss, of the validation rows
   * if there are any.
   */
  monitor: string | null;
  /** End after so many epochs in a row that were not better than all before by more than `minDelta`; null: never. */
  patience: number | null;
  minDelta: number;
  /** End once an epoch is as good as that. */
  target: Target | null;
  shuffle: boolean;
  seed: number;
  update: UpdateMode;
  /** Weights to start from; without them random ones by the scheme, from the seed. */
  init: Float32Array | null;
  initScheme: InitScheme;
  /** Steps within an epoch after which the validation rows are judged, beside its end; null: only there. */
  judgeEvery: number | null;
  /** Figures of the validation rows by name, beside loss and accuracy or rmse: f1, auc, …; their cost is an epoch's. */
  metrics: readonly string[];
  /** Whether epochs tell the gradient noise scale; no bit of the weights depends on it. */
  noiseScale: boolean;
  /** Ends the training after the step under way. */
  signal: AbortSignal | null;
  /** A state to go on from; its weights take the place of `init`. Epochs from its own on are reported. */
  resume: TrainState | null;
  /** How often the state is reported on the way; null: only at the end. */
  checkpoint: Interval | null;
  /** An event of type `checkpoint` on it has the state reported after the step under way. */
  requests: EventTarget | null;
  /** Ends the training after the step under way so many seconds after its start. */
  maxSeconds: number | null;
  /** Without any sign of life for so long a worker counts as lost; null: for as long as a step can take. */
  stallSeconds: number | null;
  /** A worker to lose on purpose. */
  fault: Fault | null;
}

/** How good a training is to become: a figure, named as monitor is, and the value to reach. */
export interface Target {
  figure: string;
  value: number;
}

/** Every so many of something. */
export interface Interval {
  every: number;
  unit: 'steps' | 'seconds' | 'epochs';
}
