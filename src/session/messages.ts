/**
 * What rank 0 tells the other ranks between segments: plain data. Rank 0 decides everything; the others do as they are told
 * (follower.ts).
 */
import type { BatchOptions } from '../model/batches.js';
import type { FirstTask, TrainTask } from '../protocol/tasks.js';
import type { JobFacts } from './job.js';

/** The rows' order in each epoch. */
export interface OrderFacts {
  shuffle: boolean;
  seed: number;
  bytesPerRow: number;
  storedBy: number | null;
  batching: BatchOptions;
  rows: number;
}

export type Message =
  /** Opens a job; the training rows follow. */
  | { kind: 'open'; facts: JobFacts }
  /** How epochs are ordered, and what to do if a rank fails; weights and the state of the update rule follow. */
  | { kind: 'begin'; order: OrderFacts; advice: string | null }
  /** Takes the steps of a task in an epoch. */
  | { kind: 'train'; epoch: number; task: Omit<TrainTask, 'worker'> }
  /** Computes the gradient of the first rows, to compare it. */
  | { kind: 'try'; epoch: number; task: FirstTask }
  /** Gathers the state of the update rule from all ranks, and compares it and the weights. */
  | { kind: 'compare' }
  | { kind: 'close' }
  /** Ends the process with this exit code. */
  | { kind: 'end'; code: number };
