/**
 * Reports of a training and its result: plain data. Weights are one Float32Array: W(1), W(2), … row after row, the bias
 * in row 0, without gaps.
 */
import type { BackendName } from '../kernels/kernels.js';
import type { Judgement } from '../model/judgement.js';
import type { Best, TrainState } from '../model/state.js';
import type { PhaseShares } from '../session/phases.js';
import type { Loss } from '../session/recovery.js';
import type { RanksReport } from '../session/session.js';
import type { NoiseEstimate } from './noise.js';

/** Reported once, before the first step. */
export interface StartReport {
  type: 'start';
  /** Of all ranks. */
  workers: number;
  /** Only if there are several. */
  ranks?: RanksReport;
  shards: number;
  microBatch: number;
  backend: BackendName;
  /** Variant of the backend: `wasm (relaxed SIMD)`. */
  description: string;
  /** Why it is not as fast as it could be, and what would change that; null if nothing is known. */
  notice: string | null;
  parameters: number;
  rows: number;
  /** Batch size of the first epoch, and the largest of all epochs. */
  batchSize: number;
  largestBatch: number;
  /** Steps of the first epoch. */
  stepsPerEpoch: number;
  /** Steps and samples of the whole training if nothing stops it early. */
  totalSteps: number;
  totalSamples: number;
  /** Size of the shared arena. */
  memoryBytes: number;
  /** Windows of the rows that are read in each epoch; left out if all rows are in memory. */
  windows?: number;
}

/** Progress of a training when a report is made. */
interface Progress {
  /** Current epoch, from 1. */
  epoch: number;
  /** Completed steps since the start. */
  step: number;
  /** Rows since the start. */
  samples: number;
  /** Training time since the start, without judging. */
  seconds: number;
}

/** Reported a few times per second while steps run. */
export interface ProgressReport extends Progress {
  type: 'progress';
  /** Loss of the epoch's steps so far, by `reduction`; null before the first. */
  loss: number | null;
}

/** Reported after each epoch. */
export interface EpochReport extends Progress {
  type: 'epoch';
  /** Learning rate of the epoch's last step. */
  learningRate: number;
  /** Judgement of the epoch's batches, each with the weights before its step (with lbfgs, after it). */
  training: Judgement;
  validation: Judgement | null;
  /** Loss of each step of the epoch, by `reduction`, without the L2 term. */
  stepLosses: Float64Array;
  /** Share of time that each phase of its measured steps took; null if none was measured. */
  phases: PhaseShares | null;
  /** Gradient noise scale; null if it is not measured. */
  noise: NoiseEstimate | null;
  /** Set if this epoch is the best so far: the new `state.best`. An incomplete epoch never is. */
  best: Best | null;
  /** Speed of this epoch's steps; of those since it was resumed, if it was, and 0 if none was left. */
  samplesPerSecond: number;
  /** Evaluations of E and ∇E since the start; only with lbfgs. */
  evaluations?: number;
}

/** Judgement of the validation rows within an epoch, every `judgeEvery` steps. */
export interface JudgementReport extends Progress {
  type: 'judgement';
  validation: Judgement;
}

/** A copy of the state at a step boundary; all its numbers are finite. The next steps already run. */
export interface CheckpointReport {
  type: 'checkpoint';
  /** Why it was made: the interval is over, a request, or the end of the training. */
  reason: 'interval' | 'request' | StopReason;
  state: TrainState;
}

/** A worker was lost. The pool is replaced, and the lost steps are repeated to the same bits. */
export interface LostReport extends Loss {
  type: 'lost';
}

/** With `workers: 'auto'`, reported after the first steps: how many workers continue. */
export interface WorkersReport {
  type: 'workers';
  workers: number;
  /** Present if it is the most of each of several ranks. */
  isOfEachRank?: true;
  /** Speed of the first steps with each number of workers; empty if steps take so long that all workers pay. */
  measured: { workers: number; samplesPerSecond: number }[];
}

/** The last report, after threads and memory are released. */
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
 * Why a training ended: all epochs or steps are done; no weight changed by more than the tolerance; the line search found
 * no lower E (lbfgs); no epoch improved for `patience` epochs; the target was reached; the signal; the time limit.
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

export interface TrainResult extends Pick<EpochReport, 'training' | 'validation' | 'noise' | 'evaluations'> {
  weights: Float32Array;
  stopped: StopReason;
  /** Epochs begun. */
  epochs: number;
  steps: number;
  samples: number;
  seconds: number;
  /** Speed of all steps, without judging. */
  samplesPerSecond: number;
  /** Share of time that each phase of the measured steps took, since the training was started or resumed. */
  phases: PhaseShares | null;
  /** Share of the time since the training was started or resumed in which it waited for rows, if they are read in windows. */
  waitingForData?: number;
  start: StartReport;
  /** State to resume from; contains the weights of the best epoch. */
  state: TrainState;
}
