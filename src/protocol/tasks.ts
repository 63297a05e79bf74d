/** Messages between the coordinator and the pool's threads: plain data, posted once per job or once per segment. */
import type { Backend } from '../kernels/choose.js';
import type { ElementType } from '../kernels/kernels.js';
import type { JudgedPart } from '../model/judging.js';
import type { Network } from '../model/network.js';
import type { Optimizer } from '../model/optimizer.js';
import type { Perturbation } from '../model/perturbation.js';
import type { Plan } from '../model/plan.js';
import { countWorkers, firstWorkerOf, type Team } from '../model/team.js';
import type { RankHandle } from '../ranks/ranks.js';
import type { Fault } from './fault.js';

/** Rows in the arena: `training/x`, `validation/y`, … */
export type TableName = 'training' | 'validation';

export interface TableSetup {
  rows: number;
  /** Four-byte elements of y per row; 0 if the rows have no targets. */
  targets: number;
  /** Whether y is x. */
  targetIsInput: boolean;
  type: ElementType;
  /** Elements of x per row, and the number of parts if categories are stored by number; 0 if each element is a feature. */
  width: number;
  spans: number;
  /** Whether features of categories have other values than 0 and 1. */
  levels?: boolean;
  /** Factor of x, applied when rows are gathered. */
  scale: number;
  /** Whether rows have weights in E, and in metrics; otherwise each is 1. */
  weighs: boolean;
  counts: boolean;
  /** Whether the error of each label's positive rows has a weight; otherwise it is 1. */
  labelsWeigh: boolean;
  /** ε of the smoothed targets of softmax. */
  smoothing: number;
}

/** The ranks that a job runs on together. */
export interface RanksSetup {
  team: Team;
  /** Whether they share the update of a step, each with a slice of the weights; otherwise each does all of it. */
  slices: boolean;
  handle: RankHandle;
  /** Milliseconds without a message from a rank after which it counts as lost. */
  patience: number;
}

/** The slots for the largest changes of a step: how many there are before those of this rank's workers, and in all. */
export function changeSlots(ranks: RanksSetup | null, workers: number): { before: number; all: number } {
  if (!ranks?.slices) return { before: 0, all: workers };
  return { before: firstWorkerOf(ranks.team, ranks.team.rank), all: countWorkers(ranks.team) };
}

/** The job, sent to a thread with its first task. */
export interface Setup {
  memory: WebAssembly.Memory;
  plan: Plan;
  network: Network;
  backend: Backend;
  workers: number;
  optimizer: Optimizer;
  /** Dropout, noise and distortion; null: none. */
  perturbation: Perturbation | null;
  /** Whether the gradient noise scale is measured in every step. */
  noiseScale: boolean;
  /** Whether the coordinator does the update; then it is a party of the barrier. */
  coordinates: boolean;
  /** Checks of a barrier before sleeping. */
  spins: number;
  /** null without other ranks. */
  ranks: RanksSetup | null;
  tables: Record<TableName, TableSetup | null>;
}

/** How a full step is cut. */
export interface StepCut {
  /** Number of shards; a batch of fewer rows has one per row. */
  shards: number;
  /** Most rows that a worker processes at once. */
  microBatch: number;
}

/** Some steps of one epoch. Any thread of the pool may get any task, so it contains its worker's number. */
export interface TrainTask extends StepCut {
  kind: 'train';
  worker: number;
  /** How many workers of this rank take part: all, or fewer. */
  workers: number;
  /** Which of order0 and order1 holds the epoch's rows. */
  order: 0 | 1;
  /** Position of the epoch that the order begins with; 0 if it holds all rows. */
  orderFrom: number;
  /** Whether gradients are computed by block: src/model/walk.ts. */
  byBlock: boolean;
  /** Rows of a full step. */
  batchSize: number;
  reduction: 'mean' | 'sum';
  l2: number;
  /** Stops when no weight changed by more than this; null: never. */
  tolerance: number | null;
  /** Number of steps from one whose phases are timed to the next; 0: none is. */
  measuredEvery: number;
  /** Within the epoch, from 0. */
  firstStep: number;
  steps: number;
  /** Steps of the training before this segment. */
  stepsBefore: number;
  /** One for all steps of the segment, or one for each. */
  learningRate: number | Float64Array;
  /** Total weight of the rows of each step; if left out, each row weighs 1. */
  weights?: Float64Array;
  /** Fault that its worker causes in the step after this many steps of the segment. */
  fault?: { after: number; fault: Fault };
}

