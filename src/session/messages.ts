/**
 * What rank 0 tells the other ranks between segments: plain data. Rank 0 decides everything; the others do as they are told
 * (follower.ts).
 */
import type { BatchOptions } from '../model/batches.js';
import type { WindowSizes } from '../model/row-order.js';
import type { FirstTask, JudgeTask, TrainTask } from '../protocol/tasks.js';
import type { Emphasis } from './emphasis.js';
import type { JobFacts } from './job.js';

/** The rows' order in each epoch. */
export interface OrderFacts {
  shuffle: boolean;
  seed: number;
  /** The last epoch, if it is known. */
  epochs?: number | undefined;
  bytesPerRow: number;
  storedBy: number | null;
  /** Only tests have others than usual. */
  windowSizes?: WindowSizes | undefined;
  batching: BatchOptions;
  rows: number;
}

/** Which rows of those that a rank has read a job takes. */
export interface RowsRead {
  /** The number of the tables among those that were read last (Dataset.onRanks). */
  part: number;
  emphasis: Emphasis;
}

export type Message =
  /** Reads rows for later jobs. What they are, only the reader knows (RowReader). */
  | { kind: 'read'; request: unknown }
  /** Opens a job; null: its rows follow. */
  | { kind: 'open'; facts: JobFacts; rows: RowsRead | null }
  /** How epochs are ordered, and what to do if a rank fails; weights and the state of the update rule follow. */
  | { kind: 'begin'; order: OrderFacts; advice: string | null }
  /** Waits until the rows of a step are in memory, if they are read in windows. */
  | { kind: 'ready'; epoch: number; firstStep: number }
  /** Takes the steps of a task in an epoch. */
  | { kind: 'train'; epoch: number; task: Omit<TrainTask, 'worker'> }
  /** Judges the rows of a table. */
  | { kind: 'judge'; task: JudgeTask }
  /** Computes the gradient of the first rows, to compare it. */
  | { kind: 'try'; epoch: number; task: FirstTask }
  /** Gathers the state of the update rule from all ranks, and compares it and the weights. */
  | { kind: 'compare' }
  | { kind: 'close' }
  /** Ends the process with this exit code. */
  | { kind: 'end'; code: number };
