/**
 * Where a training stands between two steps: plain data, all that its further course depends on beside the
 * network, the data and the options. From it `train` goes on to the very bits of an undisturbed run, on any
 * number of workers.
 */

import { usageError } from '../errors.js';
import { option } from '../option-names.js';
import type { Judgement } from './judgement.js';
import type { PlateauState } from './plateau.js';

/** The best epoch so far, by the figure that is watched. */
export interface Best {
  epoch: number;
  /** Of that figure. */
  value: number;
  training: Judgement;
  validation: Judgement | null;
  /** After that epoch; W(1), W(2), … as everywhere. */
  weights: Float32Array;
}

/** What was counted of the epochs so far. */
export interface WatchState {
  /** Which figure is watched: loss, accuracy, … of the validation rows, or training-loss, …. */
  figure: string;
  /** The last epoch that was counted; 0: none yet. */
  epoch: number;
  /** What the next epochs have to be better than, and how many in a row were not; null before the first. */
  mark: number | null;
  waited: number;
  /** Of the schedule plateau; null with others. */
  plateau: PlateauState | null;
}

export interface TrainState {
  /** W(1), W(2), … row after row, the bias in row 0, without gaps. */
  weights: Float32Array;
  /** What the update rule remembers, by name, each in the layout of the weights; none for plain descent. */
  slabs: Record<string, Float32Array>;
  /** What it remembers beside them; nothing but of lbfgs. */
  numbers?: Float64Array;
  /** The epoch under way, from 1. */
  epoch: number;
  /** Steps done of that epoch, 0 … steps of an epoch; where all are done, the epoch has been reported. */
  step: number;
  /** Since the start, over all interruptions. */
  steps: number;
  samples: number;
  /** Of training alone. */
  milliseconds: number;
  /** Σ E of each step done of the epoch under way, not reduced. */
  stepLosses: Float64Array;
  /** Right rows of each of them. */
  stepRight: Float64Array;
  /** Of the last step. */
  learningRate: number;
  /** Where the noise scale is told: Σ |∇Eₙ|² and |Σ ∇Eₙ|² of each of them. */
  stepNoise?: Float64Array;
  best: Best | null;
  watch: WatchState;
  /** Rows of the training data, and of a whole step of the epoch under way. */
  rows: number;
  batchSize: number;
  /** What shapes the arithmetic: to go on with others would give other bits. */
  shards: number;
  microBatch: number;
}

/** What a state has to agree with: the same facts of the training that is to go on. */
export type StateShape = Pick<TrainState, 'rows' | 'batchSize' | 'shards' | 'microBatch'> & {
  parameters: number;
  epochs: number;
  /** Steps of the epoch under way, and of those before it. */
  stepsPerEpoch: number;
  stepsBefore: number;
  /** The figure that is watched, and whether the schedule goes by it. */
  figure: string;
  plateau: boolean;
  /** Names of what the update rule remembers. */
  slabs: readonly string[];
  /** How many numbers it remembers beside them. */
  numbers: number;
};

/**
 * Holds a state against the training that is to go on from it.
 * @throws usage where they don't fit, or the state contradicts itself
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
  expect('of the update rule', [...shape.slabs].sort().join() || 'nothing', namesOf(state) || 'nothing');
  expect('numbers of the update rule', shape.numbers, state.numbers?.length ?? 0);
  for (const slab of Object.values(state.slabs)) expect('parameters', shape.parameters, slab.length);
  if (!isAllFinite(state)) throw usageError('resume: expected finite weights, got some that are not.');
}

/** An epoch is counted once it has been judged at its end. */
function checkWatch({ watch, epoch, step, best }: TrainState, shape: StateShape): void {
  const done = step === shape.stepsPerEpoch;
  if (watch.figure !== shape.figure) {
    throw usageError(`resume: expected ${option('monitor', watch.figure)}, got ${shape.figure}.`);
  }
  expectRange('epochs that were judged', watch.epoch, epoch - 1, done ? epoch : epoch - 1);
  expectRange('epochs without a better one', watch.waited, 0, watch.epoch);
  if (best) expectRange('best epoch', best.epoch, 1, watch.epoch);
  if ((watch.plateau !== null) !== shape.plateau) {
    const [expected, got] = shape.plateau ? ['its state', 'none'] : ['none', 'the state of one'];
    throw usageError(`resume: expected of ${option('lrSchedule', 'plateau')} ${expected}, got ${got}.`);
  }
}

const NAMES = {
  rows: 'rows',
  batchSize: option('batchSize'),
  shards: option('shards'),
  microBatch: 'micro-batches of',
} as const;

function namesOf(state: TrainState): string {
  return Object.keys(state.slabs).sort().join();
}

function expectRange(what: string, value: number, from: number, to: number): void {
  if (!Number.isSafeInteger(value) || value < from || value > to) {
    throw usageError(`resume: expected ${what} ${from} to ${to}, got ${value}.`);
  }
}

/** Whether all numbers that the next step starts from are finite. */
export function isAllFinite({ weights, slabs }: Pick<TrainState, 'weights' | 'slabs'>): boolean {
  return [weights, ...Object.values(slabs)].every(isFiniteSum);
}

/** One that is not makes the sum so; finite float32 values can't overflow a float64 sum. */
function isFiniteSum(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}
