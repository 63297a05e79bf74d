/**
 * What goes into a training and what comes out: plain data, no terminal, no files.
 * Weights travel between the rooms as one Float32Array: W(1), W(2), … row after row, the bias in row 0,
 * without gaps.
 */
import type { BackendName } from '../kernels/kernels.js';
import type { InitScheme } from '../model/init.js';
import type { Optimizer } from '../model/optimizer.js';
import type { PerturbationOptions } from '../model/perturbation.js';
import type { Schedule } from '../model/schedule.js';
import type { Fault } from '../protocol/fault.js';
import type { BatchPhase } from './batches.js';
import type { Judgement } from './judgement.js';
import type { NoiseEstimate } from './noise.js';
import type { PhaseShares } from './phases.js';
import type { Best, TrainState } from './state.js';
import type { EmphasisOptions } from './weights.js';

export type { Judgement };

/** How E is made of the rows' errors: their mean, or the textbook's sum. */
export type Reduction = 'mean' | 'sum';

/** Who applies w ← w − α gradE: each worker its slice, or the coordinator alone. The bits are the same. */
export type UpdateMode = 'sharded' | 'coordinator';

/** The machine that a job runs on. */
export interface MachineOptions {
  /** Threads that compute. auto: as many as cores, or fewer where the first steps are faster with fewer. */
  workers: number | 'auto';
  /**
   * Parts of a batch, the unit of arithmetic: at least as many as workers. auto: as many as workers; where those
   * are auto too, one a core, or fewer where a step is very short.
   */
  shards: number | 'auto';
  backend: 'auto' | BackendName;
  /** The BLAS to take, by path or name; null: the first of the usual ones that loads. */
  blas: string | null;
}

export interface TrainOptions extends MachineOptions, PerturbationOptions, EmphasisOptions {
  learningRate: number;
  /** How it goes from step to step; constant unless given. */
  schedule?: Schedule;
  /** The rule that a gradient changes the weights by; plain descent unless given. */
  optimizer?: Optimizer;
  /** λ of ½ λ Σ w² over the weights, biases excepted. */
  l2: number;
  reduction: Reduction;
  /** Rows of one step, over all workers. */
  batchSize: number | 'full';
  /** Other batches, from some epoch on each, ascending. */
  batchSchedule?: readonly BatchPhase[];
  epochs: number;
  /** Epochs that the schedule goes by, of a training that is to be gone on with; `epochs` unless given. */
  scheduleEpochs?: number;
  /** End after so many steps, counted from the start of the training, where there are more; whole epochs unless given. */
  steps?: number;
  /** Stop when a step changed no weight by more than this; 0: when none changed at all; null: never. */
  tolerance: number | null;
  /**
   * The figure by which epochs are held against each other: a metric of the validation rows (loss, accuracy, …), or
   * of the training (training-loss, …). The target's unless given, or the loss, of the validation rows where there are
   * any.
   */
  monitor?: string | undefined;
  /** End after so many epochs in a row that were not better than all before by more than `minDelta`; null: never. */
  patience?: number | null;
  minDelta?: number;
  /** End once an epoch is as good as that. */
  target?: Target | null;
  shuffle: boolean;
  seed: number;
  update: UpdateMode;
  /** Weights to start from; without them random ones by the scheme, from the seed. */
  init: Float32Array | null;
  initScheme: InitScheme;
  /** Figures of the validation rows by name, beside loss and accuracy or rmse: f1, auc, …; their cost is an epoch's. */
  metrics?: readonly string[];
  /** Whether epochs tell the gradient noise scale; no bit of the weights depends on it. */
  noiseScale?: boolean;
  /** Ends the training after the step under way. */
  signal: AbortSignal | null;
  /** A state to go on from; its weights take the place of `init`. Epochs from its own on are reported. */
  resume?: TrainState | null;
  /** How often the state is reported on the way; null: only at the end. */
  checkpoint?: Interval | null;
  /** An event of type `checkpoint` on it has the state reported after the step under way. */
  requests?: EventTarget | null;
  /** Ends the training after the step under way so many seconds after its start. */
  maxSeconds?: number | null;
  /** Without any sign of life for so long a worker counts as lost; null: for as long as a step can take. */
  stallSeconds?: number | null;
  /** A worker to lose on purpose. */
  fault?: Fault | null;
}

/** How good a training is to become: the figure that is watched, and the value to reach. */
export interface Target {
  figure: string;
  value: number;
}

/** Every so many of something. */
export interface Interval {
  every: number;
  unit: 'steps' | 'seconds' | 'epochs';
}

