/**
 * State of a training between two steps: plain data, everything that the rest of the training depends on besides the
 * network, the data and the options. `train` resumes from it to the bits of an uninterrupted run, with any number of
 * workers.
 */

import { usageError } from '../errors.js';
import { option } from '../option-names.js';
import type { Judgement } from './judgement.js';
import type { PlateauState } from './plateau.js';

/** The best epoch so far, by the monitored figure. */
export interface Best {
  epoch: number;
  /** Value of the figure. */
  value: number;
  training: Judgement;
  validation: Judgement | null;
  /** Weights after that epoch: W(1), W(2), … */
  weights: Float32Array;
}

/** State of early stopping and of the plateau schedule. */
export interface WatchState {
  /** Monitored figure: loss, accuracy, … of the validation rows, or training-loss, … */
  figure: string;
  /** Last epoch that was counted; 0: none yet. */
  epoch: number;
  /** Value that an improvement has to exceed, null before the first; and the number of epochs since the last improvement. */
  mark: number | null;
  waited: number;
  /** State of the plateau schedule; null with others. */
  plateau: PlateauState | null;
}

export interface TrainState {
  /** W(1), W(2), … row after row, the bias in row 0, without gaps. */
  weights: Float32Array;
  /** Slabs of the update rule's state by name, in the layout of the weights; none for plain descent. */
  slabs: Record<string, Float32Array>;
  /** Numbers of the update rule's state; only for lbfgs. */
  numbers?: Float64Array;
  /** Current epoch, from 1. */
  epoch: number;
  /** Completed steps of that epoch; if all are completed, the epoch has been reported. */
  step: number;
  /** Totals since the start, over all interruptions. */
  steps: number;
  samples: number;
  /** Training time, without judging. */
  milliseconds: number;
  /** Σ E of each completed step of the current epoch. */
  stepLosses: Float64Array;
  /** Correct rows of each of them; for regression, squared errors. */
  stepRight: Float64Array;
  /** Learning rate of the last step. */
  learningRate: number;
  /** Σ |∇Eₙ|² and |Σ ∇Eₙ|² of each of them, if the noise scale is measured. */
  stepNoise?: Float64Array;
  best: Best | null;
  watch: WatchState;
  /** Rows of the training data, and of a full batch in the current epoch. */
  rows: number;
  batchSize: number;
  /** These decide the bits: a training must resume with the same values. */
  shards: number;
  microBatch: number;
}

/** Facts of the training that is to be resumed, with which a state has to agree. */
type StateShape = Pick<TrainState, 'rows' | 'batchSize' | 'shards' | 'microBatch'> & {
  parameters: number;
  epochs: number;
  /** Steps of the current epoch, and of those before it. */
  stepsPerEpoch: number;
  stepsBefore: number;
  /** Monitored figure, and whether the schedule depends on it. */
  figure: string;
  plateau: boolean;
  /** Names of the update rule's slabs. */
  slabs: readonly string[];
  /** How many numbers the update rule has. */
  numbers: number;
};

/**
 * Checks a state against the training that is to be resumed.
 * @throws usage if they don't fit, or the state contradicts itself
 */
export function checkState(state: TrainState, shape: StateShape): void {
  const expect = (what: string, expected: number | string, got: number | string) => {
    if (expected !== got) throw usageError(`resume: expected ${what} ${expected}, got ${got}.`);
  };
  for (const key of ['rows', 'batchSize', 'shards', 'microBatch'] as const) {
    expect(NAMES[key], state[key], shape[key]);
  }
  expectRange('epoch', state.epoch, 1, shape.epochs);
  expectRange('step', state.step, 0, shape.stepsPerEpoch);
  expect('steps', shape.stepsBefore + state.step, state.steps);
  expect('step losses', state.step, state.stepLosses.length);
  expect('step counts', state.step, state.stepRight.length);
  if (state.stepNoise) expect('step noises', 2 * state.step, state.stepNoise.length);
  expect('parameters', shape.parameters, state.weights.length);
  checkWatch(state, shape);
  const listOf = (slabs: readonly string[]) => slabs.toSorted().join() || 'nothing';
  expect('the update rule to keep', listOf(shape.slabs), listOf(Object.keys(state.slabs)));
  expect('numbers of the update rule', shape.numbers, state.numbers?.length ?? 0);
  for (const slab of Object.values(state.slabs)) expect('parameters', shape.parameters, slab.length);
  if (!isAllFinite(state)) throw usageError('resume: expected finite weights, got some that are not finite.');
}

/** An epoch is counted after it has been judged at its end. */
function checkWatch({ watch, epoch, step, best }: TrainState, shape: StateShape): void {
  const done = step === shape.stepsPerEpoch;
  if (watch.figure !== shape.figure) {
    throw usageError(`resume: expected ${option('monitor', watch.figure)}, got ${shape.figure}.`);
  }
  expectRange('judged epochs', watch.epoch, epoch - 1, done ? epoch : epoch - 1);
  expectRange('epochs without improvement', watch.waited, 0, watch.epoch);
  if (best) expectRange('best epoch', best.epoch, 1, watch.epoch);
  if ((watch.plateau !== null) !== shape.plateau) {
    const [expected, got] = shape.plateau ? ['the state', 'none'] : ['no state', 'one'];
    throw usageError(`resume: expected ${expected} of ${option('lrSchedule', 'plateau')}, got ${got}.`);
  }
}

const NAMES = {
  rows: 'rows',
  batchSize: option('batchSize'),
  shards: option('shards'),
  microBatch: 'micro-batch size',
} as const;

function expectRange(what: string, value: number, from: number, to: number): void {
  if (!Number.isSafeInteger(value) || value < from || value > to) {
    throw usageError(`resume: expected ${what} ${from} to ${to}, got ${value}.`);
  }
}

/** Whether all values that the next step starts from are finite. */
export function isAllFinite({ weights, slabs }: Pick<TrainState, 'weights' | 'slabs'>): boolean {
  return [weights, ...Object.values(slabs)].every(isFiniteSum);
}

/** The sum is not finite if one value is not; finite float32 values can't overflow a float64 sum. */
function isFiniteSum(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}
