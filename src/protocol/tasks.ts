/** What is said between the coordinator and the pool's threads: plain data, posted once a job or once a segment. */
import type { Backend } from '../kernels/choose.js';
import type { ElementType } from '../kernels/kernels.js';
import type { Network } from '../model/network.js';
import type { Optimizer } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import type { Plan } from '../model/plan.js';
import type { Fault } from './fault.js';

/** Rows in the arena: `training/x`, `validation/y`, … */
export type TableName = 'training' | 'validation';

export interface TableSetup {
  rows: number;
  /** Four-byte elements of y a row; 0 where the rows have no targets. */
  targets: number;
  /** Whether y is x. */
  targetIsInput: boolean;
  type: ElementType;
  /** Elements of x a row, and the parts that they make up; 0 parts if each element is a feature. */
  width: number;
  spans: number;
  /** What x is multiplied by as it is gathered. */
  scale: number;
  /** Whether rows have weights in E, and count by themselves where they are right; else each 1. */
  weighs: boolean;
  counts: boolean;
  /** Whether the error of each label's positive rows has a weight; else 1. */
  labelsWeigh: boolean;
  /** ε by which the targets of softmax are smoothed. */
  smoothing: number;
}

/** What a thread is told of a job, with its first task. */
export interface Setup {
  memory: WebAssembly.Memory;
  plan: Plan;
  network: Network;
  backend: Backend;
  workers: number;
  optimizer: Optimizer;
  /** What the rows of a step are perturbed by; null: nothing. */
  perturbation: Perturbation | null;
  /** Whether the gradient noise scale is to be told of every step. */
  noiseScale: boolean;
  /** Whether the coordinator updates; then it is a party of the barrier. */
  coordinates: boolean;
  /** Looks at the barrier before sleeping. */
  spins: number;
  tables: Record<TableName, TableSetup | null>;
}

/** How a whole step is cut. */
export interface StepCut {
  /** How many shards it has; one of fewer rows has a shard for each. */
  shards: number;
  /** Rows that a worker walks at once, at most. */
  microBatch: number;
}

/** Some steps of one epoch. There is no affinity in the pool, so a task carries its worker's number. */
export interface TrainTask extends StepCut {
  kind: 'train';
  worker: number;
  /** How many workers take part: as many as there are, or fewer. */
  workers: number;
  /** Which of order0 and order1 holds the epoch's rows. */
  order: 0 | 1;
  /** Whether gradients are computed by block: src/model/walk.ts. */
  byBlock: boolean;
  /** Rows of a whole step. */
  batchSize: number;
  reduction: 'mean' | 'sum';
  l2: number;
  /** Stop when no weight changed by more; null: never. */
  tolerance: number | null;
  /** Every how many steps the workers note what each phase took; 0: never. */
  measuredEvery: number;
  /** Within the epoch, from 0. */
  firstStep: number;
  steps: number;
  /** Steps of the training that were done before this segment. */
  stepsBefore: number;
  /** One for all steps of the segment, or one for each. */
  learningRate: number | Float64Array;
  /** Σ of the weights of the rows of each step of the segment; where left out, a row weighs 1. */
  weights?: Float64Array;
  /** To be committed by its worker in the step that many steps after the first. */
  fault?: { after: number; fault: Fault };
}

/** The learning rate of a segment's step, after so many of them. */
export function rateOf({ learningRate }: Pick<TrainTask, 'learningRate'>, done: number): number {
  return typeof learningRate === 'number' ? learningRate : learningRate[done]!;
}

/**
 * What the summed gradient of a segment's step of so many rows is multiplied by: 1 / Σ weights for the mean, 0 where no
 * row weighs anything; 1 for the sum.
 */
export function scaleOf(
  { reduction, weights }: Pick<TrainTask, 'reduction' | 'weights'>,
  done: number,
  rows: number,
): number {
  if (reduction === 'sum') return 1;
  const weight = weights ? weights[done]! : rows;
  return weight > 0 ? 1 / weight : 0;
}

/** One pass over a table without a step. */
export interface EvaluateTask extends StepCut {
  kind: 'evaluate';
  worker: number;
  table: TableName;
  /** Whether ŷ is written to `predictions`. */
  keep: boolean;
  fault?: Fault;
}

/** The same square matrix product, over and over: the measure of the machine with all workers busy. */
export interface ProductTask {
  kind: 'product';
  worker: number;
  /** How many workers take part. */
  workers: number;
  milliseconds: number;
}

export type Task = TrainTask | EvaluateTask | ProductTask;

/** What is posted to a thread. */
export interface Order {
  task: Task;
  /** The job that the task is of, where not every thread is known to have been told. */
  setup?: Setup;
}

/**
 * Why a segment ended: all its steps are done, or before: as asked, as no weight changed, as a search for a lower E found
 * none (converged), or E not finite.
 */
export type SegmentEnd = 'done' | 'asked' | 'unchanged' | 'converged' | 'diverged' | 'poisoned';

/** What comes back. An error is data: the coordinator waits for all, then throws one. */
export type TaskResult =
  | { ok: true; end: SegmentEnd; steps: number; milliseconds?: number }
  | { ok: false; worker: number; message: string; stack: string | undefined };
