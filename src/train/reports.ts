/**
 * What comes out of a training: a report at each turn, and its result. Plain data.
 * Weights travel between the rooms as one Float32Array: W(1), W(2), … row after row, the bias in row 0,
 * without gaps.
 */
import type { BackendName } from '../kernels/kernels.js';
import type { Judgement } from '../model/judgement.js';
import type { Best, TrainState } from '../model/state.js';
import type { PhaseShares } from '../session/phases.js';
import type { Loss } from '../session/recovery.js';
import type { NoiseEstimate } from './noise.js';

/** Once, before the first step. */
export interface StartReport {
  type: 'start';
  workers: number;
  shards: number;
  microBatch: number;
  backend: BackendName;
  /** What exactly computes: `wasm (relaxed SIMD)`. */
  description: string;
  /** Why it is not as fast as it could be, and how to get there; null where nothing is known. */
  notice: string | null;
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
  /** Training alone, since the start. */
  seconds: number;
  /** Of the epoch's steps so far, reduced as asked; null before the first. */
  loss: number | null;
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
  /** Of this epoch's steps alone; of those since it was resumed, if it was, and 0 if none was left. */
  samplesPerSecond: number;
  /** With lbfgs: how often E and ∇E were computed since the start. */
  evaluations?: number;
}

/** The validation rows judged within an epoch, as `judgeEvery` asks. */
export interface JudgementReport extends Pick<EpochReport, 'epoch' | 'step' | 'samples' | 'seconds'> {
  type: 'judgement';
  validation: Judgement;
}

/** The state at a step boundary, always of finite numbers: a copy, to be kept. The next steps run meanwhile. */
export interface CheckpointReport {
  type: 'checkpoint';
  /** As often as asked for, on request, or, once, at the end. */
  reason: 'interval' | 'request' | StopReason;
  state: TrainState;
}

/** A worker was lost: its pool is made anew, and what was lost is done again, to the same bits. */
export interface LostReport extends Loss {
  type: 'lost';
}

/** `workers: 'auto'`, after the first steps: with how many the training goes on, and why. */
export interface WorkersReport {
  type: 'workers';
  workers: number;
  /** How fast the first steps were with each number of workers; empty where a step takes so long that all pay. */
  measured: { workers: number; samplesPerSecond: number }[];
}

/** The last report, once threads and memory are released: what the training came to. */
export interface EndReport {
  type: 'end';
  result: TrainResult;
}

export type Report =
  | StartReport
  | ProgressReport
  | EpochReport
  | JudgementReport
  | CheckpointReport
  | LostReport
  | WorkersReport
  | EndReport;

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

/** What a training came to. */
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
  /** Of all steps, without judging. */
  samplesPerSecond: number;
  /** Where the time of the steps went, by those that were measured; since it was resumed, if it was. */
  phases: PhaseShares | null;
  /** The gradient noise scale of the last epoch; null where it isn't asked for. */
  noise: NoiseEstimate | null;
  start: StartReport;
  /** Where it ended, to be gone on from; with the weights of the best epoch. */
  state: TrainState;
  /** With lbfgs: how often E and ∇E were computed. */
  evaluations?: number;
}