/** Once, before the first step. */
export interface StartReport {
  type: 'start';
  workers: number;
  shards: number;
  microBatch: number;
  backend: BackendName;
  /** What exactly computes: `wasm (relaxed SIMD)`. */
  description: string;
  /** Why a faster backend was not taken, and how to get it; null where there is none. */
  fallback: string | null;
  parameters: number;
  rows: number;
  /** Of the first epoch, and of the epoch with the largest. */
  batchSize: number;
  largestBatch: number;
  /** Of the first epoch. */
  stepsPerEpoch: number;
  /** Of the whole training, where nothing ends it before. */
  totalSteps: number;
  totalSamples: number;
  /** Size of the arena that the threads share. */
  memoryBytes: number;
}

/** A few times a second while steps run. */
export interface ProgressReport {
  type: 'progress';
  /** From 1. */
  epoch: number;
  /** Steps done since the start. */
  step: number;
  /** Rows since the start. */
  samples: number;
  samplesPerSecond: number;
}

/** After each epoch. */
export interface EpochReport {
  type: 'epoch';
  /** From 1. */
  epoch: number;
  step: number;
  /** Rows since the start. */
  samples: number;
  /** Of the epoch's last step. */
  learningRate: number;
  /** Over the epoch's batches, each judged by the weights before its step, or, with lbfgs, after it. */
  training: Judgement;
  validation: Judgement | null;
  /** Loss of each step of the epoch, reduced as asked, without the L2 term. */
  stepLosses: Float64Array;
  /** Where the time of its steps went, by those that were measured; null where none was. */
  phases: PhaseShares | null;
  /** The gradient noise scale; null where it isn't asked for. */
  noise: NoiseEstimate | null;
  /** Where it is the best so far, what `state.best` is from now on; an epoch that was cut short never is. */
  best: Best | null;
  /** Training alone, since the start. */
  seconds: number;
  samplesPerSecond: number;
  /** With lbfgs: how often E and ∇E were computed since the start. */
  evaluations?: number;
}

/** The state at a step boundary, always of finite numbers: a copy, to be kept. The next steps run meanwhile. */
export interface CheckpointReport {
  type: 'checkpoint';
  /** As often as asked for, on request, or, once, at the end. */
  reason: 'interval' | 'request' | StopReason;
  state: TrainState;
}

/** A worker was lost: its pool is made anew, and what was lost is done again, to the same bits. */
export interface LostReport {
  type: 'lost';
  /** null where it is not known which. */
  worker: number | null;
  /** What it did: steps, or judging the validation rows. */
  phase: 'training' | 'validation';
  epoch: number;
  /** The step under way, since the start, from 1. */
  step: number;
  reason: string;
  /** Losses at this step so far. */
  times: number;
}

/** `workers: 'auto'`, after the first steps: with how many the training goes on, and why. */
export interface WorkersReport {
  type: 'workers';
  workers: number;
  /** How fast the first steps were with each number of workers; empty where a step takes so long that all pay. */
  measured: { workers: number; samplesPerSecond: number }[];
}

export type Report =
  | StartReport
  | ProgressReport
  | EpochReport
  | CheckpointReport
  | LostReport
  | WorkersReport;

/**
 * Why a training ended: all epochs or steps done, no weight changed any more, a search found no lower E (lbfgs), no
 * epoch was better for long enough, the target reached, the signal, the time limit.
 */
export type StopReason =
  | 'epochs'
  | 'steps'
  | 'tolerance'
  | 'converged'
  | 'patience'
  | 'target'
  | 'aborted'
  | 'time';

/** What the generator returns at its end. */
export interface TrainResult {
  weights: Float32Array;
  stopped: StopReason;
  /** The last epoch's. */
  training: Judgement;
  validation: Judgement | null;
  /** Begun epochs. */
  epochs: number;
  steps: number;
  samples: number;
  seconds: number;
  samplesPerSecond: number;
  /** Where the time of the steps went, by those that were measured; since it was gone on with, where it was. */
  phases: PhaseShares | null;
  /** The gradient noise scale of the last epoch; null where it isn't asked for. */
  noise: NoiseEstimate | null;
  start: StartReport;
  /** Where it ended, to be gone on from; with the weights of the best epoch. */
  state: TrainState;
  /** With lbfgs: how often E and ∇E were computed. */
  evaluations?: number;
}

/** What `evaluate` gives. */
export interface Evaluation extends Judgement {
  /**
   * ŷ (rows, outputs): probabilities of the classes (multiclass), of class 1 (binary), or values in the
   * targets' own units (regression).
   */
  predictions: Float32Array;
  seconds: number;
  /** What exactly computed, and why nothing faster did; null where there is no reason. */
  description: string;
  fallback: string | null;
}