/** The task as one rank gets it: a fault is caused on one rank. */
export function taskOf<T extends Pick<TrainTask, 'fault'>>(task: T, rank: number): T {
  const { fault, ...rest } = task;
  return fault && (fault.fault.rank ?? 0) !== rank ? (rest as T) : task;
}

/** Learning rate of a step, after `done` steps of the segment. */
export function rateOf({ learningRate }: Pick<TrainTask, 'learningRate'>, done: number): number {
  return typeof learningRate === 'number' ? learningRate : learningRate[done]!;
}

/**
 * Factor of the summed gradient of a step: for the mean 1 / Σ weights, or 0 if all rows have weight 0; 1 for the sum.
 * @param done completed steps of the segment
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

/** The gradient of the first rows of an epoch, computed by one worker as one shard, to compare the ranks by. */
export interface FirstTask {
  kind: 'first';
  worker: number;
  /** Which of order0 and order1 holds the epoch's rows. */
  order: 0 | 1;
  rows: number;
}

/** One pass over a table without a step; each rank walks its shards. */
export interface EvaluateTask extends StepCut {
  kind: 'evaluate';
  worker: number;
  table: TableName;
  /** Rows from the first one on: all of the table, or those of a block that has fewer. */
  rows: number;
  /** Rows that the worker judges now, and where they are, in rows of the arena; left out: all are in memory. */
  part?: JudgedPart;
  /** Whether ŷ is written to `predictions`. */
  keep: boolean;
  fault?: Fault;
}

/** The same for all workers. */
export type JudgeTask = Omit<EvaluateTask, 'worker'>;

/**
 * Work that measures the machine. product: C ← A B, (m, k) times (k, n). update: plain descent, w ← w − α g, over vectors of so
 * many bytes together. read: the sums of columns of so many bytes.
 */
export type MeasuredWork =
  | { kind: 'product'; m: number; n: number; k: number }
  | { kind: 'update' | 'read'; bytes: number };

/** Bytes that a worker needs for such work. */
export function bytesOfWork(work: MeasuredWork): number {
  return work.kind === 'product' ? 4 * (work.m * work.k + work.k * work.n + work.m * work.n) : work.bytes;
}

/** Repeats such work while all workers are busy. */
export interface MeasureTask {
  kind: 'measure';
  worker: number;
  /** How many workers take part. */
  workers: number;
  work: MeasuredWork;
  milliseconds: number;
}

export type Task = TrainTask | FirstTask | EvaluateTask | MeasureTask;

/** What is posted to a thread. */
export interface Order {
  task: Task;
  /** The job of the task, unless every thread has received it already. */
  setup?: Setup;
  /** With the job: where the thread notes its memory for machine code. */
  regions?: SharedArrayBuffer;
}

/**
 * Why a segment ended: all its steps are done, or earlier because it was asked to, no weight changed, the line search found
 * no lower E (converged), E was not finite, or another party failed.
 */
export type SegmentEnd = 'done' | 'asked' | 'unchanged' | 'converged' | 'diverged' | 'poisoned';

/** Reply of a worker. An error is data: the coordinator waits for all workers, then throws one. */
export type TaskResult = {
  /** Something that the user should know. */
  notice?: string;
} & (
  | {
      ok: true;
      end: SegmentEnd;
      steps: number;
      /** Of a measurement: its time, that of its fastest step, and the clock of the core at its end, in cycles per second. */
      milliseconds?: number;
      fastest?: number;
      hertz?: number;
    }
  | {
      ok: false;
      worker: number;
      message: string;
      stack: string | undefined;
      /** Whether the system refuses its thread memory for machine code: another thread would fare no better. */
      isRefused?: boolean;
    }
);
